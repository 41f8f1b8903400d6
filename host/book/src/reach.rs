//! How far a book claims to know every level.

use patchbay_model::Side;

use crate::levels::Levels;
use crate::message::Message;

/// A price such that the greater is the better, on either side.
pub(crate) const fn key(side: Side, price: i64) -> i64 {
    match side {
        Side::Buy => price,
        Side::Sell => -price,
    }
}

/// Where a book's knowledge of a side ends. A level that it holds it knows, wherever that is; one
/// that it does not hold is known to be empty only within its reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nowhere: the snapshot below it was whole.
    Whole,
    /// At the last level of the snapshot from beside the stream: its changes tell of every level,
    /// but what lay beyond before they began nobody told.
    To([i64; 2]),
    /// At its own last level: the stream itself tells of the best levels only.
    Window,
}

impl Reach {
    /// Of a book that begins with `snapshot`.
    pub(crate) fn of(snapshot: &Message<'_>) -> Self {
        if !snapshot.is_partial() {
            return Self::Whole;
        }
        if !snapshot.is_outside() {
            return Self::Window;
        }
        let last = |side| snapshot.levels(side).map(|level| key(side, level.price)).min();
        Self::To([Side::Buy, Side::Sell].map(|side| last(side).unwrap_or(i64::MAX)))
    }

    /// The least key of `side` that is known, as the book stands.
    pub(crate) fn least(&self, side: Side, levels: &Levels) -> i64 {
        match self {
            Self::Whole => i64::MIN,
            Self::To(ends) => ends[place(side)],
            Self::Window => {
                levels.iter(side).last().map_or(i64::MAX, |level| key(side, level.price))
            }
        }
    }

    /// Whether it moves with the levels.
    pub(crate) const fn moves(&self) -> bool {
        matches!(self, Self::Window)
    }
}

/// Bids first.
pub(crate) const fn place(side: Side) -> usize {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}
