//! Coinbase's captures of both feeds give the books, ids and counts of an independent naive replay.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use patchbay_naive as naive;
use patchbay_test_replay::{built, corpus};
use serde_json::Value;

#[test]
fn books_ids_and_counts_equal_the_naive_replay() {
    let venue = naive::venue("coinbase").unwrap();
    let adapter = built(false).plugin("patchbay-coinbase");
    for naive::Recording { name, files } in venue.recordings {
        let Some(paths) = files.iter().map(|f| corpus(f)).collect::<Option<Vec<_>>>() else {
            return;
        };
        let truth = venue.replay(&paths).unwrap();
        let mut args = vec!["replay"];
        args.extend(paths.iter().map(|path| path.to_str().unwrap()));
        args.extend(["--json", "--adapter", adapter.to_str().unwrap()]);
        let ours: Value = serde_json::from_str(&built(false).run(&args)).unwrap();

        let number = |key: &str| ours[key].as_u64().unwrap();
        let sum = |count: fn(&naive::Book) -> u64| truth.books.values().map(count).sum::<u64>();
        let counts = ["frames", "trades", "quotes", "book_updates", "applied", "gaps"];
        let expected = [
            truth.frames,
            truth.trades(),
            truth.quote_count(),
            sum(|book| book.received),
            sum(|book| book.applied),
            truth.gaps,
        ];
        assert_eq!(counts.map(number), expected, "{name}: {counts:?}");
        for zero in ["rejected_frames", "gaps", "resyncs", "crossed", "undefined", "faults"] {
            assert_eq!(number(zero), 0, "{name}: {zero}");
        }
        println!(
            "{name}: {} changes, {} by the general parser",
            number("applied"),
            number("fallback_frames")
        );
        // Advanced Trade counts a connection; the Exchange proves nothing of a book.
        let evidence = if name.contains("advanced") { "chained" } else { "unproven" };
        for (key, book) in &truth.books {
            let our = &ours["instruments"][&key.symbol];
            let stands = (&our["state"], &our["evidence"]);
            assert_eq!(stands, (&"Live".into(), &evidence.into()), "{name} {key}");
            assert_eq!(our["last_sequence"].as_u64(), Some(book.last), "{name} {key}");
            for (side, of) in ["bids", "asks"].iter().enumerate() {
                let expected = serde_json::to_value(book.best(side, 20)).unwrap();
                assert_eq!(our[*of], expected, "{name} {key} {of}");
            }
        }
    }
}
