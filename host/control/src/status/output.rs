//! What leaves the host: multicast lines and the journal.

use serde::{Deserialize, Serialize};

use super::JournalState;

/// One multicast line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Channel {
    /// What it carries.
    pub name: String,
    /// Group and port.
    pub group: String,
    /// Last sequence sent.
    pub sequence: u64,
    /// Datagrams sent.
    pub datagrams: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Datagrams in the last second.
    pub datagrams_per_s: u64,
    /// Bytes in the last second.
    pub bytes_per_s: u64,
    /// Instruments sent in the running snapshot cycle.
    pub cycle_at: u32,
    /// Instruments of a whole cycle; 0 for a line without snapshots.
    pub cycle_of: u32,
    /// Datagrams that the socket refused.
    pub send_errors: u64,
}

/// The journal of inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Journal {
    /// What becomes of the inputs.
    pub state: JournalState,
    /// Segments begun.
    pub segments: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Bytes that it may grow to; 0 for no bound.
    pub bytes_max: u64,
    /// Last record published.
    pub sequence: u64,
    /// Records that no sync covers yet.
    pub unsynced: u64,
}
