//! Books.

use patchbay_feed::prelude::*;

use crate::Market;

/// None by REST: every message is one.
impl Books for Market {}

/// `book` (DOC books): the best levels of both sides, whole, without an id: the newest wins.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let to = at.target(f.key(br#","symbol":""#)?.text()?)?;
    let time = f.key(br#","time":"#)?.time()?;
    let mut depth = at.depth(to, (0, time), DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL)?;
    depth.start().scope = SCOPE_NONE;
    f.sides((br#","bids":"#, br#","asks":"#), to, &mut depth)?;
    f.end()?;
    Ok(depth.finish()?)
}
