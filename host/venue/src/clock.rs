//! The only places where this crate reads a clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Wall time, ms since the Unix epoch: what an exchange says of itself in `serverTime`.
pub(crate) fn wall_ms() -> u64 {
    wall_ns() / 1_000_000
}

/// Wall time, ns since the Unix epoch.
#[allow(clippy::disallowed_methods, reason = "an exchange has a wall clock of its own")]
pub(crate) fn wall_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// Whole microseconds, as the ledger states times.
pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Microseconds from `start` to now.
pub(crate) fn micros_since(start: Instant) -> u64 {
    micros(start.elapsed())
}
