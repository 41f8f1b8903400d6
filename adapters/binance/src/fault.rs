//! What the venue's refusals mean, and what to do.

use patchbay_plugin::Reply;
use patchbay_plugin::abi::{FAIL_BANNED, FAIL_PERMISSION};
use patchbay_plugin::model::Nanos;

use crate::product::SECOND;

/// What to do about a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    Use,
    /// Ask again, not before this long.
    Again(Nanos),
    /// Asking again would bring the same answer.
    Drop,
}

impl Remedy {
    /// How long to wait before asking again: what the venue says, and not less than 1 s, doubling
    /// with each failure to 60 s. `None` if it is no use.
    pub(crate) fn pause(self, attempt: u8) -> Option<Nanos> {
        let least = match self {
            Self::Use => 0,
            Self::Again(pause) => pause,
            Self::Drop => return None,
        };
        Some(least.max((SECOND << attempt.min(6)).min(60 * SECOND)))
    }
}

/// SPOT rest-api.md, HTTP Return Codes and IP Limits; errors.md. `code` is the body's.
pub(crate) fn remedy(reply: &Reply<'_>, code: i64) -> Remedy {
    match (reply.status, code) {
        (200..=299, _) => Remedy::Use,
        // No answer, limit, ban, firewall, the venue's own trouble.
        (0 | 429 | 418 | 403 | 500..=599, _) => Remedy::Again(retry_after(reply)),
        // Disconnected, too many requests, unexpected response, timeout, overload.
        (_, -1001 | -1003 | -1006 | -1007 | -1008) => Remedy::Again(retry_after(reply)),
        _ => Remedy::Drop,
    }
}

/// `FAIL_*` if an operator is needed: an address that is banned, or refused where it stands.
pub(crate) fn alarm(status: u32) -> Option<u32> {
    match status {
        418 => Some(FAIL_BANNED),
        451 => Some(FAIL_PERMISSION),
        _ => None,
    }
}

/// `Retry-After`, in seconds.
fn retry_after(reply: &Reply<'_>) -> Nanos {
    let header = reply.headers.iter().find(|(name, _)| *name == "retry-after");
    let seconds = header.and_then(|(_, value)| value.trim().parse::<u32>().ok());
    Nanos::from(seconds.unwrap_or(0)) * SECOND
}
