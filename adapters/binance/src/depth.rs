//! Changes of the book.

use patchbay_feed::prelude::*;

use crate::product::SPOT;

/// `depthUpdate` (SPOT web-socket-streams.md, Diff. Depth Stream; DERIV Diff. Book Depth
/// Streams). Quantities are absolute. Spot ids are dense; futures name the id before.
#[inline(always)]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let time = f.key(br#","E":"#)?.time()?;
    skip!(f, br#","T":"#);
    let target = at.target(f.key(br#","s":""#)?.text()?)?;
    skip!(f, br#","ps":""#, br#","st":"#);
    let first = f.key(br#","U":"#)?.number()?;
    let sequence = f.key(br#","u":"#)?.number()?;
    let (chain, previous) = match at.product {
        SPOT => (DEPTH_DENSE, 0),
        _ => (DEPTH_PREVIOUS, f.key(br#","pu":"#)?.number()?),
    };
    let mut depth = at.depth(target, (sequence, time), DEPTH_FIRST | chain)?;
    (depth.start().first, depth.start().previous) = (first, previous);
    f.sides((br#","b":"#, br#","a":"#), target, &mut depth)?;
    skip!(f, br#","st":"#);
    f.end()?;
    Ok(depth.finish()?)
}
