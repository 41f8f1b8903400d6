//! All instruments and venues.

use patchbay_abi::{self as abi, Slot};
use patchbay_model::Nanos;

use crate::config::QualityConfig;
use crate::incident::{About, Counts};
use crate::venue::Venue;
use crate::watch::{Book, Instrument, Watch};

/// In which everything is looked at once, whatever comes.
const ROUND: Nanos = 250_000_000;
/// Instruments that are looked at between two turns.
const STEP: usize = 64;

/// What is known of a venue's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClockFact {
    /// Receive minus exchange time of its fastest records, ns: the offset of the two clocks and the
    /// least delay.
    pub offset_ns: Nanos,
    /// Parts per million by which the two run apart; 0 where that cannot be told from noise.
    pub drift_ppm: f64,
}

/// The quality of all data, record by record.
///
/// An instrument takes less than 6 KiB, a venue less than 4 KiB, from its definition on. Records are
/// taken without allocating, but for the growth of what is put out.
#[derive(Debug)]
pub struct Monitor {
    config: QualityConfig,
    /// By id.
    watches: Vec<Option<Box<Watch>>>,
    /// By number.
    venues: Vec<Option<Box<Venue>>>,
    /// Where the round has come to.
    at: usize,
    due: Nanos,
}

impl Monitor {
    /// Knows nothing yet.
    pub const fn new(config: QualityConfig) -> Self {
        Self { config, watches: Vec::new(), venues: Vec::new(), at: 0, due: Nanos::MAX }
    }

    /// Makes instrument `id` known, and its venue. One that is known stays as it is.
    pub fn define(&mut self, id: u32, about: &Instrument) {
        let (at, place) = (id as usize, usize::from(about.venue));
        if self.watches.len() <= at {
            self.watches.resize_with(at + 1, || None);
        }
        if self.venues.len() <= place {
            self.venues.resize_with(place + 1, || None);
        }
        self.venues[place].get_or_insert_with(|| Box::new(Venue::new()));
        self.watches[at].get_or_insert_with(|| Box::new(Watch::new(id, about)));
        self.due = self.due.min(0);
    }

    /// Takes a record under the host's id at host time `at_ns`; `book` is its instrument's book after
    /// it. Incidents that begin or end with it are appended to `out`.
    #[inline]
    pub fn see(&mut self, at_ns: Nanos, record: &Slot, book: &Book, out: &mut Vec<Slot>) {
        let id = record.head().instrument as usize;
        let Some(Some(watch)) = self.watches.get_mut(id) else { return };
        let Some(Some(venue)) = self.venues.get_mut(usize::from(watch.venue)) else { return };
        watch.see(at_ns, record, book, venue, &self.config, out);
    }

    /// Looks at what time alone shows, some instruments at a time, if that is due.
    #[inline]
    pub fn advance(&mut self, at_ns: Nanos, out: &mut Vec<Slot>) {
        if at_ns >= self.due {
            self.step(at_ns, out);
        }
    }

    #[cold]
    fn step(&mut self, at_ns: Nanos, out: &mut Vec<Slot>) {
        let steps = self.watches.len().div_ceil(STEP).max(1) as Nanos;
        self.due = at_ns + ROUND / steps;
        let config = &self.config;
        for (number, venue) in (0..).zip(&mut self.venues) {
            if let Some(venue) = venue {
                let about = About {
                    instrument: abi::NO_INSTRUMENT,
                    sequence: number,
                    exchange_ns: 0,
                    at_ns,
                };
                venue.look(config, about, out);
            }
        }
        let end = (self.at + STEP).min(self.watches.len());
        for watch in self.watches[self.at..end].iter_mut().flatten() {
            let venue = self.venues[usize::from(watch.venue)].as_ref();
            let quiet = venue.is_some_and(|venue| venue.is_silent());
            watch.look(at_ns, quiet, config, out);
        }
        self.at = if end == self.watches.len() { 0 } else { end };
    }

    /// Host time at which [`Self::advance`] has something to look at.
    pub const fn due(&self) -> Nanos {
        self.due
    }

    /// How often each detector found something of an instrument.
    pub fn counts(&self, id: u32) -> Option<&Counts> {
        Some(self.watches.get(id as usize)?.as_ref()?.incidents.counts())
    }

    /// Bits of the detectors whose incidents of an instrument are not over.
    pub fn open(&self, id: u32) -> u32 {
        let watch = self.watches.get(id as usize).and_then(Option::as_ref);
        watch.map_or(0, |watch| watch.incidents.open())
    }

    /// How often each detector found something of a venue.
    pub fn venue_counts(&self, number: u16) -> Option<&Counts> {
        Some(self.venues.get(usize::from(number))?.as_ref()?.incidents.counts())
    }

    /// Bits of the detectors whose incidents of a venue are not over.
    pub fn venue_open(&self, number: u16) -> u32 {
        let venue = self.venues.get(usize::from(number)).and_then(Option::as_ref);
        venue.map_or(0, |venue| venue.incidents.open())
    }

    /// What is known of a venue's clock at `at_ns`; `None` before enough was received.
    pub fn clock(&self, number: u16, at_ns: Nanos) -> Option<ClockFact> {
        let clock = &self.venues.get(usize::from(number))?.as_ref()?.clock;
        let drift_ppm = clock.drift().unwrap_or(0.0);
        clock.is_known().then(|| ClockFact { offset_ns: clock.offset(at_ns), drift_ppm })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instrument_and_a_venue_are_as_small_as_is_said() {
        assert!(size_of::<Watch>() < 6 << 10, "{}", size_of::<Watch>());
        assert!(size_of::<Venue>() < 4 << 10, "{}", size_of::<Venue>());
    }
}
