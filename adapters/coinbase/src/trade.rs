//! Trades.

use patchbay_feed::prelude::*;

/// Events of `market_trades` (AT Market Trades Channel), the newest trade first. The first event of a
/// subscription is of trades before it.
#[inline]
pub(crate) fn events<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let start = at.cx.records();
    f.each(|f| {
        let new = f.key(br#"{"type":""#)?.either(b"update", b"snapshot")?;
        f.key(br#","trades":"#)?.each(|f| read(f, at, new))
    })?;
    at.cx.turn_round(start);
    Ok(())
}

/// `match`, and `last_match` for the trade before the subscription (EX Matches Channel).
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>, new: bool) -> Read<'f, F> {
    let [mut symbol, mut price, mut qty] = [&b""[..]; 3];
    let mut deal = Deal::default();
    unordered!(f, 6, {
        "product_id" => symbol = f.text()?,
        "trade_id" => deal.id = f.number()?,
        "price" => price = f.text()?,
        "size" => qty = f.text()?,
        "time" => deal.exchange_ns = f.iso()?,
        // The maker's in both feeds: what it says sells stands at the best ask.
        "side" => deal.sold = !f.sold()?,
        "sequence" => deal.sequence = f.number()?,
    });
    let to = at.target(symbol)?;
    (deal.target, deal.price, deal.qty) = (to, to.price(price)?, to.qty(qty)?);
    if new { Ok(at.trade(&deal)?) } else { Ok(()) }
}
