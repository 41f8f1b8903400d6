//! Books.

use patchbay_feed::prelude::*;

use crate::Market;

/// None by REST: subscriptions begin with them.
impl Books for Market {}

/// Events of `l2_data` (AT Level2 Channel): whole books and changes, quantities absolute.
#[inline]
pub(crate) fn events<'f, F: Fields<'f>>(
    f: &mut F,
    id: (u64, i64),
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let mut first = true;
    f.each(|f| {
        let whole = f.key(br#"{"type":""#)?.either(b"snapshot", b"update")?;
        let to = at.target(f.key(br#","product_id":""#)?.text()?)?;
        let flags = if whole { DEPTH_SNAPSHOT } else { 0 };
        let mut depth = at.depth_of_conn(to, id, flags, std::mem::take(&mut first))?;
        let mut time = None;
        f.key(br#","updates":"#)?.mixed(&mut depth, |f, put| {
            f.each(|f| {
                let ask = f.key(br#"{"side":""#)?.either(b"offer", b"bid")?;
                time = Some(f.key(br#","event_time":""#)?.iso()?);
                let price = f.key(br#","price_level":""#)?.decimal(to.exps.0)?;
                let qty = f.key(br#","new_quantity":""#)?.decimal(to.exps.1)?;
                Ok(put(ask, price, qty)?)
            })
        })?;
        depth.start().exchange_ns = time.unwrap_or(id.1);
        Ok(depth.finish()?)
    })?;
    if first { Ok(at.count(id)?) } else { Ok(()) }
}

/// `snapshot` (EX Level2 Channel), which used to have the asks first, and no time.
#[inline]
pub(crate) fn snapshot<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let to = at.target(f.key(br#","product_id":""#)?.text()?)?;
    let mut depth = at.depth_without_id(to, DEPTH_SNAPSHOT)?;
    if f.at(br#","asks":"#) {
        f.levels(to.exps, |levels| depth.levels(levels))?;
        depth.bids();
        f.key(br#","bids":"#)?.levels(to.exps, |levels| depth.levels(levels))?;
    } else {
        f.sides((br#","bids":"#, br#","asks":"#), to, &mut depth)?;
    }
    depth.start().exchange_ns = if f.at(br#","time":""#) { f.iso()? } else { 0 };
    f.end()?;
    Ok(depth.finish()?)
}

/// `l2update` (EX Level2 Channel): absolute quantities. `time` used to be behind the changes.
#[inline]
pub(crate) fn update<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let to = at.target(f.key(br#","product_id":""#)?.text()?)?;
    let early = f.at(br#","time":""#).then(|| f.iso()).transpose()?;
    let mut depth = at.depth_without_id(to, 0)?;
    let form = [Cell::Either("buy", "sell"), Cell::Decimal(to.exps.0), Cell::Decimal(to.exps.1)];
    f.key(br#","changes":"#)?
        .mixed(&mut depth, |f, put| f.rows(form, |[buy, price, qty]| put(buy == 0, price, qty)))?;
    depth.start().exchange_ns = early.map_or_else(|| f.key(br#","time":""#)?.iso(), Ok)?;
    f.end()?;
    Ok(depth.finish()?)
}
