//! Every capture gives the books, ids and counts of an independent naive replay.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::path::PathBuf;

use patchbay_naive as naive;
use patchbay_test_replay::{Built, built, corpus};
use serde_json::Value;

fn replay(built: &Built, venue: &str, files: &[&str]) -> Value {
    let adapter = built.plugin(&format!("patchbay-{venue}"));
    let mut args = vec!["replay"];
    args.extend(files);
    args.extend(["--json", "--adapter", adapter.to_str().unwrap()]);
    serde_json::from_str(&built.run(&args)).unwrap()
}

#[test]
fn binance_books_ids_and_counts_equal_the_naive_replay() {
    recordings_equal_the_naive_replay("binance");
}

/// Options, and books of a few levels, are among these.
#[test]
fn okx_books_and_counts_equal_the_naive_replay_and_its_checksums_agree() {
    recordings_equal_the_naive_replay("okx");
}

/// Of options: books with one side or none are among these.
#[test]
fn deribit_books_ids_and_counts_equal_the_naive_replay() {
    recordings_equal_the_naive_replay("deribit");
}

fn recordings_equal_the_naive_replay(venue: &str) {
    let venue = naive::venue(venue).unwrap();
    for naive::Recording { files, .. } in venue.recordings {
        let Some(paths) = files.iter().map(|f| corpus(f)).collect::<Option<Vec<_>>>() else {
            return;
        };
        equals_the_naive_replay(venue, files, &paths);
    }
}

fn equals_the_naive_replay(venue: &naive::Venue, files: &[&str], paths: &[PathBuf]) {
    let truth = venue.replay(paths).unwrap();
    let texts: Vec<_> = paths.iter().map(|p| p.to_str().unwrap()).collect();
    let ours = replay(built(false), venue.name, &texts);

    let number = |key: &str| ours[key].as_u64().unwrap();
    let sum = |count: fn(&naive::Book) -> u64| truth.books.values().map(count).sum::<u64>();
    let counts = ["frames", "trades", "quotes", "book_updates", "applied", "gaps"];
    let expected = [
        truth.frames,
        truth.trades(),
        truth.quote_count(),
        sum(|b| b.received),
        sum(|b| b.applied),
        truth.gaps,
    ];
    assert_eq!(counts.map(number), expected, "{files:?}: {counts:?}");
    for zero in ["rejected_frames", "gaps", "resyncs", "crossed", "undefined", "faults"] {
        assert_eq!(number(zero), 0, "{files:?}: {zero}");
    }
    assert_eq!(number("quote_convictions"), 0);
    println!(
        "{files:?}: {} of {} changes applied, {} quote checks, {} by the general parser",
        number("applied"),
        number("book_updates"),
        number("quote_checks"),
        number("fallback_frames"),
    );
    let symbols: Vec<_> = ours["instruments"].as_object().unwrap().keys().collect();
    assert_eq!(symbols, truth.books.keys().map(|key| &key.symbol).collect::<Vec<_>>());
    for (naive::Key { symbol, .. }, book) in &truth.books {
        let our = &ours["instruments"][symbol];
        let place = format!("{files:?} {symbol}");
        if !book.is_live() {
            let state = if book.received == 0 { "Empty" } else { "Syncing" };
            assert_eq!((&our["state"], &our["bids"]), (&state.into(), &Value::Array(vec![])));
            continue;
        }
        let evidence = if truth.checksums.made > 0 { "checksummed" } else { "chained" };
        assert_eq!((&our["state"], &our["evidence"]), (&"Live".into(), &evidence.into()));
        assert_eq!(our["last_sequence"].as_u64(), Some(book.last), "{place}");
        for (side, key) in ["bids", "asks"].iter().enumerate() {
            let expected = serde_json::to_value(book.best(side, 20)).unwrap();
            assert_eq!(our[*key], expected, "{place} {key}");
        }
    }
}

#[test]
fn book_ticker_agrees_with_the_book_at_the_same_id() {
    let least = [
        ("binance-usdm/hftbacktest/btcusdt_20240808.gz", 629),
        ("binance-spot/hftbacktest/btcusdt_20240808.gz", 564),
        ("binance-coinm/hftbacktest/btcusd_perp_20240808.gz", 1124),
    ];
    for (file, least) in least {
        let Some(path) = corpus(file) else { return };
        let report = replay(built(false), "binance", &[path.to_str().unwrap()]);
        let checks = report["quote_checks"].as_u64().unwrap();
        println!("{file}: {checks} comparisons");
        assert!(checks >= least, "{file}: {checks} comparisons, expected at least {least}");
        assert_eq!(report["quote_convictions"], 0);
    }
}
