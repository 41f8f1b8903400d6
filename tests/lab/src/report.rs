//! What came of seeds.

use std::collections::BTreeMap;

use patchbay_abi as abi;
use patchbay_venue::Ledger;

use crate::oracle::End;

/// What came of one seed, or of all of them.
#[derive(Default)]
pub struct Outcome {
    pub(crate) line: String,
    /// Updates at which a live book was compared with the truth.
    pub compared: u64,
    /// Times that a book ceased to be live.
    pub falls: usize,
    /// Kinds of faults that struck.
    pub struck: BTreeMap<String, u64>,
    /// Digits that were corrupted.
    pub corrupted: usize,
    /// Those of them that a live book showed among its levels.
    pub shown: usize,
    /// Ends of runs of wrong updates, whether at the top: how many updates and recorded ms each lasted.
    pub(crate) ends: Vec<(Option<End>, bool, u64, f64)>,
    pub(crate) failures: Vec<String>,
}

impl Outcome {
    /// Counts the faults that struck.
    pub(crate) fn count(&mut self, ledger: &Ledger) {
        for fault in &ledger.faults {
            let kind = serde_json::to_value(&fault.fault).unwrap();
            let kind = kind["kind"].as_str().unwrap().to_owned();
            self.corrupted += usize::from(kind == "corrupt_digit");
            *self.struck.entry(kind).or_default() += 1;
        }
    }

    fn add(&mut self, other: Self) {
        self.compared += other.compared;
        self.falls += other.falls;
        for (kind, count) in other.struck {
            *self.struck.entry(kind).or_default() += count;
        }
        self.corrupted += other.corrupted;
        self.shown += other.shown;
        self.ends.extend(other.ends);
    }
}

/// Prints what came of all seeds together, and gives it.
///
/// # Panics
///
/// If any of them failed.
pub(crate) fn report(test: &str, outcomes: Vec<(u64, Outcome)>) -> Outcome {
    let failed = outcomes.iter().filter(|(_, outcome)| !outcome.failures.is_empty());
    let failed: Vec<u64> = failed.map(|(seed, _)| *seed).collect();
    let seeds = outcomes.len();
    let mut all = Outcome::default();
    outcomes.into_iter().for_each(|(_, outcome)| all.add(outcome));
    println!(
        "{seeds} seeds: {} faults, books fell {} times, {} updates compared",
        all.struck.values().sum::<u64>(),
        all.falls,
        all.compared
    );
    println!("{:?}", all.struck);
    println!("{} digits corrupted, {} of them seen in a live book", all.corrupted, all.shown);
    print_ends(&all);
    for seed in &failed {
        let profile = if cfg!(debug_assertions) { "" } else { "--release " };
        println!(
            "again: PATCHBAY_SEED={seed} cargo test {profile}-p patchbay-test-lab --test live -- \
             --nocapture {test}::"
        );
    }
    assert!(failed.is_empty(), "seeds {failed:?}");
    assert!(all.compared > 50 * seeds as u64, "next to nothing came");
    all
}

fn print_ends(all: &Outcome) {
    let mut ends: BTreeMap<(String, bool), Vec<(u64, f64)>> = BTreeMap::new();
    for (end, at_top, updates, lasted) in &all.ends {
        ends.entry((ending(*end), *at_top)).or_default().push((*updates, *lasted));
    }
    for ((end, at_top), mut runs) in ends {
        runs.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (middle, last) = (runs[runs.len() / 2], runs[runs.len() - 1]);
        println!(
            "  {}: {end}: {} times, after {} updates or {:.0} recorded ms (median), {} or {:.0} \
             (longest)",
            if at_top { "at the top" } else { "below the top" },
            runs.len(),
            middle.0,
            middle.1,
            last.0,
            last.1
        );
    }
}

fn ending(end: Option<End>) -> String {
    match end {
        None => "stood at the end".to_owned(),
        Some(End::Overwritten) => "overwritten by a later change".to_owned(),
        Some(End::Dropped(abi::CAUSE_QUOTE)) => "convicted by the book ticker".to_owned(),
        Some(End::Dropped(abi::CAUSE_AUDIT)) => "convicted by the REST audit".to_owned(),
        Some(End::Dropped(abi::CAUSE_CROSSED)) => "convicted as crossed".to_owned(),
        Some(End::Dropped(cause)) => format!("dropped for another cause ({cause})"),
    }
}
