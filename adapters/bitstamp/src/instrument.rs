//! Markets, and whether they are open.

use patchbay_feed::prelude::*;

use crate::Market;

impl Instruments for Market {
    const ENTRY: &'static str = "market_symbol";

    /// API Markets: decimals in place of steps. Perpetuals are not taken.
    fn instrument(
        _product: u8,
        entry: Value<'_, '_>,
        known: Option<(i8, i8)>,
    ) -> Result<Option<Instrument>> {
        let text = |key| entry.get_str(key);
        if text("market_type").is_some_and(|kind| kind != "SPOT") {
            return Ok(None);
        }
        let step = |key| text(key).map(|places| format!("1e-{places}"));
        let (tick, lot) = (step("counter_decimals"), step("base_decimals"));
        let sizes = Sizes {
            tick: tick.as_deref(),
            lot: lot.as_deref(),
            min_notional: text("minimum_order_value"),
            ..Sizes::default()
        };
        let currency = |key| text(key).unwrap_or_default().to_owned();
        Ok(Some(Instrument {
            base: currency("base_currency"),
            quote: currency("counter_currency"),
            session: match text("trading") {
                Some("Enabled") => SESSION_CONTINUOUS,
                Some("Disabled") => SESSION_HALT,
                _ => SESSION_UNKNOWN,
            },
            ..define(Self::symbol(entry), Kind::Spot, &sizes, known)?
        }))
    }
}
