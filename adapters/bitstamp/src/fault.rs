//! What the venue's refusals mean, and what to do.

use patchbay_feed::prelude::*;

use crate::Market;

impl Faults for Market {
    /// `{"status":"error","reason":..,"code":..}` (API Error codes); the reason may be an object.
    fn refusal(root: Value<'_, '_>) -> Option<(i64, String)> {
        let code = root.get_str("code").unwrap_or_default();
        let reason = root.get_str("reason").unwrap_or("no reason");
        (root.get_str("status")? == "error").then(|| (400, format!("{code} {reason}")))
    }

    /// No answer, over the limit, the venue's own trouble.
    fn remedy(status: u32, code: i64) -> Remedy {
        match (status, code) {
            (200..=299, 0) => Remedy::Use,
            (0 | 429 | 500..=599, _) => Remedy::Again(0),
            _ => Remedy::Drop,
        }
    }

    fn alarm(status: u32, _code: i64) -> Option<u32> {
        matches!(status, 401 | 403).then_some(FAIL_PERMISSION)
    }
}
