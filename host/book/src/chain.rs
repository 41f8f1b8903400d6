//! Continuity: does this message follow the one before?

use patchbay_abi::{SCOPE_INSTRUMENT, SCOPE_NONE};
use patchbay_model::Nanos;

use crate::message::Message;

/// What a chain says about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has no ids to judge by.
    Unchained,
    /// The chain starts, or starts again, with it.
    Reset,
    /// It follows.
    Next,
    /// It is covered by what came before.
    Duplicate,
    /// Something between is missing.
    Gap {
        /// Last id before the break.
        expected: u64,
        /// Id that came instead.
        found: u64,
    },
}

/// The ids of one instrument, stream or connection, as far as they have come.
///
/// A book owns the chain of its instrument. Whoever owns streams and connections keeps one chain
/// for each (instance, scope, number), judges every message of it, marks too, and hands the
/// verdict to the book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    last: Option<u64>,
    newest_ns: Nanos,
}

impl Chain {
    /// A chain that starts with whatever comes first.
    pub const fn new() -> Self {
        Self { last: None, newest_ns: 0 }
    }

    /// Last id, once there is one.
    pub const fn last(&self) -> Option<u64> {
        self.last
    }

    /// Forgets everything: the connection was closed.
    pub const fn restart(&mut self) {
        *self = Self::new();
    }

    /// Judges a message and takes it into the chain. After a gap the chain goes on from the
    /// message that came instead, so that one missing message is one gap.
    #[inline]
    pub fn judge(&mut self, message: &Message<'_>) -> Verdict {
        if message.is_newest_wins() {
            return self.judge_time(message);
        }
        if message.scope() == SCOPE_NONE {
            return Verdict::Unchained;
        }
        let verdict = self.judge_ids(message);
        if !matches!(verdict, Verdict::Duplicate | Verdict::Unchained) {
            self.last = Some(message.sequence());
        }
        verdict
    }

    /// Equal times are taken: the later message wins (upbit.md, section 3). So is one without time.
    fn judge_time(&mut self, message: &Message<'_>) -> Verdict {
        let time = message.exchange_ns();
        if time != 0 && time < self.newest_ns && !message.is_reset() {
            return Verdict::Duplicate;
        }
        self.newest_ns = time;
        self.last = Some(message.sequence());
        Verdict::Next
    }

    fn judge_ids(&self, message: &Message<'_>) -> Verdict {
        // An instrument's own snapshot starts its chain again, wherever that was: OKX, Deribit,
        // Bybit send one whenever they like. Ids of a connection run on through snapshots.
        let starts = message.is_snapshot() && message.scope() == SCOPE_INSTRUMENT;
        let Some(last) = self.last.filter(|_| !starts && !message.is_reset()) else {
            return Verdict::Reset;
        };
        if let Some(previous) = message.previous() {
            return judge_previous(message, previous, last);
        }
        if message.is_dense() {
            return judge_dense(message, last);
        }
        Verdict::Unchained
    }
}

/// Ids with holes, each message naming the one before (binance.md futures, okx.md, deribit.md,
/// section 3). The id itself may fall: OKX's maintenance reset arrives with `previous` equal to the
/// last id and a lower id of its own, and the chain goes on from there.
///
/// So a lower id proves a duplicate only where ids never fall, which is where the message states a
/// first id as well (Binance). Elsewhere it may be the message after a reset that was lost.
fn judge_previous(message: &Message<'_>, previous: u64, last: u64) -> Verdict {
    if previous == last {
        Verdict::Next
    } else if message.states_first() && message.sequence() <= last {
        Verdict::Duplicate
    } else {
        Verdict::Gap { expected: last, found: previous }
    }
}

/// Ids without holes (binance.md spot, bybit.md, coinbase.md, section 3). A message may overlap
/// what is known: its levels are absolute.
fn judge_dense(message: &Message<'_>, last: u64) -> Verdict {
    if message.sequence() <= last {
        Verdict::Duplicate
    } else if message.first() > last.saturating_add(1) {
        Verdict::Gap { expected: last, found: message.first() }
    } else {
        Verdict::Next
    }
}
