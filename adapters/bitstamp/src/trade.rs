//! Trades, and the orders of the book one by one.

use patchbay_feed::prelude::*;

use crate::market::time;

/// `trade` (WS Live ticker): the type is the taker's, 0 to buy and 1 to sell. Recordings of before the
/// venue told it have none.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    symbol: &[u8],
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let target = at.target(symbol)?;
    let mut deal = Deal { target, untold: true, ..Deal::default() };
    unordered!(f, 4, {
        "id" => deal.id = f.number()?,
        "amount_str" => deal.qty = target.qty(f.text()?)?,
        "price_str" => deal.price = target.price(f.text()?)?,
        "microtimestamp" => deal.exchange_ns = time(f)?,
        "type" => (deal.sold, deal.untold) = (sold(f)?, false),
    });
    f.leave()?;
    Ok(at.trade(&deal)?)
}

/// `order_created`, `order_changed`, `order_deleted` (WS Live orders): the amount is what is left.
/// One that changed was executed if the venue says how much of it was traded; recordings of before
/// it did say no more than that less is left.
#[inline]
pub(crate) fn order<'f, F: Fields<'f>>(
    f: &mut F,
    symbol: &[u8],
    event: &[u8],
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let target = at.target(symbol)?;
    let (mut order, mut traded) = (Resting { target, ..Resting::default() }, 0);
    unordered!(f, 5, {
        "id" => order.id = f.number()?,
        "order_type" => order.ask = sold(f)?,
        "microtimestamp" => order.exchange_ns = time(f)?,
        "amount_str" => order.qty = target.qty(f.text()?)?,
        "price_str" => order.price = target.price(f.text()?)?,
        "amount_traded" => traded = target.qty(f.text()?)?,
    });
    f.leave()?;
    order.action = match event {
        b"order_created" => ORDER_ADD,
        b"order_deleted" => ORDER_DELETE,
        _ if traded > 0 => ORDER_EXECUTE,
        _ => ORDER_REDUCE,
    };
    Ok(at.order(&order)?)
}

/// 0 to buy, 1 to sell.
#[inline]
fn sold<'f, F: Fields<'f>>(f: &mut F) -> Read<'f, F, bool> {
    match f.number()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::new("a side is neither 0 nor 1"))?,
    }
}
