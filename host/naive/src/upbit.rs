//! Upbit: spot. Recorded in the short form of its frames.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Rules;
use crate::text::plain;
use crate::truth::{Instrument, Key, Quote, Trade, Truth};

/// Every message is a whole book; the newest wins. Numbers are read as the text that they are in
/// the frame.
#[derive(Default)]
pub(crate) struct Upbit;

#[derive(Deserialize)]
struct Head<'a> {
    ty: &'a str,
    cd: &'a str,
}

#[derive(Deserialize)]
struct Depth<'a> {
    tms: u64,
    #[serde(borrow)]
    obu: Vec<Unit<'a>>,
}

/// The n-th best ask and the n-th best bid, which have nothing else to do with each other.
#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow)]
    ap: &'a RawValue,
    #[serde(borrow)]
    bp: &'a RawValue,
    #[serde(borrow, rename = "as")]
    asize: &'a RawValue,
    #[serde(borrow)]
    bs: &'a RawValue,
}

#[derive(Deserialize)]
struct Print<'a> {
    ttms: u64,
    #[serde(borrow)]
    tp: &'a RawValue,
    #[serde(borrow)]
    tv: &'a RawValue,
    ab: &'a str,
    sid: u64,
    #[serde(borrow)]
    bap: Option<&'a RawValue>,
    #[serde(borrow)]
    bas: Option<&'a RawValue>,
    #[serde(borrow)]
    bbp: Option<&'a RawValue>,
    #[serde(borrow)]
    bbs: Option<&'a RawValue>,
}

impl Rules for Upbit {
    fn frame(&mut self, _conn: usize, text: &str, truth: &mut Truth) -> Option<()> {
        let head: Head<'_> = serde_json::from_str(text).ok()?;
        let key = Key::unique(head.cd);
        match head.ty {
            "orderbook" => book(truth, &key, &serde_json::from_str(text).ok()?),
            "trade" => {
                let print: Print<'_> = serde_json::from_str(text).ok()?;
                let trade = Trade {
                    id: print.sid.to_string(),
                    price: plain(print.tp.get())?,
                    qty: plain(print.tv.get())?,
                    buy: Some(print.ab == "BID"), // Of the taker.
                    at_ms: print.ttms,
                };
                truth.tape.entry(key.clone()).or_default().push(trade);
                let decimal = |raw: Option<&RawValue>| plain(raw?.get());
                if let (Some(bid), Some(ask)) = (decimal(print.bbp), decimal(print.bap)) {
                    let [bid_qty, ask_qty] = [print.bbs, print.bas].map(decimal);
                    let quote = Quote { bid: [bid, bid_qty?], ask: [ask, ask_qty?] };
                    truth.quotes.entry(key).or_default().push(quote);
                }
                Some(())
            }
            _ => None,
        }
    }

    fn reply(&mut self, _conn: usize, url: &str, body: &str, truth: &mut Truth) -> Option<()> {
        if !url.contains("/v1/market/all") {
            return None;
        }
        let list: Vec<Value> = serde_json::from_str(body).ok()?;
        for entry in list {
            let symbol = entry["market"].as_str()?;
            let (quote, base) = symbol.split_once('-')?;
            let instrument = Instrument {
                base: Some(base.to_owned()),
                quote: Some(quote.to_owned()),
                kind: Some("spot"),
                ..Instrument::default()
            };
            truth.instruments.insert(Key::unique(symbol), instrument);
        }
        Some(())
    }
}

/// Replaces the book, unless this one is older.
fn book(truth: &mut Truth, key: &Key, depth: &Depth<'_>) -> Option<()> {
    let book = truth.book(key);
    book.received += 1;
    if depth.tms < book.at_ms {
        return Some(());
    }
    book.clear();
    for unit in &depth.obu {
        for (side, price, qty) in [(0, unit.bp, unit.bs), (1, unit.ap, unit.asize)] {
            // A side that has ended is filled up with zeros.
            if plain(price.get())? != "0" {
                book.set(side, price.get(), qty.get())?;
            }
        }
    }
    (book.at_ms, book.applied, book.snapshots) = (depth.tms, book.applied + 1, book.snapshots + 1);
    book.set_live();
    Some(())
}
