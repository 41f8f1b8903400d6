//! Recordings whose local clock was wrong: the corpus' manifest says by how much.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use patchbay_abi as abi;
use patchbay_quality::QualityConfig;
use patchbay_test_quality::{Tape, play};
use patchbay_test_replay::corpus;

/// Text before the median of local minus exchange time in the manifest's notes.
const SAYS: &str = "local minus exchange time E: median ";

/// Path and median, ms, of each recording that has one.
fn medians(manifest: &str) -> Vec<(String, i64)> {
    let files = manifest.split("[[file]]").skip(1);
    let found = files.filter_map(|file| {
        let path = file.split("path = \"").nth(1)?.split('"').next()?;
        let median = file.split(SAYS).nth(1)?.split(' ').next()?.parse().ok()?;
        Some((path.to_owned(), median))
    });
    found.collect()
}

#[test]
fn clocks_that_run_behind_are_found_and_right_ones_are_not() {
    let Some(manifest) = corpus("MANIFEST.toml") else { return };
    let recordings = medians(&fs::read_to_string(manifest).unwrap());
    assert!(recordings.len() >= 10, "{recordings:?}");
    let behind = recordings.iter().filter(|(_, median)| *median < -1000).count();
    assert!(behind >= 8, "{recordings:?}");
    for (path, median) in recordings {
        let Some(tape) = Tape::of("binance", "clock", &[&path]) else { return };
        let played = play(&tape, &tape.moments, QualityConfig::USUAL);
        let offset = played.clock.unwrap().offset_ns / 1_000_000;
        println!("{path}: median {median} ms, fastest {offset} ms");
        // The fastest records are faster than the median, by what the network usually adds.
        assert!((median - 30..=median + 5).contains(&offset), "{path}: {offset} ms, {median} ms");
        let of = |detector| {
            let begun = played.incidents.iter().filter(|i| i.detector == detector && i.begins);
            begun.map(|i| (i.instrument, i.value)).collect::<Vec<_>>()
        };
        match of(abi::QUALITY_OFFSET).as_slice() {
            [] => assert!(median.abs() < 500, "{path}: not found"),
            [(abi::NO_INSTRUMENT, value)] => {
                assert!((value * 1000.0 - median as f64).abs() < 30.0, "{path}: {value} s");
            }
            more => panic!("{path}: {more:?}"),
        }
        assert_eq!(of(abi::QUALITY_STEP), [], "{path}");
        assert_eq!(of(abi::QUALITY_DRIFT), [], "{path}");
    }
}
