//! The engine thread: owns all core state, takes one message a turn, never waits for anybody.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use patchbay_control::LogLevel;
use patchbay_engine::{Action, Engine, Event, Out, Turn};
use patchbay_journal::HOST;
use patchbay_mcast::Publisher;
use patchbay_model::{InstrumentId, Kind, Nanos};

use super::incident;
use super::intake::{Changes, Intake};
use super::journal::TurnLine;
use super::lines::Lines;
use super::quality::Teller;
use super::sample::Stamp;
use super::shared::{About, IoCounts, Shared, Wait};
use super::source::{Lent, VenueFacts};
use super::state::StateFolder;
use super::survey::{Seen, Survey};
use crate::Digest;
use crate::strategies::Strategies;

/// Longest sleep of a thread that blocks: its timers are in ms.
const NAP: Duration = Duration::from_micros(500);

/// A turn in which nothing came.
const NOTHING: Turn<'static> = Turn {
    number: 0,
    at_ns: 0,
    instance: HOST,
    ordinal: 0,
    conn: 0,
    definitions: &[],
    slots: &[],
    event: Event::None,
};

/// Everything that the engine thread owns.
pub(crate) struct EngineThread {
    pub(crate) engine: Engine,
    /// By number of the instance.
    pub(crate) intakes: Vec<Option<Box<Intake>>>,
    pub(crate) changes: Changes,
    pub(crate) strategies: Strategies,
    pub(crate) publisher: Publisher,
    pub(crate) lines: Lines,
    pub(crate) shared: Arc<Shared>,
    /// Where it says what it holds.
    pub(crate) survey: Survey,
    /// Says incidents in the log.
    pub(crate) teller: Teller,
    pub(crate) wait: Wait,
    /// By venue number minus one.
    pub(crate) venues: Vec<VenueFacts>,
    pub(crate) turn: u64,
    /// Turns of the host's own.
    pub(crate) passes: u64,
    /// When the strategies were started.
    pub(crate) started: Nanos,
    pub(crate) journal: Option<TurnLine>,
    pub(crate) state: Option<StateFolder>,
    /// Over all outputs, if they are hashed.
    pub(crate) digest: Option<Digest>,
}

impl EngineThread {
    /// Takes an instance in, and the turn in which it was made.
    pub(crate) fn attach(&mut self, mut intake: Box<Intake>, out: &mut Out) {
        let number = intake.number;
        self.engine.attach(number, &intake.venue);
        let venues = usize::from(self.engine.venue_of(number).unwrap_or_default());
        if self.venues.len() < venues {
            self.venues.resize_with(venues, VenueFacts::default);
        }
        if let Some(facts) = venues.checked_sub(1).and_then(|at| self.venues.get_mut(at)) {
            facts.stocks |= intake.stocks;
        }
        if let Some((journal, introduction)) = self.journal.as_mut().zip(intake.introduction.take())
        {
            journal.instance(introduction);
        }
        let at = number as usize;
        if self.intakes.len() <= at {
            self.intakes.resize_with(at + 1, || None);
        }
        self.intakes[at] = Some(intake);
        self.take_one(at, out);
    }

    /// Instances come and go.
    fn change(&mut self, out: &mut Out) {
        while let Some(intake) = self.changes.next() {
            self.attach(intake, out);
        }
        self.changes.retire(&self.intakes);
    }

    /// Runs until the host stops; gives itself back for the last report.
    pub(crate) fn run(mut self) -> Self {
        let mut out = Out::new();
        let mut wake = 0;
        // What replays this run is told when the strategies were started.
        self.pass(self.started, &mut out);
        while !self.shared.stopping() {
            self.change(&mut out);
            let took = self.take_from_all(&mut out);
            let now = self.shared.clock.now();
            if took || wake <= now {
                self.count_connections();
                let source = Lent { engine: &self.engine, venues: &self.venues };
                wake = self.publisher.tick(now, &source, &mut self.lines);
                self.lines.flush();
            }
            let surveys = self.survey.is_due(now) && {
                let (seen, survey, venues) = self.seen();
                survey.step(now, &seen, venues)
            };
            if !took && self.due() <= now {
                self.pass(now, &mut out);
            }
            if !took && !surveys {
                match self.wait {
                    Wait::Spin => std::hint::spin_loop(),
                    Wait::Block => thread::park_timeout(NAP),
                }
            }
        }
        let now = self.shared.clock.now();
        let (seen, survey, venues) = self.seen();
        survey.last(now, &seen, venues);
        self.publisher.end(now, &mut self.lines);
        self.lines.flush();
        self
    }

    /// When time alone makes a turn.
    fn due(&self) -> Nanos {
        self.strategies.due().unwrap_or(Nanos::MAX).min(self.engine.due())
    }

    /// One message from each instance that has one.
    fn take_from_all(&mut self, out: &mut Out) -> bool {
        let mut took = false;
        for at in 0..self.intakes.len() {
            took |= self.take_one(at, out);
        }
        took
    }

    fn take_one(&mut self, at: usize, out: &mut Out) -> bool {
        let Some(intake) = &mut self.intakes[at] else { return false };
        let Some(turn) = intake.inbox.next(self.turn + 1) else { return false };
        // As in a replay: the timers before the turn that shows that their time has come.
        self.strategies.advance(turn.at_ns, &self.engine);
        self.engine.step(&turn, out);
        let Turn { number, at_ns, instance, ordinal, conn, event, .. } = turn;
        self.taken(patchbay_journal::Turn { number, at_ns, instance, ordinal }, conn, out);
        if event == Event::Retired
            && let Some(intake) = self.intakes[at].take()
        {
            self.changes.give_back(intake);
        }
        true
    }

    /// Nothing came, and something is due all the same. What replays this run has to be told that
    /// time passed here.
    fn pass(&mut self, now: Nanos, out: &mut Out) {
        self.passes += 1;
        let (number, instance, ordinal) = (self.turn + 1, HOST, self.passes);
        let turn = Turn { number, at_ns: now, instance, ordinal, ..NOTHING };
        self.strategies.advance(now, &self.engine);
        self.engine.step(&turn, out);
        self.taken(patchbay_journal::Turn { number, at_ns: now, instance, ordinal }, 0, out);
    }

    /// All that follows from a turn; what showed it came on `conn`.
    fn taken(&mut self, turn: patchbay_journal::Turn, conn: u32, out: &mut Out) {
        self.turn = turn.number;
        if let Some(journal) = &mut self.journal {
            journal.turn(turn);
        }
        if let Some(digest) = &mut self.digest {
            digest.take(turn.number, turn.at_ns, out);
        }
        if let Some(lines) = &out.registry {
            if let Some(journal) = &mut self.journal {
                journal.registry(lines);
            }
            if let Some(Err(error)) = self.state.as_mut().map(|state| state.append(lines)) {
                self.shared.log(LogLevel::Error, "engine", &error.to_string());
            }
        }
        let now = self.shared.clock.now();
        self.note_stocks(&out.defined);
        let source = Lent { engine: &self.engine, venues: &self.venues };
        self.publisher.defined(now, &out.defined, &source, &mut self.lines);
        if !out.defined.is_empty() {
            name(&self.engine, &out.defined, &self.shared);
        }
        if !out.slots.is_empty() {
            // What went before is not of this turn.
            self.lines.flush();
            self.publisher.turn(now, &out.slots, &source, &mut self.lines);
            let (received, instance) = (turn.at_ns, turn.instance);
            if instance != HOST {
                let handed = self.shared.clock.now();
                self.lines.stamp(Stamp { received, handed, instance, conn });
            }
            self.lines.flush();
            let clock = || self.shared.clock.now();
            self.strategies.turn(turn.at_ns, turn.number, &out.slots, &self.engine, clock);
        }
        for incident in &out.incidents {
            let text = incident::text(&self.engine, incident);
            self.shared.log(LogLevel::Warn, "books", &text);
        }
        if !out.quality().is_empty() {
            self.teller.tell(&self.engine, out.quality(), &self.shared);
        }
        for action in out.actions.drain(..) {
            let (Action::Resync { instance, .. } | Action::Audit { instance, .. }) = action;
            let Some(Some(intake)) = self.intakes.get(instance as usize) else { continue };
            // The next audit comes by itself.
            if intake.orders.try_send(action).is_err() && matches!(action, Action::Resync { .. }) {
                let text = "a resync could not be handed over: the adapter's queue is full";
                self.shared.log(LogLevel::Error, "engine", text);
            }
        }
    }

    /// Notes whose instruments are stocks before anything of them is published.
    fn note_stocks(&mut self, defined: &[InstrumentId]) {
        let listings = defined.iter().filter_map(|id| self.engine.listing(*id));
        for listing in listings.filter(|listing| listing.about.kind == Kind::Equity) {
            let at = usize::from(listing.venue).wrapping_sub(1);
            if let Some(facts) = self.venues.get_mut(at) {
                facts.stocks = true;
            }
        }
    }

    /// For the survey, and the parts of itself that it changes.
    const fn seen(&mut self) -> (Seen<'_>, &mut Survey, &mut [VenueFacts]) {
        let (engine, publisher, strategies) = (&self.engine, &self.publisher, &self.strategies);
        let seen = Seen { engine, publisher, strategies, turns: self.turn };
        (seen, &mut self.survey, self.venues.as_mut_slice())
    }

    /// Connections of each venue, over its instances.
    fn count_connections(&mut self) {
        for facts in &mut self.venues {
            (facts.connected, facts.disconnected) = (0, 0);
        }
        for Intake { number, counts, .. } in self.intakes.iter().flatten().map(|intake| &**intake) {
            let number = self.engine.venue_of(*number).unwrap_or_default();
            let Some(facts) = self.venues.get_mut(usize::from(number).wrapping_sub(1)) else {
                continue;
            };
            let (open, wanted) = (IoCounts::of(&counts.open), IoCounts::of(&counts.wanted));
            facts.connected += open as u16;
            facts.disconnected += wanted.saturating_sub(open) as u16;
        }
    }
}

/// Says what new instruments are called.
fn name(engine: &Engine, defined: &[InstrumentId], shared: &Shared) {
    let mut abouts = shared.abouts();
    for id in defined {
        if let Some(listing) = engine.listing(*id) {
            abouts.insert(id.0, About::of(engine, *id, listing));
        }
    }
}
