//! Instruments, and their states.

use patchbay_feed::prelude::*;

use crate::Market;

/// Perpetuals and spot "expire" in the year 3000, in ms.
const NEVER_MS: i64 = 32_503_708_800_000;

impl Instruments for Market {
    const ENTRY: &'static str = "instrument_name";

    /// DOC public/get_instruments. Quantities are amounts, not contracts: USD of inverse futures,
    /// coins of all else. So a unit stands for 1 of that whatever `contract_size` says, in steps of
    /// `min_trade_amount`. Block trades have finer prices than the tick. Combinations are left out.
    fn instrument(
        _product: u8,
        entry: Value<'_, '_>,
        known: Option<(i8, i8)>,
    ) -> Result<Option<Instrument>> {
        let some = |key: &str| entry.get_str(key);
        let text = |key: &str| some(key).unwrap_or_default().to_owned();
        let kind = match (some("kind"), some("instrument_type")) {
            (Some("spot"), _) => Kind::Spot,
            (Some("option"), _) => Kind::Option,
            (Some("future"), Some("linear")) => Kind::Linear,
            // Lists of 2021 do not say: all were.
            (Some("future"), _) => Kind::Inverse,
            _ => return Ok(None),
        };
        let bands = steps(entry.get("tick_size_steps"), ("above_price", "tick_size"));
        let sizes = Sizes {
            price_places: 8,
            qty_places: 8,
            tick: some("tick_size"),
            bands: &bands,
            strike: some("strike"),
            lot: some("min_trade_amount"),
            min_qty: some("min_trade_amount"),
            ..Sizes::default()
        };
        let instrument = define(&text("instrument_name"), kind, &sizes, known)?;
        let settle = some("settlement_currency").or_else(|| some("base_currency"));
        let settle = settle.filter(|_| kind != Kind::Spot);
        let expiry = some("expiration_timestamp").and_then(|ms| ms.parse().ok());
        let expiry = expiry.filter(|ms| (0..NEVER_MS).contains(ms));
        let active = if entry.get_bool("is_active") == Some(false) { "inactive" } else { "open" };
        Ok(Some(Instrument {
            base: text("base_currency"),
            quote: text("quote_currency"),
            settle: settle.unwrap_or_default().to_owned(),
            option: some("option_type").and_then(OptionSide::from_name),
            expiry_ns: expiry.unwrap_or(0) * 1_000_000,
            session: session(some("state").unwrap_or(active)),
            contract_unit: if kind == Kind::Inverse { CONTRACT_QUOTE } else { CONTRACT_BASE },
            ..instrument
        }))
    }
}

/// State of a book (DOC ticker), or what happened to an instrument (DOC instrument.state). After
/// `settled` all goes on as before.
pub(crate) fn session(state: &str) -> u8 {
    match state {
        "open" | "started" => SESSION_CONTINUOUS,
        "created" => SESSION_PRE_OPEN,
        "settlement" => SESSION_SETTLING,
        "locked" => SESSION_CANCEL_ONLY,
        "halted" => SESSION_HALT,
        "inactive" | "deactivated" | "delivered" => SESSION_CLOSED,
        "closed" | "terminated" | "archivized" => SESSION_CLOSED,
        _ => SESSION_UNKNOWN,
    }
}
