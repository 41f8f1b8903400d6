//! Coinbase: Advanced Trade, and the Exchange feed.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Rules;
use crate::text::plain;
use crate::truth::{Instrument, Key, Quote, Trade, Truth};

/// Advanced Trade counts all messages of a connection; the Exchange counts none of a book.
#[derive(Default)]
pub(crate) struct Coinbase {
    last: BTreeMap<usize, u64>,
}

impl Rules for Coinbase {
    fn frame(&mut self, conn: usize, text: &str, truth: &mut Truth) -> Option<()> {
        let frame: Value = serde_json::from_str(text).ok()?;
        match frame["channel"].as_str() {
            Some(channel) => self.advanced(conn, channel, &frame, truth),
            None => exchange(&frame, truth),
        }
    }

    fn reply(&mut self, _conn: usize, url: &str, body: &str, truth: &mut Truth) -> Option<()> {
        if !url.ends_with("/products") {
            return None;
        }
        let body: Value = serde_json::from_str(body).ok()?;
        for entry in body["products"].as_array().or_else(|| body.as_array())? {
            // Another name of a product that has the data.
            if entry["alias"].as_str().is_some_and(|alias| !alias.is_empty()) {
                continue;
            }
            let symbol = entry["product_id"].as_str().or_else(|| entry["id"].as_str())?;
            truth.instruments.insert(Key::unique(symbol), instrument(entry));
        }
        Some(())
    }
}

impl Coinbase {
    fn advanced(
        &mut self,
        conn: usize,
        channel: &str,
        frame: &Value,
        truth: &mut Truth,
    ) -> Option<()> {
        let id = frame["sequence_num"].as_u64()?;
        let before = self.last.insert(conn, id);
        truth.gaps += u64::from(before.is_some_and(|before| id != before + 1));
        for event in frame["events"].as_array()? {
            match channel {
                "l2_data" => level2(id, event, truth)?,
                // The first are older than the subscription.
                "market_trades" if event["type"] == "snapshot" => {}
                "market_trades" => {
                    // The newest is the first.
                    for row in event["trades"].as_array()?.iter().rev() {
                        trade(row, row["trade_id"].as_str()?.to_owned(), truth)?;
                    }
                }
                "ticker" => {
                    for row in event["tickers"].as_array()? {
                        ticker(row, ["best_bid_quantity", "best_ask_quantity"], truth)?;
                    }
                }
                "heartbeats" => {}
                _ => return None,
            }
        }
        Some(())
    }
}

/// A whole book or a change of it.
fn level2(id: u64, event: &Value, truth: &mut Truth) -> Option<()> {
    let book = truth.book(&Key::unique(event["product_id"].as_str()?));
    book.received += 1;
    if event["type"] == "snapshot" {
        book.clear();
        book.snapshots += 1;
    } else if !book.is_live() {
        return Some(());
    }
    for level in event["updates"].as_array()? {
        let side = usize::from(level["side"] == "offer");
        book.set(side, level["price_level"].as_str()?, level["new_quantity"].as_str()?)?;
    }
    (book.last, book.applied) = (id, book.applied + 1);
    book.set_live();
    Some(())
}

fn exchange(frame: &Value, truth: &mut Truth) -> Option<()> {
    let key = Key::unique(frame["product_id"].as_str()?);
    match frame["type"].as_str()? {
        "snapshot" => {
            let book = truth.book(&key);
            book.clear();
            for (side, name) in ["bids", "asks"].into_iter().enumerate() {
                for level in frame[name].as_array()? {
                    book.set(side, level[0].as_str()?, level[1].as_str()?)?;
                }
            }
            book.received += 1;
            book.applied += 1;
            book.snapshots += 1;
            book.set_live();
        }
        "l2update" => {
            let book = truth.book(&key);
            book.received += 1;
            if !book.is_live() {
                return Some(());
            }
            for change in frame["changes"].as_array()? {
                let side = usize::from(change[0] == "sell");
                book.set(side, change[1].as_str()?, change[2].as_str()?)?;
            }
            book.applied += 1;
        }
        "match" => trade(frame, frame["trade_id"].as_u64()?.to_string(), truth)?,
        // Of before the subscription; signs of life.
        "last_match" | "heartbeat" => {}
        "ticker" => ticker(frame, ["best_bid_size", "best_ask_size"], truth)?,
        _ => return None,
    }
    Some(())
}

/// `side` is the maker's.
fn trade(row: &Value, id: String, truth: &mut Truth) -> Option<()> {
    let trade = Trade {
        id,
        price: plain(row["price"].as_str()?)?,
        qty: plain(row["size"].as_str()?)?,
        buy: Some(row["side"].as_str()?.eq_ignore_ascii_case("sell")),
        at_ms: millis(row["time"].as_str()?)?,
    };
    let key = Key::unique(row["product_id"].as_str()?);
    truth.tape.entry(key).or_default().push(trade);
    Some(())
}

/// Until 2022 the Exchange stated no quantities.
fn ticker(row: &Value, [bid_qty, ask_qty]: [&str; 2], truth: &mut Truth) -> Option<()> {
    if row[bid_qty].is_null() && row[ask_qty].is_null() {
        return Some(());
    }
    let side = |price: &str, qty: &str| {
        let text = |key: &str| row[key].as_str().and_then(plain).unwrap_or_default();
        match text(qty).as_str() {
            "" | "0" => [String::new(), String::new()],
            _ => [text(price), text(qty)],
        }
    };
    let quote = Quote { bid: side("best_bid", bid_qty), ask: side("best_ask", ask_qty) };
    let key = Key::unique(row["product_id"].as_str()?);
    truth.quotes.entry(key).or_default().push(quote);
    Some(())
}

/// Milliseconds since the Unix epoch of `2021-04-17T16:43:37.089723Z`, with years counted one by one.
fn millis(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, by: char| -> Option<Vec<u64>> {
        text.split(by).map(|part| part.parse().ok()).collect()
    };
    let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
    let ([year, month, day], [hour, minute, second]) =
        (numbers(date, '-')?[..].try_into().ok()?, numbers(whole, ':')?[..].try_into().ok()?);
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let february = 28 + u64::from(leap(year));
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let years: u64 = (1970..year).map(|year| 365 + u64::from(leap(year))).sum();
    let days = years + months.iter().take(month as usize - 1).sum::<u64>() + day - 1;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1000 + format!("{fraction:0<3}").get(..3)?.parse::<u64>().ok()?)
}

/// One entry of either list.
fn instrument(entry: &Value) -> Instrument {
    let one = |keys: [&str; 2]| keys.into_iter().find_map(|key| entry[key].as_str());
    let decimal = |keys| one(keys).and_then(plain);
    let text = |keys| one(keys).filter(|text| !text.is_empty()).map(str::to_owned);
    let future = entry["product_type"] == "FUTURE";
    Instrument {
        base: text(["base_currency_id", "base_currency"]),
        quote: text(["quote_currency_id", "quote_currency"]),
        kind: Some(if future { "linear" } else { "spot" }),
        tick: decimal(["price_increment", "quote_increment"]),
        lot: decimal(["base_increment", "base_increment"]),
        min_qty: decimal(["base_min_size", "base_min_size"]),
        ..Instrument::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_kinds() {
        assert_eq!(millis("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(millis("2000-02-29T00:00:00.5Z"), Some(951_782_400_500));
        assert_eq!(millis("2020-12-08T09:08:57.715999999Z"), Some(1_607_418_537_715));
        assert_eq!(millis("2020-12-08 09:08:57Z"), None);
    }
}
