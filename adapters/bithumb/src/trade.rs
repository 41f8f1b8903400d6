//! Trades.

use patchbay_feed::prelude::*;

use crate::market::time;

/// `trade` (DOC websocket, trade): `ask_bid` is the taker's side, `trade_timestamp` when it was
/// matched, `sequential_id` unique. Date and time as text are those of Seoul.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let target = at.target(f.key(br#","code":""#)?.text()?)?;
    let price = f.key(br#","trade_price":"#)?.decimal(target.exps.0)?;
    let qty = f.key(br#","trade_volume":"#)?.decimal(target.exps.1)?;
    let sold = f.key(br#","ask_bid":""#)?.sold()?;
    skip!(f, br#","prev_closing_price":"#, br#","change":""#, br#","change_price":"#);
    skip!(f, br#","trade_date":""#, br#","trade_time":""#);
    let exchange_ns = time(f.key(br#","trade_timestamp":"#)?)?;
    let id = f.key(br#","sequential_id":"#)?.number()?;
    skip!(f, br#","timestamp":"#, br#","stream_type":""#);
    f.end()?;
    Ok(at.trade(&Deal { target, id, exchange_ns, price, qty, sold, ..Deal::default() })?)
}
