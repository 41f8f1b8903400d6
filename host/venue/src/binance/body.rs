//! REST bodies: those recorded, and those made of what was recorded.

use serde::Deserialize;

use super::{COINM, SPOT};
use crate::book::Book;
use crate::levels;
use crate::protocol::{Listing, Product, Refusal, Reply};

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "lastUpdateId")]
    id: Option<u64>,
    symbol: Option<String>,
}

/// What a recorded answer is.
pub(super) fn reply(url: &str, body: &[u8]) -> Option<Reply> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    match path.rsplit('/').next()? {
        "exchangeInfo" => Some(Reply::Instruments),
        "depth" | "" => {
            let body: Body = serde_json::from_slice(body).ok()?;
            let asked = query.split('&').find_map(|pair| pair.strip_prefix("symbol="));
            Some(Reply::Snapshot { symbol: asked.map(str::to_owned).or(body.symbol), id: body.id? })
        }
        _ => None,
    }
}

/// The times that futures' snapshots carry: those of the last change in them.
#[derive(Deserialize, Default)]
struct Times<'a> {
    #[serde(rename = "E")]
    event: u64,
    #[serde(rename = "T", default)]
    matched: u64,
    #[serde(default)]
    s: &'a str,
    #[serde(default)]
    ps: &'a str,
}

/// A book as of the depth frame `payload`.
pub(super) fn snapshot(
    product: Product,
    payload: &[u8],
    id: u64,
    book: &Book,
    limit: usize,
) -> Vec<u8> {
    let mut text = format!(r#"{{"lastUpdateId":{id}"#);
    if product != SPOT {
        let times: Times<'_> = serde_json::from_slice(payload).unwrap_or_default();
        text += &format!(r#","E":{},"T":{}"#, times.event, times.matched);
        if product == COINM {
            text += &format!(r#","symbol":"{}","pair":"{}""#, times.s, times.ps);
        }
    }
    for (side, key) in ["bids", "asks"].into_iter().enumerate() {
        text += &format!(r#","{key}":["#);
        for (place, (price, qty)) in book.levels(side).take(limit).enumerate() {
            let comma = if place == 0 { "" } else { "," };
            text += &format!(r#"{comma}["{price}","{qty}"]"#);
        }
        text.push(']');
    }
    text.push('}');
    text.into_bytes()
}

/// A recorded snapshot with no more than `limit` levels a side; its own bytes if it has no more.
pub(super) fn shallower(body: &[u8], limit: usize) -> Vec<u8> {
    let levels = levels::find(body);
    let mut text = body.to_vec();
    // From behind, so that the places before stay.
    for side in [1, 0] {
        let mut of_side = levels.iter().filter(|level| level.side == side);
        let kept = of_side.clone().take(limit).last();
        let (Some(kept), Some(last)) = (kept, of_side.next_back()) else { continue };
        let end = |after: usize| {
            let close = body[after..].iter().position(|&b| b == b']');
            close.map_or(body.len(), |close| after + close + 1)
        };
        text.drain(end(kept.qty.end)..end(last.qty.end));
    }
    text
}

/// Status and body of a refusal.
pub(super) fn refusal(why: Refusal) -> (u16, String) {
    let (status, code, msg) = match why {
        Refusal::TooMany => {
            (429, -1003, "Too much request weight used; please use WebSocket Streams for live updates to avoid polling the API.".to_owned())
        }
        Refusal::Banned => (418, -1003, "Way too much request weight used; IP banned.".to_owned()),
        Refusal::BadSymbol => (400, -1121, "Invalid symbol.".to_owned()),
        Refusal::BadParameter(name) => {
            (400, -1102, format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed."))
        }
        Refusal::NoPath => (404, -5000, "Path not found.".to_owned()),
        Refusal::NotRecorded => (404, -5000, "Not in the recording.".to_owned()),
        Refusal::NoBook => {
            (503, -1001, "Internal error; unable to process your request: the recording has no book at this place.".to_owned())
        }
        Refusal::Failed(status) => {
            (status, -1000, "An unknown error occurred while processing the request.".to_owned())
        }
    };
    (status, serde_json::json!({"code": code, "msg": msg}).to_string())
}

/// Quote assets, longest first where one ends another.
const QUOTES: [&str; 16] = [
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "BTC", "ETH", "BNB", "EUR", "AUD", "BRL",
    "GBP", "TRY", "JPY", "RUB",
];

/// A list of instruments made of symbols and digits.
pub(super) fn instruments(product: Product, listings: &[Listing], wall_ms: u64) -> String {
    let symbols: Vec<_> = listings.iter().map(|listing| entry(product, listing)).collect();
    let limit = if product == SPOT { 6000 } else { 2400 };
    serde_json::json!({
        "timezone": "UTC",
        "serverTime": wall_ms,
        "rateLimits": [{"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE",
                        "intervalNum": 1, "limit": limit}],
        "exchangeFilters": [],
        "symbols": symbols,
    })
    .to_string()
}

fn entry(product: Product, listing: &Listing) -> serde_json::Value {
    let symbol = listing.symbol.as_str();
    let (pair, delivery) = symbol.split_once('_').unwrap_or((symbol, "PERP"));
    let quote = QUOTES.iter().find(|quote| pair.len() > quote.len() && pair.ends_with(*quote));
    let quote = quote.copied().unwrap_or_default();
    let base = &pair[..pair.len() - quote.len()];
    let (tick, lot) = (unit(listing.price_places.1), unit(listing.qty_places.1));
    let filters = serde_json::json!([
        {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "1000000", "tickSize": tick},
        {"filterType": "LOT_SIZE", "minQty": lot, "maxQty": "10000000", "stepSize": lot},
    ]);
    let mut entry = serde_json::json!({
        "symbol": symbol, "baseAsset": base, "quoteAsset": quote, "filters": filters,
    });
    let mut set = |key: &str, value: serde_json::Value| entry[key] = value;
    if product == SPOT {
        set("status", "TRADING".into());
        set("baseAssetPrecision", 8.into());
        set("quotePrecision", 8.into());
        set("quoteAssetPrecision", 8.into());
        return entry;
    }
    let perpetual = delivery == "PERP";
    set("pair", pair.into());
    set("contractType", if perpetual { "PERPETUAL" } else { "CURRENT_QUARTER" }.into());
    set("deliveryDate", if perpetual { 4_133_404_800_000 } else { delivery_ms(delivery) }.into());
    set("pricePrecision", listing.price_places.0.into());
    set("quantityPrecision", listing.qty_places.0.into());
    set("marginAsset", if product == COINM { base } else { quote }.into());
    if product == COINM {
        set("contractStatus", "TRADING".into());
        set("contractSize", if base == "BTC" { 100 } else { 10 }.into());
    } else {
        set("status", "TRADING".into());
    }
    entry
}

/// One unit of the last place.
fn unit(places: usize) -> String {
    match places {
        0 => "1".to_owned(),
        _ => format!("0.{}1", "0".repeat(places - 1)),
    }
}

/// `YYMMDD` at 08:00 UTC, ms since the Unix epoch; 0 for another text.
fn delivery_ms(text: &str) -> u64 {
    let number = |at: usize| text.get(at..at + 2).and_then(|text| text.parse::<u64>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0), number(2), number(4)) else { return 0 };
    if !(1..=12).contains(&month) || day == 0 {
        return 0;
    }
    // Days from civil (Hinnant), for years from 2000.
    let (year, month) = if month > 2 { (year + 2000, month - 3) } else { (year + 1999, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    (days - 719_468) * 86_400_000 + 8 * 3_600_000
}

#[cfg(test)]
mod tests {
    use super::super::USDM;
    use super::*;

    #[test]
    fn cuts_snapshots() {
        let body = br#"{"lastUpdateId": 1, "bids": [["4", "2"], ["3", "1"]], "asks": [["5","1"]]}"#;
        let cut = br#"{"lastUpdateId": 1, "bids": [["4", "2"]], "asks": [["5","1"]]}"#;
        assert_eq!(shallower(body, 1), cut);
        assert_eq!(shallower(body, 2), body);
    }

    #[test]
    fn writes_a_book() {
        let mut book = Book::default();
        book.set(0, "4.0", "2");
        book.set(1, "5.0", "1");
        let spot = snapshot(SPOT, b"{}", 7, &book, 5);
        assert_eq!(spot, br#"{"lastUpdateId":7,"bids":[["4.0","2"]],"asks":[["5.0","1"]]}"#);
        let payload = br#"{"E":2,"T":1,"s":"BTCUSD_PERP","ps":"BTCUSD"}"#;
        let coinm = String::from_utf8(snapshot(COINM, payload, 7, &book, 0)).unwrap();
        let head =
            r#"{"lastUpdateId":7,"E":2,"T":1,"symbol":"BTCUSD_PERP","pair":"BTCUSD","bids":[]"#;
        assert!(coinm.starts_with(head), "{coinm}");
    }

    #[test]
    fn makes_instruments_of_digits() {
        let listing =
            Listing { symbol: "BTCUSDT_260626".into(), price_places: (2, 1), qty_places: (3, 3) };
        let entry = entry(USDM, &listing);
        assert_eq!(entry["baseAsset"], "BTC");
        assert_eq!(entry["filters"][0]["tickSize"], "0.1");
        assert_eq!(entry["filters"][1]["stepSize"], "0.001");
        assert_eq!(entry["deliveryDate"], 1_782_460_800_000_u64);
        assert_eq!(unit(0), "1");
    }

    #[test]
    fn recognises_recorded_answers() {
        let body = br#"{"lastUpdateId":5,"symbol":"BTCUSD_PERP","bids":[],"asks":[]}"#;
        let symbol = Some("BTCUSD_PERP".to_owned());
        assert_eq!(reply("", body), Some(Reply::Snapshot { symbol, id: 5 }));
        let url = "https://www.binance.com/api/v1/depth?symbol=ZILUSDT&limit=1000";
        let symbol = Some("ZILUSDT".to_owned());
        assert_eq!(reply(url, b"{\"lastUpdateId\":5}"), Some(Reply::Snapshot { symbol, id: 5 }));
        assert_eq!(reply("https://x/exchangeInfo", b"{}"), Some(Reply::Instruments));
    }
}
