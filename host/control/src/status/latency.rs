//! How long it takes from the socket to the wire.

use serde::{Deserialize, Serialize};

/// Receive to publish: from the return of the read that completed a frame to the return of the call
/// that sent the last datagram of what it caused. Nanoseconds, exact to 1 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Latency {
    /// Measurements; with 0 the rest means nothing.
    pub count: u64,
    /// Half of them took no longer.
    pub p50_ns: u64,
    /// 99 in 100.
    pub p99_ns: u64,
    /// 999 in 1,000.
    pub p999_ns: u64,
    /// The longest.
    pub max_ns: u64,
}
