//! One venue: whether it can be reached, and how fast it goes through.

use serde::{Deserialize, Serialize};

use super::Latency;

/// One venue, over all its instances.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Venue {
    /// Its name.
    pub venue: String,
    /// Instruments that are wanted of it.
    pub wanted: u64,
    /// Connections that are wanted.
    pub connections: u64,
    /// Those that are open.
    pub open: u64,
    /// Since when a host of it does not answer, 0 while all that are asked do.
    pub unreached_since_ns: i64,
    /// Attempts in vain since then, connections and requests.
    pub failures: u64,
    /// What the last attempt in vain said; it stays when the venue is reached again.
    pub last_error: String,
    /// Receive to publish, last minute.
    pub latency: Latency,
}
