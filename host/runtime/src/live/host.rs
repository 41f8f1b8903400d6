//! A live host: made, watched, stopped.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use patchbay_control::{Handler, Host, Server, Status};
use patchbay_engine::{Engine, Out, Registry};
use patchbay_mcast::Publisher;
use patchbay_model::Nanos;

use super::config::{LiveAdapter, LiveConfig, LiveStrategy};
use super::crew::Member;
use super::desks::Desks;
use super::engine::EngineThread;
use super::journal::{Begun, TurnLine};
use super::ledger::Ledger;
use super::lines;
use super::links::Links;
use super::maker::{Made, Maker};
use super::plugins::PluginThread;
use super::quality::Teller;
use super::shared::{Shared, Wait};
use super::state::StateFolder;
use super::status::{self, StatusThread};
use super::thread::spawn;
use super::{intake, sample, survey};
use crate::strategies::{About, Strategies};
use crate::{Digest, HostClock, RuntimeError};

/// A running host; dropped, it stops.
pub struct LiveHost {
    shared: Arc<Shared>,
    control: Option<Server>,
    engine: Option<JoinHandle<EngineThread>>,
    others: Vec<JoinHandle<()>>,
}

impl LiveHost {
    /// Starts everything.
    ///
    /// # Errors
    ///
    /// If a plugin refuses its settings, or a socket or thread cannot be made.
    pub fn start(config: LiveConfig, adapters: Vec<LiveAdapter>) -> Result<Self, RuntimeError> {
        let about = status::host(&config);
        let clock = HostClock::start();
        let shared = Shared::new(clock.clone(), config.log);
        // The start time makes the session another one than any before.
        let publisher = Publisher::new(config.publisher, clock.now() as u32)?;
        let sends = config.publisher.channels.contains(&true);
        let to = sends.then_some(config.lines);
        let (measured, samples) = sample::channel();
        let multicast = &config.cores.multicast;
        let (lines, multicast) =
            lines::start(to, config.wait, multicast, Arc::clone(&shared), measured)?;
        let line_counts = lines.counts();

        let opened = config.state.as_deref().map(StateFolder::open).transpose()?;
        let (state, registry, text) = opened.map_or_else(
            || (None, Registry::default(), String::new()),
            |(state, registry, text)| (Some(state), registry, text),
        );
        let begun = config.journal.map(|own| Begun::new(own, clock.now(), &text, &config.engine));
        let journalled = begun.transpose()?.map(|begun| begun.start(Arc::clone(&shared)));
        let (journal, scribe) = journalled.transpose()?.unzip();
        let journal_counts = journal.as_ref().map(TurnLine::counts);
        let mut maker = Maker {
            shared: Arc::clone(&shared),
            journal: journal_counts.clone(),
            cores: config.cores.clone(),
            extra_ca: config.extra_ca,
            overrides: config.overrides,
            backoff: config.backoff,
            audit_percent: config.audit_percent,
            wait: config.wait,
            woken: None,
            limits: BTreeMap::new(),
            connections: Arc::default(),
        };
        let (board, changes) = intake::channel();
        let (survey, facts) = survey::channel(config.strategies.len());
        let mut thread = EngineThread {
            venues: Vec::new(),
            engine: Engine::new(registry, config.engine),
            intakes: Vec::new(),
            changes,
            teller: Teller::default(),
            strategies: Strategies::default(),
            publisher,
            lines,
            shared: Arc::clone(&shared),
            survey,
            wait: config.wait,
            turn: 0,
            passes: 0,
            started: 0,
            journal,
            state,
            digest: config.digest.then(Digest::default),
        };
        let (mut out, mut starts) = (Out::new(), Vec::new());
        for (number, adapter) in (0..).zip(adapters) {
            let loaded = adapter.loaded.clone();
            let Made { intake, outfit } = maker.make(number, 1, adapter, None)?;
            let (counts, signal) = (Arc::clone(&intake.counts), Arc::clone(&intake.signal));
            thread.attach(Box::new(intake), &mut out);
            starts.push((loaded, number, counts, signal, outfit));
        }
        let started = clock.now();
        thread.started = started;
        thread.strategies = strategies(config.strategies, started, &thread.engine, &shared)?;
        let status = StatusThread {
            shared: Arc::clone(&shared),
            facts,
            samples,
            desks: Desks::new(thread.strategies.desks().iter().map(|desk| desk.about.clone())),
            journal: journal_counts,
            lines: to,
            line_counts,
            host: Host { started_ns: started, now_ns: started, engine_ns: started, ..about },
            books: Ledger::new(),
            links: Links::default(),
            rates: Default::default(),
        };
        let engine = spawn("engine", &config.cores.engine, move || thread.run())?;
        maker.woken = (config.wait == Wait::Block).then(|| engine.thread().clone());
        let mut others: Vec<_> = multicast.into_iter().chain(scribe).collect();
        others.push(spawn("status", &[], move || status.run())?);
        let mut first = Vec::new();
        for (loaded, number, counts, signal, outfit) in starts {
            let thread = maker.start(outfit)?;
            first.push((loaded, Member { number, signal, counts, thread, gone: false }));
        }
        let plugins = PluginThread::new(maker, board, config.drop_in, first);
        others.push(spawn("plugins", &[], move || plugins.run())?);
        let handler: Arc<dyn Handler> = Arc::clone(&shared) as Arc<dyn Handler>;
        let control = config.control.as_deref().map(|path| Server::start(path, handler));
        let control = control.transpose()?;
        Ok(Self { shared, control, engine: Some(engine), others })
    }

    /// For a control client or a screen in this process.
    pub fn handler(&self) -> Arc<dyn Handler> {
        Arc::clone(&self.shared) as Arc<dyn Handler>
    }

    /// The newest status.
    pub fn status(&self) -> Arc<Status> {
        self.shared.status()
    }

    /// Whether it was told to stop, over the control socket.
    pub fn is_stopping(&self) -> bool {
        self.shared.stopping()
    }

    /// Whether one of its threads has ended by itself, which none should: it is of no use any more.
    pub fn has_failed(&self) -> bool {
        let threads = self.others.iter().any(JoinHandle::is_finished);
        let ended = threads || self.engine.as_ref().is_none_or(JoinHandle::is_finished);
        (ended || self.shared.has_failed()) && !self.shared.stopping()
    }

    /// Stops it in order; the last status.
    pub fn stop(mut self) -> Arc<Status> {
        self.halt();
        self.shared.status()
    }

    /// As [`Self::stop`]; with the hash over all outputs, if they were hashed.
    pub fn stop_and_hash(mut self) -> (Arc<Status>, Option<String>) {
        let hash = self.halt();
        (self.shared.status(), hash)
    }

    fn halt(&mut self) -> Option<String> {
        let mut hash = None;
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(control) = self.control.take() {
            control.stop();
        }
        if let Some(engine) = self.engine.take() {
            engine.thread().unpark();
            // Its rings go with it, which is what the multicast thread waits for.
            let ended = engine.join().ok();
            hash = ended.and_then(|ended| Some(ended.digest.as_ref()?.hex()));
        }
        for thread in self.others.drain(..) {
            drop(thread.join());
        }
        hash
    }
}

impl Drop for LiveHost {
    fn drop(&mut self) {
        self.halt();
    }
}

/// All of them, started.
fn strategies(
    all: Vec<LiveStrategy>,
    now: Nanos,
    engine: &Engine,
    shared: &Arc<Shared>,
) -> Result<Strategies, RuntimeError> {
    let mut strategies = Strategies::default();
    for (number, LiveStrategy { name, loaded, settings }) in all.into_iter().enumerate() {
        let plugin = loaded.plugin;
        let config: Vec<_> = settings.iter().map(|(key, value)| (&**key, value.lend())).collect();
        let made = plugin.strategy(&config, 0, number as u32, shared.log_of(&name));
        let bind = |source| RuntimeError::Bind { name: plugin.name().to_owned(), source };
        let about = About { name, manifest: Some(loaded.manifest) };
        strategies.add(about, made.map_err(bind)?, now, engine);
    }
    Ok(strategies)
}
