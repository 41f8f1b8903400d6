//! Bodies of REST answers (Public Data, REST API; Error Code, REST API).

use serde_json::json;

use super::path::kind;
use crate::protocol::{Listing, Refusal};

fn envelope(code: &str, text: &str, data: &str) -> String {
    format!(r#"{{"code":"{code}","msg":"{text}","data":{data}}}"#)
}

/// `/api/v5/public/time`.
pub(super) fn time(wall_ms: u64) -> String {
    envelope("0", "", &format!(r#"[{{"ts":"{wall_ms}"}}]"#))
}

/// One unit of the last of so many decimal places.
fn step(places: usize) -> String {
    match places {
        0 => "1".to_owned(),
        _ => format!("0.{}1", "0".repeat(places - 1)),
    }
}

/// What the recording and a symbol show of an instrument. What a contract is worth they do not: it
/// is left empty.
pub(super) fn instruments(listings: &[Listing]) -> String {
    let entry = |listing: &Listing| {
        let (symbol, of) = (&listing.symbol, kind(&listing.symbol));
        let parts: Vec<_> = symbol.split('-').collect();
        let (base, quote) = (parts[0], parts.get(1).copied().unwrap_or_default());
        let pair = format!("{base}-{quote}");
        let (pair, base, quote, settled) = match (of, quote) {
            ("SPOT", _) => ("", base, quote, ""),
            (_, "USD") => (&*pair, "", "", base),
            _ => (&*pair, "", "", quote),
        };
        let settled_in = match (of, settled) {
            ("SPOT" | "OPTION", _) => "",
            (_, coin) if coin == parts[0] => "inverse",
            _ => "linear",
        };
        let (strike, side) = if of == "OPTION" { (parts[3], parts[4]) } else { ("", "") };
        json!({
            "instType": of, "instId": symbol, "uly": pair, "baseCcy": base, "quoteCcy": quote,
            "settleCcy": settled, "ctType": settled_in, "ctVal": "", "ctMult": "", "ctValCcy": "",
            "tickSz": step(listing.price_places.1), "lotSz": step(listing.qty_places.1),
            "minSz": step(listing.qty_places.1), "stk": strike, "optType": side, "expTime": "",
            "state": "live",
        })
    };
    let list: Vec<_> = listings.iter().map(entry).collect();
    envelope("0", "", &json!(list).to_string())
}

/// Status and body of a refusal.
pub(super) fn refusal(why: Refusal) -> (u16, String) {
    let (status, code, text) = match why {
        Refusal::TooMany | Refusal::Banned => (429, "50011", "Too Many Requests"),
        Refusal::BadSymbol => (200, "51001", "Instrument ID does not exist"),
        Refusal::BadParameter(name) => {
            return (400, envelope("50014", &format!("Parameter {name} can not be empty."), "[]"));
        }
        Refusal::NoPath => (404, "404", "Not Found"),
        Refusal::NotRecorded | Refusal::NoBook => {
            (503, "50001", "Service temporarily unavailable. Try again later.")
        }
        Refusal::Failed(status) => (status, "50026", "System error. Try again later."),
    };
    (status, envelope(code, text, "[]"))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_list_says_what_symbols_and_digits_say() {
        let listing = |symbol: &str| Listing {
            symbol: symbol.to_owned(),
            price_places: (4, 4),
            qty_places: (0, 0),
        };
        let symbols = ["BTC-USDT", "BTC-USD-SWAP", "BTC-USDT-260327", "BTC-USD-260327-60000-C"];
        let list: Value = serde_json::from_str(&instruments(&symbols.map(listing))).unwrap();
        let words = |key: &str| [0, 1, 2, 3].map(|at| list["data"][at][key].as_str().unwrap());
        assert_eq!(words("instType"), ["SPOT", "SWAP", "FUTURES", "OPTION"]);
        assert_eq!(words("ctType"), ["", "inverse", "linear", ""]);
        assert_eq!(words("settleCcy"), ["", "BTC", "USDT", "BTC"]);
        assert_eq!(words("baseCcy"), ["BTC", "", "", ""]);
        assert_eq!((words("stk")[3], words("optType")[3]), ("60000", "C"));
        assert_eq!((words("tickSz")[0], words("lotSz")[0]), ("0.0001", "1"));
    }
}
