//! What follows from a refusal.

use patchbay_model::Nanos;
use patchbay_plugin::Reply;

const SECOND: Nanos = 1_000_000_000;

/// What to do about a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Read it.
    Use,
    /// Ask again, not before this many ns, nor before what its `Retry-After` says.
    Again(Nanos),
    /// Asking again would bring the same answer.
    Drop,
}

impl Remedy {
    /// How long to wait before asking again: what the venue says, and not less than 1 s, doubling
    /// with each failure to 60 s. `None` if it is no use.
    pub(crate) fn pause(self, attempt: u8, retry_after: Nanos) -> Option<Nanos> {
        let least = match self {
            Self::Use => 0,
            Self::Again(pause) => pause.max(retry_after),
            Self::Drop => return None,
        };
        Some(least.max((SECOND << attempt.min(6)).min(60 * SECOND)))
    }
}

/// `Retry-After` in seconds (RFC 9110, section 10.2.3), as ns; 0 without.
pub(crate) fn retry_after(reply: &Reply<'_>) -> Nanos {
    let header = reply.headers.iter().find(|(name, _)| *name == "retry-after");
    let seconds = header.and_then(|(_, value)| value.trim().parse::<u32>().ok());
    Nanos::from(seconds.unwrap_or(0)) * SECOND
}
