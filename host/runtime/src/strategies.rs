//! Strategies in the host.

use patchbay_abi::{self as abi, BookView, Level, Slot};
use patchbay_engine::Engine;
use patchbay_model::{Instrument, InstrumentId, Kind, Nanos, Side};
use patchbay_plugin::bind::{Books, Outcome, StrategyInstance};

/// The engine's books, as strategies may see them.
struct Lent<'a>(&'a Engine);

impl Books for Lent<'_> {
    fn view(&self, id: InstrumentId, view: &mut BookView) -> bool {
        self.0.view(id, view)
    }

    fn levels(&self, id: InstrumentId, side: Side, out: &mut [Level]) -> usize {
        self.0.levels(id, side, out)
    }

    fn find(&self, venue: &str, symbol: &str, kind: Kind) -> Option<InstrumentId> {
        self.0.find(venue, symbol, kind)
    }

    fn instrument(&self, id: InstrumentId) -> Option<&Instrument> {
        self.0.listing(id).map(|listing| &listing.about)
    }
}

struct Desk {
    name: String,
    instance: StrategyInstance,
    due: Nanos,
    errors: u64,
    faulted: bool,
}

/// All strategies, in the order in which they are called.
#[derive(Default)]
pub(crate) struct Strategies(Vec<Desk>);

impl Strategies {
    /// Adds one and starts it.
    pub(crate) fn add(
        &mut self,
        name: &str,
        mut instance: StrategyInstance,
        now: Nanos,
        books: &Engine,
    ) {
        let started = instance.start(now, &Lent(books));
        let mut desk = Desk { name: name.to_owned(), instance, due: 0, errors: 0, faulted: false };
        desk.note(started);
        self.0.push(desk);
    }

    /// One turn with records, the books already standing after it.
    pub(crate) fn turn(&mut self, now: Nanos, number: u64, slots: &[Slot], books: &Engine) {
        for desk in self.0.iter_mut().filter(|desk| !desk.faulted) {
            let outcome = desk.instance.turn(now, number, slots, &Lent(books));
            desk.note(outcome);
        }
    }

    /// Timers due at or before `now`, each at its own time.
    pub(crate) fn advance(&mut self, now: Nanos, books: &Engine) {
        for desk in &mut self.0 {
            while desk.due != 0 && desk.due <= now && !desk.faulted {
                let at = std::mem::take(&mut desk.due);
                let outcome = desk.instance.timer(at, &Lent(books));
                desk.note(outcome);
            }
        }
    }

    /// Sends an operator's line to the strategy of that name; false if there is none.
    pub(crate) fn control(&mut self, now: Nanos, name: &str, line: &str, books: &Engine) -> bool {
        let Some(desk) = self.0.iter_mut().find(|desk| desk.name == name) else {
            return false;
        };
        let outcome = desk.instance.control(now, line, &Lent(books));
        desk.note(outcome);
        true
    }

    /// Digest of each strategy by name.
    pub(crate) fn digests(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|desk| (desk.name.as_str(), desk.instance.digest()))
    }
}

impl Desk {
    fn note(&mut self, outcome: Outcome) {
        match outcome.status {
            abi::OK | abi::UNSUPPORTED => {}
            abi::PANIC | abi::POISONED => self.faulted = true,
            _ => self.errors += 1,
        }
        if let Some(at) = outcome.wake {
            self.due = at;
        }
    }
}
