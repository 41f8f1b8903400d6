//! LS Securities' recorded trades give the counts of an independent naive replay, and books that say
//! that they know nothing: none is recorded.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use patchbay_naive as naive;
use patchbay_test_replay::{built, corpus};
use serde_json::Value;

#[test]
fn trades_equal_the_naive_replay() {
    let venue = naive::venue("ls").unwrap();
    let adapter = built(false).plugin("patchbay-ls");
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
        assert_eq!(
            ["frames", "trades", "off_book_trades"].map(number),
            [truth.frames, truth.trades(), truth.off_book],
            "{name}"
        );
        for zero in [
            "rejected_frames",
            "fallback_frames",
            "quotes",
            "book_updates",
            "gaps",
            "resyncs",
            "crossed",
            "undefined",
            "faults",
        ] {
            assert_eq!(number(zero), 0, "{name}: {zero}");
        }
        println!("{name}: {} trades", truth.trades());
        let stocks = ours["instruments"].as_object().unwrap();
        let traded: Vec<_> = truth.tape.keys().map(|key| &key.symbol).collect();
        assert_eq!(stocks.keys().collect::<Vec<_>>(), traded, "{name}");
        for (symbol, stock) in stocks {
            let stands = (&stock["state"], &stock["bids"], &stock["asks"]);
            let none = Value::Array(Vec::new());
            assert_eq!(stands, (&"Empty".into(), &none, &none), "{name}: {symbol}");
        }
    }
}
