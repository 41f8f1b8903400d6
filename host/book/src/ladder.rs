//! One side of a book: a window of quantities by tick near the best, a hash table beyond it.
//!
//! A higher key is a better price: asks are mirrored by their owner. The window is a ring over the
//! keys `base..base + width`, so that moving it moves only the levels that enter or leave. Nothing
//! lies above it (a better level moves it up), and everything below it is in [`Far`]: the best of
//! the side is always in the window.

use patchbay_scan::fetch;

use crate::far::Far;

/// Keys in a word of the bitset; the window moves by whole words.
const WORD: usize = 64;

/// Smallest window: enough words that a move leaves the best away from both triggers.
pub(crate) const NARROWEST: usize = 4 * WORD;

/// One side of a book.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    /// Keys in the window, once there is one.
    width: usize,
    /// Lowest key in the window; a multiple of [`WORD`].
    base: i64,
    /// Best key, if there is a level at all.
    best: i64,
    /// Levels in the window.
    near: usize,
    /// By key modulo the width; meaningful where the bit is set.
    quantities: Box<[i64]>,
    /// A bit per key.
    bits: Box<[u64]>,
    /// A bit per word of `bits` that is not zero.
    summary: Box<[u64]>,
    far: Far,
}

impl Ladder {
    /// With a window of `width` keys (rounded up to a power of two) and room for `far` levels
    /// beyond it before it must allocate again. Both are made by the first level: venues list
    /// thousands of instruments of which few are wanted.
    pub(crate) fn new(width: usize, far: usize) -> Self {
        Self {
            width: width.max(NARROWEST).next_power_of_two(),
            base: 0,
            best: 0,
            near: 0,
            quantities: Box::default(),
            bits: Box::default(),
            summary: Box::default(),
            far: Far::new(far),
        }
    }

    fn open(&mut self) {
        let words = self.width / WORD;
        self.quantities = vec![0; self.width].into();
        self.bits = vec![0; words].into();
        self.summary = vec![0; words.div_ceil(WORD)].into();
        self.far.reserve();
    }

    pub(crate) fn clear(&mut self) {
        self.bits.fill(0);
        self.summary.fill(0);
        self.near = 0;
        self.far.clear();
    }

    pub(crate) const fn len(&self) -> usize {
        self.near + self.far.len()
    }

    pub(crate) const fn far_len(&self) -> usize {
        self.far.len()
    }

    /// Reserved and touched memory, in bytes.
    pub(crate) fn memory(&self) -> (usize, usize) {
        let window =
            size_of_val(&*self.quantities) + size_of_val(&*self.bits) + size_of_val(&*self.summary);
        let (reserved, touched) = self.far.memory();
        (window + reserved, window + touched)
    }

    /// Best key and its quantity.
    #[inline]
    pub(crate) fn best(&self) -> Option<(i64, i64)> {
        (self.near != 0).then(|| (self.best, self.quantities[self.slot(self.best)]))
    }

    /// Sets a level; quantity 0 removes it. Returns the quantity before, 0 if there was none.
    #[inline]
    pub(crate) fn set(&mut self, key: i64, qty: i64) -> i64 {
        if !self.in_window(key) {
            return self.set_outside(key, qty);
        }
        let slot = self.slot(key);
        let (word, bit) = (slot / WORD, 1 << (slot % WORD));
        let before = if self.bits[word] & bit == 0 { 0 } else { self.quantities[slot] };
        if qty != 0 {
            self.quantities[slot] = qty;
            if before == 0 {
                self.mark(word, bit);
                self.rise(key);
            }
        } else if before != 0 {
            self.unmark(word, bit);
            if key == self.best {
                self.fall();
            }
        }
        before
    }

    /// Has the place of a level fetched.
    #[inline]
    pub(crate) fn fetch(&self, key: i64) {
        if self.in_window(key) {
            let slot = self.slot(key);
            fetch(&self.quantities[slot]);
            fetch(&self.bits[slot / WORD]);
        } else {
            self.far.fetch(key);
        }
    }

    /// All levels, best first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        let first = (self.near != 0).then_some(self.best);
        std::iter::successors(first, |&key| self.below(key))
            .map(|key| (key, self.quantities[self.slot(key)]))
            .chain(self.far.iter())
    }

    const fn slot(&self, key: i64) -> usize {
        key as usize & (self.quantities.len() - 1)
    }

    #[inline]
    const fn in_window(&self, key: i64) -> bool {
        // `key >= base` makes the wrapping difference the true one.
        key >= self.base && (key.wrapping_sub(self.base) as u64) < self.quantities.len() as u64
    }

    fn mark(&mut self, word: usize, bit: u64) {
        self.bits[word] |= bit;
        self.summary[word / WORD] |= 1 << (word % WORD);
        self.near += 1;
    }

    fn unmark(&mut self, word: usize, bit: u64) {
        self.bits[word] &= !bit;
        if self.bits[word] == 0 {
            self.summary[word / WORD] &= !(1 << (word % WORD));
        }
        self.near -= 1;
    }

    /// After a level was added at `key`.
    fn rise(&mut self, key: i64) {
        if key > self.best || self.near == 1 {
            self.best = key;
            self.follow();
        }
    }

    /// After the best level was removed.
    fn fall(&mut self) {
        if let Some(next) = self.below(self.best) {
            self.best = next;
        } else if let Some((next, _)) = self.far.best() {
            self.best = next;
        } else {
            return;
        }
        self.follow();
    }

    /// Sets a level outside the window: better than all others, or far from them.
    #[cold]
    fn set_outside(&mut self, key: i64, qty: i64) -> i64 {
        if self.len() == 0 {
            if qty != 0 {
                if self.quantities.is_empty() {
                    self.open();
                }
                self.base = self.base_for(key);
                self.set(key, qty);
            }
            return 0;
        }
        if key < self.base {
            return self.far.set(key, qty);
        }
        if qty != 0 {
            self.best = key;
            self.move_up(self.base_for(key));
            self.set(key, qty);
        }
        0
    }

    /// The base that puts `best` at three quarters of the window, less at most one word: a quarter
    /// is left for better prices, and at least half covers the levels behind it.
    fn base_for(&self, best: i64) -> i64 {
        let behind = (self.quantities.len() / 4 * 3) as i64;
        let lowest = best.saturating_sub(behind);
        lowest.saturating_add(WORD as i64 - 1) & !(WORD as i64 - 1)
    }

    /// Moves the window down once the best is in its lower half. The distance to both triggers
    /// after a move is a quarter of the window, which spreads the cost of moving.
    fn follow(&mut self) {
        if self.best >= self.base.saturating_add((self.quantities.len() / 2) as i64) {
            return;
        }
        let base = self.base_for(self.best);
        if base >= self.base {
            return;
        }
        // Whatever the window loses at its top is better than the best: nothing.
        self.base = base;
        let mut far = std::mem::take(&mut self.far);
        far.drain_from(base, |key, qty| {
            let slot = self.slot(key);
            self.quantities[slot] = qty;
            self.mark(slot / WORD, 1 << (slot % WORD));
        });
        self.far = far;
    }

    /// Moves the window up to `base`; the levels that it leaves behind go far.
    fn move_up(&mut self, base: i64) {
        let words = self.bits.len();
        let first = self.base.wrapping_div(WORD as i64);
        let leaving = (base.wrapping_sub(self.base) as u64 / WORD as u64).min(words as u64);
        for step in 0..leaving as i64 {
            self.evict(first + step);
        }
        self.base = base;
    }

    /// Moves the levels of the `number`th word of all keys out of the window.
    fn evict(&mut self, number: i64) {
        let word = number as usize & (self.bits.len() - 1);
        let mut bits = self.bits[word];
        while bits != 0 {
            let at = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            self.far.set(number * WORD as i64 + at as i64, self.quantities[word * WORD + at]);
            self.unmark(word, 1 << at);
        }
    }

    /// The best key in the window that is worse than `key`, which is in it or above it.
    fn below(&self, key: i64) -> Option<i64> {
        let last = self.base.saturating_add(self.quantities.len() as i64 - 1);
        let from = key.min(last);
        let slot = self.slot(from);
        let word = slot / WORD;
        let lower = self.bits[word] & ((1 << (slot % WORD)) - 1);
        if lower != 0 {
            return Some(from - (slot % WORD) as i64 + highest(lower));
        }
        let lowest = self.slot(self.base) / WORD;
        let found = if lowest <= word {
            self.highest_word(lowest, word)
        } else {
            self.highest_word(0, word).or_else(|| self.highest_word(lowest, self.bits.len()))
        }?;
        let words = self.bits.len();
        let distance = (found + words - lowest) & (words - 1);
        Some(self.base + (distance * WORD) as i64 + highest(self.bits[found]))
    }

    /// The highest non-zero word in `from..to`.
    fn highest_word(&self, from: usize, to: usize) -> Option<usize> {
        let mut end = to;
        while end > from {
            let group = (end - 1) / WORD;
            let kept = end - group * WORD;
            let mask = if kept == WORD { u64::MAX } else { (1 << kept) - 1 };
            let words = self.summary[group] & mask;
            if words != 0 {
                let found = group * WORD + highest(words) as usize;
                return (found >= from).then_some(found);
            }
            end = group * WORD;
        }
        None
    }
}

/// Number of the highest bit; `bits` is not zero.
const fn highest(bits: u64) -> i64 {
    bits.ilog2() as i64
}
