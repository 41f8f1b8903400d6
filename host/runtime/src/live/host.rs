//! A live host: made, watched, stopped.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use hdrhistogram::Histogram;
use patchbay_abi as abi;
use patchbay_control::{Handler, Server, Status};
use patchbay_engine::{Engine, EngineConfig, Event, Out, Registry, Turn};
use patchbay_journal::{self as journal, Input, PluginFile, Wish};
use patchbay_loader::Loaded;
use patchbay_mcast::{Publisher, PublisherConfig};
use patchbay_model::Nanos;
use patchbay_net::{Buckets, Clock, Hub, HubOptions, Keyring, Network, NetworkOptions, OffThread};
use patchbay_plugin::bind::Log;
use tokio::sync::mpsc;

use super::desks::Desks;
use super::engine::EngineThread;
use super::io::Io;
use super::journal::{Begun, JournalConfig};
use super::lines::{self, LinesConfig};
use super::ring;
use super::shared::{IoCounts, Shared, Wait};
use super::source::VenueFacts;
use super::state::StateFolder;
use super::status::Reporter;
use super::thread::spawn;
use crate::config::SettingValue;
use crate::core::setting;
use crate::strategies::{About, Strategies};
use crate::{Cores, Digest, HostClock, LogWriter, RuntimeError, Seat};

/// Slots of the ring between an I/O thread and the engine: 8 MiB.
const RING_SLOTS: usize = 131_072;
/// Longest latency that is told apart, ns.
const LATENCY_MAX: u64 = 60_000_000_000;
/// Resyncs that may wait for an adapter.
const ORDERS: usize = 4096;

/// One stream that is wanted; see [`patchbay_plugin::Wish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedWish {
    /// The venue's symbol.
    pub symbol: String,
    /// `INSTRUMENT_*`.
    pub kind: u8,
    /// `CHANNEL_*`, or-ed.
    pub channels: u32,
}

/// An adapter to run.
pub struct LiveAdapter {
    /// Its plugin.
    pub loaded: Loaded,
    /// Its settings, sorted by key.
    pub settings: Vec<(String, SettingValue)>,
    /// The streams that are wanted of it.
    pub wishes: Vec<OwnedWish>,
    /// The keys that it may use.
    pub keyring: Keyring,
}

/// A strategy to run.
pub struct LiveStrategy {
    /// Name of the instance.
    pub name: String,
    /// Its plugin.
    pub loaded: Loaded,
    /// Its settings, sorted by key.
    pub settings: Vec<(String, SettingValue)>,
}

impl LiveAdapter {
    /// For data that needs no key.
    pub fn public(
        loaded: Loaded,
        settings: Vec<(String, SettingValue)>,
        wishes: Vec<OwnedWish>,
    ) -> Self {
        Self { loaded, settings, wishes, keyring: Keyring::empty() }
    }
}

/// What a live host is made with. By default its bounds are the usual ones and its lines those of
/// the loopback, and nobody can look at it.
#[derive(Default)]
pub struct LiveConfig {
    /// Bounds of the engine.
    pub engine: EngineConfig,
    /// What threads do when there is nothing to do.
    pub wait: Wait,
    /// `LIMITED_MODE` is on.
    pub limited: bool,
    /// Where threads run.
    pub cores: Cores,
    /// Where datagrams go.
    pub lines: LinesConfig,
    /// What goes out, and how often; without a channel no socket is opened.
    pub publisher: PublisherConfig,
    /// Certificate authorities beside the web's.
    pub extra_ca: Vec<PathBuf>,
    /// Addresses to use instead of a name's own.
    pub overrides: BTreeMap<String, SocketAddr>,
    /// Control socket; `None` for none.
    pub control: Option<PathBuf>,
    /// Where log lines go beside the status.
    pub log: Option<LogWriter>,
    /// Whether it says that it runs with `--production`.
    pub production: bool,
    /// Folder of what must outlive a restart; `None` for nothing.
    pub state: Option<PathBuf>,
    /// Where everything is recorded, if it is.
    pub journal: Option<JournalConfig>,
    /// Whether outputs are hashed.
    pub digest: bool,
    /// Strategies that see every turn.
    pub strategies: Vec<LiveStrategy>,
}

/// A running host; dropped, it stops.
pub struct LiveHost {
    shared: Arc<Shared>,
    control: Option<Server>,
    engine: Option<JoinHandle<EngineThread>>,
    others: Vec<JoinHandle<()>>,
}

impl Clock for HostClock {
    fn now(&self) -> Nanos {
        Self::now(self)
    }
}

impl LiveHost {
    /// Starts everything.
    ///
    /// # Errors
    ///
    /// If a plugin refuses its settings, or a socket or thread cannot be made.
    pub fn start(config: LiveConfig, adapters: Vec<LiveAdapter>) -> Result<Self, RuntimeError> {
        let clock = HostClock::start();
        let shared = Shared::new(clock.clone(), adapters.len(), config.log);
        // The start time makes the session another one than any before.
        let publisher = Publisher::new(config.publisher, clock.now() as u32)?;
        let sends = config.publisher.channels.contains(&true);
        let to = sends.then_some(config.lines);
        let (lines, multicast) = lines::start(to, &config.cores.multicast, Arc::clone(&shared))?;

        let opened = config.state.as_deref().map(StateFolder::open).transpose()?;
        let (mut state, registry, text) = opened.map_or_else(
            || (None, Registry::default(), String::new()),
            |(state, registry, text)| (Some(state), registry, text),
        );
        let begun = config.journal.map(|own| Begun::new(own, clock.now(), &text));
        let mut begun = begun.transpose()?;
        let mut digest = config.digest.then(Digest::default);
        let mut engine = Engine::new(registry, config.engine);
        let (mut inboxes, mut starts, mut plugins) = (Vec::new(), Vec::new(), Vec::new());
        // Limits are the venue's: instances of one adapter share them.
        let mut limits: BTreeMap<String, Arc<Buckets>> = BTreeMap::new();
        for (number, adapter) in adapters.into_iter().enumerate() {
            let number = number as u32;
            let name = adapter.loaded.plugin.name();
            engine.attach(number, name);
            let (sender, inbox) = ring::channel(RING_SLOTS);
            let (orders, theirs) = mpsc::channel(ORDERS);
            let counts = Arc::new(IoCounts::default());
            let mut seat = seat(&adapter, number, shared.log_of(name))?;
            // An instance is made in a turn of its own, as in a replay.
            seat.ordinal = 1;
            let turn = creation(number, clock.now());
            let mut out = Out::new();
            engine.step(&turn, &mut out);
            if let Some(digest) = &mut digest {
                digest.take(turn.number, turn.at_ns, &out);
            }
            let lines = out.registry.as_deref();
            if let Some((state, lines)) = state.as_mut().zip(lines) {
                state.append(lines)?;
            }
            if let Some(begun) = &mut begun {
                created(begun, &adapter, &turn, lines)?;
            }
            plugins.push((adapter.loaded.manifest.clone(), Arc::clone(&counts)));
            inboxes.push((inbox, orders));
            let buckets = Arc::clone(limits.entry(name.to_owned()).or_default());
            let net = (buckets, adapter.keyring);
            starts.push((number, seat, adapter.wishes, sender, theirs, counts, net));
        }
        let journalled = begun.map(|begun| begun.start(starts.len(), Arc::clone(&shared)));
        let (inputs, turns, scribe) = match journalled.transpose()? {
            Some((inputs, turns, thread)) => (inputs, Some(turns), Some(thread)),
            None => (Vec::new(), None, None),
        };
        let mut inputs = inputs.into_iter();
        let strategies = strategies(config.strategies, clock.now(), &engine, &shared)?;
        let started = clock.now();
        let mut reporter =
            Reporter::new(plugins, to, lines.counts(), started, config.wait, config.limited);
        reporter.production = config.production;
        let thread = EngineThread {
            venues: vec![VenueFacts::default(); inboxes.len()],
            engine,
            inboxes,
            strategies,
            desks: Desks::default(),
            publisher,
            lines,
            shared: Arc::clone(&shared),
            reporter,
            wait: config.wait,
            turn: starts.len() as u64,
            journal: turns,
            state,
            digest,
            latency: Histogram::new_with_max(LATENCY_MAX, 3).expect("the bounds are in range"),
        };
        let engine = spawn("engine", &config.cores.engine, move || thread.run())?;
        let mut others: Vec<_> = multicast.into_iter().chain(scribe).collect();
        let woken = (config.wait == Wait::Block).then(|| engine.thread().clone());
        for (number, seat, wishes, ring, orders, counts, (buckets, keyring)) in starts {
            let network = || {
                Network::new(NetworkOptions {
                    extra_ca: config.extra_ca.clone(),
                    overrides: config.overrides.clone(),
                    ..NetworkOptions::default()
                })
            };
            // Lists of thousands of instruments are fetched and decoded beside the hot thread.
            let reference = OffThread::start("reference", Arc::new(network()?))
                .map_err(|source| RuntimeError::Socket { what: "start a thread", source })?;
            let network = network()?;
            let journal = inputs.next();
            let (shared, woken) = (Arc::clone(&shared), woken.clone());
            let clock: Arc<dyn Clock> = Arc::new(clock.clone());
            let start = move || {
                let keyring = Arc::new(keyring);
                let mut options = HubOptions::new(Arc::new(network), clock, buckets, keyring);
                options.account = options.keyring.account().to_owned();
                options.reference = Some(Arc::new(reference));
                let io = Io {
                    number,
                    seat,
                    hub: Hub::new(options),
                    ring,
                    orders,
                    shared,
                    counts,
                    engine: woken,
                    definitions: Vec::new(),
                    connections: Vec::new(),
                    last: 0,
                    journal,
                    offset: None,
                    answered: (0, 0, 0),
                };
                run_io(io, wishes);
            };
            others.push(spawn("io", &config.cores.of_io(number as usize), start)?);
        }
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
        ended && !self.shared.stopping()
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

/// The turn in which instance `number` is made; instances are made before anything else happens.
const fn creation(number: u32, at_ns: Nanos) -> Turn<'static> {
    Turn {
        number: number as u64 + 1,
        at_ns,
        instance: number,
        ordinal: 1,
        conn: 0,
        definitions: &[],
        slots: &[],
        event: Event::None,
    }
}

fn created(
    begun: &mut Begun,
    adapter: &LiveAdapter,
    turn: &Turn<'_>,
    registry: Option<&str>,
) -> Result<(), RuntimeError> {
    let Turn { number, at_ns, instance, ordinal, .. } = *turn;
    let plugin = PluginFile {
        instance,
        kind: abi::KIND_ADAPTER,
        sha256: adapter.loaded.manifest.sha256,
        name: adapter.loaded.plugin.name(),
        version: adapter.loaded.plugin.version(),
    };
    let settings = adapter.settings.iter().map(|(key, value)| setting(key, value.lend()));
    let config: Vec<_> = settings.collect();
    let input = Input::Create { seed: 0, config: config.into() };
    let turn = journal::Turn { number, at_ns, instance, ordinal };
    begun.instance(plugin, turn, &input, registry)
}

fn seat(adapter: &LiveAdapter, number: u32, log: Log) -> Result<Seat, RuntimeError> {
    let plugin = adapter.loaded.plugin;
    let config: Vec<_> =
        adapter.settings.iter().map(|(key, value)| (key.as_str(), value.lend())).collect();
    let made = plugin.adapter(&config, 0, number, log);
    let bind = |source| RuntimeError::Bind { name: plugin.name().to_owned(), source };
    Ok(Seat::new(plugin.name(), made.map_err(bind)?))
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

fn run_io(io: Io, wishes: Vec<OwnedWish>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let wishes: Vec<OwnedWish> = wishes;
            let lent: Vec<Wish<'_>> = wishes.iter().map(wish).collect();
            runtime.block_on(io.run(&Input::Plan { wishes: lent.into() }));
        }
        Err(error) => io.shared.log(
            patchbay_control::LogLevel::Error,
            "io",
            &format!("the I/O thread cannot start: {error}"),
        ),
    }
}

fn wish(from: &OwnedWish) -> Wish<'_> {
    Wish {
        channels: from.channels,
        symbol: &from.symbol,
        kind: u32::from(from.kind),
        depth: 0,
        interval_ms: 0,
    }
}
