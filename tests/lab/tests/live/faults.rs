//! A running host against a Binance that cuts, stalls, drops, reorders, corrupts and bans by a seeded
//! plan, all three products at once: no panic, every book heals when the faults are over, and no
//! book is live and wrong at any update, but for digits that were corrupted inside a valid sequence.
//!
//! `PATCHBAY_SEEDS` says how many seeds (200 are the promise), `PATCHBAY_SEED` which one alone,
//! `PATCHBAY_PARALLEL` how many hosts at a time.

use std::sync::Arc;

use patchbay_test_lab::{ALL, BINANCE, Trial, Truth};
use patchbay_venue::FaultKinds;

#[test]
fn every_book_heals_and_none_is_live_and_wrong() {
    let truths = ALL.iter().map(|capture| Truth::of(capture).map(Arc::new));
    let Some(truths) = truths.collect::<Option<Vec<_>>>() else { return };
    let trial = Trial {
        test: "faults",
        market: &BINANCE,
        truths,
        kinds: FaultKinds::all(),
        seeds: 4,
        pace: 6.0, // 58 s for a recording.
        faults: 60,
        share: 6,
        to_the_end: false,
    };
    let all = trial.run().unwrap();
    assert!(
        all.corrupted < 50 || all.shown > 0,
        "corrupted digits were never seen: is it looking?"
    );
}
