//! OKX v5: Overview, WebSocket (Connect, Login) of `okx.com/docs-v5/en`.

use std::sync::Arc;

use patchbay_venue::okx::{Okx, SAMPLE_KEY};

use super::{Heartbeat, Login, Venue};

pub(super) static OKX: Venue = Venue {
    name: "okx",
    protocol: || Arc::new(Okx),
    heartbeat: Heartbeat::Client { text: "ping", within_s: 30 },
    life_s: 0,
    ban: None,
    login: Some(Login {
        settings: &["depth = \"books-l2-tbt\""],
        key: &[
            ("key_id", SAMPLE_KEY.id),
            ("secret", SAMPLE_KEY.secret),
            ("passphrase", SAMPLE_KEY.passphrase),
        ],
        token: None,
    }),
    live: "2022-05-13",
    settings: &["quotes = \"tickers\""],
};
