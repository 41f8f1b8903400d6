//! One venue: its clock, and whether it is there at all.

use patchbay_abi::{self as abi, Slot};
use patchbay_model::Nanos;

use crate::clock::{Clock, Tick};
use crate::config::QualityConfig;
use crate::incident::{About, Finding, Incidents, seconds};
use crate::stream::Cadence;

/// Everything about a venue.
#[derive(Clone, Debug)]
pub(crate) struct Venue {
    pub(crate) incidents: Incidents,
    pub(crate) clock: Clock,
    cadence: Cadence,
    /// Receive time of the last difference that was taken: one a turn.
    taken: Nanos,
    silent: bool,
}

impl Venue {
    pub(crate) const fn new() -> Self {
        Self {
            incidents: Incidents::new(),
            clock: Clock::new(),
            cadence: Cadence::new(),
            taken: 0,
            silent: false,
        }
    }

    /// A record of the venue came.
    #[inline]
    pub(crate) fn seen(&mut self, about: About, out: &mut Vec<Slot>) {
        self.cadence.seen(about.at_ns);
        if self.silent {
            self.silent = false;
            self.incidents.end(abi::QUALITY_SILENCE, about, out);
        }
    }

    /// Takes receive minus exchange time of a record; how much that is more than the fastest have,
    /// once that is known.
    #[inline]
    pub(crate) fn delay(
        &mut self,
        difference: Nanos,
        config: &QualityConfig,
        about: About,
        out: &mut Vec<Slot>,
    ) -> Option<Nanos> {
        let at = about.at_ns;
        if at != self.taken {
            self.taken = at;
            if let Some(tick) = self.clock.take(at, difference, config.step_ns) {
                self.tick(tick, config, about, out);
            }
        }
        self.clock.is_known().then(|| difference - self.clock.offset(at))
    }

    /// A window of the clock was closed.
    #[cold]
    fn tick(&mut self, tick: Tick, config: &QualityConfig, about: About, out: &mut Vec<Slot>) {
        if let Tick::Step(by) = tick {
            let detector = abi::QUALITY_STEP;
            let (value, expected) = (seconds(by), 0.0);
            let step = Finding { detector, severity: 3, cause: 0, value, expected };
            self.incidents.found(step, about, out);
        }
        if !self.clock.is_known() || tick == Tick::Doubt {
            return;
        }
        let offset = self.clock.offset(about.at_ns);
        let far = config.offset_ns > 0 && offset.abs() >= config.offset_ns;
        let (value, bound) = (seconds(offset), seconds(config.offset_ns));
        self.judge(abi::QUALITY_OFFSET, far, (value, bound), about, out);
        let drift = self.clock.drift().unwrap_or(0.0);
        let bound = config.drift_ppm as f64;
        let runs = config.drift_ppm > 0 && drift.abs() >= bound;
        self.judge(abi::QUALITY_DRIFT, runs, (drift, bound), about, out);
    }

    /// Begins or ends an incident of the clock.
    fn judge(
        &mut self,
        detector: u32,
        is_so: bool,
        (value, expected): (f64, f64),
        about: About,
        out: &mut Vec<Slot>,
    ) {
        match (is_so, self.incidents.is_open(detector)) {
            (true, false) => {
                let finding = Finding { detector, severity: 3, cause: 0, value, expected };
                self.incidents.begin(finding, about, out);
            }
            (false, true) => self.incidents.end(detector, about, out),
            _ => {}
        }
    }

    /// Whether nothing comes from it, and that was said.
    pub(crate) const fn is_silent(&self) -> bool {
        self.silent
    }

    /// What time alone shows.
    pub(crate) fn look(&mut self, config: &QualityConfig, about: About, out: &mut Vec<Slot>) {
        self.incidents.settle(config.quiet_ns, about, out);
        if !self.silent
            && config.silence_ns > 0
            && let Some((silent, limit)) = self.cadence.silence(about.at_ns, config.silence_ns)
        {
            self.silent = true;
            let detector = abi::QUALITY_SILENCE;
            let (value, expected) = (seconds(silent), seconds(limit));
            let silence = Finding { detector, severity: 3, cause: 0, value, expected };
            self.incidents.begin(silence, about, out);
        }
    }
}
