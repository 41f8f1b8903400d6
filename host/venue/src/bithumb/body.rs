//! Bodies of REST answers (market/all; errors).

use serde_json::{Value, json};

use crate::protocol::{Listing, Refusal};

/// Markets that the recording shows. Their names in words it does not.
pub(super) fn instruments(listings: &[Listing]) -> String {
    let entry = |l: &Listing| {
        let symbol = &l.symbol;
        json!({"market": symbol, "korean_name": "", "english_name": "", "market_warning": "NONE"})
    };
    json!(listings.iter().map(entry).collect::<Vec<_>>()).to_string()
}

/// `{"error":{"name":..,"message":".."}}`; the name is a word or a status.
pub(super) fn error(name: impl Into<Value>, message: &str) -> String {
    let name: Value = name.into();
    format!(r#"{{"error":{{"name":{name},"message":{}}}}}"#, Value::from(message))
}

/// Status and body of a refusal.
pub(super) fn refusal(why: Refusal) -> (u16, String) {
    match why {
        Refusal::TooMany => (429, error("too_many_requests", "-")),
        Refusal::Banned => (429, error("too_many_requests", "blocked")),
        Refusal::BadSymbol => (404, error(404, "Code not found")),
        Refusal::BadParameter(name) => (400, error(400, name)),
        Refusal::NoPath => (404, error(404, "Not Found")),
        Refusal::NotRecorded | Refusal::NoBook => (503, error(503, "not in the recording")),
        Refusal::Failed(status) => (status, error(status, "-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_venues_words() {
        let listing = |symbol: &str| Listing { symbol: symbol.to_owned(), ..Listing::default() };
        let list: Value = serde_json::from_str(&instruments(&[listing("KRW-BTC")])).unwrap();
        assert_eq!(
            (&list[0]["market"], &list[0]["market_warning"]),
            (&"KRW-BTC".into(), &"NONE".into())
        );
        let unknown = r#"{"error":{"name":404,"message":"Code not found"}}"#;
        assert_eq!(refusal(Refusal::BadSymbol), (404, unknown.to_owned()));
        assert!(refusal(Refusal::TooMany).1.contains(r#""name":"too_many_requests""#));
    }
}
