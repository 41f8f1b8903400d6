//! Bodies of REST answers (API Markets, Response codes).

use serde_json::json;

use crate::protocol::{Listing, Refusal};

/// Markets that the recording shows, with the decimals that its books have.
pub(super) fn instruments(listings: &[Listing]) -> String {
    let entry = |l: &Listing| {
        // There were no markets with names of other lengths.
        let (base, counter) = l.symbol.split_at(l.symbol.len().min(3));
        let [base, counter] = [base, counter].map(str::to_uppercase);
        json!({
            "name": format!("{base}/{counter}"), "market_symbol": l.symbol, "market_type": "SPOT",
            "base_currency": base, "base_decimals": l.qty_places.0,
            "counter_currency": counter, "counter_decimals": l.price_places.0,
            "trading": "Enabled",
        })
    };
    json!(listings.iter().map(entry).collect::<Vec<_>>()).to_string()
}

/// `{"status":"error","reason":"..","code":".."}`.
fn error(code: &str, reason: &str) -> String {
    json!({"status": "error", "reason": reason, "code": code}).to_string()
}

/// Status and body of a refusal.
pub(super) fn refusal(why: Refusal) -> (u16, String) {
    match why {
        Refusal::TooMany | Refusal::Banned => {
            (429, error("400.002", "Request rejected due to exceeded rate limit."))
        }
        Refusal::BadSymbol => {
            (404, error("404.007", "Market not found for corresponding request."))
        }
        Refusal::BadParameter(name) => (400, error("400.001", name)),
        Refusal::NoPath => (404, error("404.001", "Unknown not found error.")),
        Refusal::NotRecorded | Refusal::NoBook => {
            (503, error("500.009", "Order book is currently unavailable."))
        }
        Refusal::Failed(status) => (status, error("500.001", "Unknown server error.")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn in_the_venues_words() {
        let listing =
            Listing { symbol: "btcusd".to_owned(), price_places: (2, 2), qty_places: (8, 8) };
        let list: Value = serde_json::from_str(&instruments(&[listing])).unwrap();
        assert_eq!(
            (&list[0]["name"], &list[0]["base_currency"]),
            (&"BTC/USD".into(), &"BTC".into())
        );
        assert_eq!(
            (&list[0]["base_decimals"], &list[0]["counter_decimals"]),
            (&8.into(), &2.into())
        );
        let (status, body) = refusal(Refusal::TooMany);
        assert_eq!(status, 429);
        assert!(body.contains(r#""code":"400.002""#), "{body}");
    }
}
