//! Instruments from `instruments-info` (V5 market/instrument; enum, status).

use patchbay_feed::places;
use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::{INVERSE, OPTION, PRODUCTS};

impl Instruments for Market {
    fn instrument(
        product: u8,
        entry: Value<'_, '_>,
        known: Option<(i8, i8)>,
    ) -> Result<Option<Instrument>> {
        let text = |key: &str| entry.get_str(key).unwrap_or_default().to_owned();
        // Absent decimals are empty texts.
        let given = |text: &&str| !text.is_empty();
        let decimal = |of: &str, key: &str| entry.get(of)?.get(key)?.into_string().filter(given);
        let lot = |key: &str| decimal("lotSizeFilter", key);
        let tick = decimal("priceFilter", "tickSize");
        let most = lot("maxLimitOrderQty").or_else(|| lot("maxOrderQty"));
        let scale = entry.get_str("priceScale").and_then(|scale| scale.parse().ok());
        let symbol = text("symbol");
        let sizes = Sizes {
            // BTC-29JUL22-25000-C, with the settlement coin behind it where that is not USDC.
            strike: symbol.split('-').nth(2).filter(|_| product == OPTION),
            price_places: scale.unwrap_or_else(|| places(tick)),
            qty_places: places(most),
            tick,
            max_price: decimal("priceFilter", "maxPrice"),
            lot: lot("qtyStep").or_else(|| lot("basePrecision")),
            min_qty: lot("minOrderQty"),
            max_qty: most,
            min_notional: lot("minNotionalValue").or_else(|| lot("minOrderAmt")),
            ..Sizes::default()
        };
        let kind = PRODUCTS[usize::from(product)].kinds[0];
        let instrument = define(&symbol, kind, &sizes, known)?;
        let delivery = entry.get_str("deliveryTime").and_then(|ms| ms.parse::<i64>().ok());
        Ok(Some(Instrument {
            base: text("baseCoin"),
            quote: text("quoteCoin"),
            settle: text("settleCoin"),
            contract_unit: if product == INVERSE { CONTRACT_QUOTE } else { CONTRACT_BASE },
            option: OptionSide::from_name(&text("optionsType").to_lowercase()),
            expiry_ns: delivery.unwrap_or(0).saturating_mul(1_000_000),
            session: session(entry.get_str("status").unwrap_or_default()),
            ..instrument
        }))
    }
}

fn session(status: &str) -> u8 {
    match status {
        "Trading" => SESSION_CONTINUOUS,
        "PreLaunch" => SESSION_PRE_OPEN,
        "Delivering" => SESSION_SETTLING,
        "Closed" => SESSION_CLOSED,
        _ => SESSION_UNKNOWN,
    }
}
