//! What is wanted of one adapter instance, as its venue's list comes and changes.

use std::collections::BTreeSet;

use patchbay_model::{Instrument, Kind, Nanos};

use super::config::OwnedWish;
use crate::names::Wanted;

/// The streams wanted.
pub(crate) struct Wishes {
    /// Whatever the venue lists.
    fixed: Vec<OwnedWish>,
    wanted: Wanted,
    /// `CHANNEL_*` of what `wanted` chooses.
    channels: u32,
    /// What the adapter was told last.
    now: Vec<OwnedWish>,
}

impl Wishes {
    pub(crate) fn new(fixed: Vec<OwnedWish>, wanted: Wanted, channels: u32) -> Self {
        let mut this = Self { fixed, wanted, channels, now: Vec::new() };
        this.wanted.take_changed();
        this.now = this.chosen();
        this
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[OwnedWish] {
        &self.now
    }

    /// How many instruments.
    pub(crate) fn instruments(&self) -> u64 {
        self.now.iter().filter(|wish| !wish.symbol.is_empty()).count() as u64
    }

    /// The adapter has defined an instrument.
    pub(crate) fn define(&mut self, now: Nanos, index: u32, about: &Instrument) {
        self.wanted.define(now, index, about);
    }

    /// What is wanted now and was not before, each with the adapter's index; `None` if nothing is
    /// wanted otherwise than before.
    pub(crate) fn renew(&mut self) -> Option<Vec<(OwnedWish, Option<u32>)>> {
        if !self.wanted.take_changed() {
            return None;
        }
        let chosen = self.chosen();
        if chosen == self.now {
            return None;
        }
        let before = std::mem::replace(&mut self.now, chosen);
        let before: BTreeSet<_> = before.iter().map(|wish| (wish.kind, &*wish.symbol)).collect();
        let fresh = self.now.iter().filter(|wish| !before.contains(&(wish.kind, &*wish.symbol)));
        let index = |wish: &OwnedWish| {
            let kind = Kind::from_abi(wish.kind)?;
            Some(self.wanted.catalogue().get(kind, &wish.symbol)?.index)
        };
        Some(fresh.map(|wish| (wish.clone(), index(wish))).collect())
    }

    /// What cannot be met.
    pub(crate) fn complaints(&mut self, now: Nanos) -> Vec<String> {
        self.wanted.complaints(now)
    }

    fn chosen(&mut self) -> Vec<OwnedWish> {
        let channels = self.channels;
        let wish =
            |(kind, symbol): (Kind, String)| OwnedWish { symbol, kind: kind.to_abi(), channels };
        let chosen = self.wanted.choose().into_iter().map(wish);
        self.fixed.iter().cloned().chain(chosen).collect()
    }
}
