//! Books.

use patchbay_feed::prelude::*;

use crate::market::head;

/// `orderbook.{levels}.{symbol}` (V5 websocket/public/orderbook): the best levels, changes of them
/// absolute. `u` goes up by one a message of its topic; 1 is a restart of the service, and a
/// snapshot whatever the frame calls itself.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    at: &mut Place<'_, '_>,
    levels: &str,
) -> Read<'f, F> {
    let (whole, time) = head(f)?;
    f.key(br#","data":"#)?.enter()?;
    let target = at.target(f.key(br#"{"s":""#)?.text()?)?;
    let mut depth = at.depth(target, (0, time), DEPTH_DENSE)?;
    f.sides((br#","b":"#, br#","a":"#), target, &mut depth)?;
    let (sequence, time) = tail(f, time)?;
    let full = levels.parse().is_ok_and(|most: usize| depth.deepest() >= most);
    let start = depth.start();
    (start.sequence, start.exchange_ns) = (sequence, time);
    if whole || sequence == 1 {
        start.flags = DEPTH_SNAPSHOT | if full { DEPTH_PARTIAL } else { 0 };
    }
    Ok(depth.finish()?)
}

/// What follows the levels: `u`, and `cts`, the matching engine's time.
#[inline(always)]
pub(crate) fn tail<'f, F: Fields<'f>>(f: &mut F, time: i64) -> Result<(u64, i64), F::Stop> {
    let sequence = f.key(br#","u":"#)?.number()?;
    skip!(f, br#","seq":"#);
    f.leave()?;
    let matched = f.at(br#","cts":"#).then(|| f.time()).transpose()?;
    f.end()?;
    Ok((sequence, matched.unwrap_or(time)))
}
