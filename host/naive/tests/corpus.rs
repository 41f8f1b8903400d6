//! What the corpus's own manifest says of its recordings, found by others with other programs.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use patchbay_naive::{Checks, Figure, Key, Truth, VENUES, venue};

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let root = std::env::var_os("PATCHBAY_CORPUS").map_or(beside, PathBuf::from);
    if root.join("MANIFEST.toml").is_file() {
        return Some(root);
    }
    assert!(std::env::var_os("CI").is_none(), "no corpus at {}", root.display());
    eprintln!("SKIPPED: no corpus at {}; set PATCHBAY_CORPUS", root.display());
    None
}

/// The truth of each recording of a venue, by the recording's name.
fn truths(name: &str) -> Vec<(&'static str, Truth)> {
    let Some(corpus) = corpus() else { return Vec::new() };
    let venue = venue(name).unwrap();
    let recordings = venue.recordings_in(&corpus);
    assert_eq!(recordings.len(), venue.recordings.len(), "files are missing");
    let truth = |(recording, files): (&patchbay_naive::Recording, Vec<PathBuf>)| {
        (recording.name, venue.replay(&files).unwrap())
    };
    recordings.into_iter().map(truth).collect()
}

/// Book messages received and applied, snapshots among them, trades, quotes.
fn counts(truth: &Truth) -> [u64; 5] {
    let sum = |count: fn(&patchbay_naive::Book) -> u64| truth.books.values().map(count).sum();
    let (received, applied) = (sum(|b| b.received), sum(|b| b.applied));
    [received, applied, sum(|b| b.snapshots), truth.trades(), truth.quote_count()]
}

#[test]
fn okx_books_have_the_checksums_that_the_venue_sent() {
    // Books, trades and tickers as the manifest counts its channels; every book has a checksum.
    let expected = [(290, 3, 74, 28), (1504, 10, 36, 46), (1446, 10, 36, 47)];
    for ((name, truth), (books, snapshots, trades, quotes)) in
        truths("okx").into_iter().zip(expected)
    {
        assert_eq!(counts(&truth), [books, books, snapshots, trades, quotes], "{name}");
        assert_eq!(truth.checksums, Checks { made: books, failed: 0 }, "{name}");
        assert_eq!(truth.gaps, 0, "{name}");
        assert!(truth.books.values().all(patchbay_naive::Book::is_live), "{name}");
        assert!(truth.instruments.len() > 500, "{name}: {}", truth.instruments.len());
    }
}

#[test]
fn deribit_chains_hold_and_books_may_be_empty() {
    let expected = [(46, 10, 89), (187, 10, 273)];
    for ((name, truth), (books, snapshots, quotes)) in truths("deribit").into_iter().zip(expected) {
        assert_eq!(counts(&truth), [books, books, snapshots, 0, quotes], "{name}");
        assert_eq!(truth.gaps, 0, "{name}");
        assert!(truth.books.values().all(patchbay_naive::Book::is_live), "{name}");
        let sides = |is: fn(usize, usize) -> bool| {
            truth.books.values().filter(|book| is(book.depth(0), book.depth(1))).count()
        };
        let (empty, lone) = (sides(|b, a| b + a == 0), sides(|b, a| (b == 0) != (a == 0)));
        println!("{name}: {empty} empty books, {lone} with one side");
        assert!(empty + lone > 0, "{name}: nothing of what options are known for");
        // The venue's own best bid and ask at the end of the recording: what the book says, where
        // the ticker came last.
        assert!(truth.figures.keys().any(|(_, figure)| *figure == Figure::Mark), "{name}");
    }
}

#[test]
fn bybit_ids_rise_by_one_in_both_categories() {
    let truths = truths("bybit");
    let [(_, both), (_, level_1)] = truths.as_slice() else { return };
    let [received, applied, snapshots, trades, _] = counts(both);
    assert_eq!([received, applied, snapshots], [2148, 2148, 6]);
    assert!(trades >= 120, "{trades}: a message holds one trade or more");
    assert_eq!(both.gaps, 0);
    let books: Vec<_> = both.books.keys().map(Key::to_string).collect();
    let expected = [
        "BTCUSDT (linear)",
        "BTCUSDT (spot)",
        "DOGEUSDT (linear)",
        "ETHUSDT (linear)",
        "ETHUSDT (spot)",
        "SOLUSDT (linear)",
    ];
    assert_eq!(books, expected);
    assert_eq!(both.instruments.len(), 800 + 557);
    assert_eq!(counts(level_1), [0, 0, 0, 0, 198]);
}

/// By the manifest: 9719 changes and 10 snapshots, 97 matches, 107 tickers without quantities; 775
/// books, 160 tickers, and 1029 times a number after the one before.
#[test]
fn coinbase_counts_a_connection_or_nothing() {
    let truths = truths("coinbase");
    let [(_, advanced), (_, exchange)] = truths.as_slice() else { return };
    assert_eq!(counts(exchange), [9729, 9729, 10, 97, 0]);
    assert_eq!((exchange.gaps, exchange.instruments.len()), (0, 162));
    let [received, applied, snapshots, trades, quotes] = counts(advanced);
    assert_eq!([received, applied, snapshots, quotes], [775, 775, 2, 160]);
    assert!(trades >= 57, "{trades}: a message holds one trade or more");
    assert_eq!((advanced.gaps, advanced.unread), (0, 6 + 5), "candles, acknowledgements");
    assert_eq!(advanced.instruments.len(), 920 - 400, "but aliases");
    for (name, truth) in &truths {
        for (key, tape) in &truth.tape {
            let ids: Vec<u64> = tape.iter().map(|trade| trade.id.parse().unwrap()).collect();
            assert!(ids.is_sorted_by(|a, b| a + 1 == *b), "{name}, {key}: {ids:?}");
        }
        assert!(truth.books.values().all(patchbay_naive::Book::is_live), "{name}");
    }
}

/// By the manifest, every depth frame is joined to the next, and every snapshot lies among them.
#[test]
fn binance_chains_hold() {
    for (name, truth) in truths("binance") {
        assert_eq!(truth.gaps, 0, "{name}");
        assert!(truth.trades() + counts(&truth)[0] > 0, "{name}");
    }
}

/// By the manifest: 1,061 books and 672 trades of nine markets.
#[test]
fn upbit_books_are_whole_each() {
    for (name, truth) in truths("upbit") {
        assert_eq!(counts(&truth), [1061, 1061, 1061, 672, 0], "{name}");
        assert_eq!((truth.books.len(), truth.gaps, truth.unread), (9, 0, 0), "{name}");
        assert!(truth.books.values().all(|book| book.depth(0) == 15 && book.depth(1) == 15));
        assert!(truth.instruments.len() > 200, "{name}: {}", truth.instruments.len());
    }
}

/// By the manifest: 5,011 books and 575 trades; 24,894 orders came and 24,918 left, 208 of which were
/// older; 184 were never seen to leave afterwards, 5 of them for having left before they came.
#[test]
fn bitstamp_orders_come_one_by_one() {
    for (name, truth) in truths("bitstamp") {
        assert_eq!(counts(&truth), [5011, 5011, 5011, 575, 0], "{name}");
        let (key, orders) = truth.orders.first_key_value().unwrap();
        assert_eq!(key.to_string(), "btcusd");
        println!("{name}: {} of {} books agree", orders.agreed, orders.compared);
        let deleted = orders.added - orders.resting.len() as u64 - orders.late;
        assert_eq!((orders.added, orders.resting.len(), deleted), (24_894, 179, 24_710), "{name}");
        // Five of them had left before they came, and came afterwards.
        assert_eq!((orders.late, orders.unknown), (5, 208 + 5), "{name}");
        assert!(orders.agreed > 1_600, "{name}: {}", orders.agreed);
    }
}

#[test]
fn no_venue_stands_twice() {
    let names: Vec<_> = VENUES.iter().map(|venue| venue.name).collect();
    assert_eq!(
        names,
        ["binance", "okx", "deribit", "bybit", "upbit", "coinbase", "bitstamp", "ls"]
    );
}
