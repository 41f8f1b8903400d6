//! Books.

use patchbay_feed::prelude::*;

use crate::Market;

/// None by REST: every message is one.
impl Books for Market {}

/// `orderbook` (DOC websocket-orderbook): always the best levels of both sides, 15 until 2025. There
/// is no id: the newest wins.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let to = at.target(f.key(br#","cd":""#)?.text()?)?;
    let time = f.key(br#","tms":"#)?.time()?;
    skip!(f, br#","tas":"#, br#","tbs":"#);
    let mut depth = at.depth(to, (0, time), DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL)?;
    depth.start().scope = SCOPE_NONE;
    let keys = (br#"{"ap":"#, br#","bp":"#, br#","as":"#, br#","bs":"#);
    f.key(br#","obu":"#)?.units(keys, to, &mut depth)?;
    skip!(f, br#","lv":"#, br#","st":""#);
    f.end()?;
    Ok(depth.finish()?)
}
