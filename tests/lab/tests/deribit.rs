//! A running host against a local Deribit, logged in for raw data: under seeded faults every book
//! heals and none is live and wrong, empty ones included, and a gap in one instrument stales that
//! instrument alone.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use patchbay_test_lab::{DERIBIT, Lone, Trial, Truth};
use patchbay_venue::{FaultKind, FaultKinds};

#[test]
fn every_book_heals_and_none_is_live_and_wrong() {
    let Some(truths) = Truth::all(&DERIBIT) else { return };
    let trial = Trial {
        test: "deribit",
        market: &DERIBIT,
        truths,
        kinds: FaultKinds::all().without(FaultKind::StaleSnapshot), // There is none by REST.
        seeds: 2,
        pace: 10.0, // 12 s for the recording.
        faults: 12,
        share: 2,
        to_the_end: true,
    };
    trial.run().unwrap();
}

#[test]
fn a_gap_in_one_instrument_stales_that_instrument_alone() {
    let lone = Lone {
        market: &DERIBIT,
        symbol: "ETH-30APR21-2240-P",
        stream: "book.ETH-30APR21-2240-P.raw",
        at: 150,
        frames: 1,
        pace: 10.0,
    };
    lone.run();
}
