//! Instruments from `exchangeInfo` (SPOT rest-api.md, Exchange Information, and filters.md;
//! DERIV Exchange Information).

use patchbay_plugin::Error;
use patchbay_plugin::abi::{
    CONTRACT_QUOTE, SESSION_AUCTION, SESSION_CANCEL_ONLY, SESSION_CLOSED, SESSION_CONTINUOUS,
    SESSION_HALT, SESSION_PRE_OPEN, SESSION_SETTLING, SESSION_UNKNOWN,
};
use patchbay_plugin::model::{DecimalError, Instrument, parse_decimal};
use simd_json::prelude::*;
use simd_json::tape::Value;

use crate::product::Product;

/// Perpetuals "deliver" on 2100-12-25, in ms.
const NEVER_MS: u64 = 4_133_404_800_000;

/// One entry of `symbols`. An instrument whose exponents are `known` keeps them while they hold
/// tick and lot exactly: other exponents make another instrument.
pub(crate) fn read(
    product: Product,
    entry: Value<'_, '_>,
    known: Option<(i8, i8)>,
) -> Result<Instrument, Error> {
    let text = |key: &str| entry.get_str(key).unwrap_or_default().to_owned();
    let filter = |kind: &str, keys: &[&str]| {
        let filters = entry.get("filters")?.into_array()?;
        let is = |f: &Value<'_, '_>| f.get_str("filterType") == Some(kind);
        let filter = filters.iter().find(is)?;
        keys.iter().find_map(|key| filter.get(*key)?.into_string())
    };
    let tick = filter("PRICE_FILTER", &["tickSize"]);
    let lot = filter("LOT_SIZE", &["stepSize"]);
    let most = filter("LOT_SIZE", &["maxQty"]);
    let keys = ["minNotional", "notional"];
    let notional = filter("NOTIONAL", &keys).or_else(|| filter("MIN_NOTIONAL", &keys));

    // Spot prints eight places whatever the step is; levels placed before a change of the tick may
    // be finer than it.
    let declared = |key: &str| entry.get_u8(key).unwrap_or(8).min(18);
    let (price_places, qty_places) = match product {
        Product::Spot => (declared("quotePrecision"), 8),
        _ => (declared("pricePrecision"), declared("quantityPrecision")),
    };
    let kept = known.filter(|(price, qty)| {
        places(tick) <= price.unsigned_abs() && places(lot) <= qty.unsigned_abs()
    });
    let (price_exp, qty_exp) = kept.unwrap_or_else(|| {
        let highest = filter("PRICE_FILTER", &["maxPrice"]);
        (exponent(price_places, tick, highest, 1), exponent(qty_places, lot, most, 1000))
    });
    let notional_exp = -(places(notional) as i8);

    let settle = match product {
        Product::Spot => String::new(),
        _ => text("marginAsset"),
    };
    let status = ["status", "contractStatus"];
    let status = status.iter().find_map(|key| entry.get_str(*key));
    let delivery = entry.get_u64("deliveryDate").filter(|ms| *ms < NEVER_MS);
    let symbol = text("symbol");
    if symbol.is_empty() {
        return Err(Error::new("an entry of `symbols` has no `symbol`"));
    }
    let named = |key, e| Error::new(format!("{symbol}: `{key}` of its filters: {e}"));
    let mut instrument = Instrument {
        base: text("baseAsset"),
        quote: text("quoteAsset"),
        settle,
        provisional: false,
        tick: mantissa(tick, price_exp).map_err(|e| named("tickSize", e))?,
        lot: mantissa(lot, qty_exp).map_err(|e| named("stepSize", e))?,
        min_qty: mantissa(filter("LOT_SIZE", &["minQty"]), qty_exp)
            .map_err(|e| named("minQty", e))?,
        max_qty: mantissa(most, qty_exp).map_err(|e| named("maxQty", e))?,
        min_notional: mantissa(notional, notional_exp).map_err(|e| named("notional", e))?,
        notional_exp,
        expiry_ns: delivery.map_or(0, |ms| ms as i64 * 1_000_000),
        session: session(status.unwrap_or_default()),
        ..Instrument::provisional(&symbol, product.kind(), price_exp, qty_exp)
    };
    if let (Product::CoinM, Some(size)) = (product, entry.get_i64("contractSize")) {
        instrument.contract_size = size;
        instrument.contract_unit = CONTRACT_QUOTE;
    }
    Ok(instrument)
}

/// Decimal places of a text, without the zeros at its end.
fn places(text: Option<&str>) -> u8 {
    let fraction = text.and_then(|text| text.split_once('.'));
    fraction.map_or(0, |(_, f)| f.trim_end_matches('0').len().min(18) as u8)
}

/// An exponent for the finer of declared places and step, or for less where `headroom` times the
/// largest value would not fit 64 bits; never too coarse for the step.
fn exponent(declared: u8, step: Option<&str>, largest: Option<&str>, headroom: i64) -> i8 {
    let fits = |places: &u8| {
        let largest = parse_decimal(largest.unwrap_or("0").as_bytes(), -(*places as i8));
        match largest {
            Ok(mantissa) => mantissa.checked_mul(headroom).is_some(),
            Err(error) => error != DecimalError::Range,
        }
    };
    let step = places(step);
    let mut fine = (step..=declared.max(step)).rev();
    -(fine.find(fits).unwrap_or(step) as i8)
}

/// 0 where there is none, and where a bound is too large to matter.
fn mantissa(text: Option<&str>, exp: i8) -> Result<i64, DecimalError> {
    match text.map_or(Ok(0), |text| parse_decimal(text.as_bytes(), exp)) {
        Err(DecimalError::Range) => Ok(0),
        other => other,
    }
}

/// SPOT enums.md, Symbol status; DERIV Common Definition, Contract status.
fn session(status: &str) -> u8 {
    match status {
        "TRADING" => SESSION_CONTINUOUS,
        "HALT" | "BREAK" => SESSION_HALT,
        "AUCTION_MATCH" => SESSION_AUCTION,
        "CANCEL_ONLY" => SESSION_CANCEL_ONLY,
        "PRE_TRADING" | "PENDING_TRADING" => SESSION_PRE_OPEN,
        "PRE_DELIVERING" | "DELIVERING" | "PRE_SETTLE" | "SETTLING" => SESSION_SETTLING,
        "END_OF_DAY" | "POST_TRADING" | "DELIVERED" | "CLOSE" => SESSION_CLOSED,
        _ => SESSION_UNKNOWN,
    }
}
