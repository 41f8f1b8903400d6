//! Binance: spot, USD-M and COIN-M futures.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::text::plain;
use crate::truth::{Figure, Instrument, Key, Quote, Trade, Truth};
use crate::{Book, Rules};

/// Perpetuals "deliver" in 2100.
const NEVER_MS: u64 = 4_133_404_800_000;

/// Books wait for a snapshot from beside the stream.
#[derive(Default)]
pub(crate) struct Binance {
    /// By symbol: the snapshot's id.
    snapshots: BTreeMap<String, u64>,
    /// Changes that came before it.
    waiting: BTreeMap<String, Vec<Value>>,
    /// The symbol last seen on a connection, for snapshots that do not name theirs.
    symbols: BTreeMap<usize, String>,
}

impl Rules for Binance {
    fn frame(&mut self, conn: usize, text: &str, truth: &mut Truth) -> Option<()> {
        let frame: Value = serde_json::from_str(text).ok()?;
        let (symbol, channel) = frame["stream"].as_str()?.split_once('@')?;
        let symbol = symbol.to_uppercase();
        self.symbols.insert(conn, symbol.clone());
        let (key, data) = (Key::unique(&symbol), &frame["data"]);
        truth.book(&key);
        let decimal = |field: &str| plain(data[field].as_str()?);
        match channel {
            "trade" | "aggTrade" => {
                if data.get("X").is_some_and(|x| x != "MARKET") {
                    truth.off_book += 1;
                    return Some(());
                }
                let id = data.get("t").or_else(|| data.get("a"))?.as_u64()?.to_string();
                let (price, qty) = (decimal("p")?, decimal("q")?);
                // The buyer is the maker: the seller took.
                let buy = !data["m"].as_bool()?;
                let at_ms = data["T"].as_u64()?;
                truth.tape.entry(key).or_default().push(Trade {
                    id,
                    price,
                    qty,
                    buy: Some(buy),
                    at_ms,
                });
            }
            "bookTicker" => {
                let bid = [decimal("b")?, decimal("B")?];
                let ask = [decimal("a")?, decimal("A")?];
                truth.quotes.entry(key).or_default().push(Quote { bid, ask });
            }
            _ if channel.starts_with("markPrice") => {
                truth.figure(&key, Figure::Mark, decimal("p"));
                truth.figure(&key, Figure::Index, decimal("i"));
                truth.figure(&key, Figure::Funding, decimal("r"));
            }
            _ if channel.starts_with("depth") => {
                truth.book(&key).received += 1;
                match self.snapshots.get(&symbol) {
                    Some(&snapshot) => {
                        let gap = change(truth.book(&key), data, snapshot)?;
                        truth.gaps += u64::from(gap);
                    }
                    None => self.waiting.entry(symbol).or_default().push(data.clone()),
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn reply(&mut self, conn: usize, url: &str, body: &str, truth: &mut Truth) -> Option<()> {
        let body: Value = serde_json::from_str(body).ok()?;
        if url.contains("/exchangeInfo") {
            let category = if url.contains("/dapi/") {
                "inverse"
            } else if url.contains("/fapi/") {
                "linear"
            } else {
                "spot"
            };
            for entry in body["symbols"].as_array()? {
                let symbol = entry["symbol"].as_str()?.to_owned();
                truth.instruments.insert(Key { symbol, category }, instrument(entry, category));
            }
            return Some(());
        }
        if url.contains("/openInterest") {
            let key = Key::unique(body["symbol"].as_str()?);
            truth.figure(&key, Figure::OpenInterest, plain(body["openInterest"].as_str()?));
            return Some(());
        }
        let snapshot = body["lastUpdateId"].as_u64()?;
        let asked = url.split(['?', '&']).find_map(|pair| pair.strip_prefix("symbol="));
        let symbol = asked.map(str::to_owned).or_else(|| self.symbols.get(&conn).cloned())?;
        let key = Key::unique(&symbol);
        if truth.book(&key).is_live() {
            return Some(()); // Nobody needs it.
        }
        self.snapshots.insert(symbol.clone(), snapshot);
        let book = truth.book(&key);
        book.clear();
        book.snapshots += 1;
        set(book, 0, &body["bids"])?;
        set(book, 1, &body["asks"])?;
        for data in self.waiting.remove(&symbol).unwrap_or_default() {
            let gap = change(truth.book(&key), &data, snapshot)?;
            truth.gaps += u64::from(gap);
        }
        Some(())
    }
}

/// One change. Spot: the first one bridges the id after the snapshot's, and each next begins one
/// after the last. Futures, which name the id before: the first one bridges the snapshot's id, and
/// each next follows the last. Whether ids are missing.
fn change(book: &mut Book, change: &Value, snapshot: u64) -> Option<bool> {
    let (first, last) = (change["U"].as_u64()?, change["u"].as_u64()?);
    let previous = change.get("pu").and_then(Value::as_u64);
    let mut gap = false;
    if book.applied == 0 {
        let least = if previous.is_some() { snapshot } else { snapshot + 1 };
        if last < least {
            return Some(false);
        }
        gap = first > least;
    } else {
        gap |= match previous {
            Some(previous) => previous != book.last,
            None => first != book.last + 1,
        };
    }
    set(book, 0, &change["b"])?;
    set(book, 1, &change["a"])?;
    (book.last, book.applied) = (last, book.applied + 1);
    book.set_live();
    Some(gap)
}

fn set(book: &mut Book, side: usize, levels: &Value) -> Option<()> {
    for level in levels.as_array()? {
        book.set(side, level[0].as_str()?, level[1].as_str()?)?;
    }
    Some(())
}

/// One entry of `symbols`.
fn instrument(entry: &Value, kind: &'static str) -> Instrument {
    let word = |key: &str| entry[key].as_str().map(str::to_owned);
    let filter = |of: &str, key: &str| {
        let filters = entry["filters"].as_array()?;
        let filter = filters.iter().find(|filter| filter["filterType"] == of)?;
        plain(filter[key].as_str()?)
    };
    Instrument {
        base: word("baseAsset"),
        quote: word("quoteAsset"),
        settle: word("marginAsset"),
        kind: Some(kind),
        tick: filter("PRICE_FILTER", "tickSize"),
        lot: filter("LOT_SIZE", "stepSize"),
        min_qty: filter("LOT_SIZE", "minQty"),
        contract_size: entry["contractSize"].as_u64().map(|size| size.to_string()),
        expiry_ms: entry["deliveryDate"].as_u64().filter(|&ms| ms < NEVER_MS),
        ..Instrument::default()
    }
}
