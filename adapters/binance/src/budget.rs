//! Rate limits.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::SPOT;

impl Limits for Market {
    /// REST `REQUEST_WEIGHT` per minute and address (SPOT rest-api.md, IP Limits; DERIV General
    /// Info, Limits); connection attempts per 5 minutes and address (SPOT web-socket-streams.md,
    /// WebSocket Limits; futures state none, the same is kept); messages per second to one
    /// connection, pings and pongs included (same section; DERIV Websocket Market Streams,
    /// Connect).
    const LIMITS: &'static [Limit] = &[
        Limit::of(Use::Call, "weight_per_minute", "rest weight", 60, BUCKET_ADDRESS),
        Limit::of(Use::Connect, "connects_per_5_minutes", "connects", 300, BUCKET_ADDRESS),
        Limit::of(Use::Send, "messages_per_second", "messages", 1, BUCKET_CONNECTION),
    ];

    /// SPOT rest-api.md, weights of General and Market Data endpoints; DERIV Market Data.
    fn weight(Request { topic, product, .. }: Request, host: &Host) -> u32 {
        match (topic, product, host.levels) {
            (Topic::Snapshot, SPOT, 0..=100) => 5,
            (Topic::Snapshot, SPOT, 101..=500) => 25,
            (Topic::Snapshot, SPOT, 501..=1000) => 50,
            (Topic::Snapshot, SPOT, _) => 250,
            (Topic::Snapshot, _, 0..=50) => 2,
            (Topic::Snapshot, _, 51..=100) => 5,
            (Topic::Snapshot, _, 101..=500) => 10,
            (Topic::Snapshot, ..) | (Topic::Instruments, SPOT, _) => 20,
            _ => 1,
        }
    }
}
