//! Rate limits.

use patchbay_feed::prelude::*;

use crate::Market;

impl Limits for Market {
    /// API Request limits: two windows of requests. Of connections nothing is said.
    const LIMITS: &'static [Limit] = &[
        Limit::of(Use::Call, "requests_per_second", "rest requests", 1, BUCKET_ADDRESS),
        Limit::of(Use::Call, "requests_per_10_minutes", "rest requests, long", 600, BUCKET_ADDRESS),
        Limit::of(Use::Connect, "connects_per_second", "connects", 1, BUCKET_ADDRESS),
    ];
}
