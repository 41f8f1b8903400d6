//! REST: what is asked.

use patchbay_feed::prelude::*;

use crate::Market;

impl Calls for Market {
    /// DOC list of instruments.
    const CALLS: &'static [Call] =
        &[Call::of(Topic::Instruments, "/v1/instruments", When::Each, "instruments_s")];
}
