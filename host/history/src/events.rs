//! Bitstamp's events as a client of 2015 logged them (ob-analytics): `<local ms> <event> <json>`, of one
//! market, BTC/USD, of which alone there were events then.
//!
//! The client kept of each frame the event and its data. They are handed out in the frames in which the
//! venue sends them today (`www.bitstamp.net/websocket/v2`), where amounts and prices stand as text
//! beside the bare number and every event has a time in microseconds. That time was not told then: in its
//! place is the local one. What else was not told is left out: who took in a trade, how much of an order
//! was traded.

use std::io::Write;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::lines::Lines;
use crate::record::Reader;
use crate::{CaptureError, Event, FileStats};

/// The file's only connection.
const CONN: u32 = 1;

/// Decimal places of the venue's amounts and prices. A trade's are bare numbers that have been through
/// a double, such as `1.7885566900000001`.
const PLACES: usize = 8;

/// Whether `line` can be one of this format.
pub(crate) fn is_line(line: &[u8]) -> bool {
    split(line).is_some()
}

/// The time in ms, as text, the event and its data.
fn split(line: &[u8]) -> Option<(&str, &str, &str)> {
    let (ms, rest) = str::from_utf8(line).ok()?.split_once(' ')?;
    let (event, data) = rest.split_once(' ')?;
    let is_event = matches!(
        event,
        "order_book" | "order_created" | "order_changed" | "order_deleted" | "trade"
    );
    let is_time = ms.len() == 13 && ms.bytes().all(|byte| byte.is_ascii_digit());
    (is_event && is_time && data.starts_with('{')).then_some((ms, event, data))
}

/// What the events had to say, each as it was written.
#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    price: Option<&'a RawValue>,
    #[serde(borrow)]
    amount: Option<&'a RawValue>,
    #[serde(borrow)]
    order_type: Option<&'a RawValue>,
    #[serde(borrow)]
    datetime: Option<&'a RawValue>,
    #[serde(borrow)]
    bids: Option<&'a RawValue>,
    #[serde(borrow)]
    asks: Option<&'a RawValue>,
}

/// A file of this format.
pub(crate) struct EventsReader {
    lines: Lines,
    frame: Vec<u8>,
}

impl EventsReader {
    pub(crate) const fn new(lines: Lines) -> Self {
        Self { lines, frame: Vec::new() }
    }

    fn take_line(&mut self) -> Result<i64, &'static str> {
        let (ms, event, data) = split(self.lines.line()).ok_or("no time, event and data")?;
        let data: Data<'_> = serde_json::from_str(data).map_err(|_| "no json object")?;
        self.frame.clear();
        write_frame(&mut self.frame, ms, event, &data).ok_or("a field is missing")?;
        let at_ms: i64 = ms.parse().map_err(|_| "no time")?;
        at_ms.checked_mul(1_000_000).ok_or("a time beyond the year 2262")
    }
}

/// The event as it is sent today.
fn write_frame(out: &mut Vec<u8>, ms: &str, event: &str, data: &Data<'_>) -> Option<()> {
    let (channel, today) = match event {
        "order_book" => ("order_book", "data"),
        "trade" => ("live_trades", "trade"),
        order => ("live_orders", order),
    };
    if let (Some(bids), Some(asks)) = (data.bids, data.asks) {
        let seconds = ms.get(..10)?;
        let [bids, asks] = [bids, asks].map(|side| side.get().replace(' ', ""));
        write!(
            out,
            r#"{{"data":{{"timestamp":"{seconds}","microtimestamp":"{ms}000","bids":{bids},"asks":{asks}}}"#
        )
        .ok()?;
    } else {
        let id = data.id?.get();
        write!(out, r#"{{"data":{{"id":{id}"#).ok()?;
        if let (Some(side), Some(datetime)) = (data.order_type, data.datetime) {
            write!(out, r#","id_str":"{id}","order_type":{side},"datetime":{datetime}"#).ok()?;
        }
        write!(out, r#","microtimestamp":"{ms}000""#).ok()?;
        for (name, value) in [("amount", data.amount?), ("price", data.price?)] {
            let bare = value.get().trim_matches('"');
            write!(out, r#","{name}":{bare},"{name}_str":"{}""#, places(bare)?).ok()?;
        }
        out.push(b'}');
    }
    write!(out, r#","channel":"{channel}_btcusd","event":"{today}"}}"#).ok()
}

/// A decimal in no more places than the venue has.
fn places(text: &str) -> Option<String> {
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    if fraction.len() <= PLACES && !text.contains(['e', 'E']) {
        return Some(text.to_owned());
    }
    Some(format!("{:.PLACES$}", text.parse::<f64>().ok()?))
}

impl Reader for EventsReader {
    fn advance(&mut self, stats: &mut FileStats) -> Result<Option<i64>, CaptureError> {
        while self.lines.advance()? {
            stats.lines += 1;
            if self.lines.line().is_empty() {
                stats.count_empty();
                continue;
            }
            match self.take_line() {
                Ok(at_ns) => return Ok(Some(at_ns)),
                Err(why) => stats.count_stray(self.lines.number(), why),
            }
        }
        Ok(None)
    }

    fn current(&self) -> (u32, Event<'_>) {
        (CONN, Event::Frame { binary: false, data: &self.frame })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_lines() {
        assert!(is_line(b"1430438404518 order_created {\"id\": 1}"));
        assert!(is_line(b"1430438405885 order_book {\"bids\": []}"));
        assert!(!is_line(b"1430438404518 order_lost {}"));
        assert!(!is_line(b"1430438404518000 order_created {}"));
        assert!(!is_line(b"1430438404518 {\"stream\":\"a\"}"));
    }

    #[test]
    fn a_double_is_the_amount_that_it_was() {
        assert_eq!(places("1.7885566900000001").as_deref(), Some("1.78855669"));
        assert_eq!(places("0.21144331").as_deref(), Some("0.21144331"));
        assert_eq!(places("1e-08").as_deref(), Some("0.00000001"));
        assert_eq!(places("236.47").as_deref(), Some("236.47"));
        assert_eq!(places("x.000000000").as_deref(), None);
    }
}
