//! Chains of update ids that run over more than one book.

use std::collections::BTreeMap;

use patchbay_abi::{SCOPE_CONNECTION, SCOPE_STREAM};
use patchbay_book::{Chain, Message, Verdict};
use patchbay_model::InstrumentId;

use crate::Turn;

/// Whose chain: instance, `SCOPE_*`, the adapter's number, and for a connection's chain the
/// connection, since two of them count apart while one replaces the other.
pub(crate) type ChainKey = (u32, u8, u32, u32);

#[derive(Debug, Default)]
struct Shared {
    chain: Chain,
    conn: u32,
    members: Vec<InstrumentId>,
}

/// The chains of streams and connections; those of instruments live in their books.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    shared: BTreeMap<ChainKey, Shared>,
    gaps: u64,
}

impl Chains {
    /// The chain that a message belongs to, unless it is its instrument's own.
    pub(crate) fn key(turn: &Turn<'_>, message: &Message<'_>) -> Option<ChainKey> {
        let scope = message.scope();
        let shared = matches!(scope, SCOPE_STREAM | SCOPE_CONNECTION) && !message.is_newest_wins();
        let conn = if scope == SCOPE_CONNECTION { turn.conn } else { 0 };
        shared.then(|| (turn.instance, scope, message.chain(), conn))
    }

    /// Judges a message of a shared chain; `member` is the book that it belongs to, if any.
    pub(crate) fn judge(
        &mut self,
        key: ChainKey,
        conn: u32,
        member: Option<InstrumentId>,
        message: &Message<'_>,
    ) -> Verdict {
        let shared = self.shared.entry(key).or_default();
        shared.conn = conn;
        if let Some(id) = member
            && let Err(at) = shared.members.binary_search(&id)
        {
            shared.members.insert(at, id);
        }
        let verdict = shared.chain.judge(message);
        self.gaps += u64::from(matches!(verdict, Verdict::Gap { .. }));
        verdict
    }

    /// Books that a break of the chain puts in doubt.
    pub(crate) fn members(&self, key: ChainKey) -> &[InstrumentId] {
        self.shared.get(&key).map_or(&[], |shared| &shared.members)
    }

    /// Forgets the chains of a connection that closed.
    pub(crate) fn close(&mut self, instance: u32, conn: u32) {
        self.shared.retain(|key, shared| key.0 != instance || shared.conn != conn);
    }

    /// Forgets the chains of an instance that is retired.
    pub(crate) fn retire(&mut self, instance: u32) {
        self.shared.retain(|key, _| key.0 != instance);
    }

    /// Breaks of shared chains so far.
    pub(crate) const fn gaps(&self) -> u64 {
        self.gaps
    }
}
