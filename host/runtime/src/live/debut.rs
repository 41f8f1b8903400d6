//! What a new instance has to have before the one whose place it takes may go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use patchbay_abi::{self as abi, Slot};
use patchbay_model::{Instrument, Nanos};
use patchbay_net::Phase;

use super::config::OwnedWish;
use super::place::Place;

/// An instrument of which nothing has come for so long since all connections were open is taken for
/// a quiet one. ns.
const PATIENCE: Nanos = 10_000_000_000;

/// Every book that is wanted is to be heard, and everything else that is wanted over the same
/// connections had time to come.
#[derive(Debug)]
pub(crate) struct Debut {
    /// Symbols and kinds of books that are wanted and were not heard.
    awaited: BTreeSet<(String, u8)>,
    /// The adapter's index of those that it defined.
    defined: BTreeMap<u32, (String, u8)>,
    /// Since when all connections are open and carry something.
    open_since: Option<Nanos>,
    /// Since when nothing is awaited.
    heard_since: Option<Nanos>,
    /// How long old and new instance both deliver.
    settle: Nanos,
}

impl Debut {
    pub(crate) fn new(wishes: &[OwnedWish], settle: Nanos) -> Self {
        let books = wishes.iter().filter(|wish| wish.channels & abi::CHANNEL_DEPTH != 0);
        Self {
            awaited: books.map(|wish| (wish.symbol.clone(), wish.kind)).collect(),
            defined: BTreeMap::new(),
            open_since: None,
            heard_since: None,
            settle,
        }
    }

    /// An instrument is wanted now, too, which the adapter has defined under this index.
    pub(crate) fn want(&mut self, wish: &OwnedWish, index: Option<u32>) {
        let name = (wish.symbol.clone(), wish.kind);
        if wish.channels & abi::CHANNEL_DEPTH != 0 && self.awaited.insert(name.clone()) {
            self.defined.extend(index.map(|index| (index, name)));
            (self.open_since, self.heard_since) = (None, None);
        }
    }

    /// An instrument was defined.
    pub(crate) fn define(&mut self, index: u32, about: &Instrument) {
        let name = (about.symbol.clone(), about.kind.to_abi());
        if self.awaited.contains(&name) {
            self.defined.insert(index, name);
        }
    }

    /// Records came over a connection.
    pub(crate) fn hear(&mut self, records: &[Slot]) {
        if self.awaited.is_empty() {
            return;
        }
        let mut rest = records;
        while let Some(head) = rest.first() {
            if head.head().kind == abi::SLOT_DEPTH
                && let Some(name) = self.defined.remove(&head.head().instrument)
            {
                self.awaited.remove(&name);
            }
            rest = rest.get(1 + head.continuation()..).unwrap_or_default();
        }
    }

    /// Looks at the connections; whether the one before may go.
    pub(crate) fn is_over(&mut self, now: Nanos, places: &[Place]) -> bool {
        let carries = |place: &Place| {
            let open = matches!(place.phase, Phase::Open | Phase::Replacing);
            open && place.traffic.last_ns.load(Ordering::Relaxed) != 0
        };
        if places.is_empty() || !places.iter().all(carries) {
            (self.open_since, self.heard_since) = (None, None);
            return false;
        }
        let since = *self.open_since.get_or_insert(now);
        if !self.awaited.is_empty() && now - since < PATIENCE {
            return false;
        }
        now - *self.heard_since.get_or_insert(now) >= self.settle
    }
}
