//! Recorded orders with some of their events lost: what is live is what the venue's own book says.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use lzma_rust2::XzReader;
use patchbay_abi::{
    CAUSE_CLOSED, DEPTH_NEWEST, DEPTH_PARTIAL, DEPTH_SNAPSHOT, Depth, Head, LEVELS_PER_SLOT, Level,
    SCOPE_NONE, SLOT_DEPTH, Slot,
};
use patchbay_book::{Break, Message, State};
use patchbay_l3::{Action, Book, BookConfig, Event};
use patchbay_model::Side;
use serde_json::Value;

const LOG: &str = "bitstamp/ob-analytics/2015-05-01.log.xz";
const SIDES: [Side; 2] = [Side::Buy, Side::Sell];

enum Told {
    Order(Event),
    /// At this host time, ns.
    Whole(i64, [Vec<Level>; 2]),
}

/// Mantissa at 1e-8, by moving the point.
fn shifted(value: &Value) -> i64 {
    let text = value.as_str().unwrap();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<8}").parse().unwrap()
}

/// Orders and whole books of the recording; `None` without a corpus.
fn told() -> Option<Vec<Told>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let root = std::env::var_os("PATCHBAY_CORPUS").map_or(beside, Into::into);
    let Ok(file) = File::open(root.join(LOG)) else {
        assert!(std::env::var_os("CI").is_none(), "no {LOG}");
        println!("SKIPPED: no {LOG}");
        return None;
    };
    let mut log = String::new();
    XzReader::new(BufReader::new(file), true).read_to_string(&mut log).unwrap();
    let one = |line: &str| {
        let mut parts = line.splitn(3, ' ');
        let mut part = || parts.next().unwrap();
        let (ms, name, data) = (part(), part(), part());
        let receive_ns = ms.parse::<i64>().unwrap() * 1_000_000;
        let data: Value = serde_json::from_str(data).unwrap();
        let action = match name {
            "order_book" => {
                let level = |at: &Value| Level { price: shifted(&at[0]), qty: shifted(&at[1]) };
                let side = |name| data[name].as_array().unwrap().iter().map(level).collect();
                return Some(Told::Whole(receive_ns, ["bids", "asks"].map(side)));
            }
            "order_created" => Action::Add,
            "order_changed" => Action::Change,
            "order_deleted" => Action::Delete,
            _ => return None,
        };
        Some(Told::Order(Event {
            action,
            id: data["id"].as_u64().unwrap(),
            side: if data["order_type"] == 0 { Side::Buy } else { Side::Sell },
            price: shifted(&data["price"]),
            qty: shifted(&data["amount"]),
            exchange_ns: 0,
            receive_ns,
        }))
    };
    Some(log.lines().filter_map(one).collect())
}

/// The depth record of a whole book.
fn record(receive_ns: i64, sides: &[Vec<Level>; 2]) -> Vec<Slot> {
    let levels = sides.concat();
    let head =
        Head { kind: SLOT_DEPTH, flags: 0, instrument: 7, sequence: 0, exchange_ns: 0, receive_ns };
    let depth = Depth {
        head,
        first: 0,
        previous: 0,
        checksum: 0,
        chain: 0,
        bids: sides[0].len() as u16,
        asks: sides[1].len() as u16,
        slots: levels.len().div_ceil(LEVELS_PER_SLOT) as u16,
        scope: SCOPE_NONE,
        flags: DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL,
    };
    let mut slots = vec![Slot::from(depth)];
    for four in levels.chunks(LEVELS_PER_SLOT) {
        let mut place = [Level { price: 0, qty: 0 }; LEVELS_PER_SLOT];
        place[..four.len()].copy_from_slice(four);
        slots.push(place.into());
    }
    slots
}

/// Ids at a price, in their turn, if all are known.
fn queue(book: &Book, side: Side, price: i64) -> Vec<u64> {
    book.queue(side, price).map(|order| order.id).collect()
}

#[test]
fn what_is_known_is_right_to_the_order_whatever_was_lost() {
    let Some(told) = told() else { return };
    for every in [3_001, 499] {
        let mut whole = Book::new(&BookConfig::default());
        let mut lossy = Book::new(&BookConfig { usual: 16, most: 1 << 20 });
        let (mut live, mut known, mut lost) = (0, 0, 0);
        for (place, one) in told.iter().enumerate() {
            let (at, sides) = match one {
                Told::Order(event) => {
                    whole.apply(event);
                    match place % every {
                        0 => lost += 1,
                        _ => drop(lossy.apply(event)),
                    }
                    continue;
                }
                Told::Whole(at, sides) => (*at, sides),
            };
            let record = record(at, sides);
            let message = Message::parse(&record).unwrap();
            whole.compare(&message);
            lossy.compare(&message);
            live += u32::from(lossy.state() == State::Live);
            for (side, theirs) in SIDES.into_iter().zip(sides) {
                let ours: Vec<_> = lossy.levels(side).map(|(level, _)| level).collect();
                assert_eq!(ours, theirs[..ours.len()], "{every}: {place}");
                for level in ours.iter().filter(|level| whole.is_known(side, level.price)) {
                    let (ours, theirs) =
                        (queue(&lossy, side, level.price), queue(&whole, side, level.price));
                    assert_eq!(ours, theirs, "{every}: {place}");
                    known += 1;
                }
            }
        }
        let counters = (lossy.counters(), whole.counters());
        println!("{lost} lost: live at {live} whole books, {known} prices known; {counters:?}");
        // It heals: what left unseen is taken for gone.
        assert!(lost > 10 && live > 4_000, "{lost} lost, live at {live}");
        assert!(counters.0.gone > 0 && counters.1.gone == 0, "{counters:?}");
        assert!(counters.0.whole < counters.1.whole, "{every}: a loss was never noticed");
    }
}

#[test]
fn with_its_connection_everything_is_forgotten() {
    let Some(told) = told() else { return };
    let mut book = Book::new(&BookConfig::default());
    for (place, one) in told.iter().enumerate() {
        match one {
            Told::Order(event) => drop(book.apply(event)),
            Told::Whole(at, sides) => {
                book.compare(&Message::parse(&record(*at, sides)).unwrap());
            }
        }
        if place == told.len() / 2 {
            book.stale(Break::of(CAUSE_CLOSED), true);
            assert!(book.state() == State::Stale && book.seen().is_empty());
            assert!(SIDES.iter().all(|&side| book.levels(side).next().is_none()));
        }
    }
    assert_eq!(book.state(), State::Live);
    assert!(book.counters().resyncs > 0);
}
