//! Host time: the one place where the host reads a clock.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use patchbay_model::Nanos;

/// Host time: wall time at start plus monotonic time since, so that it never steps back.
#[derive(Clone, Debug)]
pub struct HostClock(Arc<Start>);

#[derive(Debug)]
struct Start {
    wall: Nanos,
    monotonic: Instant,
}

impl HostClock {
    /// Starts host time now.
    #[allow(clippy::disallowed_methods, reason = "this is the clock that others are given")]
    pub fn start() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(Arc::new(Start { wall: nanos(wall), monotonic: Instant::now() }))
    }

    /// Nanoseconds since the Unix epoch.
    pub fn now(&self) -> Nanos {
        self.0.wall + nanos(self.0.monotonic.elapsed())
    }

    /// Wall time minus host time: how far the wall clock was set since the start.
    #[allow(clippy::disallowed_methods, reason = "this is the clock that others are given")]
    pub fn wall_offset(&self) -> Nanos {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        nanos(wall) - self.now()
    }
}

fn nanos(span: Duration) -> Nanos {
    Nanos::try_from(span.as_nanos()).unwrap_or(Nanos::MAX)
}
