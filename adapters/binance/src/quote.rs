//! Best bid and ask.

use patchbay_feed::prelude::*;

/// `bookTicker` (SPOT web-socket-streams.md, Individual Symbol Book Ticker Streams; DERIV
/// Individual Symbol Book Ticker Streams). Spot sends neither `e` nor a time; COIN-M puts `u`
/// first, so that `id` is the text before it; the futures' times stand before the symbol in
/// documentation and last on the wire. `u` counts with the book.
#[inline(always)]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    id: &'static [u8; 5],
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let sequence = f.key(id)?.number()?;
    if f.at(br#","e":""#) && f.text()? != b"bookTicker" {
        return Err(f.missing());
    }
    let early = f.at(br#","E":"#).then(|| f.time()).transpose()?;
    skip!(f, br#","T":"#);
    let target = at.target(f.key(br#","s":""#)?.text()?)?;
    skip!(f, br#","ps":""#);
    let (price_exp, qty_exp) = target.exps;
    let best = [
        f.key(br#","b":""#)?.decimal(price_exp)?,
        f.key(br#","B":""#)?.decimal(qty_exp)?,
        f.key(br#","a":""#)?.decimal(price_exp)?,
        f.key(br#","A":""#)?.decimal(qty_exp)?,
    ];
    skip!(f, br#","T":"#);
    let late = (early.is_none() && f.at(br#","E":"#)).then(|| f.time()).transpose()?;
    skip!(f, br#","st":"#, br#","ps":""#);
    f.end()?;
    let time = early.or(late).unwrap_or(0);
    Ok(at.quote(target, (sequence, time), QUOTE_VENUE | QUOTE_SAME_IDS, best)?)
}
