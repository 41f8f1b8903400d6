//! Trades.

use patchbay_plugin::AdapterCx;
use patchbay_plugin::abi::{
    Head, SIDE_BUY, SIDE_SELL, SLOT_TRADE, TRADE_AGGREGATED, TRADE_OFF_BOOK, Trade,
};

use crate::fields::Fields;
use crate::symbol::{Place, Target};

/// `trade` (SPOT web-socket-streams.md, Trade Streams). Futures send it undocumented, with `X`:
/// insurance fund and auto-deleveraging are no matches. Spot named both orders until 2023.
#[inline]
pub(crate) fn read_single<'f, F: Fields<'f>>(
    f: &mut F,
    place: Place<'_>,
    cx: &mut AdapterCx<'_>,
) -> Result<Target<'f>, F::Stop> {
    let exchange_ns = f.key(br#","E":"#)?.time()?;
    f.skip(br#","T":"#)?;
    let target = place.target(f.key(br#","s":""#)?.text()?);
    let id = f.key(br#","t":"#)?.number()?;
    let mut trade = begin(f, target, id, exchange_ns)?;
    if f.at(br#","X":""#) && f.text()? != b"MARKET" {
        trade.flags = TRADE_OFF_BOOK;
    }
    f.skip(br#","b":"#)?;
    f.skip(br#","a":"#)?;
    end(f, trade, cx)?;
    Ok(target)
}

/// `aggTrade` (SPOT web-socket-streams.md, Aggregate Trade Streams; DERIV Aggregate Trade
/// Streams): fills of one taker order, `f` to `l`, at one price. Futures put `a` before `s`, and
/// since 2025-12-31 `nq`, the quantity without RPI fills, after `q`.
#[inline]
pub(crate) fn read_aggregate<'f, F: Fields<'f>>(
    f: &mut F,
    place: Place<'_>,
    cx: &mut AdapterCx<'_>,
) -> Result<Target<'f>, F::Stop> {
    let exchange_ns = f.key(br#","E":"#)?.time()?;
    let early = f.at(br#","a":"#).then(|| f.number()).transpose()?;
    let target = place.target(f.key(br#","s":""#)?.text()?);
    let id = early.map_or_else(|| f.key(br#","a":"#)?.number(), Ok)?;
    let mut trade = begin(f, target, id, exchange_ns)?;
    f.skip(br#","nq":""#)?;
    let first = f.key(br#","f":"#)?.number()?;
    let last = f.key(br#","l":"#)?.number()?;
    let fills = last.saturating_sub(first).saturating_add(1);
    trade.fills = u32::try_from(fills).unwrap_or(u32::MAX);
    trade.flags = TRADE_AGGREGATED;
    end(f, trade, cx)?;
    Ok(target)
}

/// Price and quantity, as both kinds have them.
#[inline(always)]
fn begin<'f, F: Fields<'f>>(
    f: &mut F,
    target: Target<'_>,
    trade_id: u64,
    exchange_ns: i64,
) -> Result<Trade, F::Stop> {
    Ok(Trade {
        head: Head {
            kind: SLOT_TRADE,
            flags: 0,
            instrument: target.index,
            sequence: trade_id,
            exchange_ns,
            receive_ns: 0,
        },
        price: f.key(br#","p":""#)?.decimal(target.exps.0)?,
        qty: f.key(br#","q":""#)?.decimal(target.exps.1)?,
        trade_id,
        fills: 0,
        aggressor: SIDE_BUY,
        id_hashed: 0,
        flags: 0,
    })
}

/// What ends both kinds. `m`: the buyer is the maker, so the seller took.
#[inline(always)]
fn end<'f, F: Fields<'f>>(
    f: &mut F,
    mut trade: Trade,
    cx: &mut AdapterCx<'_>,
) -> Result<(), F::Stop> {
    f.skip(br#","T":"#)?;
    if f.key(br#","m":"#)?.flag()? {
        trade.aggressor = SIDE_SELL;
    }
    f.skip(br#","M":"#)?;
    f.skip(br#","st":"#)?;
    f.end()?;
    trade.head.receive_ns = cx.now();
    Ok(cx.push(trade)?)
}
