//! The same input gives the same outputs, byte for byte: twice, in debug and release, from a
//! capture and from the journal that its replay wrote.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use patchbay_test_replay::{Built, built, corpus, scratch};
use serde_json::Value;

fn replay(built: &Built, adapter: &str, files: &[&Path], more: &[&str]) -> Value {
    let adapter = built.plugin(&format!("patchbay-{adapter}"));
    let mut args = vec!["replay", "--json"];
    args.extend(files.iter().map(|file| file.to_str().unwrap()));
    if !more.contains(&"--from-journal") {
        args.extend(["--adapter", adapter.to_str().unwrap()]);
    }
    args.extend(more.iter().filter(|arg| **arg != "--from-journal"));
    serde_json::from_str(&built.run(&args)).unwrap()
}

/// Adapter, capture.
const CAPTURES: [(&str, &str); 8] = [
    ("binance", "binance-usdm/hftbacktest/btcusdt_20230404.dat.gz"),
    ("binance", "binance-spot/hftbacktest/btcusdt_20240808.gz"),
    ("binance", "binance-coinm/hftbacktest/ethusd_perp_20240808.gz"),
    ("binance", "binance-usdm/cryptofeed-20210405/BINANCE_FUTURES-1125a2.0.gz"),
    ("bybit", "bybit/cryptofeed-20260809/BYBIT.jsonl.zst"),
    ("deribit", "deribit/cryptofeed-20210405/DERIBIT-5dd9ce.0.gz"),
    ("okx", "okx/cryptofeed-20210722/OKEX.ws.1.0.gz"),
    ("okx", "okx/cryptofeed-20220513/OKX.ws.1.0.gz"),
];

#[test]
fn twice_in_debug_and_release_and_from_its_journal() {
    for (adapter, capture) in CAPTURES {
        let Some(path) = corpus(capture) else { return };
        let folder = scratch("journal");
        let journal = folder.join("run");
        let recording = ["--journal", journal.to_str().unwrap()];
        let first = replay(built(false), adapter, &[&path], &recording);
        let hash = first["hash"].as_str().unwrap().to_owned();
        assert_eq!(hash.len(), 64);
        let again = replay(built(false), adapter, &[&path], &[]);
        assert_eq!(again, first, "{capture}: a second time");
        let again = replay(built(true), adapter, &[&path], &[]);
        assert_eq!(again, first, "{capture}: in release");
        let again = replay(built(false), adapter, &[&journal], &["--from-journal"]);
        assert_eq!(again, first, "{capture}: from its journal");
        // The journal brings its own copy of the plugin: another build of the host replays it, too.
        let again = replay(built(true), adapter, &[&journal], &["--from-journal"]);
        assert_eq!(again, first, "{capture}: from its journal, in release");
        println!("{capture}: {hash}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn the_order_of_the_arguments_does_not_matter() {
    let files = [
        "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.ws.1.0.gz",
        "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.http.0.0.gz",
        "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.0.gz",
    ];
    let Some(paths) = files.map(corpus).into_iter().collect::<Option<Vec<_>>>() else { return };
    let forward: Vec<_> = paths.iter().map(|p| p.as_path()).collect();
    let backward: Vec<_> = paths.iter().rev().map(|p| p.as_path()).collect();
    let hash = |order: &[&Path]| replay(built(false), "binance", order, &[])["hash"].clone();
    assert_eq!(hash(&forward), hash(&backward));
}
