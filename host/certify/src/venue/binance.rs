//! Binance: `web-socket-streams.md` and `rest-api.md` of `binance-spot-api-docs`.

use std::sync::Arc;

use super::{Heartbeat, Venue};

pub(super) static BINANCE: Venue = Venue {
    name: "binance",
    protocol: || Arc::new(patchbay_venue::binance::Binance::default()),
    heartbeat: Heartbeat::Venue,
    life_s: 24 * 3600,
    ban: Some((418, r#"{"code":-1003,"msg":"Way too much request weight used; IP banned."}"#)),
    login: None,
    live: "usdm 2021-07-22",
    settings: &[],
};
