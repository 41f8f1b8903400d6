//! Bitstamp: spot. `www.bitstamp.net/websocket/v2` as of 2026.

use serde_json::Value;

use crate::Rules;
use crate::text::{plain, scaled};
use crate::truth::{Instrument, Key, Trade, Truth};

/// Every message of a book is the best levels of both sides, whole, and the newest wins; the orders of
/// the book come one by one beside it.
#[derive(Default)]
pub(crate) struct Bitstamp;

impl Rules for Bitstamp {
    fn frame(&mut self, _conn: usize, text: &str, truth: &mut Truth) -> Option<()> {
        let frame: Value = serde_json::from_str(text).ok()?;
        let (event, channel, data) =
            (frame["event"].as_str()?, frame["channel"].as_str()?, &frame["data"]);
        let (_, symbol) = channel.rsplit_once('_')?;
        let key = Key::unique(symbol);
        match event {
            "data" => book(truth, &key, data),
            "trade" => {
                let kind = data["type"].as_u64();
                let trade = Trade {
                    id: data["id"].as_u64()?.to_string(),
                    price: plain(data["price_str"].as_str()?)?,
                    qty: plain(data["amount_str"].as_str()?)?,
                    // Of the taker; recordings of before it was told have none.
                    buy: kind.map(|kind| kind == 0),
                    at_ms: millis(data)?,
                };
                truth.tape.entry(key).or_default().push(trade);
                Some(())
            }
            _ => order(truth, key, event, data),
        }
    }

    fn reply(&mut self, _conn: usize, url: &str, body: &str, truth: &mut Truth) -> Option<()> {
        if !url.contains("/api/v2/markets") {
            return None;
        }
        let list: Vec<Value> = serde_json::from_str(body).ok()?;
        for entry in list.iter().filter(|entry| entry["market_type"] == "SPOT") {
            let text = |key: &str| entry[key].as_str().map(str::to_owned);
            let step = |key: &str| plain(&format!("1e-{}", entry[key]));
            let instrument = Instrument {
                base: text("base_currency"),
                quote: text("counter_currency"),
                kind: Some("spot"),
                tick: step("counter_decimals"),
                lot: step("base_decimals"),
                ..Instrument::default()
            };
            truth.instruments.insert(Key::unique(entry["market_symbol"].as_str()?), instrument);
        }
        Some(())
    }
}

fn millis(data: &Value) -> Option<u64> {
    Some(data["microtimestamp"].as_str()?.parse::<u64>().ok()? / 1_000)
}

/// Replaces the book, unless this one is older; then the orders are compared with it.
fn book(truth: &mut Truth, key: &Key, data: &Value) -> Option<()> {
    let at_ms = millis(data)?;
    let book = truth.books.entry(key.clone()).or_default();
    book.received += 1;
    if at_ms < book.at_ms {
        return Some(());
    }
    book.clear();
    for (side, name) in ["bids", "asks"].into_iter().enumerate() {
        for level in data[name].as_array()? {
            book.set(side, level[0].as_str()?, level[1].as_str()?)?;
        }
    }
    (book.at_ms, book.applied, book.snapshots) = (at_ms, book.applied + 1, book.snapshots + 1);
    book.set_live();
    if let Some(orders) = truth.orders.get_mut(key) {
        orders.compare(book);
    }
    Some(())
}

/// `order_type` is 0 to buy and 1 to sell, the amount is what is left.
fn order(truth: &mut Truth, key: Key, event: &str, data: &Value) -> Option<()> {
    let id = data["id"].as_u64()?;
    let side = usize::try_from(data["order_type"].as_u64()?).ok()?;
    let price = scaled(data["price_str"].as_str()?)?;
    let qty = scaled(data["amount_str"].as_str()?)?;
    let orders = truth.orders.entry(key).or_default();
    match event {
        "order_created" => orders.add(id, side, price, qty),
        "order_changed" => orders.change(id, price, qty),
        "order_deleted" => orders.delete(id),
        _ => return None,
    }
    Some(())
}
