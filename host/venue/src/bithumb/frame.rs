//! Frames: what they are, and what a stream begins with.

use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::protocol::{Depth, LevelSpan, Standing, Told};

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow, rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    code: &'a str,
    timestamp: u64,
    #[serde(borrow)]
    orderbook_units: Option<Vec<Unit<'a>>>,
}

/// An ask and the bid at the same place of the other side.
#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow, rename = "ask_price")]
    ask: &'a RawValue,
    #[serde(borrow, rename = "bid_price")]
    bid: &'a RawValue,
    #[serde(borrow, rename = "ask_size")]
    ask_qty: &'a RawValue,
    #[serde(borrow, rename = "bid_size")]
    bid_qty: &'a RawValue,
}

/// What a frame is (websocket, orderbook, trade, ticker).
pub(super) fn told(bytes: &[u8]) -> Option<Told> {
    let Frame { kind, code, timestamp: time, orderbook_units } =
        serde_json::from_slice(bytes).ok()?;
    let whole = orderbook_units.is_some();
    Some(Told {
        stream: format!("{kind}:{code}"),
        symbol: code.to_owned(),
        payload: 0..bytes.len(),
        depth: whole.then_some(Depth { first: time, last: time, previous: None }),
        whole,
    })
}

/// Where price and quantity of each level stand.
pub(super) fn levels(bytes: &[u8]) -> Vec<LevelSpan> {
    let units =
        serde_json::from_slice::<Frame<'_>>(bytes).ok().and_then(|frame| frame.orderbook_units);
    let span = |of: &RawValue| -> Range<usize> {
        let start = of.get().as_ptr().addr() - bytes.as_ptr().addr();
        start..start + of.get().len()
    };
    let units = units.unwrap_or_default();
    let bids = units.iter().map(|unit| (0, unit.bid, unit.bid_qty)).enumerate();
    let asks = units.iter().map(|unit| (1, unit.ask, unit.ask_qty)).enumerate();
    let levels = bids.chain(asks).map(|(index, (side, price, qty))| {
        let (price, qty) = (span(price), span(qty));
        LevelSpan { side, index, price, qty }
    });
    levels.collect()
}

/// The first frame of a stream: the book as it is.
pub(super) fn opening(standing: Standing<'_>) -> Option<Vec<u8>> {
    let Standing::Whole(frame) = standing else { return None };
    let text = String::from_utf8_lossy(frame);
    Some(
        text.replacen(r#""stream_type":"REALTIME""#, r#""stream_type":"SNAPSHOT""#, 1).into_bytes(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // apidocs.bithumb.com, websocket, orderbook, cut to one unit.
    const BOOK: &[u8] = br#"{"type":"orderbook","code":"KRW-BTC","total_ask_size":450.35,"total_bid_size":63.28,"orderbook_units":[{"ask_price":478800,"bid_price":478300,"ask_size":4.3478,"bid_size":5.6370}],"level":1,"timestamp":1725930007672,"stream_type":"REALTIME"}"#;

    #[test]
    fn a_book_is_whole_and_known_by_its_time() {
        let told = told(BOOK).unwrap();
        assert_eq!((&*told.stream, &*told.symbol), ("orderbook:KRW-BTC", "KRW-BTC"));
        assert_eq!((told.whole, told.depth.map(|d| d.last)), (true, Some(1_725_930_007_672)));
        let trade = br#"{"type":"trade","code":"KRW-BTC","trade_price":489700,"timestamp":1}"#;
        assert_eq!(super::told(trade).map(|told| told.depth), Some(None));
        assert!(super::told(br#"{"status":"UP"}"#).is_none());
    }

    #[test]
    fn levels_stand_in_units() {
        let found = levels(BOOK);
        let texts = |span: &LevelSpan| [&BOOK[span.price.clone()], &BOOK[span.qty.clone()]];
        assert_eq!(texts(&found[0]), [&b"478300"[..], b"5.6370"]);
        assert_eq!(texts(&found[1]), [&b"478800"[..], b"4.3478"]);
        assert_eq!((found.len(), found[0].side, found[1].side), (2, 0, 1));
    }

    #[test]
    fn a_stream_begins_with_the_book_as_it_is() {
        let text = String::from_utf8(opening(Standing::Whole(BOOK)).unwrap()).unwrap();
        assert!(text.ends_with(r#""stream_type":"SNAPSHOT"}"#), "{text}");
        assert!(opening(Standing::Played(&[&b"x"[..]])).is_none(), "trades begin with the next");
    }
}
