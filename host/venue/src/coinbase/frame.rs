//! Recorded frames: what they are, their numbers, and what a stream begins with.

use std::ops::Range;

use patchbay_model::parse_iso8601;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::book::Book;
use crate::protocol::{Depth, LevelSpan, Standing, Told};

/// What stands before the number of a message of Advanced Trade.
const NUMBER: &[u8] = br#","sequence_num":"#;

/// A frame of either product: events, or the rest.
#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    channel: Option<&'a str>,
    sequence_num: Option<u64>,
    #[serde(borrow, default)]
    events: Vec<Event<'a>>,
    #[serde(borrow, default, rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    product_id: Option<&'a str>,
    #[serde(borrow, default)]
    bids: Vec<[&'a str; 2]>,
    #[serde(borrow, default)]
    asks: Vec<[&'a str; 2]>,
    #[serde(borrow, default)]
    changes: Vec<[&'a str; 3]>,
    #[serde(borrow, default)]
    time: &'a str,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    product_id: Option<&'a str>,
    #[serde(borrow, default)]
    updates: Vec<Update<'a>>,
    #[serde(borrow, default, alias = "tickers")]
    trades: Vec<Row<'a>>,
}

#[derive(Deserialize)]
struct Update<'a> {
    side: &'a str,
    price_level: &'a str,
    new_quantity: &'a str,
}

#[derive(Deserialize)]
struct Row<'a> {
    product_id: &'a str,
}

fn parse(bytes: &[u8]) -> Option<Frame<'_>> {
    serde_json::from_slice(bytes).ok()
}

/// What a frame is (WebSocket Channels of both products). Acknowledgements, heartbeats and candles
/// are no streams.
pub(super) fn told(bytes: &[u8]) -> Option<Told> {
    let frame = parse(bytes)?;
    let event = frame.events.first();
    let (channel, symbol, last, whole) = match (frame.channel, frame.kind) {
        (Some("l2_data"), _) => {
            let event = event?;
            ("level2", event.product_id?, frame.sequence_num, event.kind == "snapshot")
        }
        (Some(channel @ ("market_trades" | "ticker")), _) => {
            (channel, event?.trades.first()?.product_id, None, false)
        }
        (Some(_), _) => return None,
        (None, kind @ ("snapshot" | "l2update")) => {
            let ns = parse_iso8601(frame.time.as_bytes()).unwrap_or(0);
            let micros = u64::try_from(ns / 1000).ok();
            ("level2_batch", frame.product_id?, micros, kind == "snapshot")
        }
        (None, "match" | "last_match") => ("matches", frame.product_id?, None, false),
        (None, "ticker") => ("ticker", frame.product_id?, None, false),
        _ => return None,
    };
    Some(Told {
        stream: format!("{channel}:{symbol}"),
        symbol: symbol.to_owned(),
        payload: 0..bytes.len(),
        depth: last.map(|last| Depth { first: last, last, previous: None }),
        whole,
    })
}

/// A message of Advanced Trade with another number; `None` if it has none.
pub(super) fn numbered(text: &[u8], number: u64) -> Option<Vec<u8>> {
    let start = text.windows(NUMBER.len()).position(|at| at == NUMBER)? + NUMBER.len();
    let digits = text[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    Some([&text[..start], number.to_string().as_bytes(), &text[start + digits..]].concat())
}

/// Where price and quantity of each level stand.
pub(super) fn levels(bytes: &[u8]) -> Vec<LevelSpan> {
    let Some(frame) = parse(bytes) else { return Vec::new() };
    let span = |of: &str| -> Range<usize> {
        let start = of.as_ptr().addr() - bytes.as_ptr().addr();
        start..start + of.len()
    };
    let (mut found, mut counts) = (Vec::new(), [0; 2]);
    let mut add = |side: usize, price: &str, qty: &str| {
        found.push(LevelSpan { side, index: counts[side], price: span(price), qty: span(qty) });
        counts[side] += 1;
    };
    for update in frame.events.iter().flat_map(|event| &event.updates) {
        add(usize::from(update.side == "offer"), update.price_level, update.new_quantity);
    }
    for [side, price, qty] in frame.changes {
        add(usize::from(side == "sell"), price, qty);
    }
    for (side, levels) in [frame.bids, frame.asks].into_iter().enumerate() {
        levels.into_iter().for_each(|[price, qty]| add(side, price, qty));
    }
    found
}

/// The first frame of a stream: the whole book, or the newest ticker; of trades the last, marked as
/// one of before.
pub(super) fn opening(stream: &str, standing: Standing<'_>) -> Option<Vec<u8>> {
    match standing {
        Standing::Whole(frame) => Some(frame.to_owned()),
        Standing::Book(frame, book) => with_book(frame, book),
        Standing::Played(frames) => {
            let text = str::from_utf8(frames.last()?).ok()?;
            let text = match stream.split(':').next()? {
                "matches" => text.replacen(r#""type":"match""#, r#""type":"last_match""#, 1),
                "market_trades" | "ticker" => {
                    text.replacen(r#""type":"update""#, r#""type":"snapshot""#, 1)
                }
                _ => return None,
            };
            Some(text.into_bytes())
        }
    }
}

/// The frame of a change as the snapshot after it.
fn with_book(frame: &[u8], book: &Book) -> Option<Vec<u8>> {
    let text: Value = serde_json::from_slice(frame).ok()?;
    let Some(symbol) = text["product_id"].as_str() else {
        return with_events(&text, book);
    };
    let [bids, asks] = [0, 1].map(|side| {
        let levels = book.levels(side).map(|(price, qty)| json!([price, qty]));
        Value::from(levels.collect::<Vec<_>>())
    });
    let (symbol, time) = (json!(symbol), &text["time"]);
    let whole = format!(
        r#"{{"type":"snapshot","product_id":{symbol},"bids":{bids},"asks":{asks},"time":{time}}}"#
    );
    Some(whole.into_bytes())
}

/// The same of Advanced Trade.
fn with_events(text: &Value, book: &Book) -> Option<Vec<u8>> {
    let event = &text["events"][0];
    let time = event["updates"].get(0).map_or(&text["timestamp"], |update| &update["event_time"]);
    let side = |side: usize, name: &'static str| {
        let level = move |(price, qty): (&str, &str)| {
            format!(
                r#"{{"side":"{name}","event_time":{time},"price_level":"{price}","new_quantity":"{qty}"}}"#
            )
        };
        book.levels(side).map(level).collect::<Vec<_>>()
    };
    let updates = [side(0, "bid"), side(1, "offer")].concat().join(",");
    let (timestamp, number) = (&text["timestamp"], text["sequence_num"].as_u64()?);
    let symbol = &event["product_id"];
    let whole = format!(
        r#"{{"channel":"l2_data","timestamp":{timestamp},"sequence_num":{number},"events":[{{"type":"snapshot","product_id":{symbol},"updates":[{updates}]}}]}}"#
    );
    Some(whole.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Advanced Trade, Level2 Channel, cut to a level, as an update.
    const UPDATE: &[u8] = br#"{"channel":"l2_data","timestamp":"2023-02-09T20:32:50.714964855Z","sequence_num":17,"events":[{"type":"update","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"2023-02-09T20:32:50.6Z","price_level":"21921.73","new_quantity":"0.06317902"}]}]}"#;
    // Exchange, Level2 Channel.
    const CHANGE: &[u8] = br#"{"type":"l2update","product_id":"BTC-USD","changes":[["sell","22356.270000","0.00000000"],["buy","22356.300000","1.00000000"]],"time":"2022-08-04T15:25:05.010758Z"}"#;

    #[test]
    fn tells_books_of_both_products() {
        let advanced = told(UPDATE).unwrap();
        assert_eq!((&*advanced.stream, &*advanced.symbol), ("level2:BTC-USD", "BTC-USD"));
        assert_eq!(advanced.depth, Some(Depth { first: 17, last: 17, previous: None }));
        let exchange = told(CHANGE).unwrap();
        assert_eq!(exchange.stream, "level2_batch:BTC-USD");
        assert_eq!(exchange.depth.map(|d| d.last), Some(1_659_626_705_010_758));
        assert!(!advanced.whole && !exchange.whole);
        let texts = |of: &[u8]| -> Vec<_> {
            let text = |span: &Range<usize>| String::from_utf8(of[span.clone()].to_vec()).unwrap();
            levels(of).iter().map(|l| (l.side, l.index, text(&l.price), text(&l.qty))).collect()
        };
        assert_eq!(texts(UPDATE), [(0, 0, "21921.73".to_owned(), "0.06317902".to_owned())]);
        assert_eq!(texts(CHANGE)[0].0, 1);
        assert_eq!(texts(CHANGE)[1], (0, 0, "22356.300000".to_owned(), "1.00000000".to_owned()));
        let ack = br#"{"channel":"subscriptions","timestamp":"2026-04-07T14:30:00.000000Z","sequence_num":0,"events":[{"subscriptions":{"level2":["BTC-USD"]}}]}"#;
        assert!(told(ack).is_none());
    }

    #[test]
    fn numbers_are_the_connections() {
        let text = String::from_utf8(numbered(UPDATE, 4).unwrap()).unwrap();
        assert!(text.contains(r#","sequence_num":4,"events""#), "{text}");
        assert_eq!(numbered(text.as_bytes(), 17).unwrap(), UPDATE);
        assert!(numbered(CHANGE, 4).is_none());
    }

    #[test]
    fn a_stream_begins_in_the_venues_words() {
        let mut book = Book::default();
        book.set(1, "30249.30", "0.892");
        let text = opening("level2:BTC-USD", Standing::Book(UPDATE, &book)).unwrap();
        let expected = r#"{"channel":"l2_data","timestamp":"2023-02-09T20:32:50.714964855Z","sequence_num":17,"events":[{"type":"snapshot","product_id":"BTC-USD","updates":[{"side":"offer","event_time":"2023-02-09T20:32:50.6Z","price_level":"30249.30","new_quantity":"0.892"}]}]}"#;
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        let text = opening("level2_batch:BTC-USD", Standing::Book(CHANGE, &book)).unwrap();
        let expected = r#"{"type":"snapshot","product_id":"BTC-USD","bids":[],"asks":[["30249.30","0.892"]],"time":"2022-08-04T15:25:05.010758Z"}"#;
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        let fill = br#"{"type":"match","trade_id":10}"#;
        let before = opening("matches:BTC-USD", Standing::Played(&[fill])).unwrap();
        assert_eq!(before, br#"{"type":"last_match","trade_id":10}"#);
        assert!(opening("matches:BTC-USD", Standing::Played(&[])).is_none());
    }
}
