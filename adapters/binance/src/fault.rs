//! What the venue's refusals mean, and what to do.

use patchbay_feed::prelude::*;

use crate::Market;

impl Faults for Market {
    /// `{"code":-1121,"msg":"Invalid symbol."}` (SPOT errors.md).
    fn refusal(root: Value<'_, '_>) -> Option<(i64, String)> {
        Some((root.get_i64("code")?, root.get_str("msg").unwrap_or_default().to_owned()))
    }

    /// SPOT rest-api.md, HTTP Return Codes and IP Limits; errors.md.
    fn remedy(status: u32, code: i64) -> Remedy {
        match (status, code) {
            (200..=299, _) => Remedy::Use,
            // No answer, limit, ban, firewall, the venue's own trouble.
            (0 | 429 | 418 | 403 | 500..=599, _) => Remedy::Again(0),
            // Disconnected, too many requests, unexpected response, timeout, overload.
            (_, -1001 | -1003 | -1006 | -1007 | -1008) => Remedy::Again(0),
            _ => Remedy::Drop,
        }
    }

    /// An address that is banned, or refused where it stands.
    fn alarm(status: u32, _code: i64) -> Option<u32> {
        match status {
            418 => Some(FAIL_BANNED),
            451 => Some(FAIL_PERMISSION),
            _ => None,
        }
    }
}
