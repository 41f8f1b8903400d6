//! What the venue's refusals mean, and what to do.

use patchbay_feed::prelude::*;

use crate::Market;

/// Of the refusal `too_many_requests`; all others are 400, or the status that their name is.
const TOO_MANY: i64 = 429;

impl Faults for Market {
    /// `{"error":{"name":"..","message":".."}}`, also with status 200 (DOC errors; websocket, errors).
    fn refusal(root: Value<'_, '_>) -> Option<(i64, String)> {
        let error = root.get("error")?;
        let name = error.get_str("name").unwrap_or_default();
        let code = if name == "too_many_requests" { TOO_MANY } else { name.parse().unwrap_or(400) };
        Some((code, format!("{name} {}", error.get_str("message").unwrap_or_default())))
    }

    /// No answer, over the limit, the venue's own trouble.
    fn remedy(status: u32, code: i64) -> Remedy {
        match (status, code) {
            (200..=299, 0) => Remedy::Use,
            (0 | 429 | 500..=599, _) | (_, TOO_MANY | 500..=599) => Remedy::Again(0),
            _ => Remedy::Drop,
        }
    }

    /// Keys are bound to addresses and to what they may do.
    fn alarm(status: u32, _code: i64) -> Option<u32> {
        matches!(status, 401 | 403).then_some(FAIL_PERMISSION)
    }
}
