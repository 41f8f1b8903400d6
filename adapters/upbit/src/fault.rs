//! What the venue's refusals mean, and what to do.

use patchbay_feed::prelude::*;

use crate::Market;

/// How long an address that went on after 429 is left alone: the answer says in words how long it is
/// blocked, longer each time (DOC rate-limits).
const BLOCK: Nanos = 600_000_000_000;

impl Faults for Market {
    /// `{"error":{"name":404,"message":".."}}`; the name is a status or a word (DOC rest-api-guide,
    /// websocket-guide).
    fn refusal(root: Value<'_, '_>) -> Option<(i64, String)> {
        let error = root.get("error")?;
        let name = error.get_str("name").unwrap_or_default();
        let text = format!("{name} {}", error.get_str("message").unwrap_or_default());
        Some((name.parse().unwrap_or(400), text))
    }

    /// No answer, over the limit of a second, blocked, the venue's own trouble.
    fn remedy(status: u32, code: i64) -> Remedy {
        match (status, code) {
            (200..=299, 0) => Remedy::Use,
            (418, _) => Remedy::Again(BLOCK),
            (0 | 429 | 500..=599, _) => Remedy::Again(0),
            _ => Remedy::Drop,
        }
    }

    fn alarm(status: u32, _code: i64) -> Option<u32> {
        match status {
            418 => Some(FAIL_BANNED),
            401 | 403 => Some(FAIL_PERMISSION),
            _ => None,
        }
    }
}
