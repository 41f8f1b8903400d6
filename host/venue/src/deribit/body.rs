//! Bodies of answers (JSON-RPC over HTTP, public/get_instruments).

use serde_json::json;

use crate::protocol::{Listing, Refusal};

/// An answer.
pub(super) fn result(result: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","result":{result},"usIn":0,"usOut":0,"usDiff":0,"testnet":false}}"#
    )
}

/// One unit of the last of so many decimal places, as a number.
fn step(places: usize) -> String {
    match places {
        0 => "1".to_owned(),
        _ => format!("0.{}1", "0".repeat(places - 1)),
    }
}

/// What the recording and a symbol show of an instrument: `BTC-31DEC21-300000-P`.
pub(super) fn instruments(listings: &[Listing]) -> String {
    let entry = |listing: &Listing| {
        let parts: Vec<_> = listing.symbol.split('-').collect();
        let (tick, lot) = (step(listing.price_places.1), step(listing.qty_places.1));
        let (kind, more) = match parts[..] {
            [_, _, strike, side] => {
                let side = if side == "C" { "call" } else { "put" };
                let strike = strike.replace('d', ".");
                ("option", format!(r#","strike":{strike},"option_type":"{side}""#))
            }
            [_] => ("spot", String::new()),
            _ => ("future", String::new()),
        };
        let (symbol, base) = (json!(listing.symbol), json!(parts[0].split('_').next()));
        format!(
            r#"{{"instrument_name":{symbol},"kind":"{kind}","base_currency":{base},"tick_size":{tick},"min_trade_amount":{lot},"is_active":true,"state":"open"{more}}}"#
        )
    };
    let list: Vec<_> = listings.iter().map(entry).collect();
    result(&format!("[{}]", list.join(",")))
}

/// Status and body of a refusal (Error Codes).
pub(super) fn refusal(why: Refusal) -> (u16, String) {
    let (status, code, text) = match why {
        Refusal::TooMany | Refusal::Banned => (429, 10_028, "too_many_requests"),
        Refusal::BadSymbol => (400, 13_020, "not_found"),
        Refusal::BadParameter(_) => (400, -32_602, "Invalid params"),
        Refusal::NoPath => (400, -32_601, "Method not found"),
        Refusal::NotRecorded | Refusal::NoBook => (503, 13_028, "temporarily_unavailable"),
        Refusal::Failed(status) => (status, 11_094, "internal_server_error"),
    };
    (
        status,
        format!(
            r#"{{"jsonrpc":"2.0","error":{{"code":{code},"message":"{text}"}},"testnet":false}}"#
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_what_symbols_and_digits_say() {
        let listing = |symbol: &str| Listing {
            symbol: symbol.to_owned(),
            price_places: (4, 4),
            qty_places: (1, 1),
        };
        let text = instruments(&[listing("XRP_USDC-30JUN27-0d625-C"), listing("BTC-PERPETUAL")]);
        let list: serde_json::Value = serde_json::from_str(&text).unwrap();
        let [option, future] = [&list["result"][0], &list["result"][1]];
        assert_eq!((&option["strike"], &option["option_type"]), (&json!(0.625), &json!("call")));
        assert_eq!(
            (&option["base_currency"], &option["tick_size"]),
            (&json!("XRP"), &json!(0.0001))
        );
        assert_eq!((&future["kind"], &future["min_trade_amount"]), (&json!("future"), &json!(0.1)));
    }
}
