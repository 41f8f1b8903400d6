//! A book that was wrong, in words.

use patchbay_book::Difference;
use patchbay_engine::{Engine, Incident, Proof};
use patchbay_model::{Side, trimmed};

/// One line: instrument, update id, what disagreed, at which price, and both quantities.
pub(crate) fn text(engine: &Engine, incident: &Incident) -> String {
    let Some(listing) = engine.listing(incident.instrument) else {
        return format!("instrument {}: {:?}", incident.instrument, incident.proof);
    };
    let about = &listing.about;
    let venue = engine.registry().venue_name(listing.venue).unwrap_or_default();
    let price = |mantissa| trimmed(mantissa, about.price_exp);
    let level = |difference: &Difference| {
        let side = match difference.side {
            Side::Buy => "bid",
            Side::Sell => "ask",
        };
        format!(
            "{side} {} is {} in the book, {} at the venue",
            price(difference.price),
            trimmed(difference.book, about.qty_exp),
            trimmed(difference.venue, about.qty_exp),
        )
    };
    let what = match &incident.proof {
        Proof::Quote(difference) => format!("wrong by the venue's quote: {}", level(difference)),
        Proof::Audit(difference) => format!("wrong by an audit: {}", level(difference)),
        Proof::Crossed { bid, ask, for_ns } => format!(
            "wrong: bid {} and ask {} for {} ms",
            price(*bid),
            price(*ask),
            for_ns / 1_000_000,
        ),
    };
    let (kind, symbol, sequence) = (about.kind, &about.symbol, incident.sequence);
    format!("{venue} {kind} {symbol} at update {sequence}: {what}; it is fetched anew")
}
