//! Bybit v5: spot, linear, inverse, options.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Rules;
use crate::text::plain;
use crate::truth::{Figure, Instrument, Key, Quote, Trade, Truth};

/// What a symbol is depends on the connection: `BTCUSDT` is spot and linear.
#[derive(Default)]
pub(crate) struct Bybit {
    categories: BTreeMap<usize, &'static str>,
    /// Tickers of derivatives send only what changed.
    tickers: BTreeMap<Key, BTreeMap<String, String>>,
}

const CATEGORIES: [&str; 4] = ["spot", "linear", "inverse", "option"];

impl Rules for Bybit {
    fn open(&mut self, conn: usize, url: &str) {
        let last = url.rsplit('/').next().unwrap_or_default();
        let known = CATEGORIES.into_iter().find(|category| *category == last);
        self.categories.extend(known.map(|category| (conn, category)));
    }

    fn frame(&mut self, conn: usize, text: &str, truth: &mut Truth) -> Option<()> {
        let frame: Value = serde_json::from_str(text).ok()?;
        let (channel, rest) = frame["topic"].as_str()?.split_once('.')?;
        let symbol = rest.rsplit('.').next()?.to_owned();
        let category = self.categories.get(&conn).copied().unwrap_or_default();
        let key = Key { symbol, category };
        let data = &frame["data"];
        match channel {
            // Level 1 is the best bid and ask; it is always whole, and repeats itself when quiet.
            "orderbook" if rest.starts_with("1.") => {
                let best = |side: &str| {
                    let text = |n: usize| data[side][0][n].as_str().and_then(plain);
                    [0, 1].map(|n| text(n).unwrap_or_default())
                };
                let quote = Quote { bid: best("b"), ask: best("a") };
                truth.quotes.entry(key).or_default().push(quote);
            }
            "orderbook" => book(truth, &key, data, frame["type"] == "snapshot")?,
            "publicTrade" => {
                for row in data.as_array()? {
                    if row["BT"] == true {
                        truth.off_book += 1;
                        continue;
                    }
                    let trade = Trade {
                        id: row["i"].as_str()?.to_owned(),
                        price: plain(row["p"].as_str()?)?,
                        qty: plain(row["v"].as_str()?)?,
                        buy: Some(row["S"] == "Buy"), // Of the taker.
                        at_ms: row["T"].as_u64()?,
                    };
                    truth.tape.entry(key.clone()).or_default().push(trade);
                }
            }
            "tickers" => self.ticker(truth, &key, data)?,
            _ => return None,
        }
        Some(())
    }

    fn reply(&mut self, _conn: usize, url: &str, body: &str, truth: &mut Truth) -> Option<()> {
        if !url.contains("/instruments-info") {
            return None;
        }
        let body: Value = serde_json::from_str(body).ok()?;
        let named = body["result"]["category"].as_str()?;
        let category = CATEGORIES.into_iter().find(|category| *category == named)?;
        for entry in body["result"]["list"].as_array()? {
            let symbol = entry["symbol"].as_str()?.to_owned();
            truth.instruments.insert(Key { symbol, category }, instrument(entry, category));
        }
        Some(())
    }
}

impl Bybit {
    fn ticker(&mut self, truth: &mut Truth, key: &Key, data: &Value) -> Option<()> {
        let known = self.tickers.entry(key.clone()).or_default();
        let mut best_changed = false;
        for (field, value) in data.as_object()? {
            let Some(text) = value.as_str().and_then(plain) else { continue };
            best_changed |= field.starts_with("bid1") || field.starts_with("ask1");
            known.insert(field.clone(), text);
        }
        // Where there is a level 1 it is the best bid and ask; the ticker repeats it, later.
        if best_changed && key.category == "option" {
            let text = |field: &str| known.get(field).cloned().unwrap_or_default();
            let quote = Quote {
                bid: [text("bid1Price"), text("bid1Size")],
                ask: [text("ask1Price"), text("ask1Size")],
            };
            truth.quotes.entry(key.clone()).or_default().push(quote);
        }
        for (figure, field) in [
            (Figure::Mark, "markPrice"),
            (Figure::Index, "indexPrice"),
            (Figure::OpenInterest, "openInterest"),
            (Figure::Funding, "fundingRate"),
        ] {
            if let Some(text) = data[field].as_str() {
                truth.figure(key, figure, plain(text));
            }
        }
        Some(())
    }
}

/// A snapshot replaces the book, also one that is called a delta and has the id 1; a delta follows
/// the id before it by one. An older one is passed over.
fn book(truth: &mut Truth, key: &Key, data: &Value, snapshot: bool) -> Option<()> {
    let id = data["u"].as_u64()?;
    let book = truth.book(key);
    book.received += 1;
    let mut gap = false;
    if snapshot || id == 1 {
        book.clear();
        book.snapshots += 1;
    } else if !book.is_live() || id <= book.last {
        return Some(());
    } else {
        gap = id != book.last + 1;
    }
    for (side, name) in ["b", "a"].into_iter().enumerate() {
        for level in data[name].as_array()? {
            book.set(side, level[0].as_str()?, level[1].as_str()?)?;
        }
    }
    (book.last, book.applied) = (id, book.applied + 1);
    book.set_live();
    truth.gaps += u64::from(gap);
    Some(())
}

/// One entry of the list.
fn instrument(entry: &Value, kind: &'static str) -> Instrument {
    let word = |key: &str| entry[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let decimal = |of: &str, key: &str| plain(entry[of][key].as_str()?);
    let lot = if kind == "spot" { "basePrecision" } else { "qtyStep" };
    Instrument {
        base: word("baseCoin"),
        quote: word("quoteCoin"),
        settle: word("settleCoin"),
        kind: Some(kind),
        tick: decimal("priceFilter", "tickSize"),
        lot: decimal("lotSizeFilter", lot),
        min_qty: decimal("lotSizeFilter", "minOrderQty"),
        expiry_ms: word("deliveryTime").and_then(|ms| ms.parse().ok()).filter(|&ms| ms != 0),
        call: word("optionsType").map(|side| side == "Call"),
        ..Instrument::default()
    }
}
