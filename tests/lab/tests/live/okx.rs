//! A running host against a local OKX, logged in for books of every 10 ms, from before changes had
//! ids: only checksums tell what is missing. Under seeded faults every book heals and none is live and
//! wrong, not even for a corrupted digit; what is missing in one instrument stales that one alone.

use patchbay_test_lab::{Lone, OKX, Trial, Truth};
use patchbay_venue::{FaultKind, FaultKinds};

#[test]
fn every_book_heals_and_none_is_live_and_wrong() {
    let Some(truths) = Truth::all(&OKX) else { return };
    // There are no books by REST, and no ids to be reset.
    let kinds = FaultKinds::all().without(FaultKind::StaleSnapshot);
    let trial = Trial {
        test: "okx",
        market: &OKX,
        truths,
        kinds: kinds.without(FaultKind::SequenceReset),
        seeds: 2,
        pace: 3.0, // 10 s for the recording.
        faults: 12,
        share: 2,
        to_the_end: true,
    };
    let all = trial.run().unwrap();
    assert_eq!(all.shown, 0, "a checksum convicts every digit before anybody sees it");
}

#[test]
fn a_gap_in_one_instrument_stales_that_instrument_alone() {
    let lone = Lone {
        market: &OKX,
        symbol: "XMR-USDT-SWAP",
        stream: "books-l2-tbt:XMR-USDT-SWAP",
        at: 600,
        frames: 2,
        pace: 3.0,
    };
    lone.run();
}
