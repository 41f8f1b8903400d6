//! Rate limits.

use patchbay_feed::prelude::*;

use crate::Market;

impl Limits for Market {
    /// V5 rate-limit, IP limit: HTTP requests of 5 seconds; V5 ws/connect: connections of 5 minutes.
    const LIMITS: &'static [Limit] = &[
        Limit::of(Use::Call, "requests_per_5_seconds", "rest requests", 5, BUCKET_ADDRESS),
        Limit::of(Use::Connect, "connects_per_5_minutes", "connects", 300, BUCKET_ADDRESS),
    ];
}
