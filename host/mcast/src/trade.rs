//! Trades, and single orders in the book.

use patchbay_abi as abi;

use crate::bytes::{Put, Take};
use crate::{DecodeError, Item, Kind};

/// One trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Price mantissa.
    pub price: i64,
    /// Quantity mantissa.
    pub qty: i64,
    /// The venue's id if it is a decimal number, otherwise a hash of it.
    pub trade_id: u64,
    /// 0 unknown, 1 buy, 2 sell.
    pub aggressor: u8,
    /// Whether `trade_id` is a hash.
    pub id_hashed: bool,
}

impl From<&abi::Trade> for Trade {
    fn from(trade: &abi::Trade) -> Self {
        let abi::Trade { price, qty, trade_id, aggressor, id_hashed, .. } = *trade;
        Self { price, qty, trade_id, aggressor, id_hashed: id_hashed != 0 }
    }
}

impl Item for Trade {
    const KIND: Kind = Kind::Trade;
    const SIZE: usize = 32;

    fn put(&self, payload: &mut Vec<u8>) {
        payload.put_i64(self.price);
        payload.put_i64(self.qty);
        payload.put_u64(self.trade_id);
        payload.put_u8(self.aggressor);
        payload.put_u8(self.id_hashed.into());
        payload.put_reserved(6);
    }

    fn take(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Self::KIND, bytes);
        let trade = Self {
            price: take.i64("price")?,
            qty: take.amount("qty")?,
            trade_id: take.u64("trade_id")?,
            aggressor: take.code("aggressor", 0, 2)?,
            id_hashed: take.code("id_hashed", 0, 1)? == 1,
        };
        take.reserved(6)?;
        take.done(trade)
    }
}

/// One event of one order in the book (L3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The venue's order id.
    pub order_id: u64,
    /// Price mantissa.
    pub price: i64,
    /// Quantity mantissa: what was added, or what remains.
    pub qty: i64,
    /// 1 add, 2 reduce, 3 delete, 4 execute.
    pub action: u8,
    /// 0 unknown, 1 buy, 2 sell.
    pub side: u8,
    /// Whether it was reconstructed from levels.
    pub inferred: bool,
    /// Trade that executed it, 0 if none.
    pub trade_id: u64,
}

impl From<&abi::Order> for Order {
    fn from(order: &abi::Order) -> Self {
        let flags = order.head.flags;
        Self {
            order_id: order.order_id,
            price: order.price,
            qty: order.qty,
            action: (flags & 0xf) as u8,
            side: (flags >> 4 & 0x3) as u8,
            inferred: flags >> 6 & 1 == 1,
            trade_id: order.trade_id,
        }
    }
}

impl Item for Order {
    const KIND: Kind = Kind::Order;
    const SIZE: usize = 40;

    fn put(&self, payload: &mut Vec<u8>) {
        payload.put_u64(self.order_id);
        payload.put_i64(self.price);
        payload.put_i64(self.qty);
        payload.put_u8(self.action);
        payload.put_u8(self.side);
        payload.put_u8(self.inferred.into());
        payload.put_reserved(5);
        payload.put_u64(self.trade_id);
    }

    fn take(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Self::KIND, bytes);
        let (order_id, price) = (take.u64("order_id")?, take.i64("price")?);
        let qty = take.amount("qty")?;
        let action = take.code("action", 1, 4)?;
        let side = take.code("side", 0, 2)?;
        let inferred = take.code("inferred", 0, 1)? == 1;
        take.reserved(5)?;
        let trade_id = take.u64("trade_id")?;
        take.done(Self { order_id, price, qty, action, side, inferred, trade_id })
    }
}
