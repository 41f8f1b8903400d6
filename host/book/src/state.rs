//! What a book says of itself and of each message.

use patchbay_abi::{
    BOOK_EMPTY, BOOK_LIVE, BOOK_STALE, BOOK_SYNCING, CAUSE_CLOSED, CAUSE_FAULT, CAUSE_GAP,
    EVIDENCE_CHAINED, EVIDENCE_CHECKSUMMED, EVIDENCE_SNAPSHOT, EVIDENCE_UNPROVEN,
};

use crate::message::Invalid;

/// How far a book can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing was received.
    Empty,
    /// Not yet right: waits for a snapshot, or for the change that ties it to the stream.
    Syncing,
    /// Right, by the evidence that it gives.
    Live,
    /// Was right. Has no levels to read until it is right again.
    Stale,
}

impl State {
    /// `BOOK_*`.
    pub const fn to_abi(self) -> u8 {
        match self {
            Self::Empty => BOOK_EMPTY,
            Self::Syncing => BOOK_SYNCING,
            Self::Live => BOOK_LIVE,
            Self::Stale => BOOK_STALE,
        }
    }
}

/// What a live book's claim rests on; the later, the stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// The venue gives nothing to judge by.
    Unproven,
    /// Whole books only.
    Snapshot,
    /// Update ids chain from the snapshot on.
    Chained,
    /// The venue's checksum agreed after the last message.
    Checksummed,
}

impl Evidence {
    /// `EVIDENCE_*`.
    pub const fn to_abi(self) -> u8 {
        match self {
            Self::Unproven => EVIDENCE_UNPROVEN,
            Self::Snapshot => EVIDENCE_SNAPSHOT,
            Self::Chained => EVIDENCE_CHAINED,
            Self::Checksummed => EVIDENCE_CHECKSUMMED,
        }
    }
}

/// Why a book can no longer be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// `CAUSE_*`.
    pub cause: u16,
    /// Last id before a gap; the venue's value for a checksum.
    pub expected: u64,
    /// What came instead.
    pub found: u64,
}

impl Break {
    /// A break without ids.
    pub const fn of(cause: u16) -> Self {
        Self { cause, expected: 0, found: 0 }
    }

    /// Ids are missing.
    pub const fn gap(expected: u64, found: u64) -> Self {
        Self { cause: CAUSE_GAP, expected, found }
    }

    /// Nobody is there who could send a snapshot; the next connection's first change will ask.
    pub(crate) const fn is_severed(self) -> bool {
        matches!(self.cause, CAUSE_CLOSED | CAUSE_FAULT)
    }
}

/// A change of state, or the reason why a state lasts (`from == to`: the snapshot was too old, the
/// wait too long, another gap).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// State before.
    pub from: State,
    /// State after.
    pub to: State,
    /// Why.
    pub reason: Break,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Level changes were applied, those of kept messages included.
    Applied {
        /// Number of level changes.
        changes: u32,
    },
    /// The levels were replaced and are live.
    Replaced,
    /// It says that nothing changed.
    Heartbeat,
    /// It holds nothing new.
    Duplicate,
    /// A change that waits for its snapshot.
    Kept,
    /// A snapshot that waits for the change that ties it to the stream.
    Held,
    /// A change without a snapshot below it that could not be kept, or a snapshot too old.
    Unused,
    /// It was believed and then convicted by its checksum.
    Convicted,
    /// It contradicts itself.
    Refused(Invalid),
}

/// Result of a message, or of a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Applied {
    /// What became of it.
    pub what: What,
    /// A change of state, if there was one.
    pub transition: Option<Transition>,
    /// A snapshot is needed now. Said once a break, and again when one that came did not help.
    pub resync: bool,
}

impl Applied {
    pub(crate) const fn quiet(what: What) -> Self {
        Self { what, transition: None, resync: false }
    }
}

/// What happened to a book since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages given to it.
    pub messages: u64,
    /// Messages applied; snapshots from beside the stream not counted.
    pub applied: u64,
    /// Good chains that broke.
    pub gaps: u64,
    /// Times it became live again.
    pub resyncs: u64,
    /// Live messages after which the best bid was not below the best ask.
    pub crossed: u64,
    /// Messages that held nothing new.
    pub duplicates: u64,
    /// Changes that were never applied: overflow, broken before their snapshot, nothing to keep by.
    pub dropped: u64,
    /// Messages refused or convicted.
    pub refused: u64,
}
