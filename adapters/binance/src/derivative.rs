//! What only futures have: mark price, funding, open interest, liquidations.

use patchbay_feed::prelude::*;

/// Of mark, index and average prices, rates and open interest: as fine as Binance prints.
const EXP: i8 = -8;

/// `markPriceUpdate` (DERIV Mark Price Stream). `P` is the estimated settlement price; delivery
/// contracts have no rate (`""`) and no next funding (0). On the wire `P` stands before `i`.
#[inline(always)]
pub(crate) fn mark<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let time = f.key(br#","E":"#)?.time()?;
    let target = at.target(f.key(br#","s":""#)?.text()?)?;
    let mark = f.key(br#","p":""#)?.decimal(EXP)?;
    let settle = f.at(br#","P":""#).then(|| f.decimal(EXP)).transpose()?.unwrap_or(0);
    let index = f.at(br#","i":""#).then(|| f.decimal(EXP)).transpose()?.unwrap_or(0);
    let rate = f.key(br#","r":""#)?.maybe(EXP)?;
    let next = f.key(br#","T":"#)?.time()?;
    skip!(f, br#","st":"#);
    f.end()?;
    at.mark(target, time, [mark, index, settle], EXP)?;
    Ok(at.funding(target, time, (rate, EXP), (next, 0))?)
}

/// `/premiumIndex` (DERIV Mark Price): the same by REST.
pub(crate) fn premium(f: &mut Tree<'_, '_>, at: &mut Place<'_, '_>) -> Result {
    let target = at.target(f.key(br#""symbol":""#)?.text()?)?;
    let prices = [
        f.key(br#""markPrice":""#)?.decimal(EXP)?,
        f.key(br#""indexPrice":""#)?.decimal(EXP)?,
        f.key(br#""estimatedSettlePrice":""#)?.decimal(EXP)?,
    ];
    let rate = f.key(br#""lastFundingRate":""#)?.maybe(EXP)?;
    let next = f.key(br#""nextFundingTime":"#)?.time()?;
    let time = f.key(br#""time":"#)?.time()?;
    at.mark(target, time, prices, EXP)?;
    at.funding(target, time, (rate, EXP), (next, 0))
}

/// `forceOrder` (DERIV Liquidation Order Streams): the last liquidation of each second.
#[inline(always)]
pub(crate) fn liquidation<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let time = f.key(br#","E":"#)?.time()?;
    f.key(br#","o":"#)?.enter()?;
    let target = at.target(f.key(br#"{"s":""#)?.text()?)?;
    skip!(f, br#","ps":""#);
    let sold = f.key(br#","S":""#)?.sold()?;
    skip!(f, br#","o":""#, br#","f":""#);
    let qty = f.key(br#","q":""#)?.decimal(target.exps.1)?;
    let price = f.key(br#","p":""#)?.decimal(EXP)?;
    let average = f.key(br#","ap":""#)?.decimal(EXP)?;
    skip!(f, br#","X":""#, br#","l":""#, br#","z":""#, br#","T":"#);
    f.end()?;
    Ok(at.liquidation(target, time, sold, [price, average, qty], EXP)?)
}

/// `/openInterest` (DERIV Open Interest): in contracts.
pub(crate) fn interest(f: &mut Tree<'_, '_>, at: &mut Place<'_, '_>) -> Result {
    let target = at.target(f.key(br#""symbol":""#)?.text()?)?;
    let qty = f.key(br#""openInterest":""#)?.decimal(EXP)?;
    let time = f.key(br#""time":"#)?.time()?;
    at.open_interest(target, time, (qty, EXP), (0, 0))
}
