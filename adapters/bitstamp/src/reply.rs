//! REST: what is asked. There is no clock to ask.

use patchbay_feed::prelude::*;

use crate::Market;

impl Calls for Market {
    /// API Markets.
    const CALLS: &'static [Call] =
        &[Call::of(Topic::Instruments, "/api/v2/markets/", When::Each, "instruments_s")];
}
