//! Rate limits.

use patchbay_feed::prelude::*;

use crate::Market;

impl Limits for Market {
    /// DOC rate-limits: requests of a group, of which only that of markets is used, and connections,
    /// by address; messages over each connection, pings among them.
    const LIMITS: &'static [Limit] = &[
        Limit::of(Use::Call, "requests_per_second", "rest requests", 1, BUCKET_ADDRESS),
        Limit::of(Use::Connect, "connects_per_second", "connects", 1, BUCKET_ADDRESS),
        Limit::of(Use::Send, "messages_per_second", "messages", 1, BUCKET_CONNECTION),
        Limit::of(Use::Send, "messages_per_minute", "messages a minute", 60, BUCKET_CONNECTION),
    ];
}
