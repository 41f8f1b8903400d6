//! Levels against two maps, on recorded prices, with windows so small that they move all the time.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::{Event, Frame, LOOSE, Naive, binance, message};
use patchbay_abi::DEPTH_SNAPSHOT;
use patchbay_book::{Invalid, Levels, LevelsConfig, Message};
use patchbay_model::Side;

const CAPTURES: [&str; 3] = [
    "binance-usdm/hftbacktest/ethusdt_20240808.gz",
    "binance-spot/hftbacktest/ethusdt_20240808.gz",
    "binance-coinm/hftbacktest/ethusd_perp_20240808.gz",
];

/// Depth frames and snapshots of a capture.
fn frames(name: &str) -> Vec<Frame> {
    let events = binance(name, LOOSE).unwrap_or_default();
    let depth = events.into_iter().filter_map(|event| match event {
        Event::Depth(frame) | Event::Snapshot(frame) => Some(frame),
        Event::Quote(_) => None,
    });
    depth.collect()
}

/// Sets every level of `frames`, one by one, compares the best of both sides after each level, the
/// best 40 after each frame and everything at times.
fn replay(frames: &[Frame], mut levels: Levels, name: &str) -> Levels {
    let mut naive = Naive::default();
    for (at, frame) in frames.iter().enumerate() {
        for (side, rows) in [(Side::Buy, &frame.bids), (Side::Sell, &frame.asks)] {
            for &(price, qty) in rows {
                let map = if side == Side::Buy { &mut naive.bids } else { &mut naive.asks };
                let before = if qty == 0 { map.remove(&price) } else { map.insert(price, qty) };
                assert_eq!(levels.set(side, price, qty), before.unwrap_or(0), "{name} {at}");
                assert_eq!(levels.best(side), naive.best(side, 1).first().copied(), "{name} {at}");
            }
        }
        naive.assert_top(&levels, 40, name);
        if at % 500 == 0 {
            naive.assert_all(&levels, name);
        }
    }
    naive.assert_all(&levels, name);
    levels
}

/// Changes from before the snapshot are applied, too: the maps do the same, and it moves more.
#[test]
fn small_windows_hold_every_level() {
    for name in CAPTURES {
        let frames = frames(name);
        if frames.is_empty() {
            return;
        }
        for (window, tick) in [(0, 0), (1024, 1_000_000), (256, 1)] {
            let levels = Levels::new(&LevelsConfig { tick, window, far: 64 });
            let frames = if tick == 1 { &frames[..400] } else { &frames[..] };
            let levels = replay(frames, levels, name);
            println!(
                "{name}: {} frames, window {window}, tick {} from {tick}, {} of {} levels far",
                frames.len(),
                levels.tick(),
                levels.far_len(Side::Buy) + levels.far_len(Side::Sell),
                levels.len(Side::Buy) + levels.len(Side::Sell),
            );
        }
    }
}

/// The recorded levels from the deepest to the best and back: the window runs ahead of itself.
#[test]
fn sides_that_run_away_are_followed() {
    let Some(snapshot) = frames(CAPTURES[0]).into_iter().find(|f| f.flags & DEPTH_SNAPSHOT != 0)
    else {
        return;
    };
    let mut naive = Naive::default();
    let mut levels = Levels::new(&LevelsConfig { tick: 0, window: 256, far: 16 });
    for (qty, reverse) in [(1, true), (0, false), (2, true), (0, true), (3, false)] {
        let mut walk = snapshot.clone();
        for rows in [&mut walk.bids, &mut walk.asks] {
            rows.iter_mut().for_each(|row| row.1 = qty);
            if reverse {
                rows.reverse();
            }
        }
        replay_onto(&walk, &mut levels, &mut naive);
    }
    naive.assert_all(&levels, "walk");
    println!("{} + {} levels walked", levels.len(Side::Buy), levels.len(Side::Sell));
}

fn replay_onto(frame: &Frame, levels: &mut Levels, naive: &mut Naive) {
    for at in 0..frame.bids.len().max(frame.asks.len()) {
        let row = |rows: &[(i64, i64)]| rows.get(at).copied().into_iter().collect::<Vec<_>>();
        let one = Frame { bids: row(&frame.bids), asks: row(&frame.asks), ..Frame::default() };
        one.bids.iter().for_each(|&(price, qty)| assert!(levels.set(Side::Buy, price, qty) >= 0));
        one.asks.iter().for_each(|&(price, qty)| assert!(levels.set(Side::Sell, price, qty) >= 0));
        naive.change(&one);
        naive.assert_top(levels, 5, "walk");
    }
    naive.assert_all(levels, "walk");
}

/// A wrong tick, too coarse or no divisor at all, costs a rebuild and no level.
#[test]
fn wrong_ticks_are_found_out() {
    let Some(snapshot) = frames(CAPTURES[0]).into_iter().find(|f| f.flags & DEPTH_SNAPSHOT != 0)
    else {
        return;
    };
    let mut naive = Naive::default();
    naive.replace(&snapshot);
    for tick in [0, 1, 7, 1_000_000, 3_000_000, 50_000_000, i64::MAX, -1] {
        let mut levels = Levels::new(&LevelsConfig { tick, ..LevelsConfig::default() });
        for (side, rows) in [(Side::Buy, &snapshot.bids), (Side::Sell, &snapshot.asks)] {
            rows.iter().for_each(|&(price, qty)| assert_eq!(levels.set(side, price, qty), 0));
        }
        naive.assert_all(&levels, "one by one");
        let divides = |price: &i64| price % levels.tick() == 0;
        assert!(naive.bids.keys().chain(naive.asks.keys()).all(divides));
        let mut levels = Levels::new(&LevelsConfig { tick, ..LevelsConfig::default() });
        levels.replace(&message(&snapshot.record())).unwrap();
        naive.assert_all(&levels, "at once");
    }
}

/// Prices below zero (spreads) and at the ends of the integers: the recorded shape, moved there.
#[test]
fn any_price_is_a_price() {
    let Some(snapshot) = frames(CAPTURES[0]).into_iter().find(|f| f.flags & DEPTH_SNAPSHOT != 0)
    else {
        return;
    };
    let (low, high) = (snapshot.bids.last().unwrap().0, snapshot.asks.last().unwrap().0);
    let middle = snapshot.bids[0].0;
    for shift in [-middle, (-i64::MAX).wrapping_sub(low), i64::MAX - high] {
        let mut moved = snapshot.clone();
        for rows in [&mut moved.bids, &mut moved.asks] {
            rows.iter_mut().for_each(|row| row.0 = row.0.wrapping_add(shift));
        }
        let mut naive = Naive::default();
        naive.replace(&moved);
        for tick in [0, 1, 1_000_000] {
            let mut levels = Levels::new(&LevelsConfig { tick, window: 256, far: 16 });
            levels.replace(&message(&moved.record())).unwrap();
            naive.assert_all(&levels, "moved");
            replay(&[moved.clone()], levels.clone_empty(), "moved");
        }
    }
    // Both ends at once.
    let mut levels = Levels::new(&LevelsConfig::default());
    for price in [-i64::MAX, i64::MAX, 0, 1, -1] {
        assert_eq!(levels.set(Side::Buy, price, 5), 0);
        assert_eq!(levels.set(Side::Sell, price, 5), 0);
    }
    let prices = |side| levels.iter(side).map(|level| level.price).collect::<Vec<_>>();
    assert_eq!(prices(Side::Buy), [i64::MAX, 1, 0, -1, -i64::MAX]);
    assert_eq!(prices(Side::Sell), [-i64::MAX, -1, 0, 1, i64::MAX]);
    assert!(levels.is_crossed());
}

/// A copy with the same configuration and tick, without levels.
trait CloneEmpty {
    fn clone_empty(&self) -> Self;
}

impl CloneEmpty for Levels {
    fn clone_empty(&self) -> Self {
        let mut levels = self.clone();
        levels.clear();
        levels
    }
}

/// Records that cannot be what they say.
#[test]
fn unsound_records_are_refused() {
    let sound = Frame {
        sequence: 9,
        first: Some(5),
        bids: vec![(-10, 1), (-20, 0)],
        asks: vec![(10, 1); 3],
        flags: DEPTH_SNAPSHOT,
        ..Frame::default()
    };
    let parse = |frame: &Frame| Message::parse(&frame.record()).err();
    assert_eq!(parse(&sound), None);
    assert_eq!(parse(&Frame { first: Some(10), ..sound.clone() }), Some(Invalid::Order));
    assert_eq!(parse(&Frame { scope: 4, ..sound.clone() }), Some(Invalid::Scope));
    assert_eq!(parse(&Frame { mark: true, ..sound.clone() }), Some(Invalid::NoInstrument));
    assert_eq!(parse(&Frame { asks: vec![(1, -1)], ..sound.clone() }), Some(Invalid::Quantity));
    assert_eq!(parse(&Frame { bids: vec![(i64::MIN, 1)], ..sound.clone() }), Some(Invalid::Price));
    let record = sound.record();
    assert_eq!(Message::parse(&[]).err(), Some(Invalid::NotDepth));
    assert_eq!(Message::parse(&record[1..]).err(), Some(Invalid::NotDepth));
    assert_eq!(Message::parse(&record[..2]).err(), Some(Invalid::Truncated));
    let mut levels = Levels::new(&LevelsConfig::default());
    assert_eq!(levels.replace(&message(&record)).err(), Some(Invalid::Repeated));
    assert!(levels.is_empty());
}
