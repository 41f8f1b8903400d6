//! Recorded frames: what they are, and what a stream begins with.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::book::Book;
use crate::protocol::{Depth, Standing, Told};

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    topic: Option<&'a str>,
    #[serde(default, rename = "type")]
    kind: &'a str,
    data: Option<Value>,
}

/// What a frame is (docs/v5/websocket/public).
pub(super) fn told(bytes: &[u8]) -> Option<Told> {
    let head: Head<'_> = serde_json::from_slice(bytes).ok()?;
    let stream = head.topic?.to_owned();
    let symbol = stream.rsplit('.').next()?.to_owned();
    let (mut depth, mut whole) = (None, false);
    if stream.starts_with("orderbook.") {
        let last = head.data?.get("u")?.as_u64()?;
        depth = Some(Depth { first: last, last, previous: None });
        // `u` 1 is a restart of the service, and a snapshot whatever it is called.
        whole = head.kind == "snapshot" || last == 1;
    }
    Some(Told { stream, symbol, payload: 0..bytes.len(), depth, whole })
}

/// The first frame of a stream: a whole book, or the whole of what a ticker's changes add up to.
/// Trades and candles begin with what comes next.
pub(super) fn opening(stream: &str, standing: Standing<'_>) -> Option<Vec<u8>> {
    match standing {
        Standing::Whole(frame) => Some(frame.to_owned()),
        Standing::Book(frame, book) => with_book(frame, book),
        Standing::Played(frames) if stream.starts_with("tickers.") => summed_up(frames),
        Standing::Played(_) => None,
    }
}

/// The frame of a change as the snapshot after it.
fn with_book(frame: &[u8], book: &Book) -> Option<Vec<u8>> {
    let mut frame: Map<String, Value> = serde_json::from_slice(frame).ok()?;
    frame.insert("type".to_owned(), "snapshot".into());
    let data = frame.get_mut("data")?.as_object_mut()?;
    for (side, key) in ["b", "a"].into_iter().enumerate() {
        let levels: Vec<_> = book.levels(side).map(|(price, qty)| json!([price, qty])).collect();
        data.insert(key.to_owned(), levels.into());
    }
    let [topic, kind, ts, data, cts] = ["topic", "type", "ts", "data", "cts"].map(|k| &frame[k]);
    let field = |key: &str| &data[key];
    let (s, b, a) = (field("s"), field("b"), field("a"));
    let (u, seq) = (field("u"), field("seq"));
    let text = format!(
        r#"{{"topic":{topic},"type":{kind},"ts":{ts},"data":{{"s":{s},"b":{b},"a":{a},"u":{u},"seq":{seq}}},"cts":{cts}}}"#
    );
    Some(text.into_bytes())
}

/// The last frame of a ticker with all fields that came before.
fn summed_up(frames: &[&[u8]]) -> Option<Vec<u8>> {
    let parse = |frame: &&[u8]| serde_json::from_slice::<Map<String, Value>>(frame).ok();
    let mut sum = parse(frames.first()?)?;
    for frame in frames.iter().skip(1).filter_map(parse) {
        for (key, value) in frame {
            match (sum.get_mut(&key).and_then(Value::as_object_mut), value) {
                (Some(data), Value::Object(changed)) if frame_is_change(&changed) => {
                    data.extend(changed);
                }
                (_, value) => {
                    sum.insert(key, value);
                }
            }
        }
    }
    sum.insert("type".to_owned(), "snapshot".into());
    serde_json::to_vec(&sum).ok()
}

/// Whether fields are those of a ticker: a whole one has them all, and replaces the same.
fn frame_is_change(data: &Map<String, Value>) -> bool {
    data.contains_key("symbol")
}

#[cfg(test)]
mod tests {
    use super::*;

    // docs/v5/websocket/public/orderbook, Response Example, cut to one level a side.
    const SNAPSHOT: &[u8] = br#"{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":1672304484978,"data":{"s":"BTCUSDT","b":[["16493.50","0.006"]],"a":[["16611.00","0.029"]],"u":18521288,"seq":7961638724},"cts":1672304484976}"#;
    const DELTA: &[u8] = br#"{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":1687940967466,"data":{"s":"BTCUSDT","b":[["30240.00","0"]],"a":[["30249.30","0.892"]],"u":177400507,"seq":66544703342},"cts":1687940967464}"#;

    #[test]
    fn tells_books_and_which_are_whole() {
        let whole = told(SNAPSHOT).unwrap();
        assert_eq!(
            (whole.stream.as_str(), whole.symbol.as_str()),
            ("orderbook.50.BTCUSDT", "BTCUSDT")
        );
        assert!(whole.whole);
        let change = told(DELTA).unwrap();
        assert_eq!(change.depth.map(|d| d.last), Some(177_400_507));
        assert!(!change.whole);
        assert!(told(br#"{"success":true,"op":"subscribe"}"#).is_none());
    }

    #[test]
    fn a_book_begins_in_the_venues_words() {
        let mut book = Book::default();
        book.set(1, "30249.30", "0.892");
        let text = opening("orderbook.50.BTCUSDT", Standing::Book(DELTA, &book)).unwrap();
        let expected = r#"{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":1687940967466,"data":{"s":"BTCUSDT","b":[],"a":[["30249.30","0.892"]],"u":177400507,"seq":66544703342},"cts":1687940967464}"#;
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }

    #[test]
    fn a_ticker_begins_with_the_sum_of_its_changes() {
        let frames: [&[u8]; 2] = [
            br#"{"topic":"tickers.A","type":"snapshot","data":{"symbol":"A","markPrice":"1","openInterest":"2"},"cs":1,"ts":1}"#,
            br#"{"topic":"tickers.A","type":"delta","data":{"symbol":"A","markPrice":"3"},"cs":2,"ts":2}"#,
        ];
        let text = opening("tickers.A", Standing::Played(&frames)).unwrap();
        let sum: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(sum["data"], json!({"symbol":"A","markPrice":"3","openInterest":"2"}));
        assert_eq!((&sum["type"], &sum["ts"]), (&json!("snapshot"), &json!(2)));
        assert!(opening("publicTrade.A", Standing::Played(&frames)).is_none());
        assert!(opening("tickers.A", Standing::Played(&[])).is_none());
    }
}
