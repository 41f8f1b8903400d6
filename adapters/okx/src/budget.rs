//! Rate limits.

use patchbay_feed::prelude::*;

use crate::Market;

impl Limits for Market {
    /// DOC Public Data, rate limits by address: that of the time, the smaller one, is kept for all;
    /// Overview, WebSocket, Connect: attempts per second and address; requests to subscribe,
    /// unsubscribe and log in per hour and connection. Pings are none of those; the host counts
    /// them, too, 180 an hour.
    const LIMITS: &'static [Limit] = &[
        Limit::of(Use::Call, "calls_per_2_seconds", "rest calls", 2, BUCKET_ADDRESS),
        Limit::of(Use::Connect, "connects_per_second", "connects", 1, BUCKET_ADDRESS),
        Limit::of(Use::Send, "requests_per_hour", "requests", 3600, BUCKET_CONNECTION),
    ];
}
