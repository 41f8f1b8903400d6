//! Trades and liquidations.

use patchbay_feed::prelude::*;

use crate::market::head;

/// `publicTrade` (V5 websocket/public/trade): `S` is the taker's side; `BT` is a block trade, not of
/// the book; `seq` may be that of several. Spot begins with the id, and names the symbol last.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    head(f)?;
    f.key(br#","data":"#)?.each(|f| {
        let mut id = f.at(br#"{"i":""#).then(|| f.text()).transpose()?;
        let spot = id.is_some() && f.at(br#","T":"#);
        let exchange_ns = if spot { f.time()? } else { f.key(br#"{"T":"#)?.time()? };
        let mut symbol = f.at(br#","s":""#).then(|| f.text()).transpose()?;
        let mut price = f.at(br#","p":""#).then(|| f.text()).transpose()?;
        let mut sold = f.at(br#","S":""#).then(|| f.sold()).transpose()?;
        let qty = f.key(br#","v":""#)?.text()?;
        sold = f.at(br#","S":""#).then(|| f.sold()).transpose()?.or(sold);
        price = f.at(br#","p":""#).then(|| f.text()).transpose()?.or(price);
        skip!(f, br#","L":""#);
        id = f.at(br#","i":""#).then(|| f.text()).transpose()?.or(id);
        let mut sequence = f.at(br#","seq":"#).then(|| f.number()).transpose()?;
        symbol = f.at(br#","s":""#).then(|| f.text()).transpose()?.or(symbol);
        let block = f.at(br#","BT":"#) && f.flag()?;
        skip!(f, br#","RPI":"#);
        sequence = f.at(br#","seq":"#).then(|| f.number()).transpose()?.or(sequence);
        let (Some(id), Some(symbol), Some(price), Some(sold)) = (id, symbol, price, sold) else {
            return Err(Error::new("a trade without `i`, `s`, `p` or `S`").into());
        };
        let (target, (id, hashed)) = (at.target(symbol)?, trade_id(id));
        let (price, qty) = (target.price(price)?, target.qty(qty)?);
        let flags = if block { TRADE_OFF_BOOK } else { 0 };
        let deal =
            Deal { target, id, hashed, exchange_ns, price, qty, sold, flags, ..Deal::default() };
        Ok(at.trade(&Deal { sequence: sequence.unwrap_or(0), ..deal })?)
    })?;
    f.end()
}

/// `allLiquidation` (V5 websocket/public/all-liquidation): `S` is the side of the position, so that
/// `Buy` is a long, closed by a sale; `p` is the bankruptcy price.
pub(crate) fn liquidations<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    head(f)?;
    f.key(br#","data":"#)?.each(|f| {
        let time = f.key(br#"{"T":"#)?.time()?;
        let target = at.target(f.key(br#","s":""#)?.text()?)?;
        let long = !f.key(br#","S":""#)?.sold()?;
        let qty = f.key(br#","v":""#)?.decimal(target.exps.1)?;
        let price = f.key(br#","p":""#)?.decimal(-8)?;
        Ok(at.liquidation(target, time, long, [price, 0, qty], -8)?)
    })?;
    f.end()
}
