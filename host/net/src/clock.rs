//! Host time, as the caller keeps it.

use patchbay_model::Nanos;

/// Gives host time: ns since the Unix epoch, wall time at the start of the host plus monotonic time
/// since.
pub trait Clock: Send + Sync {
    /// Host time now. Never less than before.
    fn now(&self) -> Nanos;
}
