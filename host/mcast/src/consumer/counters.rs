//! What a consumer counts.

use std::collections::BTreeMap;

use crate::Header;

/// What came, apart from what belongs to a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsumerCounters {
    /// Datagrams, of both sorts, right or wrong.
    pub datagrams: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Monitoring lines.
    pub texts: u64,
    /// Datagrams whose checksum was wrong.
    pub crc_errors: u64,
    /// Datagrams that were wrong in any other way.
    pub decode_errors: u64,
    /// Datagrams of a session that another one has taken the place of.
    pub retired: u64,
    /// Sessions that took the place of another one.
    pub restarts: u64,
    /// Instruments and books that were beyond a bound, and book events that contradicted
    /// themselves or the book.
    pub refused: u64,
    /// Binary datagrams that were taken, by publisher, venue and number of the kind; no more of
    /// these than the bound on instruments.
    pub by_kind: BTreeMap<(u8, u16, u8), u64>,
}

impl ConsumerCounters {
    pub(super) fn count(&mut self, header: &Header, bound: usize) {
        let key = (header.publisher(), header.venue, header.kind);
        if let Some(count) = self.by_kind.get_mut(&key) {
            *count += 1;
        } else if self.by_kind.len() < bound {
            self.by_kind.insert(key, 1);
        }
    }
}

/// What came on one channel of one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelCounters {
    /// Datagrams taken, each once.
    pub datagrams: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Holes in the sequence.
    pub holes: u64,
    /// Datagrams that were missing when a hole was found.
    pub lost: u64,
    /// Datagrams that came a second time, or after their hole was found.
    pub old: u64,
    /// Snapshots that made or confirmed a book.
    pub snapshots: u64,
}
