//! What the venue's refusals mean, and what to do.

use patchbay_feed::prelude::*;

use crate::Market;

impl Faults for Market {
    /// `{"error":{"code":10028,"message":"too_many_requests","data":{..}}}` (DOC JSON-RPC).
    fn refusal(root: Value<'_, '_>) -> Option<(i64, String)> {
        let error = root.get("error")?;
        let code = error.get_str("code").and_then(|code| code.parse().ok());
        Some((code.unwrap_or(0), error.encode()))
    }

    /// DOC Error Codes.
    fn remedy(status: u32, code: i64) -> Remedy {
        match (status, code) {
            (200..=299, _) => Remedy::Use,
            // No answer, limit, firewall, the venue's own trouble.
            (0 | 403 | 429 | 500..=599, _) => Remedy::Again(0),
            // Rate, retry, settlement (some seconds at 08:00 UTC), queue, concurrency.
            (_, 10_028 | 10_040 | 10_041 | 10_047 | 10_066) => Remedy::Again(0),
            // Maintenance, server error, unavailable, timeout.
            (_, 11_051 | 11_094 | 13_028 | 13_888) => Remedy::Again(0),
            _ => Remedy::Drop,
        }
    }

    /// A login that is refused or needed: a key is wrong, lacks rights or is not there; 11056 if
    /// who has not logged in is not served at all, 13778 if not with `interval = "raw"`.
    fn alarm(_status: u32, code: i64) -> Option<u32> {
        let key = matches!(code, 10_000 | 11_056 | 13_004 | 13_009 | 13_021 | 13_778);
        key.then_some(FAIL_PERMISSION)
    }
}
