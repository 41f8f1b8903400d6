//! Liquidations.

use patchbay_feed::prelude::*;

/// A row of `liquidation-orders` (DOC Liquidation orders channel), which tells of all instruments of
/// a type: each connection takes its own. `bkPx` is the bankruptcy price, `side` the order's. The
/// symbol comes last, so that this is for the general parser.
pub(crate) fn liquidation<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let symbol = f.key(br#""instId":""#)?.text()?;
    if !at.carries(symbol) {
        return Ok(());
    }
    let to = at.target(symbol)?;
    f.key(br#""details":"#)?.each(|f| {
        let (price, exp) = f.key(br#""bkPx":""#)?.figure()?;
        let sold = f.key(br#""side":""#)?.sold()?;
        let qty = f.key(br#""sz":""#)?.decimal(to.exps.1)?;
        let time = f.key(br#""ts":""#)?.time()?;
        Ok(at.liquidation(to, time, sold, [price, 0, qty], exp)?)
    })
}
