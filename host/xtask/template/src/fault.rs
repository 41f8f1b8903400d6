//! What the venue's refusals mean, and what to do.

use patchbay_feed::prelude::*;

use crate::Market;

impl Faults for Market {
    /// `{"error":"..","code":1}` (DOC errors).
    fn refusal(root: Value<'_, '_>) -> Option<(i64, String)> {
        let why = root.get_str("error")?;
        Some((root.get_i64("code").unwrap_or(0), why.to_owned()))
    }

    /// No answer, over the limit, the venue's own trouble.
    fn remedy(status: u32, _code: i64) -> Remedy {
        match status {
            200..=299 => Remedy::Use,
            0 | 429 | 500..=599 => Remedy::Again(0),
            _ => Remedy::Drop,
        }
    }

    fn alarm(status: u32, _code: i64) -> Option<u32> {
        matches!(status, 401 | 403).then_some(FAIL_PERMISSION)
    }
}
