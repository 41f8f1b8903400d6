//! LS Securities: the guide at `openapi.ls-sec.co.kr/apiservice` (2025), by the code of a transaction.

use std::sync::Arc;

use super::{Heartbeat, Login, Venue};

pub(super) static LS: Venue = Venue {
    name: "ls",
    protocol: || Arc::new(patchbay_venue::ls::Ls::default()),
    heartbeat: Heartbeat::Undocumented,
    // Tokens end at 07:00; whether connections end with them is not documented.
    life_s: 0,
    ban: None,
    // The key of the guide's example of `token`; the local venue takes any.
    login: Some(Login {
        settings: &[],
        key: &[("key_id", "BSrTOOZNoXtxt8CnaiSo"), ("secret", "d3HloL6TO7RKMVdEqf5N")],
        token: Some((
            "https://openapi.ls-sec.co.kr:8080/oauth2/token",
            r#"{"access_token":"","scope":"oob","token_type":"Bearer","expires_in":86400}"#,
        )),
    }),
    live: "trades 2025-11-25, and a list",
    settings: &[],
};
