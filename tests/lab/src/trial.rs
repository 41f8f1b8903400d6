//! Hosts against venues that cut, stall, drop, reorder, corrupt and ban by seeded plans.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use patchbay_runtime::live::{LiveConfig, LiveHost};
use patchbay_venue::{
    Density, FaultKinds, FaultPlan, Ledger, Pace, Recording, VenueConfig, VenueHandle,
};

use crate::oracle::{Case, Found, Seat};
use crate::report::{Outcome, report};
use crate::{Market, Site, Truth, excuse, number};

/// How long a book must have been live, after the faults.
const CALM: Duration = Duration::from_millis(1500);

/// One host a seed: whatever the venue does, every book heals when the faults are over, and none is
/// live and wrong at any update, but for digits that were corrupted inside a valid sequence.
///
/// `PATCHBAY_SEEDS` says how many seeds are tried (1 to that), `PATCHBAY_SEED` which one alone,
/// `PATCHBAY_PARALLEL` how many hosts at a time.
pub struct Trial {
    /// Name of the test, for how to try a seed again.
    pub test: &'static str,
    /// What is played.
    pub market: &'static Market,
    /// Its books.
    pub truths: Vec<Arc<Truth>>,
    /// What can go wrong.
    pub kinds: FaultKinds,
    /// Seeds, unless told otherwise.
    pub seeds: u64,
    /// Times recorded pace.
    pub pace: f64,
    /// Faults of a plan, and the share of the recording that they are spread over.
    pub faults: u32,
    /// See `faults`.
    pub share: u64,
    /// A trial lasts to the end of the recording, where every book must stand; else it ends when all
    /// are live again.
    pub to_the_end: bool,
}

impl Trial {
    /// Tries all seeds; what came of them. `None` without a corpus.
    ///
    /// # Panics
    ///
    /// If any seed fails.
    pub fn run(&self) -> Option<Outcome> {
        let recording = self.market.recording(self.market.captures)?;
        let seeds: Vec<u64> = match number("PATCHBAY_SEED", 0) {
            0 => (1..=number("PATCHBAY_SEEDS", self.seeds)).collect(),
            seed => vec![seed],
        };
        let (next, outcomes) = (AtomicU64::new(0), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for _ in 0..number("PATCHBAY_PARALLEL", 2) {
                scope.spawn(|| {
                    while let Some(&seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed) as usize)
                    {
                        let outcome = self.told(seed, &recording);
                        outcomes.lock().unwrap().push((seed, outcome));
                    }
                });
            }
        });
        Some(report(self.test, outcomes.into_inner().unwrap()))
    }

    /// Tries seeds one after the other, 1 and so on, until `over`; at least one. What came of them, or
    /// `None` without a corpus.
    ///
    /// # Panics
    ///
    /// If any seed fails.
    pub fn run_until(&self, over: Instant) -> Option<Outcome> {
        let recording = self.market.recording(self.market.captures)?;
        let mut outcomes = vec![(1, self.told(1, &recording))];
        let seeds = (2..).take_while(|_| Instant::now() < over);
        outcomes.extend(seeds.map(|seed| (seed, self.told(seed, &recording))));
        Some(report(self.test, outcomes))
    }

    fn told(&self, seed: u64, recording: &Arc<Recording>) -> Outcome {
        let outcome = self.try_seed(seed, recording);
        let test = self.test;
        println!("{test}, seed {seed}: {}", outcome.line);
        for failure in &outcome.failures {
            println!("{test}, seed {seed}: FAILED: {failure}");
        }
        outcome
    }

    fn try_seed(&self, seed: u64, recording: &Arc<Recording>) -> Outcome {
        let frames = recording.frames() as u64 / self.share;
        let density = Density { faults: self.faults, frames };
        let plan = FaultPlan::seeded(seed, &self.kinds, density);
        let name = format!("{}-{seed}", self.test);
        let site = Site::of(self.market, &name, Arc::clone(recording), |venue| VenueConfig {
            pace: Pace::Times(self.pace),
            plan,
            ..venue
        });
        let case = Case::new(&self.truths);
        let config = LiveConfig { strategies: vec![case.strategy()], ..site.live() };
        let host = LiveHost::start(config, vec![site.adapter(&[])]).unwrap();
        let mut outcome = Outcome::default();
        let healed = self.heal(&case, &site.venue, frames);
        let failed = host.has_failed();
        let status = host.stop();
        let (ledger, found) = (site.venue.ledger(), case.found());
        let log =
            || status.log.iter().map(|line| format!("\n    {}", line.text)).collect::<String>();
        if let Err(why) = healed {
            outcome.failures.push(format!("{why}: {}", log()));
        }
        if failed || status.totals.faults != 0 {
            outcome.failures.push(format!("a thread or a plugin panicked: {}", log()));
        }
        self.judge(&found, &ledger, &mut outcome);
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
    fn heal(&self, case: &Case, venue: &VenueHandle, frames: u64) -> Result<(), String> {
        let (mut over, mut calm) = (false, None);
        let started = Instant::now();
        loop {
            sleep(Duration::from_millis(50));
            over = over || venue.position() >= frames && (!self.to_the_end || venue.ledger().ended);
            let healed = || case.found().seats.iter().all(|seat| self.is_healed(seat, venue));
            if !over || !healed() {
                calm = None;
            } else if calm.get_or_insert_with(Instant::now).elapsed() >= CALM {
                return Ok(());
            }
            if started.elapsed() > Duration::from_secs(90) {
                let found = case.found();
                let waiting = found.seats.iter().filter(|seat| !self.is_healed(seat, venue));
                let stands = |seat: &Seat| {
                    let (at, last) = (seat.sequence, seat.truth.last());
                    format!("{} at {at} of {last} {:?}", seat.truth.name(), seat.states.last())
                };
                let names: Vec<_> = waiting.map(stands).collect();
                return Err(format!("not healed after the faults: {names:?}"));
            }
        }
    }

    /// Whether a book is live and, at the end, whole: what it lacks may only be the last changes that
    /// the venue did not send, which nothing can tell from a market where nothing happens.
    fn is_healed(&self, seat: &Seat, venue: &VenueHandle) -> bool {
        if !seat.live || !self.to_the_end || seat.sequence == seat.truth.last() {
            return seat.live;
        }
        let ledger = venue.ledger();
        let of_it = ledger.faults.iter().filter(|entry| {
            entry.product == seat.truth.product && seat.truth.is_stream(&entry.stream)
        });
        let struck: BTreeSet<u64> = of_it.filter_map(|entry| Some(entry.ids?.1)).collect();
        seat.truth.tops.range(seat.sequence + 1..).all(|(at, _)| struck.contains(at))
    }

    /// Holds every run of wrong updates against what the venue says that it did.
    fn judge(&self, found: &Found, ledger: &Ledger, outcome: &mut Outcome) {
        outcome.count(ledger);
        for seat in &found.seats {
            outcome.compared += seat.compared;
            outcome.falls += seat.falls();
            let name = seat.truth.name();
            if !seat.unknown.is_empty() {
                let ids = &seat.unknown;
                outcome.failures.push(format!("{name}: live at ids that are none: {ids:?}"));
            }
            let mut shown = BTreeSet::new();
            for wrong in &seat.wrong {
                match excuse(wrong, &seat.truth, ledger) {
                    Ok(excuse) => shown.extend(excuse.ids),
                    Err(levels) => {
                        outcome.failures.push(format!("{name}: {levels:?} of {wrong:?}"));
                    }
                }
                let until = wrong.end.map_or(seat.live_since, |(at, _)| at);
                let lasted = (until - wrong.from_ns).max(0) as f64 * self.pace / 1e6;
                let end = wrong.end.map(|(_, end)| end);
                outcome.ends.push((end, wrong.at_top, wrong.updates, lasted));
            }
            outcome.shown += shown.len();
        }
    }
}
