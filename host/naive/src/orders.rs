//! The orders of a book, one by one, as a map.

use std::collections::BTreeMap;

use crate::Book;
use crate::text::{scaled, unscaled};

/// An order that rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// 0 to buy, 1 to sell.
    pub side: usize,
    /// Price, at 18 places.
    pub price: i128,
    /// What is left, at 18 places.
    pub qty: i128,
    /// Its turn among those at its price: the lower, the earlier.
    pub turn: u64,
}

/// All orders that were told of and are not known to have left, with what became of the others.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// By id.
    pub resting: BTreeMap<u64, Order>,
    /// Ids that left before they came: events overtake each other.
    overtaken: BTreeMap<u64, ()>,
    /// Orders that came.
    pub added: u64,
    /// Events of orders that never came: they are older than the recording.
    pub unknown: u64,
    /// Orders that came after they had left.
    pub late: u64,
    /// How many books of the venue's were compared with, and how many agreed at every price that
    /// they reach to.
    pub compared: u64,
    /// See `compared`.
    pub agreed: u64,
    /// How many of the best levels of the last one, bids and asks, were those of the orders, from the
    /// best on and nothing missing in between.
    pub reach: [usize; 2],
    turns: u64,
}

impl Orders {
    pub(crate) fn add(&mut self, id: u64, side: usize, price: i128, qty: i128) {
        self.added += 1;
        if self.overtaken.remove(&id).is_some() {
            self.late += 1;
            return;
        }
        let turn = self.next_turn();
        self.resting.insert(id, Order { side, price, qty, turn });
    }

    /// An order keeps its turn while it gets smaller, and loses it with another price or more.
    pub(crate) fn change(&mut self, id: u64, price: i128, qty: i128) {
        let turn = self.next_turn();
        let Some(order) = self.resting.get_mut(&id) else {
            self.unknown += 1;
            return;
        };
        if price != order.price || qty > order.qty {
            order.turn = turn;
        }
        (order.price, order.qty) = (price, qty);
        if qty == 0 {
            self.resting.remove(&id);
        }
    }

    pub(crate) fn delete(&mut self, id: u64) {
        if self.resting.remove(&id).is_none() {
            self.unknown += 1;
            self.overtaken.insert(id, ());
        }
    }

    const fn next_turn(&mut self) -> u64 {
        self.turns += 1;
        self.turns
    }

    /// Quantities by price, and how many orders stand at it.
    pub fn levels(&self, side: usize) -> BTreeMap<i128, (i128, usize)> {
        let mut levels = BTreeMap::new();
        for order in self.resting.values().filter(|order| order.side == side) {
            let level: &mut (i128, usize) = levels.entry(order.price).or_default();
            *level = (level.0 + order.qty, level.1 + 1);
        }
        levels
    }

    /// Best levels of a side, best first: price, quantity and number of orders.
    pub fn best(&self, side: usize, count: usize) -> Vec<([String; 2], usize)> {
        let levels = self.levels(side).into_iter();
        let text = |(price, (qty, orders)): (i128, (i128, usize))| {
            ([unscaled(price), unscaled(qty)], orders)
        };
        match side {
            0 => levels.rev().take(count).map(text).collect(),
            _ => levels.take(count).map(text).collect(),
        }
    }

    /// Ids at a price, in their turn.
    pub fn queue(&self, side: usize, price: &str) -> Vec<u64> {
        let Some(price) = scaled(price) else { return Vec::new() };
        let here = |order: &Order| order.side == side && order.price == price;
        let mut queue: Vec<_> = self
            .resting
            .iter()
            .filter(|(_, order)| here(order))
            .map(|(id, o)| (o.turn, *id))
            .collect();
        queue.sort_unstable();
        queue.into_iter().map(|(_, id)| id).collect()
    }

    /// Compares with a whole book of the venue's.
    pub(crate) fn compare(&mut self, book: &Book) {
        let whole = [0, 1].map(|side| book.depth(side));
        self.reach = [0, 1].map(|side| {
            let (ours, theirs) = (self.best(side, whole[side]), book.best(side, whole[side]));
            ours.iter().zip(&theirs).take_while(|(our, their)| our.0 == **their).count()
        });
        self.compared += 1;
        self.agreed += u64::from(self.reach == whole);
    }
}
