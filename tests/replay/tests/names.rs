//! Every list of instruments that was recorded: each instrument has one name, no two of a kind share
//! one, and the name says what the venue's own symbol says.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use patchbay_model::{Canonical, Kind, Term};
use patchbay_runtime::names::Selection;
use patchbay_test_replay::{built, corpus};
use serde_json::Value;

/// Recordings with lists, and how many instruments they list at least.
const LISTS: [(&str, &str, usize); 9] = [
    ("binance", "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.0.gz", 36),
    ("binance", "binance-spot/cryptofeed-20211012/BINANCE.0.gz", 1695),
    ("binance", "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.0.gz", 122),
    ("bybit", "bybit/cryptofeed-20260809/BYBIT.jsonl.zst", 1357),
    ("coinbase", "coinbase/cryptofeed-20260809/COINBASE.jsonl.zst", 520),
    ("deribit", "deribit/cryptofeed-20210722/DERIBIT.0.gz", 824),
    ("okx", "okx/cryptofeed-20210722/OKEX.0.gz", 1134),
    ("okx", "okx/cryptofeed-20220513/OKX.0.gz", 1479),
    ("upbit", "upbit/cryptofeed-20210417/UPBIT.0.gz", 294),
];

fn rows(adapter: &str, file: &str) -> Option<Vec<Value>> {
    let path = corpus(file)?;
    let plugin = built(false).plugin(&format!("patchbay-{adapter}"));
    let (plugin, path) = (plugin.to_str().unwrap(), path.to_str().unwrap());
    let args = ["instruments", "--json", "--adapter", plugin, "--from", path];
    let listing: Value = serde_json::from_str(&built(false).run(&args)).unwrap();
    Some(listing["instruments"].as_array().unwrap().clone())
}

fn text<'r>(row: &'r Value, key: &str) -> &'r str {
    row[key].as_str().unwrap()
}

#[test]
fn names_of_every_recorded_list_are_unique_and_say_what_the_venue_says() {
    for (adapter, file, count) in LISTS {
        let Some(rows) = rows(adapter, file) else { return };
        assert_eq!(rows.len(), count, "{file}");
        let mut known = BTreeMap::new();
        for row in &rows {
            let (name, symbol, kind) = (text(row, "name"), text(row, "symbol"), text(row, "kind"));
            let before = known.insert((kind, name), symbol);
            assert_eq!(before, None, "{file}: {symbol} is called {name}, too");
            let read = Canonical::parse(name).unwrap_or_else(|| panic!("{file}: {name}"));
            assert_eq!(read.to_string(), name, "{file}");
            assert_eq!((&*read.base, &*read.quote), (text(row, "base"), text(row, "quote")));
            // Venues whose symbols say everything say the same.
            match (adapter, &read.term) {
                ("upbit", _) => assert_eq!(symbol, format!("{}-{}", read.quote, read.base)),
                ("okx", Term::Option { .. } | Term::Dated(_)) => {
                    assert_eq!(name.replacen("-20", "-", 1).replace('/', "-"), symbol);
                }
                ("okx", Term::Perpetual) => {
                    assert_eq!(name.replace('/', "-").replace("-PERP", "-SWAP"), symbol);
                }
                ("deribit", Term::Option { strike, call, .. }) => {
                    let side = if *call { "C" } else { "P" };
                    assert!(symbol.ends_with(&format!("-{strike}-{side}")), "{symbol}: {name}");
                }
                _ => {}
            }
        }
        println!("{file}: {} names", known.len());
    }
}

/// What the venues' own symbols say is the truth here.
#[test]
fn patterns_match_what_the_venues_symbols_say() {
    type Truth = fn(&str) -> bool;
    let cases: [(usize, &str, Truth); 6] = [
        (8, "*/KRW", |symbol| symbol.starts_with("KRW-")),
        (8, "USDT-*", |symbol| symbol.starts_with("USDT-")),
        (8, "BTC/*", |symbol| symbol.ends_with("-BTC")),
        (7, "*/USDT-PERP", |symbol| symbol.ends_with("-USDT-SWAP")),
        (7, "BTC/USD-*-*-C", |symbol| symbol.starts_with("BTC-USD-") && symbol.ends_with("-C")),
        (5, "option:ETH-*-*-P", |symbol| symbol.starts_with("ETH-") && symbol.ends_with("-P")),
    ];
    for (list, pattern, truth) in cases {
        let (adapter, file, _) = LISTS[list];
        let Some(rows) = rows(adapter, file) else { return };
        let selection = Selection::parse(pattern, "").unwrap();
        let mut matched = 0;
        for row in &rows {
            let kind = Kind::from_name(text(row, "kind")).unwrap();
            let (symbol, name) = (text(row, "symbol"), text(row, "name"));
            let found = selection.matches(kind, symbol, Some(name));
            assert_eq!(found, truth(symbol), "{pattern}: {symbol}, {name}");
            matched += usize::from(found);
        }
        println!("{file}: {matched} match {pattern}");
        assert!(matched > 0, "{file}: {pattern}");
    }
}
