//! A running host against a venue that cuts, stalls, drops, reorders, corrupts and bans by a seeded
//! plan, all three products at once: no panic, every book heals when the faults are over, and no
//! book is live and wrong at any update, but for digits that were corrupted inside a valid sequence.
//!
//! `PATCHBAY_SEEDS` says how many seeds (200 are the promise), `PATCHBAY_SEED` which one alone,
//! `PATCHBAY_PARALLEL` how many hosts at a time.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "it waits for what happens in real time")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use patchbay_abi as abi;
use patchbay_runtime::live::{LiveConfig, LiveHost};
use patchbay_test_lab::{ALL, Case, End, Found, Site, Truth, excuse, number, recording};
use patchbay_venue::{
    Density, FaultKinds, FaultPlan, Ledger, Pace, Recording, VenueConfig, VenueHandle,
};

/// Seeds tried, unless `PATCHBAY_SEEDS` says how many (1 to that).
const SEEDS: u64 = 4;
/// Times recorded pace: 58 s for a recording.
const PACE: f64 = 6.0;
/// Faults of a plan, and the share of the recording that they are spread over.
const FAULTS: u32 = 60;
const SHARE: u64 = 6;
/// How long a book must have been live, after the faults.
const CALM: Duration = Duration::from_millis(1500);

/// What is the same for all seeds.
struct Lab {
    recording: Arc<Recording>,
    truths: Vec<Arc<Truth>>,
}

/// What came of one seed.
#[derive(Default)]
struct Outcome {
    line: String,
    compared: u64,
    falls: usize,
    /// Kinds of faults that struck.
    struck: BTreeMap<String, u64>,
    /// Corrupted digits, and those that a live book showed among its levels.
    corrupted: usize,
    shown: usize,
    /// Ends of runs of wrong updates: how many updates and recorded ms each lasted.
    ends: Vec<(Option<End>, bool, u64, f64)>,
    failures: Vec<String>,
}

#[test]
fn every_book_heals_and_none_is_live_and_wrong() {
    let Some(recording) = recording(&ALL) else { return };
    let truths = ALL.iter().map(|capture| Arc::new(Truth::of(capture).unwrap())).collect();
    let lab = Lab { recording, truths };
    let seeds: Vec<u64> = match number("PATCHBAY_SEED", 0) {
        0 => (1..=number("PATCHBAY_SEEDS", SEEDS)).collect(),
        seed => vec![seed],
    };
    let (next, outcomes) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..number("PATCHBAY_PARALLEL", 2) {
            scope.spawn(|| {
                while let Some(&seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                    let outcome = try_seed(seed, &lab);
                    println!("seed {seed}: {}", outcome.line);
                    for failure in &outcome.failures {
                        println!("seed {seed}: FAILED: {failure}");
                    }
                    outcomes.lock().unwrap().push((seed, outcome));
                }
            });
        }
    });
    report(&outcomes.into_inner().unwrap());
}

fn try_seed(seed: u64, lab: &Lab) -> Outcome {
    let frames = lab.recording.frames() as u64 / SHARE;
    let density = Density { faults: FAULTS, frames };
    let plan = FaultPlan::seeded(seed, &FaultKinds::all(), density);
    let name = format!("faults-{seed}");
    let site = Site::serving(&name, Arc::clone(&lab.recording), |venue| VenueConfig {
        pace: Pace::Times(PACE),
        plan,
        ..venue
    });
    let case = Case::new(&lab.truths);
    let config = LiveConfig { strategies: vec![case.strategy()], ..site.live() };
    let host = LiveHost::start(config, vec![site.adapter(&[])]).unwrap();
    let mut outcome = Outcome::default();
    let healed = heal(&case, &site.venue, frames);
    let failed = host.has_failed();
    let status = host.stop();
    let (ledger, found) = (site.venue.ledger(), case.found());
    let log = || status.log.iter().map(|line| format!("\n    {}", line.text)).collect::<String>();
    if let Err(why) = healed {
        outcome.failures.push(format!("{why}: {}", log()));
    }
    if failed || status.totals.faults != 0 {
        outcome.failures.push(format!("a thread or a plugin panicked: {}", log()));
    }
    judge(&found, &ledger, &mut outcome);
    write!(
        outcome.line,
        "{} faults, {} gaps, {} falls, {} updates compared",
        ledger.faults.len(),
        status.totals.gaps,
        outcome.falls,
        outcome.compared
    )
    .unwrap();
    drop(found);
    site.remove();
    outcome
}

/// Waits until the plan is over and every book has been live for a while since.
fn heal(case: &Case, venue: &VenueHandle, frames: u64) -> Result<(), String> {
    let (mut over, mut calm) = (false, None);
    let started = Instant::now();
    loop {
        sleep(Duration::from_millis(50));
        over = over || venue.position() >= frames;
        let live = case.live();
        if !over || live < ALL.len() {
            calm = None;
        } else if calm.get_or_insert_with(Instant::now).elapsed() >= CALM {
            return Ok(());
        }
        if started.elapsed() > Duration::from_secs(75) {
            let found = case.found();
            let waiting = found.seats.iter().filter(|seat| !seat.live);
            let names: Vec<_> =
                waiting.map(|s| format!("{} {:?}", s.truth.name(), s.states.last())).collect();
            return Err(format!("not live after the faults: {names:?}"));
        }
    }
}

/// Holds every run of wrong updates against what the venue says that it did.
fn judge(found: &Found, ledger: &Ledger, outcome: &mut Outcome) {
    for fault in &ledger.faults {
        let kind = serde_json::to_value(&fault.fault).unwrap()["kind"].as_str().unwrap().to_owned();
        outcome.corrupted += usize::from(kind == "corrupt_digit");
        *outcome.struck.entry(kind).or_default() += 1;
    }
    for seat in &found.seats {
        outcome.compared += seat.compared;
        outcome.falls += seat.falls();
        let name = seat.truth.name();
        if !seat.unknown.is_empty() {
            outcome.failures.push(format!("{name}: live at ids that are none: {:?}", seat.unknown));
        }
        let mut shown = BTreeSet::new();
        for wrong in &seat.wrong {
            match excuse(wrong, &seat.truth, ledger) {
                Ok(excuse) => shown.extend(excuse.ids),
                Err(levels) => outcome.failures.push(format!("{name}: {levels:?} of {wrong:?}")),
            }
            let until = wrong.end.map_or(seat.live_since, |(at, _)| at);
            let lasted = (until - wrong.from_ns).max(0) as f64 * PACE / 1e6;
            let end = wrong.end.map(|(_, end)| end);
            outcome.ends.push((end, wrong.at_top, wrong.updates, lasted));
        }
        outcome.shown += shown.len();
    }
}

fn report(outcomes: &[(u64, Outcome)]) {
    let all = || outcomes.iter().map(|(_, outcome)| outcome);
    let mut struck: BTreeMap<&str, u64> = BTreeMap::new();
    for (kind, count) in all().flat_map(|outcome| &outcome.struck) {
        *struck.entry(kind).or_default() += count;
    }
    println!(
        "{} seeds: {} faults, books fell {} times, {} updates compared",
        outcomes.len(),
        struck.values().sum::<u64>(),
        all().map(|outcome| outcome.falls).sum::<usize>(),
        all().map(|outcome| outcome.compared).sum::<u64>()
    );
    println!("{struck:?}");
    println!(
        "{} digits corrupted, {} of them seen in a live book",
        all().map(|outcome| outcome.corrupted).sum::<usize>(),
        all().map(|outcome| outcome.shown).sum::<usize>()
    );
    let mut ends: BTreeMap<(String, bool), Vec<(u64, f64)>> = BTreeMap::new();
    for (end, at_top, updates, lasted) in all().flat_map(|outcome| &outcome.ends) {
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
    let failed = outcomes.iter().filter(|(_, outcome)| !outcome.failures.is_empty());
    let failed: Vec<u64> = failed.map(|(seed, _)| *seed).collect();
    for seed in &failed {
        let profile = if cfg!(debug_assertions) { "" } else { "--release " };
        println!(
            "again: PATCHBAY_SEED={seed} cargo test {profile}-p patchbay-test-lab --test faults -- \
             --nocapture"
        );
    }
    assert!(failed.is_empty(), "seeds {failed:?}");
    assert!(all().map(|outcome| outcome.compared).sum::<u64>() > 1000, "next to nothing came");
    let shown = all().map(|outcome| outcome.shown).sum::<usize>();
    assert!(outcomes.len() < 50 || shown > 0, "corrupted digits were never seen: is it looking?");
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
