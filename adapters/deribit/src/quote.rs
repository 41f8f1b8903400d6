//! Best bid and ask.

use patchbay_feed::prelude::*;

/// What quotes and tickers begin with here.
pub(crate) const KEYS: [&str; 5] =
    ["timestamp", "best_bid_price", "best_bid_amount", "best_ask_price", "best_ask_amount"];

/// `quote.{instrument}` (DOC quote): at every change. It has no id, so that a book cannot be held
/// to it. Where nobody is, as often in options, the price is `null` or the amount 0.
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    target: Target,
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let (mut time, mut sides) = (0, [None; 4]);
    f.key(br#","data":"#)?.enter()?;
    f.unordered(KEYS, 5, |f, key| {
        match key {
            0 => time = f.time()?,
            _ => sides[key - 1] = f.maybe([target.exps.1, target.exps.0][key % 2])?,
        }
        Ok(())
    })?;
    f.end()?;
    Ok(at.quote(target, (0, time), QUOTE_VENUE, best(sides))?)
}
