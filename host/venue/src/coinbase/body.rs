//! Bodies of REST answers, and what the venue says by itself.

use patchbay_model::iso8601;
use serde_json::json;

use super::ADVANCED;
use crate::protocol::{Listing, Product, Refusal};

fn iso(wall_ms: u64) -> String {
    iso8601(i64::try_from(wall_ms).unwrap_or(i64::MAX).saturating_mul(1_000_000))
}

/// The server time of both products, whose fields do not clash.
pub(super) fn time(wall_ms: u64) -> String {
    let (iso, seconds, ms) = (iso(wall_ms), wall_ms / 1000, wall_ms % 1000);
    format!(
        r#"{{"iso":"{iso}","epoch":{seconds}.{ms:03},"epochSeconds":"{seconds}","epochMillis":"{wall_ms}"}}"#
    )
}

/// Heartbeats Channel of Advanced Trade.
pub(super) fn heartbeat(count: u64, wall_ms: u64) -> String {
    let now = iso(wall_ms);
    let (date, time) = (&now[..10], &now[11..23]);
    format!(
        r#"{{"channel":"heartbeats","timestamp":"{now}","sequence_num":0,"events":[{{"current_time":"{date} {time}000000 +0000 UTC m=+{count}.000000000","heartbeat_counter":{count}}}]}}"#
    )
}

/// One unit of the last of so many decimal places.
fn step(places: usize) -> String {
    match places {
        0 => "1".to_owned(),
        _ => format!("0.{}1", "0".repeat(places - 1)),
    }
}

/// The list of products, of what the recording shows.
pub(super) fn instruments(product: Product, listings: &[Listing]) -> String {
    let entry = |listing: &Listing| {
        let (tick, lot) = (step(listing.price_places.1), step(listing.qty_places.1));
        let symbol = &listing.symbol;
        let (base, quote) = symbol.split_once('-').unwrap_or((symbol, ""));
        match product {
            ADVANCED => json!({
                "product_id": symbol, "product_type": "SPOT", "status": "online", "alias": "",
                "base_currency_id": base, "quote_currency_id": quote, "price_increment": tick,
                "base_increment": lot,
            }),
            _ => json!({
                "id": symbol, "base_currency": base, "quote_currency": quote, "status": "online",
                "quote_increment": tick, "base_increment": lot,
            }),
        }
    };
    let list: Vec<_> = listings.iter().map(entry).collect();
    match product {
        ADVANCED => json!({ "products": list, "num_products": list.len() }).to_string(),
        _ => json!(list).to_string(),
    }
}

/// Status and body of a refusal: Advanced Trade's form, of which the Exchange has the message.
pub(super) fn refusal(why: Refusal) -> (u16, String) {
    let (status, code, text) = match why {
        Refusal::TooMany | Refusal::Banned => (429, 8, "Public rate limit exceeded"),
        Refusal::BadSymbol => (404, 5, "NotFound"),
        Refusal::BadParameter(_) => (400, 3, "INVALID_ARGUMENT"),
        Refusal::NoPath => (404, 5, "Route not found"),
        Refusal::NotRecorded | Refusal::NoBook => (503, 14, "not in the recording"),
        Refusal::Failed(status) => (status, 13, "Internal server error"),
    };
    let body = json!({ "error": text, "code": code, "message": text, "details": [] });
    (status, body.to_string())
}
