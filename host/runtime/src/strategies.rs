//! Strategies in the host.

use patchbay_abi::{self as abi, BookView, Level, Slot};
use patchbay_engine::Engine;
use patchbay_loader::Manifest;
use patchbay_model::{Instrument, InstrumentId, Kind, Nanos, Side};
use patchbay_plugin::bind::{Books, Outcome, StrategyInstance};

/// Most timers of a strategy between two looks at the time: one that always asks for a time that has
/// passed would hold the engine for ever.
const TIMERS_MAX: usize = 1000;

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

/// Which strategy it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    /// Name of the instance.
    pub(crate) name: String,
    /// Of its file; `None` if nobody asks.
    pub(crate) manifest: Option<Manifest>,
}

/// What a strategy was given and how it took it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeskTally {
    /// Turns with records.
    pub(crate) turns: u64,
    /// Time in its code for those, ns.
    pub(crate) ns: u64,
    /// Calls that it answered with an error.
    pub(crate) errors: u64,
    /// Turn at which it panicked; it is given nothing after that.
    pub(crate) fault: Option<u64>,
}

/// A strategy and its next timer.
pub(crate) struct Desk {
    pub(crate) about: About,
    pub(crate) tally: DeskTally,
    instance: StrategyInstance,
    due: Nanos,
}

/// All strategies, in the order in which they are called.
#[derive(Default)]
pub(crate) struct Strategies {
    desks: Vec<Desk>,
    /// Number of the last turn.
    turn: u64,
}

impl Strategies {
    /// Adds one and starts it.
    pub(crate) fn add(
        &mut self,
        about: About,
        mut instance: StrategyInstance,
        now: Nanos,
        books: &Engine,
    ) {
        let started = instance.start(now, &Lent(books));
        let mut desk = Desk { about, tally: DeskTally::default(), instance, due: 0 };
        desk.note(started, self.turn);
        self.desks.push(desk);
    }

    /// One turn with records, the books already standing after it. `clock` measures.
    pub(crate) fn turn(
        &mut self,
        now: Nanos,
        number: u64,
        slots: &[Slot],
        books: &Engine,
        clock: impl Fn() -> Nanos,
    ) {
        self.turn = number;
        for desk in self.desks.iter_mut().filter(|desk| desk.tally.fault.is_none()) {
            let before = clock();
            let outcome = desk.instance.turn(now, number, slots, &Lent(books));
            desk.tally.ns += (clock() - before).max(0) as u64;
            desk.tally.turns += 1;
            desk.note(outcome, number);
        }
    }

    /// Timers due at or before `now`, each at its own time.
    pub(crate) fn advance(&mut self, now: Nanos, books: &Engine) {
        for desk in &mut self.desks {
            for _ in 0..TIMERS_MAX {
                if desk.due == 0 || desk.due > now || desk.tally.fault.is_some() {
                    break;
                }
                let at = std::mem::take(&mut desk.due);
                let outcome = desk.instance.timer(at, &Lent(books));
                desk.note(outcome, self.turn);
            }
        }
    }

    /// When the first timer is due, if any is.
    pub(crate) fn due(&self) -> Option<Nanos> {
        let waiting = self.desks.iter().filter(|desk| desk.due != 0 && desk.tally.fault.is_none());
        waiting.map(|desk| desk.due).min()
    }

    /// Sends an operator's line to the strategy of that name; false if there is none.
    pub(crate) fn control(&mut self, now: Nanos, name: &str, line: &str, books: &Engine) -> bool {
        let Some(desk) = self.desks.iter_mut().find(|desk| desk.about.name == name) else {
            return false;
        };
        let outcome = desk.instance.control(now, line, &Lent(books));
        desk.note(outcome, self.turn);
        true
    }

    /// Digest of each strategy by name.
    pub(crate) fn digests(&self) -> impl Iterator<Item = (&str, u64)> {
        self.desks.iter().map(|desk| (desk.about.name.as_str(), desk.instance.digest()))
    }

    /// Each of them.
    pub(crate) fn desks(&self) -> &[Desk] {
        &self.desks
    }
}

impl Desk {
    /// Hash over everything that it decides by.
    pub(crate) fn digest(&self) -> u64 {
        self.instance.digest()
    }

    fn note(&mut self, outcome: Outcome, turn: u64) {
        match outcome.status {
            abi::OK | abi::UNSUPPORTED => {}
            abi::PANIC | abi::POISONED => self.tally.fault = Some(turn),
            _ => self.tally.errors += 1,
        }
        if let Some(at) = outcome.wake {
            self.due = at;
        }
    }
}
