//! Books.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::market::time;

/// None by REST: every message is one.
impl Books for Market {}

/// `orderbook` (DOC websocket, orderbook): always the best levels of both sides, 15 or 30. There is no
/// id: the newest wins.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let to = at.target(f.key(br#","code":""#)?.text()?)?;
    skip!(f, br#","total_ask_size":"#, br#","total_bid_size":"#);
    let mut depth = at.depth(to, (0, 0), DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL)?;
    depth.start().scope = SCOPE_NONE;
    let keys = (br#"{"ask_price":"#, br#","bid_price":"#, br#","ask_size":"#, br#","bid_size":"#);
    f.key(br#","orderbook_units":"#)?.units(keys, to, &mut depth)?;
    skip!(f, br#","level":"#);
    depth.start().exchange_ns = time(f.key(br#","timestamp":"#)?)?;
    skip!(f, br#","stream_type":""#);
    f.end()?;
    Ok(depth.finish()?)
}
