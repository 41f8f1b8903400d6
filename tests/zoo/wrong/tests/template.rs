//! What a new adapter begins as certifies at the score that `docs/adapters.md` states.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use patchbay_test_replay::{built, template};
use serde_json::Value;

#[test]
fn the_template_certifies_at_its_starting_score() {
    let output = built(false).command(&["certify", "--json"]).arg(template()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let certificate: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cards = certificate["cards"].as_array().unwrap();
    let count = |verdict| cards.iter().filter(|card| card["verdict"] == verdict).count();
    let [passed, failed, unverified] = ["passed", "failed", "not_verified"].map(count);
    assert_eq!((passed, failed, passed + unverified), (2, 0, cards.len()), "{certificate}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/adapters.md");
    let stated = format!("{passed} cards passed, none failed, {unverified} not\nverified");
    assert!(fs::read_to_string(page).unwrap().contains(&stated), "{stated}");
}
