//! Coinbase: WebSocket Overview, Channels and Rate Limits of Advanced Trade, `docs.cdp.coinbase.com`.

use std::sync::Arc;

use super::{Heartbeat, Venue};

pub(super) static COINBASE: Venue = Venue {
    name: "coinbase",
    protocol: || Arc::new(patchbay_venue::coinbase::Coinbase),
    heartbeat: Heartbeat::Subscribed { text: r#""channel":"heartbeats""# },
    life_s: 0,
    ban: None,
    // None of the recorded channels needs one.
    login: None,
    live: "advanced 2026-08-09",
    settings: &[],
};
