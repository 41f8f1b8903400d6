//! Deribit v2: `public/set_heartbeat`, Connection Management and Rate Limits of `docs.deribit.com`.

use std::sync::Arc;

use super::{Heartbeat, Login, Venue};

/// The books that are recorded come at every event, for which the venue wants a login.
const RAW: &[&str] = &["interval = \"raw\""];

pub(super) static DERIBIT: Venue = Venue {
    name: "deribit",
    protocol: || Arc::new(patchbay_venue::deribit::Deribit),
    heartbeat: Heartbeat::Asked {
        frame: r#"{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"test_request"}}"#,
        answer: r#""method":"public/test""#,
    },
    life_s: 0,
    ban: None,
    // The key of the documentation's example of a signature; the local venue takes any.
    login: Some(Login {
        settings: RAW,
        key: &[("key_id", "AMANDA"), ("secret", "AMANDASECRECT")],
        token: None,
    }),
    live: "options 2021-04-05",
    settings: RAW,
};
