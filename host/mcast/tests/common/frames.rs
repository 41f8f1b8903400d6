//! Binance frames as records, by the rules of Binance's documentation and no more than is needed.

use std::path::PathBuf;

use patchbay_abi::{
    DEPTH_DENSE, DEPTH_FIRST, DEPTH_PARTIAL, DEPTH_PREVIOUS, DEPTH_SNAPSHOT, Depth, Head,
    LEVELS_PER_SLOT, Level, QUOTE_SAME_IDS, QUOTE_VENUE, Quote, SCOPE_INSTRUMENT, SCOPE_NONE,
    SIDE_BUY, SIDE_SELL, SLOT_DEPTH, SLOT_QUOTE, SLOT_TRADE, Slot, Trade,
};
use patchbay_history::{Captures, Event};
use patchbay_model::{Nanos, parse_decimal};
use serde_json::Value;

/// Exponent of everything here.
pub const EXP: i8 = -8;

/// A file of the corpus; `None` (said so) where the corpus is not there, a failure in CI.
pub fn corpus(name: &str) -> Option<PathBuf> {
    let root = std::env::var("PATCHBAY_CORPUS").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing in CI", path.display());
    println!("SKIPPED: {} is not there", path.display());
    None
}

/// Records of one message, by the adapter's index 0.
pub struct Turn {
    pub at: Nanos,
    pub slots: Vec<Slot>,
}

/// The first `span` ns of a capture.
pub fn turns(name: &str, span: Nanos) -> Option<Vec<Turn>> {
    let mut captures = Captures::open(&[corpus(name)?]).unwrap();
    let mut turns: Vec<Turn> = Vec::new();
    while let Some(record) = captures.next().unwrap() {
        let (Event::Frame { data, .. } | Event::Reply { body: data, .. }) = record.event else {
            continue;
        };
        if turns.first().is_some_and(|first| record.at_ns > first.at + span) {
            break;
        }
        let frame: Value = serde_json::from_slice(data).unwrap();
        if let Some(slots) = decode(&frame, record.at_ns) {
            turns.push(Turn { at: record.at_ns, slots });
        }
    }
    Some(turns)
}

fn decode(frame: &Value, at: Nanos) -> Option<Vec<Slot>> {
    if let Some(sequence) = frame["lastUpdateId"].as_u64() {
        let head = head(SLOT_DEPTH, sequence, &Value::Null, at);
        let flags = DEPTH_SNAPSHOT | DEPTH_PARTIAL;
        let depth = Depth { flags, scope: SCOPE_NONE, ..empty(head) };
        return Some(record(depth, &rows(&frame["bids"]), &rows(&frame["asks"])));
    }
    let data = &frame["data"];
    match data["e"].as_str() {
        Some("depthUpdate") => Some(change(data, at)),
        Some("trade") => Some(vec![trade(data, at).into()]),
        _ if data["b"].is_string() => Some(vec![quote(data, at).into()]),
        _ => None,
    }
}

fn head(kind: u16, sequence: u64, event: &Value, receive_ns: Nanos) -> Head {
    let exchange_ns = event.as_i64().unwrap_or(0) * 1_000_000;
    Head { kind, flags: 0, instrument: 0, sequence, exchange_ns, receive_ns }
}

const fn empty(head: Head) -> Depth {
    let scope = SCOPE_INSTRUMENT;
    let (first, previous, checksum, chain, flags) = (0, 0, 0, 0, 0);
    Depth { head, first, previous, checksum, chain, bids: 0, asks: 0, slots: 0, scope, flags }
}

fn change(data: &Value, at: Nanos) -> Vec<Slot> {
    let head = head(SLOT_DEPTH, data["u"].as_u64().unwrap(), &data["E"], at);
    let first = data["U"].as_u64().unwrap();
    let depth = match data["pu"].as_u64() {
        Some(previous) => {
            Depth { first, previous, flags: DEPTH_FIRST | DEPTH_PREVIOUS, ..empty(head) }
        }
        None => Depth { first, flags: DEPTH_FIRST | DEPTH_DENSE, ..empty(head) },
    };
    record(depth, &rows(&data["b"]), &rows(&data["a"]))
}

fn trade(data: &Value, at: Nanos) -> Trade {
    let taker_sells = data["m"].as_bool().unwrap();
    Trade {
        head: head(SLOT_TRADE, 0, &data["E"], at),
        price: mantissa(&data["p"]),
        qty: mantissa(&data["q"]),
        trade_id: data["t"].as_u64().unwrap(),
        fills: 1,
        aggressor: if taker_sells { SIDE_SELL } else { SIDE_BUY },
        id_hashed: 0,
        flags: 0,
    }
}

fn quote(data: &Value, at: Nanos) -> Quote {
    let mut head = head(SLOT_QUOTE, data["u"].as_u64().unwrap(), &data["E"], at);
    head.flags = QUOTE_VENUE | QUOTE_SAME_IDS;
    Quote {
        head,
        bid_price: mantissa(&data["b"]),
        bid_qty: mantissa(&data["B"]),
        ask_price: mantissa(&data["a"]),
        ask_qty: mantissa(&data["A"]),
    }
}

fn mantissa(value: &Value) -> i64 {
    parse_decimal(value.as_str().unwrap().as_bytes(), EXP).unwrap()
}

fn rows(value: &Value) -> Vec<Level> {
    let level = |row: &Value| Level { price: mantissa(&row[0]), qty: mantissa(&row[1]) };
    value.as_array().unwrap().iter().map(level).collect()
}

/// A depth record with its levels.
pub fn record(depth: Depth, bids: &[Level], asks: &[Level]) -> Vec<Slot> {
    let levels: Vec<_> = bids.iter().chain(asks).copied().collect();
    let slots = levels.len().div_ceil(LEVELS_PER_SLOT) as u16;
    let depth = Depth { bids: bids.len() as u16, asks: asks.len() as u16, slots, ..depth };
    let mut record = vec![Slot::from(depth)];
    for four in levels.chunks(LEVELS_PER_SLOT) {
        let mut place = [Level { price: 0, qty: 0 }; LEVELS_PER_SLOT];
        place[..four.len()].copy_from_slice(four);
        record.push(place.into());
    }
    record
}

/// A whole book as venues send it that know no changes, best levels first.
pub fn whole(at: Nanos, sequence: u64, bids: &[Level], asks: &[Level]) -> Vec<Slot> {
    let mut head = head(SLOT_DEPTH, sequence, &Value::Null, at);
    head.exchange_ns = at;
    let flags = DEPTH_SNAPSHOT | DEPTH_PARTIAL | patchbay_abi::DEPTH_NEWEST;
    record(Depth { flags, scope: SCOPE_NONE, ..empty(head) }, bids, asks)
}

/// A snapshot fetched beside the stream.
pub fn fetched(at: Nanos, sequence: u64, bids: &[Level], asks: &[Level]) -> Vec<Slot> {
    let flags = DEPTH_SNAPSHOT | DEPTH_PARTIAL;
    let head = head(SLOT_DEPTH, sequence, &Value::Null, at);
    record(Depth { flags, scope: SCOPE_NONE, ..empty(head) }, bids, asks)
}
