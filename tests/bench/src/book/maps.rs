//! What one writes first: a tree, and a sorted list.

use std::collections::BTreeMap;

use patchbay_abi::Slot;
use patchbay_model::Side;

use super::{Case, Store};

/// Levels of both sides, prices in ticks; asks mirrored, so that higher is better.
pub(crate) type Sides = [Vec<(i64, i64)>; 2];

fn sides(record: &[Slot], tick: i64) -> Sides {
    let of = |side, sign: i64| {
        let levels = Case::side(record, side).into_iter();
        levels.map(|level| (sign * (level.price / tick), level.qty)).collect()
    };
    [of(Side::Buy, 1), of(Side::Sell, -1)]
}

pub(crate) struct Tree([BTreeMap<i64, i64>; 2]);

impl Store for Tree {
    type Change = Sides;

    fn prepare(record: &[Slot], tick: i64) -> Sides {
        sides(record, tick)
    }

    fn seeded(seed: &[Slot], tick: i64) -> Self {
        Self(sides(seed, tick).map(|side| side.into_iter().collect()))
    }

    fn apply(&mut self, change: &Sides) {
        for (side, changes) in self.0.iter_mut().zip(change) {
            for &(price, qty) in changes {
                if qty == 0 {
                    side.remove(&price);
                } else {
                    side.insert(price, qty);
                }
            }
        }
    }

    fn best(&self, _: i64) -> [i64; 2] {
        let best = |side: usize| self.0[side].last_key_value().map_or(0, |(&price, _)| price);
        [best(0), -best(1)]
    }
}

/// Best last, found by binary search.
pub(crate) struct Sorted(Sides);

impl Store for Sorted {
    type Change = Sides;

    fn prepare(record: &[Slot], tick: i64) -> Sides {
        sides(record, tick)
    }

    fn seeded(seed: &[Slot], tick: i64) -> Self {
        let mut seeded = sides(seed, tick);
        seeded.iter_mut().for_each(|side| side.sort_unstable());
        Self(seeded)
    }

    fn apply(&mut self, change: &Sides) {
        for (side, changes) in self.0.iter_mut().zip(change) {
            for &(price, qty) in changes {
                match (side.binary_search_by_key(&price, |level| level.0), qty) {
                    (Ok(at), 0) => drop(side.remove(at)),
                    (Ok(at), _) => side[at].1 = qty,
                    (Err(_), 0) => {}
                    (Err(at), _) => side.insert(at, (price, qty)),
                }
            }
        }
    }

    fn best(&self, _: i64) -> [i64; 2] {
        let best = |side: usize| self.0[side].last().map_or(0, |level| level.0);
        [best(0), -best(1)]
    }
}
