//! The engine thread: owns all core state, takes one message a turn, never waits for anybody.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use hdrhistogram::Histogram;
use patchbay_control::LogLevel;
use patchbay_engine::{Action, Engine, Out};
use patchbay_mcast::Publisher;
use patchbay_model::Nanos;
use tokio::sync::mpsc::Sender;

use super::desks::Desks;
use super::io::ResyncOrder;
use super::journal::TurnLine;
use super::lines::Lines;
use super::ring::Inbox;
use super::shared::{Shared, Wait};
use super::source::{Lent, VenueFacts, count_assets};
use super::state::StateFolder;
use super::status::Reporter;
use crate::Digest;
use crate::strategies::Strategies;

/// How often the status is made anew, and venues' totals are counted.
const STATUS: Nanos = 200_000_000;
/// Longest sleep of a thread that blocks: its timers are in ms.
const NAP: Duration = Duration::from_micros(500);

/// Everything that the engine thread owns.
pub(crate) struct EngineThread {
    pub(crate) engine: Engine,
    pub(crate) inboxes: Vec<(Inbox, Sender<ResyncOrder>)>,
    pub(crate) strategies: Strategies,
    pub(crate) desks: Desks,
    pub(crate) publisher: Publisher,
    pub(crate) lines: Lines,
    pub(crate) shared: Arc<Shared>,
    pub(crate) reporter: Reporter,
    pub(crate) wait: Wait,
    pub(crate) venues: Vec<VenueFacts>,
    pub(crate) turn: u64,
    pub(crate) journal: Option<TurnLine>,
    pub(crate) state: Option<StateFolder>,
    /// Over all outputs, if they are hashed.
    pub(crate) digest: Option<Digest>,
    /// Receive to publish, ns.
    pub(crate) latency: Histogram<u64>,
}

impl EngineThread {
    /// Runs until the host stops; gives itself back for the last report.
    pub(crate) fn run(mut self) -> Self {
        let mut out = Out::new();
        let mut status_due = 0;
        let mut wake = 0;
        while !self.shared.stopping() {
            let took = self.take_from_all(&mut out);
            let now = self.shared.clock.now();
            if took || wake <= now {
                let source = Lent { engine: &self.engine, venues: &self.venues };
                wake = self.publisher.tick(now, &source, &mut self.lines);
                self.lines.flush();
            }
            if status_due <= now {
                status_due = now + STATUS;
                self.report();
            }
            // Time alone: what replays this run has to be told that it passed here.
            if !took && self.strategies.due().is_some_and(|due| due <= now) {
                self.strategies.advance(now, &self.engine);
            }
            if !took {
                match self.wait {
                    Wait::Spin => std::hint::spin_loop(),
                    Wait::Block => thread::park_timeout(NAP),
                }
            }
        }
        self.report();
        self.publisher.end(self.shared.clock.now(), &mut self.lines);
        self.lines.flush();
        self
    }

    /// One message from each instance that has one.
    fn take_from_all(&mut self, out: &mut Out) -> bool {
        let mut took = false;
        for at in 0..self.inboxes.len() {
            took |= self.take_one(at, out);
            for Action::Resync { instance, scope_kind, scope, .. } in out.actions.drain(..) {
                let (_, orders) = &self.inboxes[instance as usize];
                if orders.try_send(ResyncOrder { scope_kind, scope }).is_err() {
                    let text = "a resync could not be handed over: the adapter's queue is full";
                    self.shared.log(LogLevel::Error, "engine", text);
                }
            }
        }
        took
    }

    fn take_one(&mut self, at: usize, out: &mut Out) -> bool {
        let Some(turn) = self.inboxes[at].0.next(self.turn + 1) else { return false };
        self.turn = turn.number;
        // As in a replay: the timers before the turn that shows that their time has come.
        self.strategies.advance(turn.at_ns, &self.engine);
        self.engine.step(&turn, out);
        if let Some(journal) = &mut self.journal {
            let (number, at_ns, instance) = (turn.number, turn.at_ns, turn.instance);
            let ordinal = turn.ordinal;
            journal.turn(patchbay_journal::Turn { number, at_ns, instance, ordinal });
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
        let source = Lent { engine: &self.engine, venues: &self.venues };
        self.publisher.defined(now, &out.defined, &source, &mut self.lines);
        self.publisher.turn(now, &out.slots, &source, &mut self.lines);
        if !out.slots.is_empty() {
            let published = self.shared.clock.now();
            // Beyond the histogram's bound is its last bucket.
            self.latency.saturating_record((published - turn.at_ns).max(0) as u64);
            let clock = || self.shared.clock.now();
            self.strategies.turn(turn.at_ns, turn.number, &out.slots, &self.engine, clock);
        }
        true
    }

    fn report(&mut self) {
        count_assets(&self.engine, &mut self.venues);
        for (facts, connections) in self.venues.iter_mut().zip(self.shared.open_connections()) {
            facts.connected = connections;
        }
        let mut status = self.reporter.status(&self.engine, self.turn, &self.latency, &self.shared);
        if let Some(journal) = &self.journal {
            status.journal = journal.facts();
        }
        self.desks.report(&self.strategies, &mut status, &self.shared);
        self.shared.set_status(status);
    }
}
