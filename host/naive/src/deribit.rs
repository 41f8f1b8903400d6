//! Deribit v2: futures, perpetuals, options, spot.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Rules;
use crate::text::plain;
use crate::truth::{Figure, Instrument, Key, Quote, Trade, Truth};

/// Perpetuals "expire" in the year 3000.
const NEVER_MS: u64 = 32_503_708_800_000;

/// Snapshots come on the stream; ids name the one before. Numbers are read as the text that they
/// are in the frame.
#[derive(Default)]
pub(crate) struct Deribit;

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    params: Params<'a>,
}

#[derive(Deserialize)]
struct Params<'a> {
    channel: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct Depth<'a> {
    change_id: u64,
    prev_change_id: Option<u64>,
    #[serde(borrow)]
    bids: Vec<(&'a str, &'a RawValue, &'a RawValue)>,
    #[serde(borrow)]
    asks: Vec<(&'a str, &'a RawValue, &'a RawValue)>,
}

#[derive(Deserialize)]
struct Print<'a> {
    trade_id: &'a str,
    timestamp: u64,
    #[serde(borrow)]
    price: &'a RawValue,
    #[serde(borrow)]
    amount: &'a RawValue,
    direction: &'a str,
    block_trade_id: Option<&'a str>,
    combo_id: Option<&'a str>,
}

#[derive(Deserialize)]
struct Best<'a> {
    #[serde(borrow)]
    best_bid_price: Option<&'a RawValue>,
    #[serde(borrow)]
    best_bid_amount: Option<&'a RawValue>,
    #[serde(borrow)]
    best_ask_price: Option<&'a RawValue>,
    #[serde(borrow)]
    best_ask_amount: Option<&'a RawValue>,
    #[serde(borrow)]
    mark_price: Option<&'a RawValue>,
    #[serde(borrow)]
    index_price: Option<&'a RawValue>,
    #[serde(borrow)]
    open_interest: Option<&'a RawValue>,
    #[serde(borrow)]
    current_funding: Option<&'a RawValue>,
}

fn decimal(raw: Option<&RawValue>) -> Option<String> {
    plain(raw?.get())
}

impl Rules for Deribit {
    fn frame(&mut self, _conn: usize, text: &str, truth: &mut Truth) -> Option<()> {
        let frame: Frame<'_> = serde_json::from_str(text).ok()?;
        let mut parts = frame.params.channel.split('.');
        let (channel, key) = (parts.next()?, Key::unique(parts.next()?));
        let data = frame.params.data.get();
        match channel {
            "book" => book(truth, &key, &serde_json::from_str(data).ok()?),
            "trades" => {
                for print in serde_json::from_str::<Vec<Print<'_>>>(data).ok()? {
                    // A leg was matched in the book of its combination.
                    if print.block_trade_id.is_some() || print.combo_id.is_some() {
                        truth.off_book += 1;
                        continue;
                    }
                    let trade = Trade {
                        id: print.trade_id.to_owned(),
                        price: plain(print.price.get())?,
                        qty: plain(print.amount.get())?,
                        buy: Some(print.direction == "buy"), // Of the taker.
                        at_ms: print.timestamp,
                    };
                    truth.tape.entry(key.clone()).or_default().push(trade);
                }
                Some(())
            }
            "quote" | "ticker" => {
                let best: Best<'_> = serde_json::from_str(data).ok()?;
                let side = |price, qty| match decimal(qty) {
                    Some(qty) if qty != "0" => [decimal(price).unwrap_or_default(), qty],
                    _ => Default::default(), // Nobody is there.
                };
                let quote = Quote {
                    bid: side(best.best_bid_price, best.best_bid_amount),
                    ask: side(best.best_ask_price, best.best_ask_amount),
                };
                truth.quotes.entry(key.clone()).or_default().push(quote);
                for (figure, raw) in [
                    (Figure::Mark, best.mark_price),
                    (Figure::Index, best.index_price),
                    (Figure::OpenInterest, best.open_interest),
                    (Figure::Funding, best.current_funding),
                ] {
                    truth.figure(&key, figure, decimal(raw));
                }
                Some(())
            }
            _ => None,
        }
    }

    fn reply(&mut self, _conn: usize, url: &str, body: &str, truth: &mut Truth) -> Option<()> {
        #[derive(Deserialize)]
        struct List<'a> {
            #[serde(borrow)]
            result: Vec<Entry<'a>>,
        }
        if !url.contains("/get_instruments") {
            return None;
        }
        let list: List<'_> = serde_json::from_str(body).ok()?;
        for entry in list.result {
            let key = Key::unique(entry.instrument_name);
            truth.instruments.insert(key, entry.read());
        }
        Some(())
    }
}

/// A notification of a book; one without an id before is a snapshot, also of an empty book.
fn book(truth: &mut Truth, key: &Key, depth: &Depth<'_>) -> Option<()> {
    let book = truth.book(key);
    book.received += 1;
    let mut gap = false;
    match depth.prev_change_id {
        None => {
            book.clear();
            book.snapshots += 1;
        }
        Some(_) if !book.is_live() => return Some(()),
        Some(before) => gap = before != book.last,
    }
    for (side, levels) in [&depth.bids, &depth.asks].into_iter().enumerate() {
        for (action, price, amount) in levels {
            let amount = if *action == "delete" { "0" } else { amount.get() };
            book.set(side, price.get(), amount)?;
        }
    }
    (book.last, book.applied) = (depth.change_id, book.applied + 1);
    book.set_live();
    truth.gaps += u64::from(gap);
    Some(())
}

#[derive(Deserialize)]
struct Entry<'a> {
    instrument_name: &'a str,
    kind: &'a str,
    instrument_type: Option<&'a str>,
    base_currency: &'a str,
    quote_currency: &'a str,
    option_type: Option<&'a str>,
    #[serde(borrow)]
    strike: Option<&'a RawValue>,
    #[serde(borrow)]
    tick_size: &'a RawValue,
    #[serde(borrow)]
    min_trade_amount: &'a RawValue,
    expiration_timestamp: Option<u64>,
}

impl Entry<'_> {
    /// Lists of 2021 do not say `instrument_type`: all futures of then were inverse.
    fn read(&self) -> Instrument {
        let kind = match (self.kind, self.instrument_type) {
            ("option", _) => Some("option"),
            ("spot", _) => Some("spot"),
            ("future", Some("linear")) => Some("linear"),
            ("future", _) => Some("inverse"),
            _ => None,
        };
        Instrument {
            base: Some(self.base_currency.to_owned()),
            kind,
            // Prices of inverse options are in base currency, which is what the list calls quote.
            quote: (self.kind != "option").then(|| self.quote_currency.to_owned()),
            tick: plain(self.tick_size.get()),
            min_qty: plain(self.min_trade_amount.get()),
            strike: decimal(self.strike),
            expiry_ms: self.expiration_timestamp.filter(|&ms| ms < NEVER_MS),
            call: self.option_type.map(|side| side == "call"),
            ..Instrument::default()
        }
    }
}
