//! How well each detector does, on recordings with faults put in by a seed.
//!
//! `PATCHBAY_UPDATE=1 cargo test --release -p patchbay-test-quality` scores all recordings with many
//! seeds and writes docs/quality.md. Otherwise a few of each are held to bounds. With
//! `PATCHBAY_MISSED=1` it names the faults that were not found, and what undamaged recordings show.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use patchbay_naive::{Recording, VENUES};
use patchbay_test_quality::{Kind, Score, Scores, Tape, clean, report, rewrite, score};

/// Seeds of a full scoring, and of a short one.
const SEEDS: [u64; 2] = [4, 2];

/// Shorter recordings, ns, leave nothing to learn from.
const SHORTEST: i64 = 20_000_000_000;

/// Recordings that are always scored.
const ALWAYS: [&str; 4] = [
    "usdm 2021-07-22",
    "linear and spot 2026-08-09",
    "2021-07-22, first socket",
    "options 2021-07-22",
];

/// Least precision of every kind.
const PRECISE: f64 = 0.95;

/// Least recall. Options that change once in seconds, with stamps as old, hide the most.
const fn least(kind: Kind) -> f64 {
    match kind {
        Kind::Late => 0.5,
        Kind::Price | Kind::Silence | Kind::VenueSilence => 0.6,
        Kind::Step | Kind::TradeGap => 0.85,
        _ => 0.95,
    }
}

#[test]
fn faults_are_found_and_little_else() {
    let update = std::env::var_os("PATCHBAY_UPDATE").is_some();
    let recordings =
        VENUES.iter().flat_map(|venue| venue.recordings.iter().map(|r| (venue.name, r)));
    let wanted = recordings.filter(|(_, r)| update || ALWAYS.contains(&r.name));
    let mut tapes = Vec::new();
    for (venue, Recording { name, files }) in wanted {
        let Some(tape) = Tape::of(venue, name, files) else { return };
        let (first, last) = tape.span();
        if last - first >= SHORTEST {
            tapes.push(tape);
        }
    }
    let mut scores = Scores::new();
    let mut undamaged = Vec::new();
    for tape in &tapes {
        let own = clean(tape);
        for kind in Kind::ALL {
            for seed in 1..=SEEDS[usize::from(!update)] {
                score(tape, &own, kind, seed, &mut scores);
            }
        }
        undamaged.push((tape, own));
    }
    if std::env::var_os("PATCHBAY_MISSED").is_some() {
        for (tape, own) in &undamaged {
            for incident in own.iter().filter(|incident| incident.begins) {
                eprintln!("OWN {} {}: {incident:?}", tape.venue, tape.name);
            }
        }
    }
    let tables = report(&scores, &undamaged);
    println!("{tables}");
    if update {
        rewrite(&tables);
    }
    for kind in Kind::ALL {
        let mut sum = Score::default();
        scores.iter().filter(|((of, _), _)| *of == kind).for_each(|(_, score)| sum += *score);
        let fits = sum.recall() >= least(kind) && sum.precision() >= PRECISE;
        assert!(sum.faults == 0 || fits, "{kind:?}: {sum:?}");
    }
}
