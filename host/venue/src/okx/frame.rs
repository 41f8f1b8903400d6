//! Recorded frames: what they are, and what a stream begins with.

use std::ops::Range;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::book::Book;
use crate::protocol::{Depth, LevelSpan, Standing, Told};

/// What a stream is of: one instrument, one type of instruments, or nothing.
#[derive(Deserialize)]
pub(super) struct Arg<'a> {
    #[serde(borrow)]
    pub(super) channel: &'a str,
    #[serde(borrow, default, rename = "instId")]
    pub(super) symbol: Option<&'a str>,
    #[serde(borrow, default, rename = "instType")]
    pub(super) kind: Option<&'a str>,
}

impl Arg<'_> {
    /// Name of the stream: `books:BTC-USDT`, `instruments:SPOT`, `status`.
    pub(super) fn name(&self) -> String {
        match self.symbol.or(self.kind) {
            Some(of) => format!("{}:{of}", self.channel),
            None => self.channel.to_owned(),
        }
    }
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    arg: Arg<'a>,
    #[serde(borrow, default)]
    action: &'a str,
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

/// A row of a channel of books. A level: price, quantity, `"0"`, number of orders.
#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    asks: Vec<[&'a str; 4]>,
    #[serde(borrow)]
    bids: Vec<[&'a str; 4]>,
    #[serde(borrow)]
    ts: &'a str,
    checksum: Option<i64>,
    #[serde(rename = "prevSeqId")]
    previous: Option<i64>,
    #[serde(rename = "seqId")]
    sequence: Option<u64>,
}

/// A frame and, if it is of a book, its row and whether that is a whole one.
fn parse(bytes: &[u8]) -> Option<(Frame<'_>, Option<(Row<'_>, bool)>)> {
    let frame: Frame<'_> = serde_json::from_slice(bytes).ok()?;
    let whole = match frame.arg.channel {
        "books" | "books-l2-tbt" | "books50-l2-tbt" => frame.action == "snapshot",
        "bbo-tbt" | "books5" => true,
        _ => return Some((frame, None)),
    };
    let row = serde_json::from_str(frame.data.first()?.get()).ok()?;
    Some((frame, Some((row, whole))))
}

/// What a frame is (Order Book Trading, Market Data; Public Data).
pub(super) fn told(bytes: &[u8]) -> Option<Told> {
    let (Frame { arg, .. }, book) = parse(bytes)?;
    let depth = match &book {
        Some((row, _)) => Some(row.ids()?),
        None => None,
    };
    Some(Told {
        stream: arg.name(),
        symbol: arg.symbol.unwrap_or_default().to_owned(),
        payload: 0..bytes.len(),
        depth,
        whole: book.is_some_and(|(_, whole)| whole),
    })
}

impl Row<'_> {
    /// Its ids, or its time, which no other change of the book has.
    fn ids(&self) -> Option<Depth> {
        let last = self.sequence.or_else(|| self.ts.parse().ok())?;
        let previous = self.previous.and_then(|id| u64::try_from(id).ok());
        Some(Depth { first: last, last, previous })
    }
}

/// Where price and quantity of each level stand.
pub(super) fn levels(bytes: &[u8]) -> Vec<LevelSpan> {
    let Some((_, Some((row, _)))) = parse(bytes) else { return Vec::new() };
    let span = |of: &str| -> Range<usize> {
        let start = of.as_ptr().addr() - bytes.as_ptr().addr();
        start..start + of.len()
    };
    let sides = [&row.bids, &row.asks].into_iter().enumerate();
    let levels = sides.flat_map(|(side, levels)| {
        let levels = levels.iter().enumerate();
        levels.map(move |(index, &[price, qty, ..])| (side, index, price, qty))
    });
    let found = levels.map(|(side, index, price, qty)| {
        let (price, qty) = (span(price), span(qty));
        LevelSpan { side, index, price, qty }
    });
    found.collect()
}

/// The first frame of a stream: the whole book, or the newest of what there is one of, trades
/// included. Liquidations and maintenance begin with what comes next.
pub(super) fn opening(stream: &str, standing: Standing<'_>) -> Option<Vec<u8>> {
    match standing {
        Standing::Whole(frame) => Some(frame.to_owned()),
        Standing::Book(frame, book) => with_book(frame, book),
        Standing::Played(_) if stream.starts_with("liquidation") || stream == "status" => None,
        Standing::Played(frames) => frames.last().map(|frame| frame.to_vec()),
    }
}

/// The frame of a change as the snapshot after it; its checksum is of that book already. Numbers of
/// orders are not kept: they are 0.
fn with_book(bytes: &[u8], book: &Book) -> Option<Vec<u8>> {
    let (Frame { arg, .. }, Some((row, _))) = parse(bytes)? else { return None };
    let side = |side| {
        let levels =
            book.levels(side).map(|(price, qty)| json!([price, qty, "0", "0"]).to_string());
        levels.collect::<Vec<_>>().join(",")
    };
    let (bids, asks) = (side(0), side(1));
    let (channel, symbol, ts) = (arg.channel, arg.symbol?, row.ts);
    let checksum = row.checksum.map_or_else(String::new, |sum| format!(r#","checksum":{sum}"#));
    let ids =
        row.sequence.map_or_else(String::new, |id| format!(r#","prevSeqId":-1,"seqId":{id}"#));
    let text = format!(
        r#"{{"arg":{{"channel":"{channel}","instId":"{symbol}"}},"action":"snapshot","data":[{{"asks":[{asks}],"bids":[{bids}],"ts":"{ts}"{checksum}{ids}}}]}}"#
    );
    Some(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    // okx.com/docs-v5/en, WS / Order book channel: update; and as it was before 2022, without ids.
    const UPDATE: &[u8] = br#"{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["8476.98","415","0","13"]],"bids":[["8476.97","256","0","12"],["8475.55","101","0","1"]],"ts":"1597026383085","checksum":0,"prevSeqId":123456,"seqId":123457}]}"#;
    const OLD: &[u8] = br#"{"arg":{"channel":"books-l2-tbt","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["8476.98","415","0","13"]],"bids":[],"ts":"1597026383085","checksum":-855196043}]}"#;

    #[test]
    fn tells_books_their_ids_or_their_time() {
        let told = |bytes| super::told(bytes).unwrap();
        assert_eq!((&*told(UPDATE).stream, &*told(UPDATE).symbol), ("books:BTC-USDT", "BTC-USDT"));
        let ids = Depth { first: 123_457, last: 123_457, previous: Some(123_456) };
        assert_eq!((told(UPDATE).depth, told(UPDATE).whole), (Some(ids), false));
        let time = 1_597_026_383_085;
        let ids = Depth { first: time, last: time, previous: None };
        assert_eq!((told(OLD).depth, told(OLD).whole), (Some(ids), false));
        let status = br#"{"arg":{"channel":"status"},"data":[{"state":"ongoing"}]}"#;
        assert_eq!((&*told(status).stream, told(status).depth), ("status", None));
        assert!(super::told(br#"{"event":"subscribe","arg":{"channel":"status"}}"#).is_none());
    }

    #[test]
    fn finds_levels_of_both_sides() {
        let found = levels(UPDATE);
        let texts = |span: &LevelSpan| [&UPDATE[span.price.clone()], &UPDATE[span.qty.clone()]];
        assert_eq!((found.len(), texts(&found[1])), (3, [&b"8475.55"[..], b"101"]));
        assert_eq!((found[1].side, found[1].index, found[2].side), (0, 1, 1));
    }

    #[test]
    fn a_book_begins_in_the_venues_words() {
        let mut book = Book::default();
        book.set(1, "8476.98", "415");
        let begun = |frame| {
            let text = opening("books:BTC-USDT", Standing::Book(frame, &book)).unwrap();
            String::from_utf8(text).unwrap()
        };
        let expected = r#"{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"snapshot","data":[{"asks":[["8476.98","415","0","0"]],"bids":[],"ts":"1597026383085","checksum":0,"prevSeqId":-1,"seqId":123457}]}"#;
        assert_eq!(begun(UPDATE), expected);
        assert!(begun(OLD).ends_with(r#""ts":"1597026383085","checksum":-855196043}]}"#));
        let played: &[&[u8]] = &[b"1", b"2"];
        assert_eq!(opening("trades:A", Standing::Played(played)).as_deref(), Some(&b"2"[..]));
        assert!(opening("liquidation-orders:SWAP", Standing::Played(played)).is_none());
    }
}
