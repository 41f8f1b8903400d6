//! Trades, and the liquidations among them.

use patchbay_feed::prelude::*;

const KEYS: [&str; 9] = {
    let (off_book, combination) = ("block_trade_id", "combo_id");
    let (id, sequence, liquidation) = ("trade_id", "trade_seq", "liquidation");
    let (time, price, qty, side) = ("timestamp", "price", "amount", "direction");
    [time, price, qty, side, id, sequence, liquidation, off_book, combination]
};

/// `trades.{instrument}.{interval}` (DOC trades): `direction` is the taker's. `trade_seq` counts the
/// instrument's trades without holes. Block trades and legs of combinations were not matched in this
/// book. `liquidation` says who was liquidated, `M`aker or `T`aker or both; of the order only this
/// fill is known.
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    target: Target,
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    f.key(br#","data":"#)?.each(|f| {
        let mut deal = Deal { target, ..Deal::default() };
        let (mut maker, mut taker) = (false, false);
        f.unordered(KEYS, 5, |f, key| {
            match key {
                0 => deal.exchange_ns = f.time()?,
                1 => deal.price = f.decimal(target.exps.0)?,
                2 => deal.qty = f.decimal(target.exps.1)?,
                3 => deal.sold = f.sold()?,
                4 => (deal.id, deal.hashed) = trade_id(f.text()?),
                5 => deal.sequence = f.number()?,
                6 => (maker, taker) = f.text().map(|t| (t.contains(&b'M'), t.contains(&b'T')))?,
                _ => deal.flags = f.text().map(|_| TRADE_OFF_BOOK)?,
            }
            Ok(())
        })?;
        deal.flags |= if taker { TRADE_LIQUIDATION } else { 0 };
        at.trade(&deal)?;
        let fill = [deal.price, deal.price, deal.qty];
        for (_, sold) in [(taker, deal.sold), (maker, !deal.sold)].iter().filter(|side| side.0) {
            at.liquidation(target, deal.exchange_ns, *sold, fill, target.exps.0)?;
        }
        Ok(())
    })?;
    f.end()
}
