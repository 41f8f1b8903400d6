//! Orders by id, and at each price in their turn.

use patchbay_abi::Level as Sum;
use patchbay_model::Side;

use crate::departed::Departed;
use crate::event::{Action, Event};
use crate::id::ById;
use crate::level::{Level, Levels, NONE, Rank};

/// An order that rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The venue's id of it.
    pub id: u64,
    /// Its side.
    pub side: Side,
    /// Price mantissa.
    pub price: i64,
    /// Quantity mantissa, of what is left.
    pub qty: i64,
}

/// What stands in front of an order at its price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ahead {
    /// How many orders.
    pub orders: u32,
    /// Their quantities together, mantissa.
    pub qty: i128,
}

/// What an event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The order came, changed or left.
    Applied,
    /// The order was there, or had left, before it came.
    Repeated,
    /// Of an order that never came, as far as is known.
    Unknown,
    /// It is more orders than are held.
    Full,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    order: Order,
    /// Places of the orders whose turns are before and after at its price; of a free place, `after` is
    /// the next free one.
    before: u32,
    after: u32,
}

/// Orders by id, prices by rank, and at each price the orders in their turn.
#[derive(Clone, Debug)]
pub struct Orders {
    nodes: Vec<Node>,
    /// The first free place.
    free: u32,
    places: ById,
    sides: [Levels; 2],
    departed: Departed,
    most: usize,
}

const fn index(side: Side) -> usize {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

/// The rank of a price of a side.
pub(crate) const fn rank(side: Side, price: i64) -> Rank {
    match side {
        Side::Buy => Rank(price),
        Side::Sell => Rank(price.saturating_neg()),
    }
}

impl Orders {
    /// Empty, with room for `usual` orders before anything is allocated; `most` are held.
    pub fn new(usual: usize, most: usize) -> Self {
        let most = most.min(NONE as usize);
        let usual = usual.min(most);
        let levels = || Levels::with_capacity(usual / 4);
        Self {
            nodes: Vec::with_capacity(usual),
            free: NONE,
            places: ById::with_capacity(usual),
            sides: [levels(), levels()],
            departed: Departed::new(),
            most,
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.free = NONE;
        self.places.clear();
        self.sides.iter_mut().for_each(Levels::clear);
        self.departed.clear();
    }

    /// Takes an event. An order keeps its turn while it gets smaller; with another price, or more of
    /// it, it goes behind all others there.
    pub fn apply(&mut self, event: &Event) -> Done {
        match event.action {
            Action::Add => self.add(event),
            Action::Change => self.change(event),
            Action::Delete => self.delete(event.id),
        }
    }

    fn add(&mut self, event: &Event) -> Done {
        let Event { id, side, price, qty, .. } = *event;
        if self.places.get(id).is_some() || self.departed.contains(id) {
            return Done::Repeated;
        }
        if self.places.len() >= self.most {
            return Done::Full;
        }
        let node = Node { order: Order { id, side, price, qty }, before: NONE, after: NONE };
        let place = match self.nodes.get_mut(self.free as usize) {
            Some(free) => {
                let place = self.free;
                self.free = free.after;
                *free = node;
                place
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
        };
        self.places.insert(id, place);
        self.queue_up(place);
        Done::Applied
    }

    fn change(&mut self, event: &Event) -> Done {
        let Some(place) = self.places.get(event.id) else { return Done::Unknown };
        let Order { side, price, qty, .. } = self.nodes[place as usize].order;
        if event.qty == 0 {
            return self.delete(event.id);
        }
        if event.price != price || event.qty > qty {
            self.leave(place);
            let order = &mut self.nodes[place as usize].order;
            (order.price, order.qty) = (event.price, event.qty);
            self.queue_up(place);
            return Done::Applied;
        }
        self.nodes[place as usize].order.qty = event.qty;
        if let Some(level) = self.sides[index(side)].get_mut(rank(side, price)) {
            level.qty -= i128::from(qty - event.qty);
        }
        Done::Applied
    }

    fn delete(&mut self, id: u64) -> Done {
        self.departed.push(id);
        let Some(place) = self.places.remove(id) else { return Done::Unknown };
        self.leave(place);
        self.nodes[place as usize].after = self.free;
        self.free = place;
        Done::Applied
    }

    /// Takes out all orders at a price; how many.
    pub(crate) fn remove_all(&mut self, side: Side, price: i64) -> u32 {
        let mut removed = 0;
        while let Some(level) = self.sides[index(side)].get(rank(side, price)) {
            self.delete(self.nodes[level.first as usize].order.id);
            removed += 1;
        }
        removed
    }

    /// Puts an order behind all others at its price.
    fn queue_up(&mut self, place: u32) {
        let Order { side, price, qty, .. } = self.nodes[place as usize].order;
        let level = self.sides[index(side)].open(rank(side, price));
        level.qty += i128::from(qty);
        level.orders += 1;
        let last = std::mem::replace(&mut level.last, place);
        if last == NONE {
            level.first = place;
        } else {
            self.nodes[last as usize].after = place;
        }
        let node = &mut self.nodes[place as usize];
        (node.before, node.after) = (last, NONE);
    }

    /// Takes an order out of the queue at its price.
    fn leave(&mut self, place: u32) {
        let Node { order: Order { side, price, qty, .. }, before, after } =
            self.nodes[place as usize];
        let (levels, rank) = (&mut self.sides[index(side)], rank(side, price));
        let Some(level) = levels.get_mut(rank) else { return };
        level.qty -= i128::from(qty);
        level.orders -= 1;
        if before == NONE {
            level.first = after;
        } else {
            self.nodes[before as usize].after = after;
        }
        if after == NONE {
            level.last = before;
        } else {
            self.nodes[after as usize].before = before;
        }
        if level.orders == 0 {
            levels.remove(rank);
        }
    }

    /// How many rest.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether none rests.
    pub fn is_empty(&self) -> bool {
        self.places.len() == 0
    }

    /// How many prices a side has.
    pub fn depth(&self, side: Side) -> usize {
        self.sides[index(side)].len()
    }

    /// An order by its id.
    pub fn get(&self, id: u64) -> Option<&Order> {
        self.places.get(id).map(|place| &self.nodes[place as usize].order)
    }

    /// Sums by price (L2) of a side, best first, each with how many orders stand there. A sum beyond
    /// `i64` is the greatest there is.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = (Sum, u32)> {
        self.sides[index(side)].iter().map(move |level| (sum(side, level), level.orders))
    }

    /// The sum at the best price of a side.
    pub fn best(&self, side: Side) -> Option<Sum> {
        self.levels(side).next().map(|(sum, _)| sum)
    }

    /// Whether the best bid is not below the best ask.
    pub fn is_crossed(&self) -> bool {
        let best = |side| self.best(side).map(|sum| sum.price);
        best(Side::Buy).zip(best(Side::Sell)).is_some_and(|(bid, ask)| bid >= ask)
    }

    /// The orders at a price, in their turn.
    pub fn queue(&self, side: Side, price: i64) -> impl Iterator<Item = &Order> {
        let first = self.sides[index(side)].get(rank(side, price)).map_or(NONE, |l| l.first);
        std::iter::successors(self.nodes.get(first as usize), |node| {
            self.nodes.get(node.after as usize)
        })
        .map(|node| &node.order)
    }

    /// What of the orders that are known stands in front of one; `None` if it is not known itself.
    pub fn ahead(&self, id: u64) -> Option<Ahead> {
        let node = &self.nodes[self.places.get(id)? as usize];
        let before = std::iter::successors(self.nodes.get(node.before as usize), |node| {
            self.nodes.get(node.before as usize)
        });
        Some(before.fold(Ahead::default(), |ahead, node| Ahead {
            orders: ahead.orders + 1,
            qty: ahead.qty + i128::from(node.order.qty),
        }))
    }
}

fn sum(side: Side, level: &Level) -> Sum {
    let price = match side {
        Side::Buy => level.rank.0,
        Side::Sell => level.rank.0.saturating_neg(),
    };
    Sum { price, qty: i64::try_from(level.qty).unwrap_or(i64::MAX) }
}
