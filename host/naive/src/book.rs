//! A book as maps of text.

use std::collections::BTreeMap;

use crate::text::{scaled, unscaled};

/// One instrument's book.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// Price and quantity as they were written, by the price as a number.
    sides: [BTreeMap<i128, (String, String)>; 2],
    /// It was tied to a snapshot, and nothing of it was missed since.
    live: bool,
    /// Last update id applied; 0 where the venue gives none.
    pub last: u64,
    /// When the last change was, ms since the Unix epoch, where the venue gives no id.
    pub at_ms: u64,
    /// Changes applied.
    pub applied: u64,
    /// Changes received.
    pub received: u64,
    /// Snapshots taken.
    pub snapshots: u64,
}

impl Book {
    /// Whether snapshot and stream were tied together.
    pub const fn is_live(&self) -> bool {
        self.live
    }

    pub(crate) const fn set_live(&mut self) {
        self.live = true;
    }

    /// Forgets all levels, for a snapshot to come.
    pub(crate) fn clear(&mut self) {
        self.sides = Default::default();
    }

    /// Sets a level of a side (0 bids, 1 asks); a quantity of zero removes it. `None` if a text is
    /// no decimal.
    pub(crate) fn set(&mut self, side: usize, price: &str, qty: &str) -> Option<()> {
        let key = scaled(price)?;
        if scaled(qty)? == 0 {
            self.sides[side].remove(&key);
        } else {
            self.sides[side].insert(key, (price.to_owned(), qty.to_owned()));
        }
        Some(())
    }

    /// Levels of a side, best first, as they were written.
    pub(crate) fn written(&self, side: usize) -> Box<dyn Iterator<Item = &(String, String)> + '_> {
        match side {
            0 => Box::new(self.sides[0].values().rev()),
            _ => Box::new(self.sides[1].values()),
        }
    }

    /// Best levels of a side (0 bids, 1 asks), best first: price and quantity as decimal text
    /// without zeros at the end.
    pub fn best(&self, side: usize, count: usize) -> Vec<[String; 2]> {
        let short = |text: &str| scaled(text).map(unscaled).unwrap_or_default();
        self.written(side).take(count).map(|(price, qty)| [short(price), short(qty)]).collect()
    }

    /// How many levels a side has.
    pub fn depth(&self, side: usize) -> usize {
        self.sides.get(side).map_or(0, BTreeMap::len)
    }
}
