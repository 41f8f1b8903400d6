//! Upbit: WebSocket (Connection Management) and Rate Limits of `docs.upbit.com`.

use std::sync::Arc;

use super::{Heartbeat, Venue};

pub(super) static UPBIT: Venue = Venue {
    name: "upbit",
    protocol: || Arc::new(patchbay_venue::upbit::Upbit),
    // Any ping will do: a websocket frame, or the text `PING`.
    heartbeat: Heartbeat::Client { text: "", within_s: 120 },
    life_s: 0,
    ban: Some((418, r#"{"error":{"name":"too_many_requests","message":"blocked"}}"#)),
    login: None,
    live: "2021-04-05, list of 2021-04-17",
    settings: &[],
};
