//! One websocket to a venue, for as long as it is wanted.

use serde::{Deserialize, Serialize};

use super::{ConnectionState, Evidence, Latency};

/// One websocket, wanted or open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Connection {
    /// Number of the connection, unique in the host.
    pub id: u32,
    /// Name of the venue.
    pub venue: String,
    /// Host and path that it goes to, without what follows a `?`: there may be a key in it.
    pub url: String,
    /// Symbols that came over it, in the order of their definition.
    pub symbols: Vec<String>,
    /// How many symbols are wanted over it.
    pub wanted: u64,
    /// What it is doing.
    pub state: ConnectionState,
    /// The weakest evidence among its live books; `unknown` if none is live.
    pub evidence: Evidence,
    /// Nanoseconds since its last frame; -1 if there was none.
    pub age_ns: i64,
    /// Frames in the last second.
    pub frames_per_s: u64,
    /// Frames since the start, earlier connections in its place included.
    pub frames: u64,
    /// Bytes of those frames in the last second.
    pub bytes_per_s: u64,
    /// Bytes of those frames.
    pub bytes: u64,
    /// Chains that broke on it.
    pub gaps: u64,
    /// When the last one broke.
    pub last_gap_ns: i64,
    /// Times it was made anew.
    pub reconnects: u64,
    /// When it will be tried again, for `backoff`, `limited` and `banned`.
    pub retry_at_ns: i64,
    /// Why it last closed or did not open, in the words of whoever says so.
    pub last_error: String,
    /// Receive to publish, last minute.
    pub latency: Latency,
}
