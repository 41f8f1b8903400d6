//! Rate limits.

use patchbay_feed::prelude::*;

use crate::Market;

impl Limits for Market {
    /// DOC states requests a second for each transaction and key: 10 of `t1101`, 2 of `t9945`, taken
    /// for `t8436` and tokens, too. Of connections and messages nothing is published.
    const LIMITS: &'static [Limit] = &[
        Limit::of(Use::Call, "requests_per_second", "rest requests", 1, BUCKET_ACCOUNT),
        Limit::of(Use::Connect, "connects_per_minute", "connects", 60, BUCKET_ACCOUNT),
        Limit::of(Use::Send, "messages_per_second", "messages", 1, BUCKET_CONNECTION),
    ];

    fn weight(request: Request, _host: &Host) -> u32 {
        if request.topic == Topic::Snapshot { 1 } else { 5 }
    }
}
