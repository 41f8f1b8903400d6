//! Instruments from `exchangeInfo` (SPOT rest-api.md, Exchange Information, and filters.md;
//! DERIV Exchange Information).

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::{COINM, PRODUCTS, SPOT};

/// Perpetuals "deliver" on 2100-12-25, in ms.
const NEVER_MS: u64 = 4_133_404_800_000;

impl Instruments for Market {
    fn instrument(
        product: u8,
        entry: Value<'_, '_>,
        known: Option<(i8, i8)>,
    ) -> Result<Option<Instrument>> {
        let text = |key: &str| entry.get_str(key).unwrap_or_default().to_owned();
        let filter = |kind: &str, key: &str| {
            let filters = entry.get("filters")?.into_array()?;
            let filter = filters.iter().find(|f| f.get_str("filterType") == Some(kind))?;
            filter.get(key)?.into_string()
        };
        // Spot prints eight places whatever the step is; levels placed before a change of the tick
        // may be finer than it.
        let declared = |key: &str| entry.get_u8(key).unwrap_or(8);
        let (price_places, qty_places) = match product {
            SPOT => (declared("quotePrecision"), 8),
            _ => (declared("pricePrecision"), declared("quantityPrecision")),
        };
        let notional = |key: &str| filter("NOTIONAL", key).or_else(|| filter("MIN_NOTIONAL", key));
        let sizes = Sizes {
            price_places,
            qty_places,
            tick: filter("PRICE_FILTER", "tickSize"),
            max_price: filter("PRICE_FILTER", "maxPrice"),
            lot: filter("LOT_SIZE", "stepSize"),
            min_qty: filter("LOT_SIZE", "minQty"),
            max_qty: filter("LOT_SIZE", "maxQty"),
            min_notional: notional("minNotional").or_else(|| notional("notional")),
            ..Sizes::default()
        };
        let kind = PRODUCTS[usize::from(product)].kinds[0];
        let instrument = define(&text("symbol"), kind, &sizes, known)?;
        let status = entry.get_str("status").or_else(|| entry.get_str("contractStatus"));
        let delivery = entry.get_u64("deliveryDate").filter(|ms| *ms < NEVER_MS);
        Ok(Some(Instrument {
            base: text("baseAsset"),
            quote: text("quoteAsset"),
            settle: if product == SPOT { String::new() } else { text("marginAsset") },
            expiry_ns: delivery.map_or(0, |ms| ms as i64 * 1_000_000),
            session: session(status.unwrap_or_default()),
            contract_size: entry.get_i64("contractSize").unwrap_or(1),
            contract_unit: if product == COINM { CONTRACT_QUOTE } else { CONTRACT_BASE },
            ..instrument
        }))
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
