//! What the venue's refusals mean, and what to do.

use patchbay_feed::prelude::*;

use crate::Market;

/// How long an address that asked too often is refused (V5 rate-limit, IP limit).
const STOP: Nanos = 600_000_000_000;

impl Faults for Market {
    /// `retCode` in the envelope of every answer, 0 if all is well (V5 error).
    fn refusal(root: Value<'_, '_>) -> Option<(i64, String)> {
        let code = root.get_i64("retCode").filter(|code| *code != 0)?;
        Some((code, root.get_str("retMsg").unwrap_or_default().to_owned()))
    }

    /// V5 error, HTTP codes and UTA codes.
    fn remedy(status: u32, code: i64) -> Remedy {
        match (status, code) {
            (200..=299, 0) => Remedy::Use,
            (403, _) => Remedy::Again(STOP),
            // No answer, the venue's protection and its own trouble.
            (0 | 429 | 500..=599, _) => Remedy::Again(0),
            // Timeout, window of time, too many visits, server error, address limit, overload.
            (_, 10_000 | 10_002 | 10_006 | 10_016 | 10_018 | 429 | 10_429) => Remedy::Again(0),
            _ => Remedy::Drop,
        }
    }

    /// An address over its limit, or in a country that is not served.
    fn alarm(status: u32, code: i64) -> Option<u32> {
        match (status, code) {
            (403, _) => Some(FAIL_BANNED),
            (_, 10_009 | 10_010 | 10_024) => Some(FAIL_PERMISSION),
            _ => None,
        }
    }
}
