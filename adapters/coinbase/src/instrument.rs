//! Products, and their states.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::kind;

impl Instruments for Market {
    const ENTRY: &'static str = "product_id";

    fn symbol<'f>(entry: Value<'_, 'f>) -> &'f str {
        word(entry, ["product_id", "id"])
    }

    /// AT List Public Products, EX Get all known trading pairs. `BTC-USDC` is `BTC-USD` under an
    /// alias: all channels say the latter, so that the former is left out (AT WebSocket Channels).
    /// Quantities of futures are contracts.
    fn instrument(
        _product: u8,
        entry: Value<'_, '_>,
        known: Option<(i8, i8)>,
    ) -> Result<Option<Instrument>> {
        let symbol = Self::symbol(entry);
        if !word(entry, ["alias", ""]).is_empty() {
            return Ok(None);
        }
        let size = |keys| Some(word(entry, keys)).filter(|text| !text.is_empty());
        let future = entry.get("future_product_details");
        let of_future = |key| future.and_then(|future| future.get(key)?.into_string());
        let sizes = Sizes {
            // Trades of stable pairs may be finer than the tick.
            price_places: 8,
            qty_places: 8,
            tick: size(["price_increment", "quote_increment"]),
            lot: size(["base_increment", ""]),
            min_qty: size(["base_min_size", ""]),
            max_qty: size(["base_max_size", ""]),
            min_notional: size(["quote_min_size", "min_market_funds"]),
            contract: of_future("contract_size"),
            ..Sizes::default()
        };
        let base = word(entry, ["base_currency_id", "base_currency"]);
        let base = if base.is_empty() { of_future("contract_root_unit") } else { Some(base) };
        let quote = word(entry, ["quote_currency_id", "quote_currency"]);
        let dated = of_future("contract_expiry_type") != Some("PERPETUAL");
        let expiry = of_future("contract_expiry").filter(|_| dated);
        Ok(Some(Instrument {
            base: base.unwrap_or_default().to_owned(),
            quote: quote.to_owned(),
            settle: if future.is_some() { quote.to_owned() } else { String::new() },
            expiry_ns: expiry.and_then(|text| parse_iso8601(text.as_bytes())).unwrap_or(0),
            session: session(entry),
            ..define(symbol, kind(symbol), &sizes, known)?
        }))
    }
}

/// The text of the first of these fields that is there.
fn word<'f>(entry: Value<'_, 'f>, keys: [&str; 2]) -> &'f str {
    let text = |key: &str| entry.get(key)?.into_string();
    keys.into_iter().find_map(text).unwrap_or_default()
}

/// A best ask below the best bid is legal in an auction only. Who takes limit orders alone still
/// matches them.
pub(crate) fn session(entry: Value<'_, '_>) -> u8 {
    let is = |key: &str| entry.get_bool(key) == Some(true);
    let hours = entry.get("fcm_trading_session_details");
    match entry.get_str("status").unwrap_or_default() {
        "delisted" => SESSION_CLOSED,
        _ if hours.and_then(|hours| hours.get_bool("is_session_open")) == Some(false) => {
            SESSION_CLOSED
        }
        _ if is("trading_disabled") || is("is_disabled") => SESSION_HALT,
        _ if is("cancel_only") => SESSION_CANCEL_ONLY,
        _ if is("auction_mode") => SESSION_AUCTION,
        _ if is("post_only") => SESSION_POST_ONLY,
        // Futures have no word for it.
        "online" | "" => SESSION_CONTINUOUS,
        "offline" | "internal" => SESSION_HALT,
        _ => SESSION_UNKNOWN,
    }
}
