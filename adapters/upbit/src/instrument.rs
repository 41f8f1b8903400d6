//! Instruments, and what a ticker tells of their sessions.

use patchbay_feed::prelude::*;

use crate::Market;

impl Instruments for Market {
    const ENTRY: &'static str = "market";
    const QUOTES: &'static [&'static str] = &["KRW", "KRW_STABLE", "BTC", "USDT"];

    /// DOC usdtkrw_tick_unit_change: two pairs in KRW have steps of their own.
    fn table(entry: Value<'_, '_>) -> Option<&'static str> {
        matches!(Self::symbol(entry), "KRW-USDT" | "KRW-USDC").then_some("KRW_STABLE")
    }

    /// DOC list-trading-pairs: a name and nothing else. Prices and quantities have 8 decimals at most.
    fn instrument(
        _product: u8,
        entry: Value<'_, '_>,
        known: Option<(i8, i8)>,
    ) -> Result<Option<Instrument>> {
        let symbol = entry.get_str("market").unwrap_or_default();
        let Some((quote, base)) = symbol.split_once('-') else {
            return Err(Error::new(format!("{symbol:?} is no pair of quote and base")));
        };
        let lot = Some("0.00000001");
        let sizes = Sizes { price_places: 8, qty_places: 8, lot, ..Sizes::default() };
        let (base, quote) = (base.to_owned(), quote.to_owned());
        Ok(Some(Instrument { base, quote, ..define(symbol, Kind::Spot, &sizes, known)? }))
    }
}

/// `ms` of a ticker (DOC websocket-ticker), which names much that is of no use here.
#[inline]
pub(crate) fn session<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let to = at.target(f.key(br#","cd":""#)?.text()?)?;
    let (mut state, mut time) = (SESSION_UNKNOWN, 0);
    unordered!(rest, f, 2, {
        "ms" => state = match f.text()? {
            b"ACTIVE" => SESSION_CONTINUOUS,
            b"PREVIEW" => SESSION_PRE_OPEN,
            b"DELISTED" => SESSION_CLOSED,
            _ => SESSION_UNKNOWN,
        },
        "tms" => time = f.time()?,
    });
    f.end()?;
    Ok(at.state(to, time, state)?)
}
