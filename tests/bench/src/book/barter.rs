//! barter-data's book: sorted lists of 128-bit decimals.

use barter_data::books::{Level, OrderBook};
use barter_data::subscription::book::OrderBookEvent;
use patchbay_abi::Slot;
use patchbay_model::Side;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Case, Store};

fn book(record: &[Slot]) -> OrderBook {
    let levels = |side| {
        let levels = Case::side(record, side).into_iter();
        levels.map(|level| {
            let decimal = |mantissa| Decimal::new(mantissa, 8).normalize();
            Level { price: decimal(level.price), amount: decimal(level.qty) }
        })
    };
    OrderBook::new(0, None, levels(Side::Buy), levels(Side::Sell))
}

pub(crate) struct Book(OrderBook);

impl Store for Book {
    type Change = OrderBookEvent;

    fn prepare(record: &[Slot], _: i64) -> OrderBookEvent {
        OrderBookEvent::Update(book(record))
    }

    fn seeded(seed: &[Slot], _: i64) -> Self {
        Self(book(seed))
    }

    fn apply(&mut self, change: &OrderBookEvent) {
        self.0.update(change);
    }

    fn best(&self, tick: i64) -> [i64; 2] {
        let ticks = |level: Option<&Level>| {
            let price = level.map_or(Decimal::ZERO, |level| level.price);
            (price * Decimal::new(100_000_000, 0)).to_i64().unwrap_or(0) / tick
        };
        [ticks(self.0.bids().best()), ticks(self.0.asks().best())]
    }
}
