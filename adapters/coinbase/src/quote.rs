//! Best bid and ask.

use patchbay_feed::prelude::*;

/// An entry of `ticker` (AT Ticker Channel), or all of it (EX Ticker Channel, whose quantities are
/// called sizes): with every trade. Until 2022 the Exchange told no quantities, which is no quote. A
/// side with the quantity 0 is empty.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    mut id: (u64, i64),
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let [mut symbol, mut bid, mut bid_qty, mut ask, mut ask_qty] = [&b""[..]; 5];
    unordered!(f, 1, {
        "product_id" => symbol = f.text()?,
        "best_bid" => bid = f.text()?,
        "best_bid_quantity" => bid_qty = f.text()?,
        "best_bid_size" => bid_qty = f.text()?,
        "best_ask" => ask = f.text()?,
        "best_ask_quantity" => ask_qty = f.text()?,
        "best_ask_size" => ask_qty = f.text()?,
        "sequence" => id.0 = f.number()?,
        "time" => id.1 = f.iso()?,
    });
    let to = at.target(symbol)?;
    if bid_qty.is_empty() && ask_qty.is_empty() {
        return Ok(());
    }
    let some = |text: &[u8], exp| match text {
        b"" => Ok(None),
        _ => Target { exps: (exp, exp), ..to }.price(text).map(Some),
    };
    let (price, qty) = to.exps;
    let sides = [some(bid, price)?, some(bid_qty, qty)?, some(ask, price)?, some(ask_qty, qty)?];
    Ok(at.quote(to, id, QUOTE_VENUE, best(sides))?)
}
