//! Trades.

use patchbay_feed::prelude::*;

/// A row of `trades`, or of `trades-all` without `count` (DOC Trades channel, All trades channel).
/// `side` is the taker's. A row of `count` matches ends with the id `tradeId`. Where `source` is 1, the
/// maker was an order of the Enhanced Liquidity Program: a trade like others, at a price that no book
/// had, for the books leave those orders out.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, target: Target) -> Result<Deal, F::Stop> {
    let mut deal = Deal { target, ..Deal::default() };
    unordered!(f, 5, {
        "tradeId" => deal.id = f.number()?,
        "px" => deal.price = f.decimal(target.exps.0)?,
        "sz" => deal.qty = f.decimal(target.exps.1)?,
        "side" => deal.sold = f.sold()?,
        "ts" => deal.exchange_ns = f.time()?,
        "count" => deal.fills = u32::try_from(f.number()?).unwrap_or(u32::MAX),
        "seqId" => deal.sequence = f.number()?,
    });
    deal.flags = if deal.fills > 1 { TRADE_AGGREGATED } else { 0 };
    Ok(deal)
}
