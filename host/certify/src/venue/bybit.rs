//! Bybit v5: `ws/connect` and `rate-limit` of `bybit-exchange.github.io/docs/v5`.

use std::sync::Arc;

use super::{Heartbeat, Venue};

pub(super) static BYBIT: Venue = Venue {
    name: "bybit",
    protocol: || Arc::new(patchbay_venue::bybit::Bybit),
    heartbeat: Heartbeat::Client { text: r#""op":"ping""#, within_s: 20 },
    life_s: 0,
    ban: Some((403, "access too frequent")),
    login: None,
    live: "linear and spot 2026-08-09",
    settings: &["depth = \"200\""],
};
