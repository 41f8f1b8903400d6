//! Venues whose snapshots come in the stream, against a naive replay: OKX with checksums, Deribit,
//! Bybit, Upbit, Coinbase Advanced Trade.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;

use common::{Frame, LOOSE, Naive, corpus, mantissa, message, received, rows};
use patchbay_abi::{
    CAUSE_CHECKSUM, CAUSE_CLOSED, CAUSE_GAP, CHECKSUM_CRC32_25, DEPTH_DENSE, DEPTH_NEWEST,
    DEPTH_PARTIAL, DEPTH_RESET, DEPTH_SNAPSHOT, SCOPE_CONNECTION, SCOPE_INSTRUMENT,
};
use patchbay_book::{Book, BookConfig, Break, Chain, Evidence, LevelsConfig, State, Verdict, What};
use patchbay_model::Side;
use serde_json::Value;

/// Books and naive books by symbol.
#[derive(Default)]
struct Market {
    books: BTreeMap<String, (Book, Naive)>,
    applied: u32,
}

impl Market {
    fn entry(&mut self, symbol: &str, config: BookConfig) -> &mut (Book, Naive) {
        self.books.entry(symbol.to_owned()).or_insert_with(|| (Book::new(config), Naive::default()))
    }

    /// Applies a frame that must be right, and compares every level.
    fn apply(&mut self, symbol: &str, frame: &Frame, verdict: Verdict, config: BookConfig) {
        let (book, naive) = self.entry(symbol, config);
        let applied = book.apply_judged(&message(&frame.record()), verdict);
        let snapshot = frame.flags & DEPTH_SNAPSHOT != 0;
        if snapshot {
            assert_eq!(applied.what, What::Replaced, "{symbol} {frame:?}");
            naive.replace(frame);
        } else {
            assert!(matches!(applied.what, What::Applied { .. } | What::Heartbeat), "{applied:?}");
            naive.change(frame);
        }
        assert!(!applied.resync);
        naive.assert_all(book.levels().unwrap(), symbol);
        self.applied += 1;
    }

    fn assert_clean(&self, name: &str, evidence: Evidence) {
        for (symbol, (book, _)) in &self.books {
            let counters = book.counters();
            assert_eq!((counters.gaps, counters.refused, counters.dropped), (0, 0, 0), "{symbol}");
            assert_eq!((book.state(), book.evidence()), (State::Live, evidence), "{symbol}");
        }
        println!("{name}: {} books, {} messages equal", self.books.len(), self.applied);
    }
}

/// Small windows, tick unknown: everything is exercised.
fn config() -> BookConfig {
    let levels = LevelsConfig { window: 256, ..LevelsConfig::default() };
    BookConfig { levels, ..BookConfig::default() }
}

fn checksummed() -> BookConfig {
    BookConfig { checksum: CHECKSUM_CRC32_25, ..config() }
}

fn millis(value: &Value) -> i64 {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    number.unwrap() * 1_000_000
}

/// Book frames of an OKX capture. They had no `seqId` in those years: only the checksum judges.
fn okx(name: &str) -> Vec<(String, Frame)> {
    let Some(text) = corpus(name) else {
        return Vec::new();
    };
    let frames = received(&text).filter_map(|frame| {
        let channel = frame["arg"]["channel"].as_str()?;
        let (symbol, data) = (frame["arg"]["instId"].as_str()?, frame["data"].get(0)?);
        channel.starts_with("books").then_some(())?;
        let checksum = data["checksum"].as_i64()? as i32 as u32;
        let snapshot = frame["action"] == "snapshot";
        let frame = Frame {
            checksum: Some(checksum),
            flags: if snapshot { DEPTH_SNAPSHOT } else { 0 },
            exchange_ns: millis(&data["ts"]),
            bids: rows(&data["bids"], (-12, -8)),
            asks: rows(&data["asks"], (-12, -8)),
            ..Frame::default()
        };
        Some((symbol.to_owned(), frame))
    });
    frames.collect()
}

const OKX: [&str; 3] = [
    "okx/cryptofeed-20210722/OKEX.ws.1.0.gz",
    "okx/cryptofeed-20210722/OKEX.ws.2.0.gz",
    "okx/cryptofeed-20220513/OKX.ws.1.0.gz",
];

fn okx_config() -> BookConfig {
    BookConfig { price_exp: -12, ..checksummed() }
}

#[test]
fn okx_checksums_agree_on_every_frame() {
    for name in OKX {
        let mut market = Market::default();
        for (symbol, frame) in okx(name) {
            market.apply(&symbol, &frame, Verdict::Unchained, okx_config());
            let (book, _) = &market.books[&symbol];
            assert_eq!(book.evidence(), Evidence::Checksummed);
        }
        market.assert_clean(name, Evidence::Checksummed);
    }
}

/// Every frame with a quantity is fed once with a digit of it flipped. The checksum covers the best
/// 25 levels a side, so what lies deeper cannot be convicted by it.
#[test]
fn okx_flipped_digit_is_convicted_on_its_frame() {
    let (mut convicted, mut deeper) = (0, 0);
    for name in OKX {
        let mut market = Market::default();
        for (symbol, frame) in okx(name) {
            let book = market.entry(&symbol, okx_config()).0.clone();
            market.apply(&symbol, &frame, Verdict::Unchained, okx_config());
            let Some((wrong, price)) = flip(&frame) else {
                continue;
            };
            let covered = market.books[&symbol].1.best(Side::Buy, 25);
            if covered.iter().any(|level| level.price == price) {
                assert_convicted(book, &wrong);
                convicted += 1;
            } else {
                deeper += 1;
            }
        }
    }
    println!("okx: a digit flipped in {convicted} frames, all convicted; {deeper} below level 25");
}

fn assert_convicted(mut book: Book, wrong: &Frame) {
    let before = book.state();
    let applied = book.apply(&message(&wrong.record()));
    assert_eq!(applied.what, What::Convicted);
    assert_eq!(applied.transition.unwrap().reason.cause, CAUSE_CHECKSUM);
    assert!(applied.resync && book.levels().is_none());
    let want = if before == State::Live { State::Stale } else { State::Syncing };
    assert_eq!(book.state(), want);
}

/// The frame with the last digit of its first bid quantity changed, and that bid's price.
fn flip(frame: &Frame) -> Option<(Frame, i64)> {
    let mut wrong = frame.clone();
    let level = wrong.bids.iter_mut().find(|level| level.1 != 0)?;
    let mut unit = 1;
    while level.1 / unit % 10 == 0 {
        unit *= 10;
    }
    level.1 += if level.1 / unit % 10 == 9 { -unit } else { unit };
    let price = level.0;
    Some((wrong, price))
}

#[test]
fn deribit_books_chain_by_previous_id() {
    for name in [
        "deribit/cryptofeed-20210405/DERIBIT-5dd9ce.0.gz",
        "deribit/cryptofeed-20210722/DERIBIT.ws.1.0.gz",
    ] {
        let Some(text) = corpus(name) else { continue };
        let mut market = Market::default();
        for notice in received(&text) {
            let data = &notice["params"]["data"];
            let Some(sequence) = data["change_id"].as_u64() else {
                continue;
            };
            let side = |name: &str| -> Vec<(i64, i64)> {
                let row = |row: &Value| (mantissa(&row[1], -8), mantissa(&row[2], -8));
                data[name].as_array().unwrap().iter().map(row).collect()
            };
            let frame = Frame {
                sequence,
                previous: data["prev_change_id"].as_u64(),
                scope: SCOPE_INSTRUMENT,
                flags: if data["type"] == "snapshot" { DEPTH_SNAPSHOT } else { 0 },
                exchange_ns: millis(&data["timestamp"]),
                bids: side("bids"),
                asks: side("asks"),
                ..Frame::default()
            };
            let symbol = data["instrument_name"].as_str().unwrap();
            market.apply(symbol, &frame, Verdict::Unchained, config());
        }
        market.assert_clean(name, Evidence::Chained);
    }
}

#[test]
fn bybit_books_count_by_one() {
    for name in
        ["bybit/cryptofeed-20260809/BYBIT.jsonl.zst", "bybit/cryptofeed-20250613/BYBIT.ws.1.0.gz"]
    {
        let Some(text) = corpus(name) else { continue };
        let mut market = Market::default();
        for notice in received(&text) {
            let Some(topic) = notice["topic"].as_str().filter(|t| t.starts_with("orderbook"))
            else {
                continue;
            };
            let data = &notice["data"];
            let sequence = data["u"].as_u64().unwrap();
            let snapshot = notice["type"] == "snapshot" || sequence == 1;
            let reset = if sequence == 1 { DEPTH_RESET } else { 0 };
            let frame = Frame {
                sequence,
                scope: SCOPE_INSTRUMENT,
                flags: DEPTH_DENSE | if snapshot { DEPTH_SNAPSHOT | reset } else { 0 },
                exchange_ns: millis(&notice["ts"]),
                bids: rows(&data["b"], LOOSE),
                asks: rows(&data["a"], LOOSE),
                ..Frame::default()
            };
            market.apply(topic, &frame, Verdict::Unchained, config());
        }
        market.assert_clean(name, Evidence::Chained);
    }
}

#[test]
fn upbit_newest_book_wins() {
    let name = "upbit/cryptofeed-20210405/UPBIT-d78752.0.gz";
    let Some(text) = corpus(name) else { return };
    let mut market = Market::default();
    let mut late = 0;
    let mut earlier: BTreeMap<String, Frame> = BTreeMap::new();
    for notice in received(&text).filter(|notice| notice["ty"] == "orderbook") {
        let units = notice["obu"].as_array().unwrap();
        let side = |price: &str, qty: &str| -> Vec<(i64, i64)> {
            let row = |unit: &Value| (mantissa(&unit[price], -8), mantissa(&unit[qty], -8));
            units.iter().map(row).collect()
        };
        let frame = Frame {
            flags: DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL,
            exchange_ns: millis(&notice["tms"]),
            bids: side("bp", "bs"),
            asks: side("ap", "as"),
            ..Frame::default()
        };
        let symbol = notice["cd"].as_str().unwrap().to_owned();
        market.apply(&symbol, &frame, Verdict::Unchained, config());
        // The book before, come late, changes nothing.
        let (book, naive) = market.entry(&symbol, config());
        if let Some(old) = earlier.get(&symbol).filter(|old| old.exchange_ns < frame.exchange_ns) {
            assert_eq!(book.apply(&message(&old.record())).what, What::Duplicate);
            naive.assert_all(book.levels().unwrap(), &symbol);
            late += 1;
        }
        earlier.insert(symbol, frame);
    }
    println!("{name}: {late} books replayed late, all ignored");
    market.assert_clean(name, Evidence::Snapshot);
}

/// All frames of the Coinbase capture: symbol (empty for a mark) and frame, one per event.
fn coinbase() -> Vec<(String, Frame)> {
    let Some(text) = corpus("coinbase/cryptofeed-20260809/COINBASE.jsonl.zst") else {
        return Vec::new();
    };
    let mut frames = Vec::new();
    for notice in received(&text) {
        let Some(sequence) = notice["sequence_num"].as_u64() else {
            continue;
        };
        let base = Frame {
            sequence,
            scope: SCOPE_CONNECTION,
            chain: 3,
            flags: DEPTH_DENSE,
            ..Frame::default()
        };
        if notice["channel"] != "l2_data" {
            frames.push((String::new(), Frame { mark: true, ..base }));
            continue;
        }
        let events = notice["events"].as_array().unwrap();
        assert_eq!(events.len(), 1, "one book a frame");
        let event = &events[0];
        let side = |name: &str| -> Vec<(i64, i64)> {
            let updates = event["updates"].as_array().unwrap().iter();
            updates
                .filter(|update| update["side"] == name)
                .map(|update| {
                    let (price, qty) = (&update["price_level"], &update["new_quantity"]);
                    (mantissa(price, -8), mantissa(qty, -8))
                })
                .collect()
        };
        let snapshot = if event["type"] == "snapshot" { DEPTH_SNAPSHOT } else { 0 };
        let frame =
            Frame { flags: base.flags | snapshot, bids: side("bid"), asks: side("offer"), ..base };
        frames.push((event["product_id"].as_str().unwrap().to_owned(), frame));
    }
    frames
}

#[test]
fn coinbase_books_chain_over_their_connection() {
    let mut market = Market::default();
    let mut chain = Chain::new();
    let mut marks = 0;
    for (symbol, frame) in coinbase() {
        let record = frame.record();
        let verdict = chain.judge(&message(&record));
        assert!(matches!(verdict, Verdict::Next | Verdict::Reset), "{verdict:?}");
        if frame.mark {
            marks += 1;
            continue;
        }
        let large = BookConfig::default();
        market.apply(&symbol, &frame, verdict, large);
    }
    println!("coinbase: {marks} marks");
    for (symbol, (book, _)) in &market.books {
        let levels = book.levels().unwrap();
        let memory = levels.memory();
        println!("{symbol}: {} levels, {memory:?} bytes", levels.iter(Side::Buy).count());
    }
    market.assert_clean("coinbase", Evidence::Chained);
}

/// A lost mark is a gap for every book of the connection; each needs its own snapshot.
#[test]
fn coinbase_lost_mark_stales_the_whole_connection() {
    let frames = coinbase();
    let snapshots = |frame: &Frame| frame.flags & DEPTH_SNAPSHOT != 0;
    let Some(seeded) = frames.iter().rposition(|(_, frame)| snapshots(frame)) else {
        return;
    };
    let lost = seeded + frames[seeded..].iter().position(|(_, frame)| frame.mark).unwrap();
    let mut chain = Chain::new();
    let mut books: BTreeMap<&str, Book> = BTreeMap::new();
    let mut gaps = 0;
    for (_, (symbol, frame)) in frames.iter().enumerate().filter(|&(at, _)| at != lost) {
        let record = frame.record();
        let message = message(&record);
        let verdict = chain.judge(&message);
        if let Verdict::Gap { expected, found } = verdict {
            gaps += 1;
            for (_, book) in books.iter_mut().filter(|(name, _)| *name != symbol) {
                assert!(book.stale(Break::gap(expected, found)).resync);
            }
        }
        if !frame.mark {
            let book = books.entry(symbol).or_insert_with(|| Book::new(BookConfig::default()));
            let applied = book.apply_judged(&message, verdict);
            assert_eq!(applied.resync, matches!(verdict, Verdict::Gap { .. }));
        }
    }
    assert_eq!(gaps, 1);
    for (symbol, book) in &mut books {
        assert_eq!((book.state(), book.counters().gaps), (State::Stale, 1), "{symbol}");
        assert!(!book.stale(Break::of(CAUSE_CLOSED)).resync);
        let transition = book.stale(Break::of(CAUSE_GAP)).transition.unwrap();
        assert_eq!((transition.from, transition.to), (State::Stale, State::Stale));
    }
}
