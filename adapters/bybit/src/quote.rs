//! Best bid and ask.

use patchbay_feed::prelude::*;

use crate::depth::tail;
use crate::market::head;

/// `orderbook.1.{symbol}` (V5 websocket/public/orderbook): always whole, and sent again with the
/// same `u` where nothing changed for 3 s. A side may be empty.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let (whole, time) = head(f)?;
    f.key(br#","data":"#)?.enter()?;
    let target = at.target(f.key(br#"{"s":""#)?.text()?)?;
    let best = f.tops((br#","b":"#, br#","a":"#), target)?;
    let id = tail(f, time)?;
    if !whole {
        Err(Error::new("field `type`: level 1 is always a snapshot"))?;
    }
    Ok(at.quote(target, id, QUOTE_VENUE, best)?)
}
