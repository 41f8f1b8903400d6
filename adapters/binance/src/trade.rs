//! Trades.

use patchbay_feed::prelude::*;

/// `trade` (SPOT web-socket-streams.md, Trade Streams). Futures send it undocumented, with `X`:
/// insurance fund and auto-deleveraging are no matches. Spot named both orders until 2023.
#[inline(always)]
pub(crate) fn read_single<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let time = f.key(br#","E":"#)?.time()?;
    skip!(f, br#","T":"#);
    let target = at.target(f.key(br#","s":""#)?.text()?)?;
    let id = f.key(br#","t":"#)?.number()?;
    let mut deal = begin(f, target, id, time)?;
    if f.at(br#","X":""#) && f.text()? != b"MARKET" {
        deal.flags = TRADE_OFF_BOOK;
    }
    skip!(f, br#","b":"#, br#","a":"#);
    end(f, deal, at)
}

/// `aggTrade` (SPOT web-socket-streams.md, Aggregate Trade Streams; DERIV Aggregate Trade
/// Streams): fills of one taker order, `f` to `l`, at one price. Futures put `a` before `s`, and
/// since 2025-12-31 `nq`, the quantity without RPI fills, after `q`.
#[inline(always)]
pub(crate) fn read_aggregate<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let time = f.key(br#","E":"#)?.time()?;
    let early = f.at(br#","a":"#).then(|| f.number()).transpose()?;
    let target = at.target(f.key(br#","s":""#)?.text()?)?;
    let id = match early {
        Some(id) => id,
        None => f.key(br#","a":"#)?.number()?,
    };
    let mut deal = begin(f, target, id, time)?;
    skip!(f, br#","nq":""#);
    let first = f.key(br#","f":"#)?.number()?;
    let last = f.key(br#","l":"#)?.number()?;
    let fills = last.saturating_sub(first).saturating_add(1);
    deal.fills = u32::try_from(fills).unwrap_or(u32::MAX);
    deal.flags = TRADE_AGGREGATED;
    end(f, deal, at)
}

/// Price and quantity, as both kinds have them.
#[inline(always)]
fn begin<'f, F: Fields<'f>>(f: &mut F, to: Target, id: u64, time: i64) -> Result<Deal, F::Stop> {
    let price = f.key(br#","p":""#)?.decimal(to.exps.0)?;
    let qty = f.key(br#","q":""#)?.decimal(to.exps.1)?;
    Ok(Deal { target: to, id, sequence: id, exchange_ns: time, price, qty, ..Deal::default() })
}

/// What ends both kinds. `m`: the buyer is the maker, so the seller took.
#[inline(always)]
fn end<'f, F: Fields<'f>>(f: &mut F, mut deal: Deal, at: &mut Place<'_, '_>) -> Read<'f, F> {
    skip!(f, br#","T":"#);
    deal.sold = f.key(br#","m":"#)?.flag()?;
    skip!(f, br#","M":"#, br#","st":"#);
    f.end()?;
    Ok(at.trade(&deal)?)
}
