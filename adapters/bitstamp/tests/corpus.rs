//! Five hours of recorded orders, books and trades in the frames in which the venue sends them today,
//! against what the recording says.
//!
//! The recording is of the interface before the current one: the event's name and its data. They are
//! put into the envelope that is documented now, with the fields that it has named since, and the
//! receive time in place of the microseconds that were not told.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read};

use lzma_rust2::XzReader;
use patchbay_bitstamp::Bitstamp;
use patchbay_plugin::abi::{
    OK, ORDER_ADD, ORDER_DELETE, ORDER_REDUCE, SIDE_BUY, SIDE_NONE, SIDE_SELL,
};
use patchbay_testkit::{Played, Player, corpus};
use serde_json::{Value, json};

const LOG: &str = "bitstamp/ob-analytics/2015-05-01.log.xz";

/// One recorded event.
struct Event<'a> {
    /// When it was received.
    ms: i64,
    name: &'a str,
    data: Value,
}

fn events(log: &str) -> impl Iterator<Item = Event<'_>> {
    log.lines().map(|line| {
        let mut parts = line.splitn(3, ' ');
        let (ms, name) = (parts.next().unwrap().parse().unwrap(), parts.next().unwrap());
        Event { ms, name, data: serde_json::from_str(parts.next().unwrap()).unwrap() }
    })
}

impl Event<'_> {
    /// As it is sent today (www.bitstamp.net/websocket/v2).
    fn frame(&self) -> String {
        let mut data = self.data.clone();
        data["microtimestamp"] = json!((self.ms * 1_000).to_string());
        let (channel, event) = match self.name {
            "order_book" => {
                let (bids, asks) = (&data["bids"], &data["asks"]);
                let (time, micros) =
                    (json!((self.ms / 1_000).to_string()), &data["microtimestamp"]);
                return format!(
                    r#"{{"data":{{"timestamp":{time},"microtimestamp":{micros},"bids":{bids},"asks":{asks}}},"channel":"order_book_btcusd","event":"data"}}"#
                );
            }
            "trade" => ("live_trades_btcusd", "trade"),
            event => ("live_orders_btcusd", event),
        };
        for key in ["price", "amount"] {
            data[format!("{key}_str")] = json!(eighth(&data[key]));
        }
        format!(r#"{{"data":{data},"channel":"{channel}","event":"{event}"}}"#)
    }
}

/// A number or its text, in as many places as the venue has; a double of the recording
/// (`1.7885566900000001`) to the nearest of them.
fn eighth(value: &Value) -> String {
    value.as_str().map_or_else(|| format!("{:.8}", value.as_f64().unwrap()), str::to_owned)
}

/// Mantissa at 1e-8, by moving the point.
fn shifted(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<8}").parse().unwrap()
}

fn levels(side: &Value) -> Vec<(i64, i64)> {
    let text = |value: &Value| shifted(value.as_str().unwrap());
    side.as_array().unwrap().iter().map(|level| (text(&level[0]), text(&level[1]))).collect()
}

fn compare(played: &Played, event: &Event<'_>) {
    let data = &event.data;
    let record = played.records().next().unwrap();
    assert_eq!(record.head().exchange_ns, event.ms * 1_000_000);
    if event.name == "order_book" {
        assert_eq!(record.bids(), levels(&data["bids"]));
        assert_eq!(record.asks(), levels(&data["asks"]));
        return;
    }
    let (price, qty) = (shifted(&eighth(&data["price"])), shifted(&eighth(&data["amount"])));
    if event.name == "trade" {
        let trade = record.slot.trade();
        assert_eq!(trade.aggressor, SIDE_NONE, "who took was not told");
        assert_eq!(
            (Some(trade.trade_id), trade.price, trade.qty),
            (data["id"].as_u64(), price, qty)
        );
        return;
    }
    let order = record.slot.order();
    let action = match event.name {
        "order_created" => ORDER_ADD,
        "order_changed" => ORDER_REDUCE,
        _ => ORDER_DELETE,
    };
    let side = if data["order_type"] == 0 { SIDE_BUY } else { SIDE_SELL };
    assert_eq!(order.head.flags, action | u16::from(side) << 4);
    assert_eq!((Some(order.order_id), order.price, order.qty), (data["id"].as_u64(), price, qty));
}

#[test]
fn every_recorded_event_is_what_an_independent_decoding_says() {
    let Some(file) = corpus().map(|corpus| corpus.join(LOG)).filter(|file| file.is_file()) else {
        println!("skipped: no {LOG}");
        return;
    };
    let mut log = String::new();
    let packed = BufReader::new(File::open(file).unwrap());
    XzReader::new(packed, true).read_to_string(&mut log).unwrap();
    let mut player = Player::of::<Bitstamp>();
    player.open(1, 0, "wss://ws.bitstamp.net");
    let (mut counts, mut open, mut unknown) = (BTreeMap::new(), BTreeSet::new(), 0);
    for event in events(&log) {
        let frame = event.frame();
        let played = player.frame(1, frame.as_bytes());
        assert_eq!((played.status, played.fell_back(), &*played.log), (OK, false, ""), "{frame}");
        compare(&played, &event);
        *counts.entry(event.name).or_insert(0) += 1;
        if event.name == "order_created" {
            open.insert(played.slots[0].order().order_id);
        }
        if event.name == "order_deleted" {
            unknown += u32::from(!open.remove(&played.slots[0].order().order_id));
        }
    }
    println!("{counts:?}, {unknown} of before, {} left", open.len());
    // As the corpus' own manifest counts them.
    let expected = [
        ("order_book", 5011),
        ("order_changed", 602),
        ("order_created", 24_894),
        ("order_deleted", 24_918),
        ("trade", 575),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    assert_eq!((unknown, open.len()), (208, 184));
}
