//! Recorded frames through the engine and a publisher onto a tape.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::print_stdout)]

pub mod frames;
pub mod small;
pub mod world;

use std::collections::BTreeMap;

use patchbay_abi::Level;
use patchbay_mcast::{Consumer, Key};
use patchbay_model::{Nanos, Side};

/// What left the publisher, and what its books were meanwhile.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A datagram.
    Sent { at: Nanos, bytes: Vec<u8> },
    /// After a turn: whether a book was live, and its levels.
    Mark { at: Nanos, key: Key, live: bool, sequence: u64, hash: u64 },
}

impl Entry {
    pub fn at(&self) -> Nanos {
        match self {
            Self::Sent { at, .. } | Self::Mark { at, .. } => *at,
        }
    }
}

/// A recorded run.
#[derive(Default)]
pub struct Tape {
    pub entries: Vec<Entry>,
    /// Levels by key and the venue's update id.
    pub truth: BTreeMap<(Key, u64), u64>,
}

impl Tape {
    pub fn sent(&self) -> impl Iterator<Item = (Nanos, &[u8])> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Sent { at, bytes } => Some((*at, &bytes[..])),
            Entry::Mark { .. } => None,
        })
    }

    pub fn end(&self) -> Nanos {
        self.entries.last().unwrap().at()
    }

    /// Last state of each book.
    pub fn last_marks(&self) -> BTreeMap<Key, (bool, u64)> {
        let marks = self.entries.iter().filter_map(|entry| match entry {
            Entry::Mark { key, live, hash, .. } => Some((*key, (*live, *hash))),
            Entry::Sent { .. } => None,
        });
        marks.collect()
    }
}

/// A number for the levels of a book, both sides in order.
pub fn hash<B: Iterator<Item = Level>, A: Iterator<Item = Level>>(bids: B, asks: A) -> u64 {
    let mix = |hash: u64, level: Level| {
        let hash = (hash ^ level.price.cast_unsigned()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (hash.rotate_left(23) ^ level.qty.cast_unsigned()).wrapping_mul(0xff51_afd7_ed55_8ccd)
    };
    asks.fold(bids.fold(1, mix) ^ 0x5555, mix)
}

pub fn hash_of(book: &patchbay_mcast::Book) -> u64 {
    hash(book.levels(Side::Buy), book.levels(Side::Sell))
}

/// Fails if a book that is shown as good is another than the publisher's at the same update id.
pub fn assert_right(consumer: &Consumer, key: Key, now: Nanos, tape: &Tape) -> bool {
    let Some(book) = consumer.good(key, now) else {
        return false;
    };
    let want = tape.truth.get(&(key, book.venue_sequence()));
    assert_eq!(Some(&hash_of(book)), want, "{key:?} at {}", book.venue_sequence());
    true
}

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// True `per_mille` times in a thousand.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.next() % 1000 < per_mille
    }
}
