//! OKX v5: spot, swap, futures, options.

use serde_json::Value;

use crate::text::plain;
use crate::truth::{Figure, Instrument, Key, Quote, Trade, Truth};
use crate::{Book, Rules};

/// Levels a side that the checksum covers.
const CHECKED: usize = 25;

/// Snapshots come on the stream; ids name the one before.
#[derive(Default)]
pub(crate) struct Okx;

impl Rules for Okx {
    fn frame(&mut self, _conn: usize, text: &str, truth: &mut Truth) -> Option<()> {
        let frame: Value = serde_json::from_str(text).ok()?;
        let rows = frame["data"].as_array()?;
        let key = Key::unique(frame["arg"]["instId"].as_str()?);
        match frame["arg"]["channel"].as_str()? {
            "books" | "books-l2-tbt" | "books50-l2-tbt" => {
                let snapshot = frame["action"] == "snapshot";
                for row in rows {
                    book(truth, &key, row, snapshot)?;
                }
            }
            "trades" | "trades-all" => {
                for row in rows {
                    let decimal = |field: &str| plain(row[field].as_str()?);
                    let trade = Trade {
                        id: row["tradeId"].as_str()?.to_owned(),
                        price: decimal("px")?,
                        qty: decimal("sz")?,
                        buy: Some(row["side"] == "buy"), // Of the taker.
                        at_ms: row["ts"].as_str()?.parse().ok()?,
                    };
                    truth.tape.entry(key.clone()).or_default().push(trade);
                }
            }
            "tickers" => {
                for row in rows {
                    let decimal =
                        |field: &str| row[field].as_str().and_then(plain).unwrap_or_default();
                    let quote = Quote {
                        bid: [decimal("bidPx"), decimal("bidSz")],
                        ask: [decimal("askPx"), decimal("askSz")],
                    };
                    truth.quotes.entry(key.clone()).or_default().push(quote);
                }
            }
            "bbo-tbt" => {
                for row in rows {
                    let best = |side: &str| {
                        let text = |n: usize| row[side][0][n].as_str().and_then(plain);
                        [0, 1].map(|n| text(n).unwrap_or_default())
                    };
                    let quote = Quote { bid: best("bids"), ask: best("asks") };
                    truth.quotes.entry(key.clone()).or_default().push(quote);
                }
            }
            "mark-price" => figures(truth, &key, Figure::Mark, rows, "markPx"),
            "index-tickers" => figures(truth, &key, Figure::Index, rows, "idxPx"),
            "funding-rate" => figures(truth, &key, Figure::Funding, rows, "fundingRate"),
            "open-interest" => figures(truth, &key, Figure::OpenInterest, rows, "oi"),
            _ => return None,
        }
        Some(())
    }

    fn reply(&mut self, _conn: usize, url: &str, body: &str, truth: &mut Truth) -> Option<()> {
        if !url.contains("/public/instruments") {
            return None;
        }
        let body: Value = serde_json::from_str(body).ok()?;
        for entry in body["data"].as_array()? {
            let key = Key::unique(entry["instId"].as_str()?);
            truth.instruments.insert(key, instrument(entry));
        }
        Some(())
    }
}

fn figures(truth: &mut Truth, key: &Key, figure: Figure, rows: &[Value], field: &str) {
    for row in rows {
        truth.figure(key, figure, row[field].as_str().and_then(plain));
    }
}

/// One row of a book channel. `prevSeqId` must be the last `seqId`, also where that steps back;
/// recordings of before 2022 have neither. A checksum that is not 0 covers the book after the row.
fn book(truth: &mut Truth, key: &Key, row: &Value, snapshot: bool) -> Option<()> {
    let book = truth.book(key);
    book.received += 1;
    let sequence = row["seqId"].as_u64();
    if snapshot {
        book.clear();
        book.snapshots += 1;
    } else {
        if !book.is_live() {
            return Some(());
        }
        let gap = row["prevSeqId"].as_i64().is_some_and(|before| before != book.last as i64);
        if gap {
            truth.gaps += 1;
        }
    }
    let book = truth.book(key);
    for (side, name) in ["bids", "asks"].into_iter().enumerate() {
        for level in row[name].as_array()? {
            book.set(side, level[0].as_str()?, level[1].as_str()?)?;
        }
    }
    (book.last, book.applied) = (sequence.unwrap_or(0), book.applied + 1);
    book.at_ms = row["ts"].as_str()?.parse().ok()?;
    book.set_live();
    if let Some(told) = row["checksum"].as_i64().filter(|&told| told != 0) {
        let failed = checksum(book) != told as u32;
        truth.checksums.made += 1;
        truth.checksums.failed += u64::from(failed);
    }
    Some(())
}

/// CRC-32 over `bid price:bid qty:ask price:ask qty:...` of the best 25 a side, as they were
/// written; a side that has run out is left out.
fn checksum(book: &Book) -> u32 {
    let (bids, asks) = (book.written(0).take(CHECKED), book.written(1).take(CHECKED));
    let (bids, asks): (Vec<_>, Vec<_>) = (bids.collect(), asks.collect());
    let mut words = Vec::new();
    for at in 0..bids.len().max(asks.len()) {
        for side in [&bids, &asks] {
            words.extend(side.get(at).map(|(price, qty)| format!("{price}:{qty}")));
        }
    }
    crc32(words.join(":").as_bytes())
}

/// IEEE 802.3, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(!0, byte)
}

/// One entry of the list. Quantities of derivatives are contracts of `ctVal` x `ctMult`.
fn instrument(entry: &Value) -> Instrument {
    let word = |key: &str| entry[key].as_str().filter(|text| !text.is_empty());
    let decimal = |key: &str| word(key).and_then(plain);
    let mut instrument = Instrument {
        tick: decimal("tickSz"),
        lot: decimal("lotSz"),
        min_qty: decimal("minSz"),
        expiry_ms: word("expTime").and_then(|ms| ms.parse().ok()),
        ..Instrument::default()
    };
    if word("instType") == Some("SPOT") {
        instrument.base = word("baseCcy").map(str::to_owned);
        instrument.quote = word("quoteCcy").map(str::to_owned);
        instrument.kind = Some("spot");
        return instrument;
    }
    instrument.settle = word("settleCcy").map(str::to_owned);
    if let Some((base, quote)) = word("uly").and_then(|pair| pair.split_once('-')) {
        (instrument.base, instrument.quote) = (Some(base.to_owned()), Some(quote.to_owned()));
    }
    instrument.kind = match (word("instType"), word("ctType")) {
        (Some("OPTION"), _) => Some("option"),
        (_, Some("linear")) => Some("linear"),
        (_, Some("inverse")) => Some("inverse"),
        _ => None,
    };
    instrument.strike = decimal("stk");
    instrument.call = word("optType").map(|side| side == "C");
    instrument.contract_size = match (decimal("ctVal"), decimal("ctMult").as_deref()) {
        (size, Some("1") | None) => size,
        (Some(size), Some(times)) => product(&size, times),
        (None, _) => None,
    };
    instrument
}

/// Of two decimals.
fn product(one: &str, other: &str) -> Option<String> {
    let split = |text: &str| -> Option<(i128, usize)> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        Some((format!("{whole}{fraction}").parse().ok()?, fraction.len()))
    };
    let ((a, places_a), (b, places_b)) = (split(one)?, split(other)?);
    plain(&format!("{}e-{}", a.checked_mul(b)?, places_a + places_b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_the_published_rule() {
        let mut book = Book::default();
        for (side, price, qty) in
            [(0, "3366.1", "7"), (0, "3366", "6"), (1, "3366.8", "9"), (1, "3368", "8")]
        {
            book.set(side, price, qty).unwrap();
        }
        assert_eq!(checksum(&book) as i32, -1_881_014_294);
        book.set(0, "3366", "0").unwrap();
        book.set(1, "3372", "8").unwrap();
        assert_eq!(checksum(&book) as i32, 831_078_360);
    }

    #[test]
    fn contracts_are_multiplied() {
        assert_eq!(product("0.01", "0.1").as_deref(), Some("0.001"));
        assert_eq!(product("100", "10").as_deref(), Some("1000"));
    }
}
