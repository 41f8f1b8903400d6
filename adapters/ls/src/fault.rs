//! What the venue's refusals mean, and what to do.

use patchbay_feed::prelude::*;

use crate::Market;

/// How long after "too many" nothing is asked.
const QUOTA: Nanos = 1_200_000_000;

impl Faults for Market {
    /// `{"rsp_cd":"IGW00121","rsp_msg":".."}`, in frames within `header`. Success is more than `00000`:
    /// any code that begins with `00`, such as `00040`. Codes are their digits here, without `IGW`.
    fn refusal(root: Value<'_, '_>) -> Option<(i64, String)> {
        let of = root.get("header").unwrap_or(root);
        let text = |key: &str| of.get_str(key).unwrap_or_default();
        let code = text("rsp_cd");
        if code.is_empty() || code.starts_with("00") {
            return None;
        }
        let digits = code.trim_start_matches(|c: char| !c.is_ascii_digit());
        let why = format!("{} {} {code} {}", text("tr_cd"), text("tr_key"), text("rsp_msg"));
        Some((digits.parse().unwrap_or(-1), why.trim_start().to_owned()))
    }

    /// Refusals come with 200 and with 500: the code decides. 121 and 123 call for another token.
    fn remedy(status: u32, code: i64) -> Remedy {
        match (status, code) {
            (_, 121 | 123) => Remedy::Again(0),
            (_, 201) => Remedy::Again(QUOTA),
            // Wrong key, wrong secret, wrong path, wrong type.
            (_, 103 | 105 | 215 | 40_011) => Remedy::Drop,
            (200..=299, 0) => Remedy::Use,
            (0 | 429 | 500..=599, _) => Remedy::Again(0),
            _ => Remedy::Drop,
        }
    }

    fn alarm(_status: u32, code: i64) -> Option<u32> {
        match code {
            103 | 105 => Some(FAIL_PERMISSION),
            215 | 40_011 => Some(FAIL_PROTOCOL),
            _ => None,
        }
    }

    /// Of another process with the same key, too: a new token may end the one before.
    fn stale(code: i64) -> bool {
        matches!(code, 121 | 123)
    }
}
