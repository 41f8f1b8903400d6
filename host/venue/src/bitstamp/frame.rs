//! Recorded frames: what they are.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::protocol::{Depth, Told};

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    channel: &'a str,
    #[serde(borrow)]
    event: &'a str,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    microtimestamp: Option<&'a str>,
    bids: Option<IgnoredAny>,
}

/// What a frame is (WS Channels). A book is known by its time.
pub(super) fn told(bytes: &[u8]) -> Option<Told> {
    let Frame { channel, event, data } = serde_json::from_slice(bytes).ok()?;
    if event.starts_with("bts:") {
        return None;
    }
    let time = data.microtimestamp?.parse().ok()?;
    let whole = data.bids.is_some();
    Some(Told {
        stream: channel.to_owned(),
        symbol: channel.rsplit_once('_')?.1.to_owned(),
        payload: 0..bytes.len(),
        depth: whole.then_some(Depth { first: time, last: time, previous: None }),
        whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels;

    // github.com/crypto-crawler/crypto-msg-parser, `crypto-msg-parser/tests/bitstamp.rs`, `l2_topk`.
    const BOOK: &[u8] = br#"{"data":{"timestamp":"1653978373","microtimestamp":"1653978373164007","bids":[["31524.50","0.36400000"],["31521.05","0.23734197"],["31521.03","0.66028343"]],"asks":[["31535.44","0.31708837"],["31539.38","0.47520104"],["31543.37","0.01071471"]]},"channel":"order_book_btcusd","event":"data"}"#;

    #[test]
    fn a_book_is_whole_and_known_by_its_time() {
        let told = told(BOOK).unwrap();
        assert_eq!((&*told.stream, &*told.symbol), ("order_book_btcusd", "btcusd"));
        assert_eq!((told.whole, told.depth.map(|d| d.last)), (true, Some(1_653_978_373_164_007)));
        let levels = levels::find(BOOK);
        let text = |at: usize| &BOOK[levels[at].price.clone()];
        assert_eq!((levels.len(), text(0), text(3)), (6, &b"31524.50"[..], &b"31535.44"[..]));
        let said = br#"{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}"#;
        assert!(super::told(said).is_none());
    }
}
