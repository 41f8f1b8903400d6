//! A book as a consumer rebuilds it.

use std::collections::BTreeMap;

use patchbay_abi::{BOOK_LIVE, Level};
use patchbay_model::{Nanos, Side};

use crate::{BookState, FIRST, Header, LAST, Levels, SNAPSHOT, STALE};

/// Levels of one event, whose parts come one by one; and for a snapshot what came in between.
#[derive(Clone, Debug, Default)]
struct Parts {
    open: bool,
    levels: Vec<(Side, Level)>,
}

impl Parts {
    /// Takes a part; whether the event is complete with it.
    fn take(&mut self, header: &Header, levels: &Levels<'_>) -> bool {
        if header.has(FIRST) {
            self.levels.clear();
            self.open = true;
        }
        if self.open {
            self.levels.extend(sides(levels));
        }
        self.open && header.has(LAST)
    }
}

fn sides<'a>(levels: &Levels<'a>) -> impl Iterator<Item = (Side, Level)> + use<'a> {
    let bids = levels.bids().map(|level| (Side::Buy, level));
    bids.chain(levels.asks().map(|level| (Side::Sell, level)))
}

/// What became of a datagram of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Took {
    /// Kept until its event is complete, or of no use before a snapshot.
    Nothing,
    /// The event is complete and applied.
    Changed,
    /// A snapshot is complete.
    Snapshot,
    /// It contradicts itself or the book, which is void now.
    Refused,
}

/// An order book. [`crate::Consumer::good`] shows it while it is known to be right.
#[derive(Clone, Debug, Default)]
pub struct Book {
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
    /// Hole count of its channel since which it is whole.
    whole: Option<u64>,
    /// What the publisher last said; `None` if it has not.
    said: Option<BookState>,
    live: bool,
    last: Option<Header>,
    update: Parts,
    snapshot: Parts,
    /// Changes since the snapshot that is under way began, and the header of the last.
    since: Vec<(Side, Level)>,
    since_last: Option<Header>,
    /// Holes of the channel that this book knows of.
    seen: u64,
    exps: (i8, i8),
}

impl Book {
    /// The levels of `side`, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = Level> + '_ {
        let (bids, asks) = match side {
            Side::Buy => (Some(self.bids.iter().rev()), None),
            Side::Sell => (None, Some(self.asks.iter())),
        };
        let level = |(&price, &qty)| Level { price, qty };
        bids.into_iter().flatten().chain(asks.into_iter().flatten()).map(level)
    }

    /// The best level of `side`.
    pub fn best(&self, side: Side) -> Option<Level> {
        self.levels(side).next()
    }

    /// Number of levels, bids and asks.
    pub fn len(&self) -> (usize, usize) {
        (self.bids.len(), self.asks.len())
    }

    /// Whether it has no level.
    pub fn is_empty(&self) -> bool {
        self.len() == (0, 0)
    }

    /// Exponents of prices and quantities.
    pub const fn exps(&self) -> (i8, i8) {
        self.exps
    }

    /// The venue's last update id that it holds, 0 if it sends none.
    pub fn venue_sequence(&self) -> u64 {
        self.last.map_or(0, |last| last.venue_sequence)
    }

    /// Times of the last event that it holds: of the exchange, the host's read, the host's publish.
    pub fn times(&self) -> (Nanos, Nanos, Nanos) {
        self.last.map_or((0, 0, 0), |last| (last.exchange_ts, last.receive_ts, last.send_ts))
    }

    /// What the publisher last said of it; `None` if it has not.
    pub const fn said(&self) -> Option<BookState> {
        self.said
    }

    /// Whether the publisher's own book is live, as far as is known.
    pub const fn is_live(&self) -> bool {
        self.live
    }

    /// Whether it is whole since a snapshot, no hole having come since.
    pub(super) fn is_whole(&self, holes: u64) -> bool {
        self.whole == Some(holes)
    }

    /// Takes a part of an event. `holes` counts those of the channel so far.
    pub(super) fn part(
        &mut self,
        header: &Header,
        levels: &Levels<'_>,
        holes: u64,
        bound: usize,
    ) -> Took {
        let exps = (header.price_exp, header.qty_exp);
        if self.seen != holes || self.exps != exps {
            self.void();
            (self.seen, self.exps) = (holes, exps);
        }
        let kept = self.update.levels.len() + self.snapshot.levels.len() + self.since.len();
        let held = self.bids.len() + self.asks.len();
        if kept.max(held) + usize::from(header.count) > bound {
            self.void();
            return Took::Refused;
        }
        if header.has(STALE) {
            self.live = false;
        }
        if header.has(SNAPSHOT) { self.image(header, levels) } else { self.change(header, levels) }
    }

    /// Notes what the publisher says. After anything but live it sends the book whole again.
    pub(super) fn state(&mut self, said: BookState) {
        self.said = Some(said);
        self.live = said.state == BOOK_LIVE;
        if !self.live {
            self.void();
        }
    }

    /// A datagram of this instrument carries [`STALE`].
    pub(super) fn stale(&mut self) {
        self.live = false;
        self.void();
    }

    fn image(&mut self, header: &Header, levels: &Levels<'_>) -> Took {
        if header.has(FIRST) {
            self.since.clear();
            self.since_last = None;
        }
        if !self.snapshot.take(header, levels) {
            return Took::Nothing;
        }
        self.snapshot.open = false;
        if !self.replace() {
            self.void();
            return Took::Refused;
        }
        self.whole = Some(self.seen);
        self.live = !header.has(STALE);
        self.last = self.since_last.take().or(Some(*header));
        Took::Snapshot
    }

    /// Puts the snapshot in place of the levels, and what came since on top. False if it states a
    /// price twice or out of order.
    fn replace(&mut self) -> bool {
        self.bids.clear();
        self.asks.clear();
        let mut before: [Option<i64>; 2] = [None; 2];
        for &(side, Level { price, qty }) in &self.snapshot.levels {
            let (at, map, rank) = match side {
                Side::Buy => (0, &mut self.bids, price.checked_neg()),
                Side::Sell => (1, &mut self.asks, Some(price)),
            };
            if rank.is_none() || before[at].is_some_and(|before| Some(before) >= rank) {
                return false;
            }
            before[at] = rank;
            map.insert(price, qty);
        }
        for at in 0..self.since.len() {
            let (side, level) = self.since[at];
            self.set(side, level);
        }
        self.since.clear();
        self.snapshot.levels.clear();
        true
    }

    fn change(&mut self, header: &Header, levels: &Levels<'_>) -> Took {
        if !self.update.take(header, levels) {
            return Took::Nothing;
        }
        self.update.open = false;
        let changes = std::mem::take(&mut self.update.levels);
        if self.snapshot.open {
            self.since.extend_from_slice(&changes);
            self.since_last = Some(*header);
        }
        let whole = self.whole.is_some();
        if whole {
            changes.iter().for_each(|&(side, level)| self.set(side, level));
            self.last = Some(*header);
        }
        // Its room is used again.
        self.update.levels = changes;
        self.update.levels.clear();
        if whole { Took::Changed } else { Took::Nothing }
    }

    fn set(&mut self, side: Side, Level { price, qty }: Level) {
        let map = match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        };
        if qty == 0 {
            map.remove(&price);
        } else {
            map.insert(price, qty);
        }
    }

    /// Neither the levels nor the parts can be trusted.
    fn void(&mut self) {
        self.whole = None;
        self.bids.clear();
        self.asks.clear();
        self.since.clear();
        for parts in [&mut self.update, &mut self.snapshot] {
            parts.open = false;
            parts.levels.clear();
        }
    }
}
