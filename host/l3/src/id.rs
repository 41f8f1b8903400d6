//! A hash table from the ids of orders to their places: open addressing, half full at most, nothing
//! allocated while it does not grow.

/// From the golden ratio: 2^64 divided by it, odd. Nobody chooses ids to make a table slow, and their
/// own bits are nearly in order, so that one multiplication spreads them.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The place of an empty entry.
const NOWHERE: u32 = u32::MAX;

/// Places by id.
#[derive(Clone, Debug)]
pub(crate) struct ById {
    /// As many as a power of two.
    entries: Vec<(u64, u32)>,
    len: usize,
}

impl ById {
    /// With room for `ids` before it grows.
    pub(crate) fn with_capacity(ids: usize) -> Self {
        Self { entries: vec![(0, NOWHERE); (2 * ids).next_power_of_two().max(16)], len: 0 }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn clear(&mut self) {
        self.entries.fill((0, NOWHERE));
        self.len = 0;
    }

    const fn mask(&self) -> usize {
        self.entries.len() - 1
    }

    /// Where an id is looked for first: the upper bits of the product.
    const fn home(&self, id: u64) -> usize {
        (id.wrapping_mul(GOLDEN) >> (64 - self.entries.len().trailing_zeros())) as usize
    }

    /// The entry of an id, or the empty one that ends the search for it.
    fn entry(&self, id: u64) -> usize {
        let mut at = self.home(id);
        while self.entries[at].1 != NOWHERE && self.entries[at].0 != id {
            at = (at + 1) & self.mask();
        }
        at
    }

    pub(crate) fn get(&self, id: u64) -> Option<u32> {
        Some(self.entries[self.entry(id)].1).filter(|&place| place != NOWHERE)
    }

    /// Enters an id that is not there.
    pub(crate) fn insert(&mut self, id: u64, place: u32) {
        if 2 * (self.len + 1) > self.entries.len() {
            let double = vec![(0, NOWHERE); 2 * self.entries.len()];
            let old = std::mem::replace(&mut self.entries, double);
            for (id, place) in old.into_iter().filter(|entry| entry.1 != NOWHERE) {
                let at = self.entry(id);
                self.entries[at] = (id, place);
            }
        }
        let at = self.entry(id);
        self.entries[at] = (id, place);
        self.len += 1;
    }

    /// Takes an id out; its place.
    pub(crate) fn remove(&mut self, id: u64) -> Option<u32> {
        let mut hole = self.entry(id);
        let place = self.entries[hole].1;
        if place == NOWHERE {
            return None;
        }
        // Whatever was pushed on by what is now gone moves back, so that no search ends too early.
        let mut at = hole;
        loop {
            at = (at + 1) & self.mask();
            let (other, found) = self.entries[at];
            if found == NOWHERE {
                break;
            }
            let home = self.home(other);
            let from_home = at.wrapping_sub(home) & self.mask();
            let from_hole = at.wrapping_sub(hole) & self.mask();
            if from_home >= from_hole {
                self.entries[hole] = (other, found);
                hole = at;
            }
        }
        self.entries[hole] = (0, NOWHERE);
        self.len -= 1;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn it_holds_what_a_map_holds() {
        let (mut ids, mut map, mut seed) = (ById::with_capacity(4), BTreeMap::new(), 1_u64);
        for step in 0..100_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let id = seed >> 55;
            if seed & 1 << 40 == 0 || map.contains_key(&id) {
                assert_eq!(ids.remove(id), map.remove(&id));
            } else {
                ids.insert(id, step);
                map.insert(id, step);
            }
            assert_eq!((ids.len(), ids.get(id)), (map.len(), map.get(&id).copied()));
        }
        assert!((0..512).all(|id| ids.get(id) == map.get(&id).copied()));
        ids.clear();
        assert!(ids.len() == 0 && (0..512).all(|id| ids.get(id).is_none()));
    }
}
