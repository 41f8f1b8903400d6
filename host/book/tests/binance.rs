//! Binance captures against a naive replay, against their own book tickers, and with every frame
//! missing once.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;

use common::{Event, Frame, LOOSE, Naive, binance, message};
use patchbay_abi::{CAUSE_GAP, Quote};
use patchbay_book::{Applied, Book, BookConfig, Evidence, Levels, LevelsConfig, State, What};
use patchbay_model::Side;

const SPOT: &str = "binance-spot/hftbacktest/btcusdt_20240808.gz";
const USDM: &str = "binance-usdm/hftbacktest/btcusdt_20240808.gz";
const COINM: &str = "binance-coinm/hftbacktest/btcusd_perp_20240808.gz";

/// Replays a capture; compares all the way. Returns how often a quote could be compared.
fn replay(name: &str, exps: (i8, i8), config: BookConfig) -> Option<u32> {
    let events = binance(name, exps)?;
    let mut book = Book::new(config);
    assert_eq!(Levels::new(&config.levels).memory(), (0, 0), "made by the first level");
    let mut reserved = None;
    let mut naive = Naive::default();
    let mut before: Vec<Frame> = Vec::new();
    let mut seed: Option<u64> = None;
    let (mut frames, mut compared, mut asked) = (0, 0, 0);
    let mut quotes: BTreeMap<u64, Quote> = BTreeMap::new();
    for event in &events {
        match event {
            Event::Snapshot(frame) => {
                asked += u32::from(book.apply(&message(&frame.record())).resync);
                naive.replace(frame);
                before
                    .drain(..)
                    .filter(|f| f.sequence >= frame.sequence)
                    .for_each(|f| naive.change(&f));
                seed = Some(frame.sequence);
            }
            Event::Depth(frame) => {
                frames += 1;
                asked += u32::from(book.apply(&message(&frame.record())).resync);
                match seed {
                    Some(id) if frame.sequence >= id => naive.change(frame),
                    Some(_) => {}
                    None => before.push(frame.clone()),
                }
                compared += compare(&book, quotes.get(&frame.sequence));
            }
            Event::Quote(quote) => {
                compared += compare(&book, Some(quote));
                quotes.insert(quote.head.sequence, **quote);
                continue;
            }
        }
        if let Some(levels) = book.levels() {
            naive.assert_top(levels, 20, name);
            reserved.get_or_insert_with(|| levels.memory().0);
        }
    }
    let levels = book.levels().expect("live at the end");
    naive.assert_all(levels, name);
    let counters = book.counters();
    assert_eq!((counters.gaps, counters.duplicates, counters.dropped, asked), (0, 0, 0, 1));
    assert_eq!(book.evidence(), Evidence::Chained);
    assert!(book.is_partial());
    println!(
        "{name}: {frames} depth frames, {compared} quotes at the same id all equal, {} + {} levels, \
         {} + {} far, tick {}, reserved {} resident at most {} bytes, {counters:?}",
        levels.len(Side::Buy),
        levels.len(Side::Sell),
        levels.far_len(Side::Buy),
        levels.far_len(Side::Sell),
        levels.tick(),
        levels.memory().0,
        levels.memory().1,
    );
    assert_eq!(Some(levels.memory().0), reserved, "allocated nothing since it is live");
    assert!(levels.memory().1 <= 256 * 1024);
    Some(compared)
}

fn compare(book: &Book, quote: Option<&Quote>) -> u32 {
    let Some(agrees) = quote.and_then(|quote| book.agrees(quote)) else {
        return 0;
    };
    assert!(agrees, "at {}", book.sequence());
    1
}

fn assert_quotes(name: &str, want: u32) {
    if let Some(compared) = replay(name, LOOSE, BookConfig::default()) {
        assert_eq!(compared, want, "{name}");
    }
}

#[test]
fn usdm_book_is_right() {
    assert_quotes(USDM, 629);
}

#[test]
fn spot_book_is_right() {
    assert_quotes(SPOT, 564);
}

#[test]
fn coinm_book_is_right() {
    assert_quotes(COINM, 1124);
}

#[test]
fn exponents_and_ticks_of_the_instrument_change_nothing() {
    let levels = LevelsConfig { tick: 1, ..LevelsConfig::default() };
    let config = BookConfig { price_exp: -2, qty_exp: -5, levels, ..BookConfig::default() };
    if let Some(compared) = replay(SPOT, (-2, -8), config) {
        assert_eq!(compared, 564);
    }
}

/// Small books: the state is copied once for every frame that is left out.
fn small() -> BookConfig {
    BookConfig {
        levels: LevelsConfig { tick: 0, window: 256, far: 512 },
        pending: 1 << 20,
        ..BookConfig::default()
    }
}

/// Leaves out each frame of a live book in turn. All that follow are fed for every 97th, the next
/// 50 for all others.
fn leave_out(name: &str) {
    let Some(events) = binance(name, LOOSE) else {
        return;
    };
    let mut frames = Vec::new();
    let mut book = Book::new(small());
    for event in &events {
        let (Event::Depth(frame) | Event::Snapshot(frame)) = event else {
            continue;
        };
        if book.state() == State::Live {
            frames.push(frame.record());
        } else {
            let applied = book.apply(&message(&frame.record()));
            assert!(!matches!(applied.what, What::Refused(_)));
        }
    }
    let mut found = 0;
    for missing in 0..frames.len() - 1 {
        let rest = &frames[missing + 1..];
        let most = if missing % 97 == 0 { rest.len() } else { rest.len().min(50) };
        assert_broken_once(book.clone(), &rest[..most], missing);
        found += 1;
        assert!(matches!(book.apply(&message(&frames[missing])).what, What::Applied { .. }));
    }
    println!("{name}: {found} frames left out, one at a time, {found} found, each once");
}

fn assert_broken_once(mut book: Book, rest: &[Vec<patchbay_abi::Slot>], missing: usize) {
    let last = book.sequence();
    let first = book.apply(&message(&rest[0]));
    let transition = first.transition.expect("noticed on the next frame");
    assert_eq!((transition.from, transition.to), (State::Live, State::Stale), "{missing}");
    assert_eq!((transition.reason.cause, transition.reason.expected), (CAUSE_GAP, last));
    assert!(first.resync && first.what == What::Kept);
    for record in &rest[1..] {
        let next = book.apply(&message(record));
        assert_eq!(next, Applied { what: What::Kept, transition: None, resync: false });
        assert!(book.state() == State::Stale && book.levels().is_none());
        assert!(book.best(Side::Buy).is_none() && book.best(Side::Sell).is_none());
    }
    assert_eq!(book.counters().gaps, 1);
}

#[test]
fn every_missing_usdm_frame_is_found() {
    leave_out(USDM);
}

#[test]
fn every_missing_spot_frame_is_found() {
    leave_out(SPOT);
}
