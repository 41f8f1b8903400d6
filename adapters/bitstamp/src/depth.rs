//! Books.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::market::time;

/// None by REST: every message is one.
impl Books for Market {}

/// `order_book` (WS Live order book): the best hundred levels of both sides, whole, known by their
/// time: the newest wins.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    symbol: &[u8],
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let to = at.target(symbol)?;
    skip!(f, br#"{"timestamp":""#);
    let time = time(f.key(br#","microtimestamp":""#)?)?;
    let mut depth = at.depth(to, (0, time), DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL)?;
    depth.start().scope = SCOPE_NONE;
    f.sides((br#","bids":"#, br#","asks":"#), to, &mut depth)?;
    f.leave()?;
    Ok(depth.finish()?)
}
