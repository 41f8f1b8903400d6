//! Levels that a venue really had stand on the screen, every digit of them.
//!
//! Recorded data is not ours to copy, so nothing of it is written down here: the screen is
//! compared with what the capture says.
#![allow(clippy::print_stderr, reason = "a skipped test says so")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::PathBuf;
use std::sync::Arc;

use common::{lines, screen};
use patchbay_control::{Book, BookState, Cause, Evidence, Status};
use patchbay_history::{Captures, Event};
use patchbay_model::{parse_decimal, trimmed};
use patchbay_tui::{Pane, Show, Theme, View};
use serde_json::Value;

/// Decimal exponent of everything on this venue.
const EXP: i8 = -8;

fn corpus(file: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let root = std::env::var_os("PATCHBAY_CORPUS").map_or_else(beside, PathBuf::from);
    let path = root.join(file);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is missing; set PATCHBAY_CORPUS to recorded data", path.display());
    None
}

/// Both sides of the first whole book in a capture, best first, as text.
fn snapshot(path: PathBuf) -> [Vec<[String; 2]>; 2] {
    let mut captures = Captures::open(&[path]).unwrap();
    while let Some(record) = captures.next().unwrap() {
        let (Event::Frame { data, .. } | Event::Reply { body: data, .. }) = record.event else {
            continue;
        };
        let value: Value = serde_json::from_slice(data).unwrap();
        if value.get("lastUpdateId").is_some() {
            return ["bids", "asks"]
                .map(|side| serde_json::from_value(value[side].clone()).unwrap());
        }
    }
    panic!("no snapshot");
}

fn mantissas(side: &[[String; 2]]) -> Vec<[i64; 2]> {
    let mantissa = |text: &String| parse_decimal(text.as_bytes(), EXP).unwrap();
    side.iter().take(25).map(|[price, qty]| [mantissa(price), mantissa(qty)]).collect()
}

fn status(symbol: &str, bids: &[[String; 2]], asks: &[[String; 2]]) -> Arc<Status> {
    let book = Book {
        symbol: symbol.to_owned(),
        venue: "binance".to_owned(),
        kind: "linear".to_owned(),
        state: BookState::Live,
        evidence: Evidence::Chained,
        cause: Cause::Spliced,
        price_exp: EXP,
        qty_exp: EXP,
        bids: mantissas(bids),
        asks: mantissas(asks),
        ..Book::default()
    };
    Arc::new(Status { books: vec![book], ..Status::default() })
}

/// Prices and quantities on a line of depth, left to right, without bars.
fn fields(line: &str) -> Vec<&str> {
    let numbers = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    line.split([' ', '█', '▌', '▐', '│']).filter(numbers).collect()
}

fn same(shown: &str, text: &str) -> bool {
    let value = |text: &str| trimmed(parse_decimal(text.as_bytes(), EXP).unwrap(), EXP);
    value(shown) == value(text)
}

const CAPTURES: [(&str, &str); 4] = [
    ("BTCUSDT", "binance-usdm/hftbacktest/btcusdt_20240808.gz"),
    ("ETHUSDT", "binance-usdm/hftbacktest/ethusdt_20240808.gz"),
    ("BTCUSDT", "binance-spot/hftbacktest/btcusdt_20240808.gz"),
    ("ETHUSDT", "binance-spot/hftbacktest/ethusdt_20240808.gz"),
];

#[test]
fn the_best_ten_levels_of_a_capture_are_on_the_screen() {
    for (symbol, file) in CAPTURES {
        let Some(path) = corpus(file) else { continue };
        let [bids, asks] = snapshot(path);
        let status = status(symbol, &bids, &asks);
        let view = View { pane: Pane::Books, ..View::default() };
        for (size, least) in [((80, 24), 10), ((120, 40), 20), ((200, 60), 25)] {
            let screen = lines(&screen(&status, &view, Theme::new(true), size));
            let spread = screen.iter().position(|line| line.contains("spread ")).unwrap();
            let levels: Vec<_> = screen[spread + 1..].iter().take(least).collect();
            assert!(levels.len() == least, "{size:?}");
            for (line, (bid, ask)) in levels.iter().zip(bids.iter().zip(&asks)) {
                let fields = fields(line);
                // The list may stand to the left; the levels are the last four.
                let [bid_qty, bid_price, ask_price, ask_qty] = fields[fields.len() - 4..] else {
                    panic!("{size:?}: not four numbers");
                };
                let pairs = [
                    (bid_price, &bid[0]),
                    (bid_qty, &bid[1]),
                    (ask_price, &ask[0]),
                    (ask_qty, &ask[1]),
                ];
                assert!(pairs.iter().all(|(shown, text)| same(shown, text)), "{file} {size:?}");
            }
            aligned(&levels);
        }
    }
}

/// Every point of a column stands below the one above it.
fn aligned(levels: &[&String]) {
    let points = |line: &str| -> Vec<usize> {
        let right = line.chars().enumerate();
        right.filter(|(_, c)| *c == '.').map(|(at, _)| at).collect()
    };
    let last_four = |line: &str| {
        let points = points(line);
        points[points.len().saturating_sub(4)..].to_vec()
    };
    assert!(levels.iter().all(|line| last_four(line) == last_four(levels[0])));
}

#[test]
fn depth_of_a_capture_fits_every_size() {
    let Some(path) = corpus(CAPTURES[0].1) else { return };
    let [bids, asks] = snapshot(path);
    let status = status("BTCUSDT", &bids, &asks);
    for pane in [Pane::Overview, Pane::Books] {
        let view = View { pane, ..View::default() };
        for width in 1..=250 {
            for height in [1, 8, 13, 24, 60, 80] {
                screen(&status, &view, Theme::new(true), (width, height));
            }
        }
    }
}

#[test]
fn only_the_selected_book_is_asked_for_in_depth() {
    let Some(path) = corpus(CAPTURES[0].1) else { return };
    let [bids, asks] = snapshot(path);
    let wants = status("BTCUSDT", &bids, &asks).wants(&View::default());
    assert_eq!((wants.levels, wants.deep), (1, vec!["BTCUSDT".to_owned()]));
}
