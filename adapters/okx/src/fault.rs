//! What the venue's refusals mean, and what to do (DOC Error Code).

use patchbay_feed::prelude::*;

use crate::Market;

impl Faults for Market {
    /// `{"code":"51001","msg":"..","data":[]}`; code 0 is success.
    fn refusal(root: Value<'_, '_>) -> Option<(i64, String)> {
        let code = root.get_str("code")?.parse().ok().filter(|code| *code != 0)?;
        Some((code, root.get_str("msg").unwrap_or_default().to_owned()))
    }

    fn remedy(status: u32, code: i64) -> Remedy {
        match (status, code) {
            // Unavailable, timeout, rate limit, busy, system error; no answer, firewall.
            (_, 50001 | 50004 | 50011 | 50013 | 50026) => Remedy::Again(0),
            (0 | 403 | 429 | 500..=599, _) => Remedy::Again(0),
            (200..=299, 0) => Remedy::Use,
            _ => Remedy::Drop,
        }
    }

    /// An address that is refused where it stands.
    fn alarm(status: u32, _code: i64) -> Option<u32> {
        matches!(status, 403 | 451).then_some(FAIL_PERMISSION)
    }

    /// DOC Error Code, WebSocket, Close Frame.
    fn ended(code: u32, reason: &str) -> Option<(u32, String)> {
        match code {
            4001 => Some((FAIL_PERMISSION, format!("{reason}; check key and passphrase"))),
            4008 => Some((FAIL_CONFIG, format!("{reason}; lower `symbols_per_connection`"))),
            _ => None,
        }
    }
}
