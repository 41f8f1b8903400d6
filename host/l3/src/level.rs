//! The prices of one side, and the ends of the queue at each.

/// A price as a rank of its side: the higher, the better, on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(pub(crate) i64);

/// No order.
pub(crate) const NONE: u32 = u32::MAX;

/// The orders at one price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    pub(crate) rank: Rank,
    /// Sum of their quantities.
    pub(crate) qty: i128,
    /// How many.
    pub(crate) orders: u32,
    /// Place of the order whose turn is first, and of the last.
    pub(crate) first: u32,
    pub(crate) last: u32,
}

/// The prices of one side, the best last: what changes is near the end.
#[derive(Clone, Debug)]
pub(crate) struct Levels(Vec<Level>);

impl Levels {
    pub(crate) fn with_capacity(levels: usize) -> Self {
        Self(Vec::with_capacity(levels))
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    fn place(&self, rank: Rank) -> Result<usize, usize> {
        self.0.binary_search_by_key(&rank, |level| level.rank)
    }

    pub(crate) fn get(&self, rank: Rank) -> Option<&Level> {
        self.place(rank).ok().map(|place| &self.0[place])
    }

    pub(crate) fn get_mut(&mut self, rank: Rank) -> Option<&mut Level> {
        self.place(rank).ok().map(|place| &mut self.0[place])
    }

    /// The level at a rank, empty if there was none.
    pub(crate) fn open(&mut self, rank: Rank) -> &mut Level {
        let place = self.place(rank).unwrap_or_else(|place| {
            self.0.insert(place, Level { rank, qty: 0, orders: 0, first: NONE, last: NONE });
            place
        });
        &mut self.0[place]
    }

    pub(crate) fn remove(&mut self, rank: Rank) {
        if let Ok(place) = self.place(rank) {
            self.0.remove(place);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Best first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Level> {
        self.0.iter().rev()
    }
}
