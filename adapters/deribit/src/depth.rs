//! Books.

use patchbay_feed::prelude::*;

const KEYS: [&str; 5] = ["timestamp", "change_id", "bids", "asks", "prev_change_id"];

/// `book.{instrument}.{interval}` (DOC book): the first notification is the whole book, all others
/// name the one before. Amounts are absolute.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    target: Target,
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let mut depth = at.depth(target, (0, 0), DEPTH_SNAPSHOT)?;
    let mut bids = false;
    f.key(br#","data":"#)?.enter()?;
    f.unordered(KEYS, 4, |f, key| {
        match key {
            0 => depth.start().exchange_ns = f.time()?,
            1 => depth.start().sequence = f.number()?,
            2 => {
                f.actions("delete", target, &mut depth)?;
                depth.asks();
                bids = true;
            }
            3 if bids => f.actions("delete", target, &mut depth)?,
            3 => return Err(f.missing()),
            _ => {
                if let Some(previous) = f.maybe(0)? {
                    depth.start().previous = previous as u64;
                    depth.start().flags = DEPTH_PREVIOUS;
                }
            }
        }
        Ok(())
    })?;
    f.end()?;
    Ok(depth.finish()?)
}
