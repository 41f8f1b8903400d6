//! Trades, and the best bid and ask.

use patchbay_feed::prelude::*;

/// `trade` (DOC websocket-trade): `ab` is the taker's side, `ttms` when it was matched, `sid` unique
/// and in no order. Since 2024-11-27 the best bid and ask of that moment come with it.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let target = at.target(f.key(br#","cd":""#)?.text()?)?;
    let (price, qty) = target.exps;
    let sent_ns = f.key(br#","tms":"#)?.time()?;
    skip!(f, br#","td":""#, br#","ttm":""#);
    let mut deal = Deal { target, ..Deal::default() };
    deal.exchange_ns = f.key(br#","ttms":"#)?.time()?;
    deal.price = f.key(br#","tp":"#)?.decimal(price)?;
    deal.qty = f.key(br#","tv":"#)?.decimal(qty)?;
    deal.sold = f.key(br#","ab":""#)?.sold()?;
    skip!(f, br#","pcp":"#, br#","c":""#, br#","cp":"#);
    deal.id = f.key(br#","sid":"#)?.number()?;
    let mut told = [None; 4];
    if f.at(br#","bap":"#) {
        told[2] = Some(f.decimal(price)?);
        told[3] = Some(f.key(br#","bas":"#)?.decimal(qty)?);
        told[0] = Some(f.key(br#","bbp":"#)?.decimal(price)?);
        told[1] = Some(f.key(br#","bbs":"#)?.decimal(qty)?);
    }
    skip!(f, br#","st":""#);
    f.end()?;
    at.trade(&deal)?;
    if told[0].is_some() {
        at.quote(target, (0, sent_ns), QUOTE_VENUE, best(told))?;
    }
    Ok(())
}
