//! Rate limits.

use patchbay_feed::prelude::*;

use crate::Market;

impl Limits for Market {
    /// DOC rate limits: requests and connections, by address.
    const LIMITS: &'static [Limit] = &[
        Limit::of(Use::Call, "requests_per_second", "rest requests", 1, BUCKET_ADDRESS),
        Limit::of(Use::Connect, "connects_per_second", "connects", 1, BUCKET_ADDRESS),
    ];
}
