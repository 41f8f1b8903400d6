//! Findings, gathered into incidents that begin and end.

use patchbay_abi::{self as abi, Head, Quality, Slot};
use patchbay_model::Nanos;

/// Detectors, those of a venue included: ids are below this.
pub const DETECTORS: usize = abi::QUALITY_SILENCE as usize + 1;

/// How often something was found, by detector id (`QUALITY_*`); the first is always 0.
pub type Counts = [u64; DETECTORS];

/// One thing that a detector found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finding {
    /// `QUALITY_*`.
    pub(crate) detector: u32,
    /// 1 note, 2 warning, 3 alarm.
    pub(crate) severity: u32,
    /// As in the flags of a record.
    pub(crate) cause: u16,
    pub(crate) value: f64,
    pub(crate) expected: f64,
}

/// Whose incident it is and what shows it: the head of its record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    pub(crate) instrument: u32,
    /// Update id of the record, or the venue's number.
    pub(crate) sequence: u64,
    pub(crate) exchange_ns: Nanos,
    pub(crate) at_ns: Nanos,
}

#[derive(Clone, Copy, Debug, Default)]
struct Incident {
    /// 0 while there is none.
    since: Nanos,
    last: Nanos,
    found: u64,
    severity: u32,
    cause: u16,
}

/// The incidents of an instrument or venue: at most one of each detector at a time, so that what is
/// said is bounded by time however much is found.
#[derive(Clone, Debug)]
pub(crate) struct Incidents {
    open: [Incident; DETECTORS],
    counts: Counts,
    /// Bit of each detector whose incident ends by time.
    waiting: u32,
}

impl Incidents {
    pub(crate) const fn new() -> Self {
        let none = Incident { since: 0, last: 0, found: 0, severity: 0, cause: 0 };
        Self { open: [none; DETECTORS], counts: [0; DETECTORS], waiting: 0 }
    }

    pub(crate) const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Bit of each detector with an incident that is not over.
    pub(crate) fn open(&self) -> u32 {
        let open = self.open.iter().enumerate().filter(|(_, incident)| incident.since != 0);
        open.fold(0, |bits, (at, _)| bits | 1 << at)
    }

    /// Something that is over as it is found: its incident ends when nothing more comes.
    #[cold]
    pub(crate) fn found(&mut self, finding: Finding, about: About, out: &mut Vec<Slot>) {
        self.begin(finding, about, out);
        self.waiting |= 1 << finding.detector;
    }

    /// Something that lasts until [`Self::end`].
    #[cold]
    pub(crate) fn begin(&mut self, finding: Finding, about: About, out: &mut Vec<Slot>) {
        let at = finding.detector as usize;
        self.counts[at] += 1;
        let incident = &mut self.open[at];
        incident.last = about.at_ns;
        incident.found += 1;
        if incident.since != 0 {
            return;
        }
        let Finding { severity, cause, .. } = finding;
        *incident = Incident { since: about.at_ns, last: about.at_ns, found: 1, severity, cause };
        out.push(record(finding, about, abi::QUALITY_BEGUN));
    }

    pub(crate) const fn is_open(&self, detector: u32) -> bool {
        self.open[detector as usize].since != 0
    }

    /// Ends the incident of a detector, if it has one.
    #[cold]
    pub(crate) fn end(&mut self, detector: u32, about: About, out: &mut Vec<Slot>) {
        let incident = std::mem::take(&mut self.open[detector as usize]);
        self.waiting &= !(1 << detector);
        if incident.since == 0 {
            return;
        }
        let Incident { severity, cause, .. } = incident;
        let value = seconds(about.at_ns - incident.since);
        let over = Finding { detector, severity, cause, value, expected: incident.found as f64 };
        out.push(record(over, about, abi::QUALITY_ENDED));
    }

    /// Ends those of which nothing was found for `quiet` ns.
    #[inline]
    pub(crate) fn settle(&mut self, quiet: Nanos, about: About, out: &mut Vec<Slot>) {
        if self.waiting != 0 {
            self.settle_waiting(quiet, about, out);
        }
    }

    #[cold]
    fn settle_waiting(&mut self, quiet: Nanos, about: About, out: &mut Vec<Slot>) {
        for at in 1..DETECTORS {
            let waits = self.waiting & 1 << at != 0;
            if waits && about.at_ns - self.open[at].last >= quiet {
                self.end(at as u32, about, out);
            }
        }
    }
}

fn record(finding: Finding, about: About, phase: u16) -> Slot {
    let head = Head {
        kind: abi::SLOT_QUALITY,
        flags: phase | finding.cause << 8,
        instrument: about.instrument,
        sequence: about.sequence,
        exchange_ns: about.exchange_ns,
        receive_ns: about.at_ns,
    };
    let Finding { detector, severity, value, expected, .. } = finding;
    Slot::from(Quality { head, value, expected, detector, severity, reserved: 0 })
}

/// Nanoseconds in seconds.
pub(crate) fn seconds(ns: Nanos) -> f64 {
    ns as f64 / 1e9
}
