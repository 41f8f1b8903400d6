//! Recorded frames as depth records, and the simplest possible book to compare with.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use patchbay_abi::{
    DEPTH_CHECKSUM, DEPTH_FIRST, DEPTH_PREVIOUS, Depth, Head, LEVELS_PER_SLOT, Level,
    NO_INSTRUMENT, QUOTE_SAME_IDS, QUOTE_VENUE, Quote, SLOT_DEPTH, SLOT_QUOTE, Slot,
};
use patchbay_book::{Levels, Message};
use patchbay_model::{Side, parse_decimal};
use serde_json::Value;

/// A corpus file, unpacked; `None` (said so) where the corpus is not there, a failure in CI.
pub fn corpus(name: &str) -> Option<String> {
    let root = std::env::var("PATCHBAY_CORPUS").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let path = root.join(name);
    if !path.exists() {
        assert!(std::env::var_os("CI").is_none(), "{} is missing in CI", path.display());
        println!("SKIPPED: {} is not there", path.display());
        return None;
    }
    let bytes = std::fs::read(&path).unwrap();
    let mut text = String::new();
    if name.ends_with(".gz") {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    } else {
        ruzstd::decoding::StreamingDecoder::new(&bytes[..])
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
    }
    Some(text)
}

/// Lines `<local time> <json>` of hftbacktest captures: host time and frame.
pub fn timed_frames(text: &str) -> impl Iterator<Item = (i64, Value)> {
    text.lines().filter_map(|line| {
        let (time, frame) = line.split_once(' ')?;
        Some((time.parse().ok()?, serde_json::from_str(frame).ok()?))
    })
}

/// Received frames of a cryptofeed capture, either format.
pub fn received(text: &str) -> impl Iterator<Item = Value> {
    text.lines().filter_map(|line| {
        if line.starts_with('{') {
            let record: Value = serde_json::from_str(line).ok()?;
            let is_frame = record["t"] == "recv";
            return serde_json::from_str(record["data"].as_str().filter(|_| is_frame)?).ok();
        }
        let (time, frame) = line.split_once(": ")?;
        time.parse::<f64>().ok()?;
        let frame = frame.strip_prefix("b'").and_then(|f| f.strip_suffix('\'')).unwrap_or(frame);
        serde_json::from_str(frame).ok()
    })
}

/// Mantissa of a decimal text or a bare number at `exp`.
pub fn mantissa(value: &Value, exp: i8) -> i64 {
    match value {
        Value::String(text) => parse_decimal(text.as_bytes(), exp).unwrap(),
        other => parse_decimal(format!("{:.8}", other.as_f64().unwrap()).as_bytes(), exp).unwrap(),
    }
}

/// `[price, qty, ..]` rows as mantissas.
pub fn rows(value: &Value, exps: (i8, i8)) -> Vec<(i64, i64)> {
    let pair = |row: &Value| (mantissa(&row[0], exps.0), mantissa(&row[1], exps.1));
    value.as_array().map_or_else(Vec::new, |rows| rows.iter().map(pair).collect())
}

/// A depth message before it is a record.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub sequence: u64,
    pub first: Option<u64>,
    pub previous: Option<u64>,
    pub checksum: Option<u32>,
    pub scope: u8,
    pub chain: u32,
    pub flags: u8,
    pub mark: bool,
    pub exchange_ns: i64,
    pub receive_ns: i64,
    pub bids: Vec<(i64, i64)>,
    pub asks: Vec<(i64, i64)>,
}

impl Frame {
    pub fn record(&self) -> Vec<Slot> {
        let flag = |there: bool, flag: u8| if there { flag } else { 0 };
        let levels: Vec<Level> =
            self.bids.iter().chain(&self.asks).map(|&(price, qty)| Level { price, qty }).collect();
        let head = Head {
            kind: SLOT_DEPTH,
            flags: 0,
            instrument: if self.mark { NO_INSTRUMENT } else { 7 },
            sequence: self.sequence,
            exchange_ns: self.exchange_ns,
            receive_ns: self.receive_ns,
        };
        let depth = Depth {
            head,
            first: self.first.unwrap_or(0),
            previous: self.previous.unwrap_or(0),
            checksum: self.checksum.unwrap_or(0),
            chain: self.chain,
            bids: self.bids.len() as u16,
            asks: self.asks.len() as u16,
            slots: levels.len().div_ceil(LEVELS_PER_SLOT) as u16,
            scope: self.scope,
            flags: self.flags
                | flag(self.first.is_some(), DEPTH_FIRST)
                | flag(self.previous.is_some(), DEPTH_PREVIOUS)
                | flag(self.checksum.is_some(), DEPTH_CHECKSUM),
        };
        let mut slots = vec![Slot::from(depth)];
        for four in levels.chunks(LEVELS_PER_SLOT) {
            let mut place = [Level { price: 0, qty: 0 }; LEVELS_PER_SLOT];
            place[..four.len()].copy_from_slice(four);
            slots.push(place.into());
        }
        slots
    }
}

/// Parses a record that is known to be sound.
pub fn message(record: &[Slot]) -> Message<'_> {
    Message::parse(record).unwrap()
}

/// A Binance book ticker.
pub fn quote(data: &Value, exps: (i8, i8)) -> Quote {
    let head = Head {
        kind: SLOT_QUOTE,
        flags: QUOTE_VENUE | QUOTE_SAME_IDS,
        instrument: 7,
        sequence: data["u"].as_u64().unwrap(),
        exchange_ns: 0,
        receive_ns: 0,
    };
    Quote {
        head,
        bid_price: mantissa(&data["b"], exps.0),
        bid_qty: mantissa(&data["B"], exps.1),
        ask_price: mantissa(&data["a"], exps.0),
        ask_qty: mantissa(&data["A"], exps.1),
    }
}

/// The naive book: two maps.
#[derive(Clone, Debug, Default)]
pub struct Naive {
    pub bids: BTreeMap<i64, i64>,
    pub asks: BTreeMap<i64, i64>,
}

impl Naive {
    pub fn replace(&mut self, frame: &Frame) {
        *self = Self::default();
        self.change(frame);
    }

    pub fn change(&mut self, frame: &Frame) {
        for (side, rows) in [(&mut self.bids, &frame.bids), (&mut self.asks, &frame.asks)] {
            for &(price, qty) in rows {
                if qty == 0 {
                    side.remove(&price);
                } else {
                    side.insert(price, qty);
                }
            }
        }
    }

    pub fn best(&self, side: Side, most: usize) -> Vec<Level> {
        let level = |(&price, &qty): (&i64, &i64)| Level { price, qty };
        match side {
            Side::Buy => self.bids.iter().rev().take(most).map(level).collect(),
            Side::Sell => self.asks.iter().take(most).map(level).collect(),
        }
    }

    /// Fails unless the best `most` levels of both sides are those of `levels`.
    pub fn assert_top(&self, levels: &Levels, most: usize, at: &str) {
        for side in [Side::Buy, Side::Sell] {
            let got: Vec<Level> = levels.iter(side).take(most).collect();
            let want = self.best(side, most);
            for (place, (got, want)) in got.iter().zip(&want).enumerate() {
                assert_eq!(got, want, "{side:?} {place} {at}");
            }
            assert_eq!(got.len(), want.len(), "{side:?} {at}");
            assert_eq!(levels.best(side), got.first().copied(), "{side:?} {at}");
        }
    }

    /// Fails unless every level is the same.
    pub fn assert_all(&self, levels: &Levels, at: &str) {
        assert_eq!(levels.len(Side::Buy), self.bids.len(), "{at}");
        assert_eq!(levels.len(Side::Sell), self.asks.len(), "{at}");
        self.assert_top(levels, usize::MAX, at);
    }
}

/// What a Binance capture holds.
pub enum Event {
    Depth(Frame),
    Snapshot(Frame),
    Quote(Box<Quote>),
}

/// Exponents of an adapter that knows no instrument definition.
pub const LOOSE: (i8, i8) = (-8, -8);

/// Depth, snapshot and book ticker of a Binance capture, in order.
pub fn binance(name: &str, exps: (i8, i8)) -> Option<Vec<Event>> {
    use patchbay_abi::{DEPTH_DENSE, DEPTH_PARTIAL, DEPTH_SNAPSHOT, SCOPE_INSTRUMENT};
    let text = corpus(name)?;
    let events = timed_frames(&text).filter_map(|(receive_ns, frame)| {
        if let Some(sequence) = frame["lastUpdateId"].as_u64() {
            return Some(Event::Snapshot(Frame {
                sequence,
                receive_ns,
                flags: DEPTH_SNAPSHOT | DEPTH_PARTIAL,
                bids: rows(&frame["bids"], exps),
                asks: rows(&frame["asks"], exps),
                ..Frame::default()
            }));
        }
        let data = &frame["data"];
        if frame["stream"].as_str()?.ends_with("@bookTicker") {
            return Some(Event::Quote(Box::new(quote(data, exps))));
        }
        let previous = data["pu"].as_u64();
        (data["e"] == "depthUpdate").then(|| {
            Event::Depth(Frame {
                sequence: data["u"].as_u64().unwrap(),
                first: data["U"].as_u64(),
                previous,
                scope: SCOPE_INSTRUMENT,
                flags: if previous.is_some() { 0 } else { DEPTH_DENSE },
                exchange_ns: data["E"].as_i64().unwrap() * 1_000_000,
                receive_ns,
                bids: rows(&data["b"], exps),
                asks: rows(&data["a"], exps),
                ..Frame::default()
            })
        })
    });
    Some(events.collect())
}
