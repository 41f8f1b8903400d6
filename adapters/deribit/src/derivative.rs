//! Tickers: mark price, funding, open interest, state.

use patchbay_feed::prelude::*;

use crate::instrument::session;
use crate::quote;

/// Of mark, index and settlement prices, which are finer than ticks.
const EXP: i8 = -10;
/// Of funding rates.
const RATE_EXP: i8 = -14;
/// What a funding rate is for.
const EIGHT_HOURS: Nanos = 28_800_000_000_000;

const KEYS: [&str; 11] = {
    let [time, bid, bid_qty, ask, ask_qty] = quote::KEYS;
    let (mark, index, settle) = ("mark_price", "index_price", "estimated_delivery_price");
    let (interest, funding) = ("open_interest", "current_funding");
    [time, bid, bid_qty, ask, ask_qty, mark, index, settle, interest, funding, "state"]
};

/// `ticker.{instrument}.{interval}` (DOC ticker). Its best bid and ask are told unless the channel of
/// quotes has told newer ones. Funding is paid continuously, so that it is next charged at once; only
/// perpetuals have it, and spot has no open interest.
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    target: Target,
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let (mut time, mut state) = (0, SESSION_UNKNOWN);
    let (mut sides, mut prices, mut interest, mut funding) = ([None; 4], [None; 3], None, None);
    f.key(br#","data":"#)?.enter()?;
    f.unordered(KEYS, 5, |f, key| {
        match key {
            0 => time = f.time()?,
            1..=4 => sides[key - 1] = f.maybe([target.exps.1, target.exps.0][key % 2])?,
            5..=7 => prices[key - 5] = f.maybe(EXP)?,
            8 => interest = f.maybe(target.exps.1)?,
            9 => funding = f.maybe(RATE_EXP)?,
            _ => state = session(str::from_utf8(f.text()?).unwrap_or_default()),
        }
        Ok(())
    })?;
    f.end()?;
    at.late_quote(target, (0, time), QUOTE_VENUE, best(sides))?;
    at.mark(target, time, prices.map(|price| price.unwrap_or(0)), EXP)?;
    at.funding(target, time, (funding, RATE_EXP), (time, EIGHT_HOURS))?;
    if let Some(interest) = interest {
        at.open_interest(target, time, (interest, target.exps.1), (0, 0))?;
    }
    Ok(at.state(target, time, state)?)
}
