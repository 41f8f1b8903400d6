//! Recorded frames: what they are, and what a stream begins with.

use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::book::Book;
use crate::protocol::{Depth, LevelSpan, Standing, Told};

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    params: Params<'a>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(borrow)]
    channel: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// A level: action, price, amount.
type Level<'a> = (&'a str, &'a RawValue, &'a RawValue);

#[derive(Deserialize)]
struct Data<'a> {
    timestamp: u64,
    instrument_name: &'a str,
    change_id: u64,
    prev_change_id: Option<u64>,
    #[serde(borrow)]
    bids: Vec<Level<'a>>,
    #[serde(borrow)]
    asks: Vec<Level<'a>>,
}

/// The channel and, if it is one, the book of a frame.
fn parse(bytes: &[u8]) -> Option<(&str, Option<Data<'_>>)> {
    let Frame { params } = serde_json::from_slice(bytes).ok()?;
    let book = params.channel.starts_with("book.");
    Some((params.channel, if book { serde_json::from_str(params.data.get()).ok() } else { None }))
}

/// What a frame is (Notifications).
pub(super) fn told(bytes: &[u8]) -> Option<Told> {
    let (channel, book) = parse(bytes)?;
    let symbol = channel.split('.').nth(1)?.to_owned();
    let ids = |book: &Data<'_>| Depth {
        first: book.change_id,
        last: book.change_id,
        previous: book.prev_change_id,
    };
    let (depth, whole) = (book.as_ref().map(ids), book.is_some_and(|b| b.prev_change_id.is_none()));
    Some(Told { stream: channel.to_owned(), symbol, payload: 0..bytes.len(), depth, whole })
}

/// Where price and amount of each level stand; the amount of what is deleted is 0.
pub(super) fn levels(bytes: &[u8]) -> Vec<LevelSpan> {
    let Some((_, Some(book))) = parse(bytes) else { return Vec::new() };
    let span = |of: &RawValue| -> Range<usize> {
        let start = of.get().as_ptr() as usize - bytes.as_ptr() as usize;
        start..start + of.get().len()
    };
    let sides = [book.bids, book.asks].into_iter().enumerate();
    let level = |(side, levels): (usize, Vec<Level<'_>>)| {
        let spans = levels.into_iter().enumerate();
        let spans = spans.map(|(index, (_, price, qty))| LevelSpan {
            side,
            index,
            price: span(price),
            qty: span(qty),
        });
        spans.collect::<Vec<_>>()
    };
    sides.flat_map(level).collect()
}

/// The first frame of a stream: the whole book, or the newest quote or ticker. Trades begin with what
/// comes next.
pub(super) fn opening(stream: &str, standing: Standing<'_>) -> Option<Vec<u8>> {
    match standing {
        Standing::Whole(frame) => Some(frame.to_owned()),
        Standing::Book(frame, book) => with_book(frame, book),
        Standing::Played(_) if stream.starts_with("trades.") => None,
        Standing::Played(frames) => frames.last().map(|frame| frame.to_vec()),
    }
}

/// The frame of a change as the snapshot after it.
fn with_book(frame: &[u8], book: &Book) -> Option<Vec<u8>> {
    let (channel, data) = parse(frame)?;
    let Data { timestamp, instrument_name, change_id, .. } = data?;
    let side = |side| {
        let levels = book.levels(side).map(|(price, qty)| format!(r#"["new",{price},{qty}]"#));
        levels.collect::<Vec<_>>().join(",")
    };
    let (bids, asks) = (side(0), side(1));
    let text = format!(
        r#"{{"jsonrpc":"2.0","method":"subscription","params":{{"channel":"{channel}","data":{{"type":"snapshot","timestamp":{timestamp},"instrument_name":"{instrument_name}","change_id":{change_id},"bids":[{bids}],"asks":[{asks}]}}}}}}"#
    );
    Some(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    // docs.deribit.com, book.(instrument_name).(interval).
    const CHANGE: &[u8] = br#"{"jsonrpc":"2.0","method":"subscription","params":{"channel":"book.BTC-PERPETUAL.raw","data":{"type":"change","timestamp":1554373911330,"prev_change_id":297217,"instrument_name":"BTC-PERPETUAL","change_id":297218,"bids":[["delete",5041.94,0.0],["delete",5042.34,0.0]],"asks":[["new",5043.3,40.0]]}}}"#;

    #[test]
    fn tells_books_their_ids_and_levels() {
        let told = told(CHANGE).unwrap();
        assert_eq!(
            (told.stream.as_str(), told.symbol.as_str()),
            ("book.BTC-PERPETUAL.raw", "BTC-PERPETUAL")
        );
        let ids = Depth { first: 297_218, last: 297_218, previous: Some(297_217) };
        assert_eq!((told.depth, told.whole), (Some(ids), false));
        let found = levels(CHANGE);
        let texts = |span: &LevelSpan| [&CHANGE[span.price.clone()], &CHANGE[span.qty.clone()]];
        assert_eq!((found.len(), texts(&found[2])), (3, [&b"5043.3"[..], b"40.0"]));
        assert_eq!((found[1].side, found[1].index, found[2].side), (0, 1, 1));
    }

    #[test]
    fn a_book_begins_in_the_venues_words() {
        let mut book = Book::default();
        book.set(1, "5043.3", "40.0");
        let text = opening("book.BTC-PERPETUAL.raw", Standing::Book(CHANGE, &book)).unwrap();
        let expected = r#"{"jsonrpc":"2.0","method":"subscription","params":{"channel":"book.BTC-PERPETUAL.raw","data":{"type":"snapshot","timestamp":1554373911330,"instrument_name":"BTC-PERPETUAL","change_id":297218,"bids":[],"asks":[["new",5043.3,40.0]]}}}"#;
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        let quote: &[&[u8]] = &[b"1", b"2"];
        assert_eq!(opening("ticker.A.raw", Standing::Played(quote)).as_deref(), Some(&b"2"[..]));
        assert!(opening("trades.A.raw", Standing::Played(quote)).is_none());
    }
}
