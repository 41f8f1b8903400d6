//! Rate limits.

use patchbay_feed::prelude::*;

use crate::Market;

impl Limits for Market {
    /// AT WebSocket Rate Limits, REST Rate Limits; EX WebSocket Rate Limits, REST Rate Limits: all of
    /// an address. Both take short bursts of more, which are left to others.
    const LIMITS: &'static [Limit] = &[
        Limit::of(Use::Call, "requests_per_second", "rest requests", 1, BUCKET_ADDRESS),
        Limit::of(Use::Connect, "connects_per_second", "connects", 1, BUCKET_ADDRESS),
        Limit::of(Use::Send, "messages_per_second", "messages", 1, BUCKET_ADDRESS),
    ];
}
