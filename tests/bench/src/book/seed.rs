//! The true book at any frame, by two maps, and a record of it.

use std::collections::BTreeMap;

use patchbay_abi::{DEPTH_SNAPSHOT, Depth, LEVELS_PER_SLOT, Level, SCOPE_INSTRUMENT, Slot};
use patchbay_model::Side;

use super::Case;

/// Quantities by price, bids first.
pub(crate) type Sides = [BTreeMap<i64, i64>; 2];

pub(crate) fn apply(sides: &mut Sides, record: &[Slot]) {
    for (map, side) in sides.iter_mut().zip([Side::Buy, Side::Sell]) {
        for Level { price, qty } in Case::side(record, side) {
            match qty {
                0 => drop(map.remove(&price)),
                _ => drop(map.insert(price, qty)),
            }
        }
    }
}

/// The book before `next`, best levels first, as a snapshot that the stream itself brings.
pub(crate) fn of([bids, asks]: &Sides, next: &Depth) -> Vec<Slot> {
    let level = |(&price, &qty): (&i64, &i64)| Level { price, qty };
    let levels: Vec<Level> = bids.iter().rev().map(level).chain(asks.iter().map(level)).collect();
    let count = |count: usize| u16::try_from(count).expect("a message counts so many");
    let mut depth = *next;
    depth.head.sequence = next.previous;
    (depth.bids, depth.asks) = (count(bids.len()), count(asks.len()));
    depth.slots = count(levels.len().div_ceil(LEVELS_PER_SLOT));
    (depth.scope, depth.flags) = (SCOPE_INSTRUMENT, DEPTH_SNAPSHOT);
    let slot = |some: &[Level]| {
        let mut four = [Level { price: 0, qty: 0 }; LEVELS_PER_SLOT];
        four[..some.len()].copy_from_slice(some);
        Slot::from(four)
    };
    let levels = levels.chunks(LEVELS_PER_SLOT).map(slot);
    std::iter::once(Slot::from(depth)).chain(levels).collect()
}
