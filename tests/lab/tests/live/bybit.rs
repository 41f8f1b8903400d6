//! A running host against a local Bybit, whose books come over the stream: under seeded faults every
//! book heals and none is live and wrong, and a gap in one instrument stales that instrument alone.

use patchbay_test_lab::{BYBIT, Lone, Trial, Truth};
use patchbay_venue::{FaultKind, FaultKinds};

#[test]
fn every_book_heals_and_none_is_live_and_wrong() {
    let Some(truths) = Truth::all(&BYBIT) else { return };
    let trial = Trial {
        test: "bybit",
        market: &BYBIT,
        truths,
        kinds: FaultKinds::all().without(FaultKind::StaleSnapshot), // There is none by REST.
        seeds: 2,
        pace: 5.0, // 15 s for the recording.
        faults: 12,
        share: 2,
        to_the_end: true,
    };
    trial.run().unwrap();
}

#[test]
fn a_gap_in_one_instrument_stales_that_instrument_alone() {
    let lone = Lone {
        market: &BYBIT,
        symbol: "SOLUSDT",
        stream: "orderbook.200.SOLUSDT",
        at: 900,
        frames: 2,
        pace: 5.0,
    };
    lone.run();
}
