//! Levels too far from the best for the window: a hash table of keys, in one piece of memory.
//!
//! Seldom read in order and often changed, at places that nobody has looked at for long: a level is
//! found with one look at memory. The table is ordered by hash (each entry at its home or behind it,
//! without a gap between), so that it grows in place, and by a quarter: it fits into what was
//! reserved for it, and most of what it touches holds levels.

use std::cmp::Reverse;
use std::iter;

/// The best levels, as many as most who read in order want.
const FEW: usize = 32;

/// Places behind the last home, for entries that are not at theirs.
const SLACK: usize = 64;

/// Entries of the smallest table.
const LEAST: usize = 256;

/// Key and quantity; 0 is a free place.
type Entry = (i64, i64);
const FREE: Entry = (0, 0);

/// Far storage of one side; a higher key is a better price.
#[derive(Clone, Debug, Default)]
pub(crate) struct Far {
    /// Homes, and the slack behind them.
    table: Vec<Entry>,
    homes: usize,
    len: usize,
    /// Entries for which [`Self::reserve`] makes room.
    room: usize,
}

impl Far {
    /// For `levels` levels before it must allocate, once there is room for them.
    pub(crate) const fn new(levels: usize) -> Self {
        Self { table: Vec::new(), homes: 0, len: 0, room: levels + levels / 2 + LEAST + SLACK }
    }

    /// Makes the room.
    pub(crate) fn reserve(&mut self) {
        self.table.reserve_exact(self.room);
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Reserved and touched memory, in bytes.
    pub(crate) const fn memory(&self) -> (usize, usize) {
        (self.table.capacity() * size_of::<Entry>(), self.table.len() * size_of::<Entry>())
    }

    pub(crate) fn clear(&mut self) {
        self.table.clear();
        (self.homes, self.len) = (0, 0);
    }

    /// Sets a level; 0 removes it. Returns the quantity before, 0 if there was none.
    pub(crate) fn set(&mut self, key: i64, qty: i64) -> i64 {
        let hash = hash(key);
        let mut at = self.home(key);
        while let Some(entry) = self.table.get_mut(at)
            && entry.1 != 0
            && self::hash(entry.0) <= hash
        {
            if entry.0 == key {
                let before = std::mem::replace(&mut entry.1, qty);
                if qty == 0 {
                    self.close(at);
                }
                return before;
            }
            at += 1;
        }
        if qty != 0 {
            self.insert(at, (key, qty));
        }
        0
    }

    /// Has the place of a level fetched.
    #[inline]
    pub(crate) fn fetch(&self, key: i64) {
        if let Some(entry) = self.table.get(self.home(key)) {
            patchbay_scan::fetch(entry);
        }
    }

    /// The best key and its quantity.
    pub(crate) fn best(&self) -> Option<Entry> {
        self.levels().max()
    }

    /// Takes the levels whose key is at least `least` out, in no order.
    pub(crate) fn drain_from(&mut self, least: i64, mut to: impl FnMut(i64, i64)) {
        let mut at = 0;
        while let Some(&(key, qty)) = self.table.get(at) {
            if qty != 0 && key >= least {
                to(key, qty);
                self.table[at].1 = 0;
                self.close(at);
            } else {
                at += 1;
            }
        }
    }

    /// All levels, best first. Only those behind the first few need a list of their own.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Entry> + '_ {
        let few = iter::once_with(|| self.best_few()).flatten();
        few.chain(iter::once_with(|| self.sorted()).flatten().skip(FEW))
    }

    fn levels(&self) -> impl Iterator<Item = Entry> + '_ {
        self.table.iter().copied().filter(|entry| entry.1 != 0)
    }

    fn best_few(&self) -> impl Iterator<Item = Entry> + use<> {
        let (mut best, mut len) = ([FREE; FEW], 0);
        for entry in self.levels() {
            if len == FEW && entry.0 < best[FEW - 1].0 {
                continue;
            }
            let at = best[..len].partition_point(|better| better.0 > entry.0);
            len = (len + 1).min(FEW);
            best[at..len].rotate_right(1);
            best[at] = entry;
        }
        best.into_iter().take(len)
    }

    fn sorted(&self) -> Vec<Entry> {
        if self.len <= FEW {
            return Vec::new();
        }
        let mut all: Vec<_> = self.levels().collect();
        all.sort_unstable_by_key(|&(key, _)| Reverse(key));
        all
    }

    /// Where a key's entry is, if no other is in its way.
    #[inline]
    const fn home(&self, key: i64) -> usize {
        ((hash(key) as u128 * self.homes as u128) >> 64) as usize
    }

    /// Puts a new entry where its order is, and those behind it one on.
    fn insert(&mut self, at: usize, entry: Entry) {
        if self.len * 5 >= self.homes * 4 {
            self.grow();
            self.set(entry.0, entry.1);
            return;
        }
        let free = self.table[at..].iter().position(|entry| entry.1 == 0);
        let end = free.map_or(self.table.len(), |free| at + free);
        if free.is_none() {
            self.widen(end + SLACK);
        }
        self.table.copy_within(at..end, at + 1);
        self.table[at] = entry;
        self.len += 1;
    }

    /// Closes the gap at a place that is free now.
    fn close(&mut self, at: usize) {
        let behind = self.table[at + 1..].iter().zip(at + 1..);
        let moving =
            behind.take_while(|(entry, place)| entry.1 != 0 && self.home(entry.0) < *place);
        let end = at + 1 + moving.count();
        self.table.copy_within(at + 1..end, at);
        self.table[end - 1] = FREE;
        self.len -= 1;
    }

    /// Makes the table larger by a quarter.
    fn grow(&mut self) {
        self.homes = (self.homes + self.homes / 4).max(LEAST);
        self.widen(self.homes + SLACK);
        let mut first = self.gather();
        if self.places(first).any(|(from, to)| to > from) {
            // They crowd at the end: as if all had the last home.
            self.widen(self.homes + self.len);
            first = self.gather();
        }
        self.spread(first);
    }

    fn widen(&mut self, places: usize) {
        self.table.resize(self.table.len().max(places), FREE);
    }

    /// Moves all entries to the end of the table, in order; where the first is.
    fn gather(&mut self) -> usize {
        let mut first = self.table.len();
        for from in (0..self.table.len()).rev() {
            let entry = std::mem::replace(&mut self.table[from], FREE);
            if entry.1 != 0 {
                first -= 1;
                self.table[first] = entry;
            }
        }
        first
    }

    /// Where the entries from `first` on are, and where each belongs.
    fn places(&self, first: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        (first..self.table.len()).scan(0, |free, from| {
            let to = self.home(self.table[from].0).max(*free);
            *free = to + 1;
            Some((from, to))
        })
    }

    /// Moves the gathered entries to where they belong: never behind where they are, so that none is
    /// overwritten before it is read.
    fn spread(&mut self, first: usize) {
        let mut free = 0;
        for from in first..self.table.len() {
            let entry = std::mem::replace(&mut self.table[from], FREE);
            let to = self.home(entry.0).max(free);
            self.table[to] = entry;
            free = to + 1;
        }
    }
}

/// Sets neighbours far apart, and no two keys on one value (Knuth, *The Art of Computer Programming*,
/// volume 3, section 6.4: multiplicative hashing).
#[inline]
const fn hash(key: i64) -> u64 {
    (key as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The key that is sent to `hash`.
    fn key_of(wanted: u64) -> i64 {
        // Newton's iteration doubles the bits of the multiplier's inverse that are right.
        let odd = hash(1);
        let inverse =
            (0..6).fold(odd, |x, _| x.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(x))));
        wanted.wrapping_mul(inverse) as i64
    }

    fn agree(far: &Far, map: &BTreeMap<i64, i64>) {
        assert_eq!(far.len(), map.len());
        assert!(far.iter().eq(map.iter().rev().map(|(&key, &qty)| (key, qty))));
        assert_eq!(far.best(), map.last_key_value().map(|(&key, &qty)| (key, qty)));
    }

    /// Sets keys, half of them away again, some once more, and takes the better half out.
    fn churn(keys: &[i64]) {
        let (mut far, mut map) = (Far::new(16), BTreeMap::new());
        let every = |n: usize, qty: i64| keys.iter().step_by(n).map(move |&key| (key, qty));
        for (key, qty) in every(1, 7).chain(every(2, 0)).chain(every(3, 9)).chain(every(5, 0)) {
            let before = if qty == 0 { map.remove(&key) } else { map.insert(key, qty) };
            assert_eq!(far.set(key, qty), before.unwrap_or(0));
        }
        agree(&far, &map);
        let middle = *map.keys().nth(map.len() / 2).expect("some are left");
        let mut out = BTreeMap::new();
        far.drain_from(middle, |key, qty| assert!(out.insert(key, qty).is_none()));
        assert_eq!(out, map.split_off(&middle));
        agree(&far, &map);
        far.clear();
        agree(&far, &BTreeMap::new());
    }

    #[test]
    fn holds_what_a_map_holds() {
        churn(&(-2000..3000).collect::<Vec<_>>());
        churn(&(0..3000).map(|n| n * n * 1_000_003 - 5).collect::<Vec<_>>());
        churn(
            &(0..1000).flat_map(|n| [i64::MAX - n * 64, i64::MIN + 1 + n * 10]).collect::<Vec<_>>(),
        );
    }

    /// At the last home there is the slack alone.
    #[test]
    fn holds_keys_that_all_want_one_place() {
        for crowded in [0, u64::MAX / 2, u64::MAX - 1000] {
            churn(&(0..1000).map(|n| key_of(crowded + n)).collect::<Vec<_>>());
        }
    }
}
