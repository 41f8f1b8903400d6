//! Trades.

use patchbay_feed::prelude::*;

use crate::product::time;

/// `S3_`, `K3_`, `NS3` (DOC): `cgubun` is the taker's side, `+` a buyer's; in auctions it is another or
/// none. There is no id: `volume`, the day's so far, tells trades apart and, where it does not rise by
/// the trade's own, that some are missing. After hours trades of other exchanges come, too.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    symbol: &[u8],
    last: &mut Memory<[i64; 3]>,
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let target = at.target(symbol)?;
    let own: &[u8] = if symbol.starts_with(b"N") { b"NXT" } else { b"KRX" };
    let mut deal = Deal { target, ..Deal::default() };
    unordered!(f, 4, {
        "chetime" => deal.exchange_ns = time(f.text()?, at.cx.now()),
        "price" => deal.price = f.decimal(target.exps.0)?,
        "cvolume" => deal.qty = f.decimal(target.exps.1)?,
        "cgubun" => match f.text()? {
            b"+" => {}
            b"-" => deal.sold = true,
            _ => deal.flags |= TRADE_AUCTION,
        },
        "volume" => deal.sequence = f.number()?,
        "exchname" => if !matches!(f.text()?, name if name == own || name.is_empty()) {
            deal.flags |= TRADE_OFF_BOOK;
        },
    });
    f.end()?;
    let total = deal.sequence.cast_signed();
    let told = [total, deal.price, deal.qty];
    if let Some(before) = last.of(target, at.conn).filter(|_| total != 0) {
        // The first of a day begins anew.
        let follows = total == deal.qty || total == before[0].saturating_add(deal.qty);
        if before == told {
            return Ok(());
        } else if !follows {
            let why = format!("{} and {} are not {total}: trades are missing", before[0], deal.qty);
            at.cx.log(LOG_WARN, &format!("{}: {why}", symbol.escape_ascii()));
        }
    }
    last.keep(target, at.conn, told);
    Ok(at.trade(&deal)?)
}
