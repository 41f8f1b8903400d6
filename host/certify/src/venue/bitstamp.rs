//! Bitstamp: Connection, Heartbeat and Reconnection of `www.bitstamp.net/websocket/v2`, Request limits of
//! `www.bitstamp.net/api`.

use std::sync::Arc;

use super::{Heartbeat, Venue};

pub(super) static BITSTAMP: Venue = Venue {
    name: "bitstamp",
    protocol: || Arc::new(patchbay_venue::bitstamp::Bitstamp),
    // When one is due is not documented: within what the adapter itself takes for silence.
    heartbeat: Heartbeat::Client { text: r#""event":"bts:heartbeat""#, within_s: 60 },
    life_s: 90 * 86_400,
    ban: None,
    login: None,
    live: "orders 2015-05-01",
    settings: &[],
};
