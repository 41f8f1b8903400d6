//! Both sides of a book, by price.

use patchbay_abi::Level;
use patchbay_model::Side;

use crate::ladder::Ladder;
use crate::message::{Invalid, Message};
use crate::tick::{Tick, gcd};

/// How large a book is before it must allocate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelsConfig {
    /// Price step, mantissa; 0 if unknown. Only speed depends on it, never what the book holds: a
    /// price between two steps makes the book find a finer one.
    pub tick: i64,
    /// Ticks a side that are kept in a flat window around the best; at least 256, rounded up to a
    /// power of two. 8 bytes each.
    pub window: usize,
    /// Levels a side beyond the window for which address space is reserved (24 bytes each; memory
    /// that was never touched is not resident).
    pub far: usize,
}

impl Default for LevelsConfig {
    fn default() -> Self {
        Self { tick: 0, window: 8192, far: 10_000 }
    }
}

/// Quantities by price, both sides. No level is ever dropped.
#[derive(Clone, Debug)]
pub struct Levels {
    /// `None` until the first price is seen, if none was given.
    tick: Option<Tick>,
    bids: Ladder,
    /// Keys are negative ticks, so that a higher key is the better price here, too.
    asks: Ladder,
}

impl Levels {
    /// Empty.
    pub fn new(config: &LevelsConfig) -> Self {
        Self {
            tick: Tick::new(config.tick),
            bids: Ladder::new(config.window, config.far),
            asks: Ladder::new(config.window, config.far),
        }
    }

    /// Removes all levels; the tick stays.
    pub fn clear(&mut self) {
        self.bids.clear();
        self.asks.clear();
    }

    /// Sets the quantity at `price`; 0 removes the level. Returns the quantity before, 0 if there
    /// was none. `price` is not `i64::MIN`.
    #[inline]
    pub fn set(&mut self, side: Side, price: i64, qty: i64) -> i64 {
        if let Some(ticks) = self.tick.as_ref().and_then(|tick| tick.divide(price)) {
            return self.set_ticks(side, ticks, qty);
        }
        self.set_between(side, price, qty)
    }

    /// Replaces everything by the levels of `snapshot`.
    ///
    /// # Errors
    ///
    /// [`Invalid::Repeated`] if it states a price twice. The levels are then empty.
    pub fn replace(&mut self, snapshot: &Message<'_>) -> Result<(), Invalid> {
        self.clear();
        self.refine(snapshot);
        for side in [Side::Buy, Side::Sell] {
            for level in snapshot.levels(side).filter(|level| level.qty != 0) {
                if self.set(side, level.price, level.qty) != 0 {
                    self.clear();
                    return Err(Invalid::Repeated);
                }
            }
        }
        Ok(())
    }

    /// Applies the levels of a change; returns how many there were.
    pub(crate) fn change(&mut self, change: &Message<'_>) -> u32 {
        for side in [Side::Buy, Side::Sell] {
            let mut rest = self.set_plain(side, change.side(side));
            while let Some((level, behind)) = rest.split_first() {
                self.set(side, level.price, level.qty);
                rest = self.set_plain(side, behind);
            }
        }
        change.len() as u32
    }

    /// Sets the first levels, as many as change nothing but quantities; those that are left.
    #[inline]
    fn set_plain<'l>(&mut self, side: Side, levels: &'l [Level]) -> &'l [Level] {
        let Some(tick) = self.tick else { return levels };
        match side {
            Side::Buy => self.bids.set_plain(levels, |price| tick.divide(price)),
            Side::Sell => self.asks.set_plain(levels, |price| tick.divide(price).map(|key| -key)),
        }
    }

    /// Has the places of a message's levels fetched all at once, before each waits for its own.
    pub(crate) fn fetch(&self, change: &Message<'_>) {
        let Some(tick) = self.tick else { return };
        for level in change.bids() {
            self.bids.fetch(tick.quotient(level.price));
        }
        for level in change.asks() {
            self.asks.fetch(tick.quotient(level.price).wrapping_neg());
        }
    }

    /// The best level of `side`.
    #[inline]
    pub fn best(&self, side: Side) -> Option<Level> {
        let (key, qty) = self.ladder(side).best()?;
        Some(self.level(side, key, qty))
    }

    /// The levels of `side`, best first.
    pub fn iter(&self, side: Side) -> impl Iterator<Item = Level> + '_ {
        self.ladder(side).iter().map(move |(key, qty)| self.level(side, key, qty))
    }

    /// Fills `out` with the best levels of `side` and returns how many there are.
    pub fn top(&self, side: Side, out: &mut [Level]) -> usize {
        let mut filled = 0;
        for (place, level) in out.iter_mut().zip(self.iter(side)) {
            *place = level;
            filled += 1;
        }
        filled
    }

    /// Number of levels of `side`.
    pub fn len(&self, side: Side) -> usize {
        self.ladder(side).len()
    }

    /// Whether neither side has a level.
    pub fn is_empty(&self) -> bool {
        self.bids.is_empty() && self.asks.is_empty()
    }

    /// Levels of `side` that lie outside its window.
    pub fn far_len(&self, side: Side) -> usize {
        self.ladder(side).far_len()
    }

    /// Whether the best bid is not below the best ask.
    #[inline]
    pub fn is_crossed(&self) -> bool {
        match (self.bids.best(), self.asks.best()) {
            (Some((bid, _)), Some((ask, _))) => bid >= -ask,
            _ => false,
        }
    }

    /// The price step in use, 0 before the first price.
    pub fn tick(&self) -> i64 {
        self.tick.as_ref().map_or(0, Tick::step)
    }

    /// Bytes reserved, and of these the most that can be resident now.
    pub fn memory(&self) -> (usize, usize) {
        let (bids, asks) = (self.bids.memory(), self.asks.memory());
        (bids.0 + asks.0, bids.1 + asks.1)
    }

    fn ladder(&self, side: Side) -> &Ladder {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    #[inline]
    fn set_ticks(&mut self, side: Side, ticks: i64, qty: i64) -> i64 {
        match side {
            Side::Buy => self.bids.set(ticks, qty),
            Side::Sell => self.asks.set(-ticks, qty),
        }
    }

    #[inline]
    fn level(&self, side: Side, key: i64, qty: i64) -> Level {
        let ticks = match side {
            Side::Buy => key,
            Side::Sell => -key,
        };
        Level { price: ticks * self.tick(), qty }
    }

    /// Sets a level at a price that is no multiple of the tick, or before there is one.
    #[cold]
    fn set_between(&mut self, side: Side, price: i64, qty: i64) -> i64 {
        if qty == 0 {
            return 0;
        }
        self.retick(gcd(self.tick(), price).max(1));
        self.set(side, price, qty)
    }

    /// Finds the tick of a snapshot before it is taken, so that nothing has to move for it.
    fn refine(&mut self, snapshot: &Message<'_>) {
        let mut step = self.tick();
        let mut tick = self.tick;
        for level in snapshot.bids().chain(snapshot.asks()) {
            if tick.is_none_or(|tick| tick.divide(level.price).is_none()) {
                step = gcd(step, level.price);
                tick = Tick::new(step);
            }
        }
        self.tick = tick;
    }

    /// Moves every level to a finer tick. Each such step at least halves the tick, so that a book
    /// sees few of them in its life.
    fn retick(&mut self, step: i64) {
        let levels = [Side::Buy, Side::Sell].map(|side| self.iter(side).collect::<Vec<_>>());
        self.clear();
        self.tick = Tick::new(step);
        for (side, levels) in [Side::Buy, Side::Sell].into_iter().zip(levels) {
            for level in levels {
                self.set(side, level.price, level.qty);
            }
        }
    }
}
