//! Recorded frames: what they are, and what a stream begins with.

use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::protocol::{Depth, LevelSpan, Standing, Told};

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    ty: &'a str,
    #[serde(borrow)]
    cd: &'a str,
    tms: u64,
    #[serde(borrow)]
    obu: Option<Vec<Unit<'a>>>,
}

/// An ask and the bid at the same place of the other side.
#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow, rename = "ap")]
    ask: &'a RawValue,
    #[serde(borrow, rename = "bp")]
    bid: &'a RawValue,
    #[serde(borrow, rename = "as")]
    ask_qty: &'a RawValue,
    #[serde(borrow, rename = "bs")]
    bid_qty: &'a RawValue,
}

/// What a frame is (websocket-orderbook, websocket-trade, websocket-ticker).
pub(super) fn told(bytes: &[u8]) -> Option<Told> {
    let Frame { ty, cd, tms, obu } = serde_json::from_slice(bytes).ok()?;
    let whole = obu.is_some();
    Some(Told {
        stream: format!("{ty}:{cd}"),
        symbol: cd.to_owned(),
        payload: 0..bytes.len(),
        depth: whole.then_some(Depth { first: tms, last: tms, previous: None }),
        whole,
    })
}

/// Where price and quantity of each level stand.
pub(super) fn levels(bytes: &[u8]) -> Vec<LevelSpan> {
    let units = serde_json::from_slice::<Frame<'_>>(bytes).ok().and_then(|frame| frame.obu);
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
    Some(text.replacen(r#""st":"REALTIME""#, r#""st":"SNAPSHOT""#, 1).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    // docs.upbit.com/kr/reference/websocket-orderbook, cut to one unit, under the short names.
    const BOOK: &[u8] = br#"{"ty":"orderbook","cd":"KRW-BTC","tms":1746601573804,"tas":4.79158413,"tbs":2.65609625,"obu":[{"ap":137002000,"bp":137001000,"as":0.10623869,"bs":0.03656812}],"lv":0,"st":"REALTIME"}"#;

    #[test]
    fn a_book_is_whole_and_known_by_its_time() {
        let told = told(BOOK).unwrap();
        assert_eq!((&*told.stream, &*told.symbol), ("orderbook:KRW-BTC", "KRW-BTC"));
        assert_eq!((told.whole, told.depth.map(|d| d.last)), (true, Some(1_746_601_573_804)));
        let trade = br#"{"ty":"trade","cd":"KRW-BTC","tms":1,"ttms":1,"tp":1.0}"#;
        assert_eq!(super::told(trade).map(|told| told.depth), Some(None));
        assert!(super::told(br#"{"status":"UP"}"#).is_none());
    }

    #[test]
    fn levels_stand_in_units() {
        let found = levels(BOOK);
        let texts = |span: &LevelSpan| [&BOOK[span.price.clone()], &BOOK[span.qty.clone()]];
        assert_eq!(texts(&found[0]), [&b"137001000"[..], b"0.03656812"]);
        assert_eq!(texts(&found[1]), [&b"137002000"[..], b"0.10623869"]);
        assert_eq!((found.len(), found[0].side, found[1].side), (2, 0, 1));
    }

    #[test]
    fn a_stream_begins_with_the_book_as_it_is() {
        let text = String::from_utf8(opening(Standing::Whole(BOOK)).unwrap()).unwrap();
        assert!(text.ends_with(r#""lv":0,"st":"SNAPSHOT"}"#), "{text}");
        assert!(opening(Standing::Played(&[&b"x"[..]])).is_none(), "trades begin with the next");
    }
}
