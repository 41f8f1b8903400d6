//! The I/O thread of one adapter instance: its sockets and its plugin.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::Thread;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::LogLevel;
use patchbay_engine::{Action, Event as Said};
use patchbay_journal::{HeaderLine, Input};
use patchbay_model::{Instrument, Nanos};
use patchbay_net::{Event, Events, Hub, Level, host_of};
use patchbay_plugin::bind::Command;
use tokio::runtime::Handle;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until};

use super::config::OwnedWish;
use super::debut::Debut;
use super::journal::InputLine;
use super::place::Places;
use super::reach::Reach;
use super::ring::{Envelope, Sender};
use super::shared::{IoCounts, IoFacts, Shared};
use super::signal::{Retirement, Signal};
use super::wishes::Wishes;
use crate::Seat;
use crate::core::{connection, event};

/// How often connections and the stop flag are looked at.
const LOOK: Duration = Duration::from_millis(100);

/// One frame of so many has its time in the plugin taken, for all of them.
const TIMED: u64 = 16;

/// What the engine asks of an instance.
const fn order_input(action: Action) -> Input<'static> {
    match action {
        Action::Resync { scope_kind, scope, .. } => Input::Resync { scope_kind, scope },
        Action::Audit { index, .. } => {
            Input::Audit { scope_kind: abi::SCOPE_INSTRUMENT as u32, scope: index }
        }
    }
}

/// An adapter instance with its connections.
pub(crate) struct Io {
    pub(crate) number: u32,
    pub(crate) seat: Seat,
    pub(crate) hub: Hub,
    pub(crate) ring: Sender,
    pub(crate) orders: Receiver<Action>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) counts: Arc<IoCounts>,
    pub(crate) signal: Arc<Signal>,
    /// What it has yet to have, if it is to take another instance's place.
    pub(crate) debut: Option<Debut>,
    /// Woken by every message, unless it spins: the first one does not wait for the last of a batch.
    pub(crate) engine: Option<Thread>,
    pub(crate) definitions: Vec<(u32, Instrument)>,
    pub(crate) wishes: Wishes,
    pub(crate) places: Places,
    pub(crate) reach: Reach,
    /// Places or reach have changed since others were told.
    pub(crate) changed: bool,
    /// Time of the last input.
    pub(crate) last: Nanos,
    /// Where every input goes first, if this run is journalled.
    pub(crate) journal: Option<InputLine>,
    /// A venue's clock was read: the offset is the next input.
    pub(crate) offset: Option<Nanos>,
    /// Id, departure and arrival of the last answer, for the venue's clock.
    pub(crate) answered: (u64, Nanos, Nanos),
}

impl Io {
    /// Runs until the host stops or the instance is retired.
    pub(crate) async fn run(mut self) {
        self.plan().await;
        let mut events = Events::default();
        let mut look = Instant::now() + LOOK;
        while !self.shared.stopping() && self.signal.retirement().is_none() {
            let now = self.shared.clock.now();
            if self.seat.due != 0 && self.seat.due <= now {
                self.give(now, &Input::Timer).await;
            }
            if let Some(wall_offset_ns) = self.offset.take() {
                self.give(now, &Input::Clock { wall_offset_ns }).await;
            }
            if let Some(fresh) = self.wishes.renew() {
                self.replan(&fresh).await;
            }
            let wake = self.due().min(look);
            tokio::select! {
                biased;
                Some(order) = self.orders.recv() => {
                    self.give(self.shared.clock.now(), &order_input(order)).await;
                }
                () = self.hub.next(&mut events) => self.take(&mut events).await,
                () = sleep_until(wake) => {}
            }
            if look <= Instant::now() {
                look = Instant::now() + LOOK;
                self.tell();
                let tasks = Handle::current().metrics().num_alive_tasks() as u64;
                // Where the engine is not woken, one task is there to keep looking.
                let tasks = tasks - u64::from(self.engine.is_none());
                self.counts.tasks.store(tasks, Ordering::Relaxed);
                self.debut();
            }
        }
        if let Some(how) = self.signal.retirement() {
            self.retire(how).await;
        }
        self.hub.shutdown().await;
    }

    /// Tells the adapter what is wanted.
    async fn plan(&mut self) {
        let all = self.wishes.all().to_vec();
        let lent: Vec<_> = all.iter().map(OwnedWish::lend).collect();
        self.give(self.shared.clock.now(), &Input::Plan { wishes: lent.into() }).await;
    }

    /// The venue lists what is wanted, or lists it no more.
    async fn replan(&mut self, fresh: &[(OwnedWish, Option<u32>)]) {
        for (wish, index) in fresh {
            if let Some(debut) = &mut self.debut {
                debut.want(wish, *index);
            }
        }
        let wanted = self.wishes.instruments();
        self.shared.roster().want(self.number, wanted);
        let text = format!("{wanted} instruments are wanted, {} of them new", fresh.len());
        self.shared.log(LogLevel::Info, &self.seat.name, &text);
        self.plan().await;
    }

    /// Says that it has all that it is to take over, once it has.
    fn debut(&mut self) {
        let now = self.shared.clock.now();
        if self.debut.as_mut().is_some_and(|debut| debut.is_over(now, self.places.all())) {
            self.debut = None;
            self.signal.set_ready(self.seat.ordinal);
        }
    }

    /// The last turns: connections are gone, and so is the instance. What waits unread is not taken,
    /// and what the adapter asks for is not done.
    async fn retire(&mut self, how: Retirement) {
        let (code, reason, replaced) = (0, "retired", how == Retirement::Succeeded);
        for conn in self.places.open_conns() {
            self.places.closed(conn);
            self.count_open();
            let close = Input::Close { conn, code, reason, replaced };
            self.give(self.shared.clock.now(), &close).await;
        }
        self.give(self.shared.clock.now(), &Input::Retire).await;
    }

    /// When the adapter's timer is due, on tokio's clock.
    fn due(&self) -> Instant {
        let now = Instant::now();
        match self.seat.due {
            0 => now + LOOK,
            at => {
                let left = at.saturating_sub(self.shared.clock.now()).max(0);
                now + Duration::from_nanos(left as u64)
            }
        }
    }

    async fn take(&mut self, events: &mut Events) {
        for event in events.drain() {
            match event {
                Event::Frames { conn, batch, at } => {
                    for (opcode, data) in batch.frames() {
                        IoCounts::add(&self.counts.frames, 1);
                        self.places.frame(conn, data.len(), at);
                        self.give(at, &Input::Frame { conn, opcode, data }).await;
                    }
                    self.hub.give_back(conn, batch);
                }
                Event::Opened { conn, tag, url, at } => {
                    self.opened(conn, tag, &url, at);
                    self.give(at, &Input::Open { conn, tag, url: &url }).await;
                }
                Event::Closed { conn, code, reason, replaced, at } => {
                    self.closed(conn, &reason, replaced);
                    let input = Input::Close { conn, code, reason: &reason, replaced };
                    self.give(at, &input).await;
                }
                Event::Reply { id, status, error, url, headers, body, sent, at } => {
                    self.answered = (id, sent, at);
                    if status != 0 {
                        self.reached(&url, at);
                    }
                    let headers: Vec<_> =
                        headers.iter().map(|(name, value)| HeaderLine { name, value }).collect();
                    let headers = headers.into();
                    let (url, body) = (url.as_str(), body.as_slice());
                    let input = Input::Reply { id, status, error, url, headers, body };
                    self.give(at, &input).await;
                }
                Event::Unreached { host, text, at } => {
                    self.changed = true;
                    if let Some(line) = self.reach.failed(at, &host, &text) {
                        self.shared.log(LogLevel::Warn, &self.seat.name, &line);
                    }
                }
                Event::Note { level, text, .. } => {
                    let level = match level {
                        Level::Info => LogLevel::Info,
                        Level::Warn => LogLevel::Warn,
                        Level::Error => LogLevel::Error,
                    };
                    self.shared.log(level, &self.seat.name, &text);
                }
            }
        }
    }

    /// Tells others of places and reach, if they have changed.
    fn tell(&mut self) {
        if self.hub.take_changed() {
            self.places.refresh(&self.hub, &self.shared);
            self.changed = true;
        }
        for line in self.wishes.complaints(self.shared.clock.now()) {
            self.shared.log(LogLevel::Warn, &self.seat.name, &line);
        }
        if std::mem::take(&mut self.changed) {
            let wanted = self.places.all().len() as u64;
            self.counts.wanted.store(wanted, Ordering::Relaxed);
            let facts = IoFacts { places: self.places.all().to_vec(), reach: self.reach.clone() };
            self.shared.roster().say(self.number, facts);
        }
    }

    /// One input: to the plugin, what it made of it to the engine, what it asks for to the hub.
    async fn give(&mut self, at: Nanos, input: &Input<'_>) {
        // A message enters whole or not at all: while there is no room, the socket is not read.
        while !self.ring.has_room() && !self.shared.stopping() {
            tokio::time::sleep(Duration::from_micros(100)).await;
        }
        // What waited in a batch is older than what was done meanwhile; turns never step back.
        let at = at.max(self.last);
        self.last = at;
        self.seat.ordinal += 1;
        let ordinal = self.seat.ordinal;
        if let Some(journal) = &mut self.journal {
            journal.take(self.number, ordinal, at, input);
        }
        // A reading of the clock takes as long as a small frame.
        let timed = matches!(input, Input::Frame { .. }) && ordinal.is_multiple_of(TIMED);
        let started = timed.then(|| self.shared.clock.now());
        let mut envelope = Envelope {
            at_ns: at,
            instance: self.number,
            ordinal,
            conn: connection(input),
            event: Said::None,
        };
        let retired = self.signal.retirement().is_some();
        let (mut due, mut server_time) = (None, None);
        let (status, outcome) = {
            let Some(call) = self.seat.give(at, input) else {
                if matches!(input, Input::Retire) {
                    envelope.event = Said::Retired;
                }
                // No call, and yet a turn: inputs and turns go together.
                return self.send(&envelope);
            };
            if let Some(started) = started {
                let spent = (self.shared.clock.now() - started).max(0) as u64;
                IoCounts::add(&self.counts.plugin_ns, spent * TIMED);
            }
            for command in call.commands {
                match command {
                    Command::Define { index, instrument } => {
                        self.wishes.define(at, index, &instrument);
                        if let Some(debut) = &mut self.debut {
                            debut.define(index, &instrument);
                        }
                        self.definitions.push((index, *instrument));
                    }
                    Command::Wake(at) => due = Some(at),
                    Command::ServerTime { id, server_ns } => server_time = Some((id, server_ns)),
                    Command::Fail { text, .. } => {
                        self.shared.log(LogLevel::Error, "adapter", &text);
                    }
                    _ if retired => {}
                    // The hub gives back only what stands above.
                    other => drop(self.hub.command(other)),
                }
            }
            envelope.event = event(input, call.status);
            if envelope.conn != 0
                && let Some(debut) = &mut self.debut
            {
                debut.hear(call.slots);
            }
            // There was room above, and nothing else writes to this ring.
            if self.ring.send(&envelope, &mut self.definitions, call.slots).is_err() {
                self.shared.log(LogLevel::Error, "io", "a message did not fit its ring");
            }
            (call.status, call.outcome)
        };
        self.wake();
        self.seat.book(at, input, status, outcome);
        self.counts.rejected.store(self.seat.tally.rejected_frames, Ordering::Relaxed);
        self.counts.fallback.store(self.seat.tally.fallback_frames, Ordering::Relaxed);
        if matches!(status, abi::PANIC) {
            IoCounts::add(&self.counts.faults, 1);
            self.shared.log(LogLevel::Error, &self.seat.name, "the plugin panicked");
        }
        if let Some(due) = due {
            self.seat.due = due;
        }
        if let Some((id, server_ns)) = server_time {
            self.set_offset(id, server_ns);
        }
    }

    /// There was room for it, and nothing else writes to this ring.
    fn send(&mut self, envelope: &Envelope) {
        if self.ring.send(envelope, &mut self.definitions, &[]).is_err() {
            self.shared.log(LogLevel::Error, "io", "a message did not fit its ring");
        }
        self.wake();
    }

    fn wake(&self) {
        if let Some(engine) = &self.engine {
            engine.unpark();
        }
    }

    /// The venue read its clock between departure of the request and arrival of the answer.
    fn set_offset(&mut self, id: u64, server_ns: Nanos) {
        let (answered, sent, at) = self.answered;
        if answered == id && sent != 0 {
            let wall_offset_ns = server_ns - (sent + at) / 2;
            self.hub.set_wall_offset(wall_offset_ns);
            self.offset = Some(wall_offset_ns);
        }
    }

    fn opened(&mut self, conn: u32, tag: u32, url: &str, at: Nanos) {
        let place = self.places.opened(conn, tag, &self.hub, &self.shared);
        self.count_open();
        let shown = url.split(['?', '#']).next().unwrap_or_default();
        let text = format!("connection {place} is open: {shown}");
        self.shared.log(LogLevel::Info, &self.seat.name, &text);
        self.reached(url, at);
    }

    fn closed(&mut self, conn: u32, reason: &str, replaced: bool) {
        let place = self.places.closed(conn);
        self.count_open();
        let (what, level) = match replaced {
            true => ("was replaced", LogLevel::Info),
            false => ("closed", LogLevel::Warn),
        };
        let text = format!("connection {place} {what}: {reason}");
        self.shared.log(level, &self.seat.name, &text);
    }

    fn count_open(&mut self) {
        self.changed = true;
        self.counts.open.store(self.places.open() as u64, Ordering::Relaxed);
    }

    /// A host has answered.
    fn reached(&mut self, url: &str, at: Nanos) {
        if let Some(line) = self.reach.answered(at, host_of(url)) {
            self.changed = true;
            self.shared.log(LogLevel::Info, &self.seat.name, &line);
        }
    }
}
