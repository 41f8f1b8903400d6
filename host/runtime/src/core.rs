//! The path of every input: journal, adapter, journal, engine, outputs, strategies.

use patchbay_abi as abi;
use patchbay_engine::{Action, Engine, EngineConfig, Event, Out, Registry, Turn};
use patchbay_journal::{self as journal, Entry, Input, PluginFile, Setting, Writer};
use patchbay_model::{Instrument, Nanos};
use patchbay_plugin::Value;
use patchbay_plugin::bind::{Command, Log, Plugin};

use crate::strategies::{About, Strategies};
use crate::{Digest, Files, RuntimeError, Seat, limits};

/// What a core is made with.
#[derive(Default)]
pub struct CoreConfig {
    /// Bounds of the engine.
    pub engine: EngineConfig,
    /// Numbers given in earlier runs.
    pub registry: Registry,
    /// Where everything is recorded, if it is.
    pub journal: Option<Writer<Files>>,
    /// Whether outputs are hashed.
    pub digest: bool,
}

/// An adapter instance to be made.
#[derive(Clone, Copy)]
pub struct AdapterSetup<'a> {
    /// Bound plugin.
    pub plugin: Plugin,
    /// SHA-256 of its file; zeros if it is linked.
    pub sha256: [u8; 32],
    /// Configuration, sorted by key.
    pub config: &'a [(&'a str, Value<'a>)],
    /// Seed.
    pub seed: u64,
    /// Receives its log lines.
    pub log: Log,
}

/// Engine, adapter instances, strategies and journal, and the order between them.
pub struct Core {
    engine: Engine,
    out: Out,
    seats: Vec<Seat>,
    strategies: Strategies,
    journal: Option<Writer<Files>>,
    digest: Option<Digest>,
    turn: u64,
    /// Turns of the host's own.
    passes: u64,
    /// For the journal.
    limits: EngineConfig,
    definitions: Vec<(u32, Instrument)>,
    requests: Vec<Command>,
}

impl Core {
    /// Without adapters.
    pub fn new(config: CoreConfig) -> Self {
        Self {
            engine: Engine::new(config.registry, config.engine),
            out: Out::new(),
            seats: Vec::new(),
            strategies: Strategies::default(),
            journal: config.journal,
            digest: config.digest.then(Digest::default),
            turn: 0,
            passes: 0,
            limits: config.engine,
            definitions: Vec::new(),
            requests: Vec::with_capacity(64),
        }
    }

    /// Makes an adapter instance; its number, from 0.
    ///
    /// # Errors
    ///
    /// If the plugin refuses its configuration, or the journal cannot be written.
    pub fn attach(&mut self, at: Nanos, setup: &AdapterSetup<'_>) -> Result<u32, RuntimeError> {
        let number = self.seats.len() as u32;
        self.attach_as(number, at, setup)?;
        Ok(number)
    }

    /// Makes adapter instance `number`: the next one, or one in the place of an instance that was
    /// retired.
    ///
    /// # Errors
    ///
    /// As [`Self::attach`].
    pub fn attach_as(
        &mut self,
        number: u32,
        at: Nanos,
        setup: &AdapterSetup<'_>,
    ) -> Result<(), RuntimeError> {
        let name = setup.plugin.name();
        let bind = |source| RuntimeError::Bind { name: name.to_owned(), source };
        let made = setup.plugin.adapter(setup.config, setup.seed, number, setup.log);
        let instance = made.map_err(bind)?;
        if self.turn == 0 {
            let settings = limits::settings(&self.limits);
            self.write(&Entry::Engine(settings.as_slice().into()))?;
        }
        self.write(&Entry::Plugin(PluginFile {
            instance: number,
            kind: abi::KIND_ADAPTER,
            sha256: setup.sha256,
            name,
            version: setup.plugin.version(),
        }))?;
        let seat = Seat::new(name, instance);
        match self.seats.get_mut(number as usize) {
            Some(before) => *before = seat,
            None => self.seats.push(seat),
        }
        self.engine.attach(number, name);
        let config: Vec<_> = setup.config.iter().map(|&(key, value)| setting(key, value)).collect();
        self.take(number, at, &Input::Create { seed: setup.seed, config: config.into() })
    }

    /// Adds a strategy and starts it.
    ///
    /// # Errors
    ///
    /// If the plugin refuses its configuration.
    pub fn add_strategy(
        &mut self,
        at: Nanos,
        setup: &AdapterSetup<'_>,
    ) -> Result<(), RuntimeError> {
        let name = setup.plugin.name();
        let bind = |source| RuntimeError::Bind { name: name.to_owned(), source };
        let made = setup.plugin.strategy(setup.config, setup.seed, 0, setup.log);
        let about = About { name: name.to_owned(), manifest: None };
        self.strategies.add(about, made.map_err(bind)?, at, &self.engine);
        Ok(())
    }

    /// Takes one input of one instance through the whole path. What the adapter and the engine ask
    /// for then stands in [`Self::requests`] and [`Self::actions`]. Before it come the timers of
    /// strategies that are due. The host's own instance is [`journal::HOST`]; an input of another
    /// one that is not there is for those timers alone.
    ///
    /// # Errors
    ///
    /// If the journal cannot be written: nothing was done then.
    pub fn take(&mut self, number: u32, at: Nanos, input: &Input<'_>) -> Result<(), RuntimeError> {
        self.strategies.advance(at, &self.engine);
        let ordinals = match number {
            journal::HOST => &mut self.passes,
            _ => match self.seats.get_mut(number as usize) {
                Some(seat) => &mut seat.ordinal,
                None => return Ok(()),
            },
        };
        *ordinals += 1;
        let ordinal = *ordinals;
        self.turn += 1;
        let turn = journal::Turn { number: self.turn, at_ns: at, instance: number, ordinal };
        self.record(&turn, input)?;
        self.step(&turn, input);
        self.publish(at)
    }

    /// One publication for input and turn: the engine takes the input in the same breath.
    fn record(&mut self, turn: &journal::Turn, input: &Input<'_>) -> Result<(), RuntimeError> {
        let Some(journal) = &mut self.journal else {
            return Ok(());
        };
        let journal::Turn { at_ns, instance, ordinal, .. } = *turn;
        journal.stage(&Entry::Input { instance, ordinal, at_ns, input: input.clone() })?;
        journal.stage(&Entry::Turn(*turn))?;
        Ok(journal.publish()?)
    }

    fn step(&mut self, taken: &journal::Turn, input: &Input<'_>) {
        self.definitions.clear();
        self.requests.clear();
        let mut turn = Turn {
            number: taken.number,
            at_ns: taken.at_ns,
            instance: taken.instance,
            ordinal: taken.ordinal,
            conn: connection(input),
            definitions: &[],
            slots: &[],
            event: Event::None,
        };
        let Some(seat) = self.seats.get_mut(taken.instance as usize) else {
            return self.engine.step(&turn, &mut self.out);
        };
        let mut due = None;
        let answer = match seat.give(taken.at_ns, input) {
            None => {
                if matches!(input, Input::Retire) {
                    turn.event = Event::Retired;
                }
                self.engine.step(&turn, &mut self.out);
                None
            }
            Some(call) => {
                for command in call.commands {
                    match command {
                        Command::Define { index, instrument } => {
                            self.definitions.push((index, *instrument));
                        }
                        Command::Wake(at) => due = Some(at),
                        other => self.requests.push(other),
                    }
                }
                turn.definitions = &self.definitions;
                turn.slots = call.slots;
                turn.event = event(input, call.status);
                self.engine.step(&turn, &mut self.out);
                Some((call.status, call.outcome))
            }
        };
        if let Some((status, outcome)) = answer {
            seat.book(taken.at_ns, input, status, outcome);
        }
        if let Some(due) = due {
            seat.due = due;
        }
    }

    /// Hands the outputs of the turn on.
    fn publish(&mut self, at: Nanos) -> Result<(), RuntimeError> {
        if let Some(lines) = &self.out.registry
            && let Some(journal) = &mut self.journal
        {
            journal.append(&Entry::Registry(lines.as_bytes()))?;
        }
        if let Some(digest) = &mut self.digest {
            digest.take(self.turn, at, &self.out);
        }
        if !self.out.slots.is_empty() {
            // Nobody asks a replay how long a turn took.
            self.strategies.turn(at, self.turn, &self.out.slots, &self.engine, || 0);
        }
        Ok(())
    }

    /// What the adapter of the last input asked for, definitions and timers apart.
    pub fn requests(&self) -> &[Command] {
        &self.requests
    }

    /// What the engine asked for at the last input.
    pub fn actions(&self) -> &[Action] {
        &self.out.actions
    }

    /// Everything that the engine put out at the last input.
    pub const fn out(&self) -> &Out {
        &self.out
    }

    /// The instance whose timer is due first, at or before `now`, and when.
    pub fn due(&self, now: Nanos) -> Option<(u32, Nanos)> {
        let waiting = self.seats.iter().enumerate().filter(|(_, seat)| seat.due != 0);
        let (number, seat) = waiting.min_by_key(|(number, seat)| (seat.due, *number))?;
        (seat.due <= now && seat.fault.is_none()).then_some((number as u32, seat.due))
    }

    /// The engine.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The adapter instances, by number.
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// Turns so far.
    pub const fn turns(&self) -> u64 {
        self.turn
    }

    /// The hash over all outputs so far, if they are hashed.
    pub fn hash(&self) -> Option<String> {
        self.digest.as_ref().map(Digest::hex)
    }

    /// Digest of each strategy by name.
    pub fn strategy_digests(&self) -> impl Iterator<Item = (&str, u64)> {
        self.strategies.digests()
    }

    /// Sends an operator's line to a strategy; false if there is none of that name.
    pub fn control(&mut self, at: Nanos, strategy: &str, line: &str) -> bool {
        self.strategies.control(at, strategy, line, &self.engine)
    }

    /// Ends the run in order.
    ///
    /// # Errors
    ///
    /// If the journal cannot be closed.
    pub fn close(&mut self) -> Result<(), RuntimeError> {
        if let Some(journal) = self.journal.take() {
            journal.close()?;
        }
        Ok(())
    }

    fn write(&mut self, entry: &Entry<'_>) -> Result<(), RuntimeError> {
        if let Some(journal) = &mut self.journal {
            journal.append(entry)?;
        }
        Ok(())
    }
}

pub(crate) const fn connection(input: &Input<'_>) -> u32 {
    match input {
        Input::Open { conn, .. } | Input::Frame { conn, .. } | Input::Close { conn, .. } => *conn,
        _ => 0,
    }
}

pub(crate) const fn event(input: &Input<'_>, status: abi::Status) -> Event {
    match (input, status) {
        (_, abi::PANIC | abi::POISONED) => Event::Fault,
        (Input::Close { replaced: true, .. }, _) => Event::Replaced,
        (Input::Close { .. }, _) => Event::Closed,
        (Input::Frame { .. }, abi::OK) => Event::None,
        (Input::Frame { .. }, _) => Event::Rejected,
        (Input::Audit { scope, .. }, abi::OK) => Event::Audit(*scope),
        (Input::Audit { .. }, abi::UNSUPPORTED) => Event::Unaudited,
        _ => Event::None,
    }
}

pub(crate) const fn setting<'a>(key: &'a str, value: Value<'a>) -> Setting<'a> {
    let value = match value {
        Value::Text(text) => journal::Value::Text(text),
        Value::Int(int) => journal::Value::Int(int),
        Value::Float(float) => journal::Value::Float(float.to_bits()),
        Value::Bool(bool) => journal::Value::Bool(bool),
    };
    Setting { key, value }
}
