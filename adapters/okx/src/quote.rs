//! Best bid and ask.

use patchbay_feed::prelude::*;

/// Id and time; price and quantity of bid and ask.
pub(crate) type Best = ((u64, i64), [i64; 4]);

/// A row of `bbo-tbt` (DOC Order book channel), where a side that is empty is `[]`, and `ts` is when
/// it was pushed, not of the book. That its `seqId` counts with the books' is not documented.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, to: Target) -> Result<Best, F::Stop> {
    let form = [Cell::Decimal(to.exps.0), Cell::Decimal(to.exps.1), Cell::Skip, Cell::Skip];
    let [mut ask, mut bid] = [[0; 4]; 2];
    for (key, side) in [(br#"{"asks":"#, &mut ask), (br#","bids":"#, &mut bid)] {
        f.key(key)?.rows(form, |row| {
            *side = row;
            Ok(())
        })?;
    }
    let time = f.key(br#","ts":""#)?.time()?;
    let sequence = f.key(br#","seqId":"#)?.number()?;
    Ok(((sequence, time), [bid[0], bid[1], ask[0], ask[1]]))
}

/// A row of `tickers` (DOC Tickers channel), with empty text for what there is none of.
pub(crate) fn ticker<'f, F: Fields<'f>>(f: &mut F, to: Target) -> Result<Best, F::Stop> {
    let (mut told, mut time) = ([None; 4], 0);
    unordered!(f, 5, {
        "bidPx" => told[0] = f.maybe(to.exps.0)?,
        "bidSz" => told[1] = f.maybe(to.exps.1)?,
        "askPx" => told[2] = f.maybe(to.exps.0)?,
        "askSz" => told[3] = f.maybe(to.exps.1)?,
        "ts" => time = f.time()?,
    });
    Ok(((0, time), best(told)))
}
