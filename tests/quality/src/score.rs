//! Faults against incidents.

use std::collections::BTreeMap;

use patchbay_abi as abi;
use patchbay_model::Nanos;
use patchbay_quality::QualityConfig;

use crate::fault::{Fault, Kind, faults};
use crate::play::{ANSWER, Incident, play};
use crate::tape::Tape;

/// What a fault causes beside what it is, it causes by so much later.
const CAUSED: Nanos = 10_000_000_000;
/// An incident that only time shows may be said so much later.
const LOOKED: Nanos = 300_000_000;

/// How one detector did with one kind of fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Faults that were put in.
    pub faults: u64,
    /// Those that were found.
    pub found: u64,
    /// Incidents of its detectors that no fault explains and the undamaged recording does not have.
    pub alone: u64,
    /// Those that the undamaged recording has, too.
    pub own: u64,
}

impl Score {
    /// Share of the faults that were found.
    pub fn recall(&self) -> f64 {
        self.found as f64 / self.faults as f64
    }

    /// Share of the incidents that were faults, among those that the undamaged recording has not.
    pub fn precision(&self) -> f64 {
        self.found as f64 / (self.found + self.alone) as f64
    }

    /// Share of all incidents that were faults.
    pub fn strict(&self) -> f64 {
        self.found as f64 / (self.found + self.alone + self.own) as f64
    }
}

impl std::ops::AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        self.faults += other.faults;
        self.found += other.found;
        self.alone += other.alone;
        self.own += other.own;
    }
}

/// By kind and venue.
pub type Scores = BTreeMap<(Kind, &'static str), Score>;

/// The incidents of an undamaged recording.
pub fn clean(tape: &Tape) -> Vec<Incident> {
    play(tape, &tape.moments, QualityConfig::USUAL).incidents
}

/// Puts faults of `kind` in by `seed` and adds how they were found.
pub fn score(tape: &Tape, clean: &[Incident], kind: Kind, seed: u64, scores: &mut Scores) {
    let wrong = clean.iter().any(|incident| incident.detector == abi::QUALITY_OFFSET);
    if kind == Kind::Offset && wrong {
        return;
    }
    let (moments, faults) = faults(tape, kind, seed);
    let incidents = play(tape, &moments, QualityConfig::USUAL).incidents;
    let ours = |incident: &&Incident| kind.detectors().contains(&incident.detector);
    let begun = incidents.iter().filter(|incident| incident.begins).filter(ours);
    let begun: Vec<&Incident> = begun.collect();
    let mut score = Score { faults: faults.len() as u64, ..Score::default() };
    for fault in &faults {
        let found = begun.iter().any(|incident| shows(incident, fault, LOOKED));
        score.found += u64::from(found);
        if !found && std::env::var_os("PATCHBAY_MISSED").is_some() {
            eprintln!("MISSED {} {}: seed {seed} {fault:?}", tape.venue, tape.name);
            for near in incidents.iter().filter(|i| {
                i.instrument == fault.instrument && (i.at_ns - fault.from_ns).abs() < CAUSED
            }) {
                eprintln!("   NEAR {} ms {near:?}", (near.at_ns - fault.from_ns) / 1_000_000);
            }
        }
    }
    for incident in begun {
        let explained = faults.iter().any(|fault| shows(incident, fault, CAUSED));
        let own = clean.iter().any(|other| same(other, incident));
        score.own += u64::from(!explained && own);
        if !explained && !own {
            score.alone += 1;
            if std::env::var_os("PATCHBAY_MISSED").is_some() {
                eprintln!("ALONE {} {}: {kind:?} seed {seed} {incident:?}", tape.venue, tape.name);
            }
        }
    }
    if kind == Kind::Gap {
        recovers(&incidents, clean);
    }
    *scores.entry((kind, tape.venue)).or_default() += score;
}

/// Whether the incident is of the fault's instrument and time.
fn shows(incident: &Incident, fault: &Fault, later: Nanos) -> bool {
    let whose = fault.instrument == abi::NO_INSTRUMENT || incident.instrument == fault.instrument;
    whose && fault.from_ns <= incident.at_ns && incident.at_ns <= fault.to_ns + later
}

fn same(one: &Incident, other: &Incident) -> bool {
    let key = |i: &Incident| (i.instrument, i.detector, i.begins);
    key(one) == key(other) && (one.at_ns - other.at_ns).abs() < CAUSED
}

/// Every loss ends with the snapshot that was given, and says how long that took.
fn recovers(incidents: &[Incident], clean: &[Incident]) {
    let ended = incidents.iter().filter(|i| i.detector == abi::QUALITY_GAP && !i.begins);
    for incident in ended.filter(|i| !clean.iter().any(|other| same(other, i))) {
        assert!((incident.value - ANSWER as f64 / 1e9).abs() < 1e-6, "{incident:?}");
    }
}
