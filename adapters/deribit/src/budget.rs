//! Rate limits.

use patchbay_feed::prelude::*;

use crate::Market;

impl Limits for Market {
    /// Credits (DOC Rate Limits): subscriptions come out of a pool of their own, and every message
    /// is counted as one; who has not logged in is limited by address. To exceed them ends the
    /// session.
    const LIMITS: &'static [Limit] = &[
        Limit::of(Use::Call, "requests_per_second", "requests", 1, BUCKET_ADDRESS),
        Limit::of(Use::Send, "messages_per_3_seconds", "messages", 3, BUCKET_ADDRESS),
        Limit::of(Use::Connect, "connects_per_minute", "connects", 60, BUCKET_ADDRESS),
    ];
}
