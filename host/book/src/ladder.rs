//! One side of a book: a window of quantities by tick near the best, a hash table beyond it.
//!
//! A higher key is a better price: asks are mirrored by their owner. The window is a ring over the
//! keys `base..base + width`, so that moving it moves only the levels that enter or leave. Nothing
//! lies above it (a better level moves it up), and everything below it is in [`Far`]: the best of
//! the side is always in the window.

use patchbay_abi::Level;
use patchbay_scan::fetch;

use crate::far::Far;

/// Keys whose quantities share a line of the processor's cache; the window moves by whole lines.
const LINE: usize = 8;

/// Lines that share a word of marks.
const WORD: usize = 64;

/// Smallest window: enough lines that a move leaves the best away from both triggers.
pub(crate) const NARROWEST: usize = 256;

/// The best key of a side without levels. No price has it.
const NONE: i64 = i64::MIN;

/// Quantities of neighbouring keys; 0 where there is no level.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Line([i64; LINE]);

const EMPTY: Line = Line([0; LINE]);

/// One side of a book.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    /// Keys in the window, once there is one.
    width: usize,
    /// Lowest key in the window; a multiple of [`LINE`].
    base: i64,
    /// Best key; [`NONE`] if there is no level at all.
    best: i64,
    /// By key modulo the width.
    lines: Box<[Line]>,
    /// A bit per line. One without it is empty; one with it may have become so, since removing a
    /// level worse than the best does not look at its neighbours.
    marks: Box<[u64]>,
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
            best: NONE,
            lines: Box::default(),
            marks: Box::default(),
            far: Far::new(far),
        }
    }

    fn open(&mut self) {
        let lines = self.width / LINE;
        self.lines = vec![EMPTY; lines].into();
        self.marks = vec![0; lines.div_ceil(WORD)].into();
        self.far.reserve();
    }

    pub(crate) fn clear(&mut self) {
        while let Some(number) = self.marked_below(self.lines.len()) {
            self.take(number);
        }
        self.best = NONE;
        self.far.clear();
    }

    /// Counts them.
    pub(crate) fn len(&self) -> usize {
        let near = self.lines.iter().flat_map(|line| line.0).filter(|&qty| qty != 0);
        near.count() + self.far.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.best == NONE
    }

    pub(crate) const fn far_len(&self) -> usize {
        self.far.len()
    }

    /// Reserved and touched memory, in bytes.
    pub(crate) fn memory(&self) -> (usize, usize) {
        let window = size_of_val(&*self.lines) + size_of_val(&*self.marks);
        let (reserved, touched) = self.far.memory();
        (window + reserved, window + touched)
    }

    /// Best key and its quantity.
    #[inline]
    pub(crate) fn best(&self) -> Option<(i64, i64)> {
        (!self.is_empty()).then(|| (self.best, self.quantity(self.best)))
    }

    /// Sets a level; quantity 0 removes it. Returns the quantity before, 0 if there was none.
    #[inline]
    pub(crate) fn set(&mut self, key: i64, qty: i64) -> i64 {
        if !self.in_window(key) {
            return self.set_outside(key, qty);
        }
        let before = self.quantity(key);
        self.put(key, qty);
        if qty != 0 && key > self.best {
            self.best = key;
            self.follow();
        } else if qty == 0 && key == self.best {
            self.fall();
        }
        before
    }

    /// Sets the first levels, as many as are in the window, worse than the best, and of a price
    /// that `key_of` knows: nothing but quantities changes. Returns those that are left.
    #[inline]
    pub(crate) fn set_plain<'l>(
        &mut self,
        levels: &'l [Level],
        key_of: impl Fn(i64) -> Option<i64>,
    ) -> &'l [Level] {
        let mut rest = levels;
        while let Some((level, behind)) = rest.split_first()
            && let Some(key) = key_of(level.price)
            && (self.base..self.best).contains(&key)
        {
            self.put(key, level.qty);
            rest = behind;
        }
        rest
    }

    /// Has the place of a level fetched.
    #[inline]
    pub(crate) fn fetch(&self, key: i64) {
        if self.in_window(key) {
            fetch(&self.lines[self.slot(key) / LINE]);
        } else {
            self.far.fetch(key);
        }
    }

    /// All levels, best first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        let first = (!self.is_empty()).then(|| self.marked_below(self.number(self.best) + 1));
        std::iter::successors(first.flatten(), |&number| self.marked_below(number))
            .flat_map(|number| self.levels(number))
            .chain(self.far.iter())
    }

    #[inline]
    const fn slot(&self, key: i64) -> usize {
        key as usize & (self.lines.len() * LINE - 1)
    }

    #[inline]
    fn quantity(&self, key: i64) -> i64 {
        let slot = self.slot(key);
        self.lines[slot / LINE].0[slot % LINE]
    }

    /// Writes a quantity into the window.
    #[inline]
    fn put(&mut self, key: i64, qty: i64) {
        let slot = self.slot(key);
        let line = slot / LINE;
        self.lines[line].0[slot % LINE] = qty;
        let (word, bit) = (line / WORD, 1 << (line % WORD));
        // Written only if need be: the next level, which is often of the same word, does not wait.
        if self.marks[word] & bit == 0 && qty != 0 {
            self.marks[word] |= bit;
        }
    }

    #[inline]
    const fn in_window(&self, key: i64) -> bool {
        let width = (self.lines.len() * LINE) as u64;
        // `key >= base` makes the wrapping difference the true one.
        key >= self.base && (key.wrapping_sub(self.base) as u64) < width
    }

    /// After the best level was removed.
    fn fall(&mut self) {
        let mut end = self.number(self.best) + 1;
        while let Some(number) = self.marked_below(end) {
            if let Some((key, _)) = self.levels(number).next() {
                self.best = key;
                return self.follow();
            }
            self.take(number);
            end = number;
        }
        self.best = self.far.best().map_or(NONE, |(key, _)| key);
        if !self.is_empty() {
            self.follow();
        }
    }

    /// Sets a level outside the window: better than all others, or far from them.
    #[cold]
    fn set_outside(&mut self, key: i64, qty: i64) -> i64 {
        if !self.is_empty() && key < self.base {
            return self.far.set(key, qty);
        }
        if qty != 0 {
            if self.lines.is_empty() {
                self.open();
            }
            self.move_up(self.base_for(key));
            self.set(key, qty);
        }
        0
    }

    /// The base that puts `best` at three quarters of the window, less at most one line: a quarter
    /// is left for better prices, and at least half covers the levels behind it.
    fn base_for(&self, best: i64) -> i64 {
        let behind = (self.lines.len() * LINE / 4 * 3) as i64;
        let lowest = best.saturating_sub(behind);
        lowest.saturating_add(LINE as i64 - 1) & !(LINE as i64 - 1)
    }

    /// Moves the window down once the best is in its lower half. The distance to both triggers
    /// after a move is a quarter of the window, which spreads the cost of moving.
    fn follow(&mut self) {
        let half = (self.lines.len() * LINE / 2) as i64;
        let base = self.base_for(self.best);
        if self.best >= self.base.saturating_add(half) || base >= self.base {
            return;
        }
        // Whatever the window loses at its top is better than the best: nothing.
        self.base = base;
        let mut far = std::mem::take(&mut self.far);
        far.drain_from(base, |key, qty| self.put(key, qty));
        self.far = far;
    }

    /// Moves the window up to `base`, or that of an empty side, where nothing is marked, anywhere. The
    /// levels that it leaves behind go far.
    fn move_up(&mut self, base: i64) {
        let leaving = base.wrapping_sub(self.base) as u64 / LINE as u64;
        let leaving = leaving.min(self.lines.len() as u64) as usize;
        while let Some(number) = self.marked_below(leaving) {
            for (key, qty) in self.levels(number) {
                self.far.set(key, qty);
            }
            self.take(number);
        }
        self.base = base;
    }

    /// Empties a line.
    fn take(&mut self, number: usize) {
        let line = self.ring(number);
        self.lines[line] = EMPTY;
        self.marks[line / WORD] &= !(1 << (line % WORD));
    }

    /// The number of a key's line, counted from the window's lowest.
    const fn number(&self, key: i64) -> usize {
        key.wrapping_sub(self.base) as usize / LINE
    }

    /// Where a line lies in the ring.
    const fn ring(&self, number: usize) -> usize {
        (self.slot(self.base) / LINE + number) & (self.lines.len() - 1)
    }

    /// The levels of a line, best first.
    fn levels(&self, number: usize) -> impl Iterator<Item = (i64, i64)> + use<> {
        let (first, line) = (self.base + (number * LINE) as i64, self.lines[self.ring(number)].0);
        let all = (0..LINE).rev().map(move |at| (first + at as i64, line[at]));
        all.filter(|&(_, qty)| qty != 0)
    }

    /// The highest line with a mark whose number is below `end`.
    fn marked_below(&self, end: usize) -> Option<usize> {
        let lines = self.lines.len();
        if end == 0 {
            return None;
        }
        let first = self.ring(0);
        let behind = (first + end).saturating_sub(lines);
        let found =
            self.mark_in(0, behind).or_else(|| self.mark_in(first, (first + end).min(lines)))?;
        Some((found + lines - first) & (lines - 1))
    }

    /// The highest mark in `from..to` of the ring.
    fn mark_in(&self, from: usize, to: usize) -> Option<usize> {
        let mut end = to;
        while end > from {
            let word = (end - 1) / WORD;
            let kept = end - word * WORD;
            let marks = self.marks[word] & (u64::MAX >> (WORD - kept));
            if marks != 0 {
                let found = word * WORD + marks.ilog2() as usize;
                return (found >= from).then_some(found);
            }
            end = word * WORD;
        }
        None
    }
}
