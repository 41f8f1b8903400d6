//! A live host: made, watched, stopped.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use hdrhistogram::Histogram;
use patchbay_control::{Handler, Server, Status};
use patchbay_engine::{Engine, EngineConfig, Registry};
use patchbay_journal::{Input, Wish};
use patchbay_loader::Loaded;
use patchbay_mcast::{Publisher, PublisherConfig};
use patchbay_model::Nanos;
use patchbay_net::{Buckets, Clock, Hub, HubOptions, Keyring, Network, NetworkOptions, OffThread};
use patchbay_plugin::bind::Log;
use tokio::sync::mpsc;

use super::desks::Desks;
use super::engine::EngineThread;
use super::io::Io;
use super::lines::{self, LinesConfig};
use super::ring;
use super::shared::{IoCounts, Shared, Wait};
use super::source::VenueFacts;
use super::status::Reporter;
use super::thread::spawn;
use crate::config::SettingValue;
use crate::strategies::{About, Strategies};
use crate::{Cores, HostClock, LogWriter, RuntimeError, Seat};

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

        let mut engine = Engine::new(Registry::default(), config.engine);
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
            let seat = seat(&adapter, number, shared.log_of(name))?;
            plugins.push((adapter.loaded.manifest.clone(), Arc::clone(&counts)));
            inboxes.push((inbox, orders));
            let buckets = Arc::clone(limits.entry(name.to_owned()).or_default());
            let net = (buckets, adapter.keyring);
            starts.push((number, seat, adapter.wishes, sender, theirs, counts, net));
        }
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
            turn: 0,
            latency: Histogram::new_with_max(LATENCY_MAX, 3).expect("the bounds are in range"),
        };
        let engine = spawn("engine", &config.cores.engine, move || thread.run())?;
        let mut others: Vec<_> = multicast.into_iter().collect();
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

    fn halt(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(control) = self.control.take() {
            control.stop();
        }
        if let Some(engine) = self.engine.take() {
            engine.thread().unpark();
            // Its rings go with it, which is what the multicast thread waits for.
            drop(engine.join());
        }
        for thread in self.others.drain(..) {
            drop(thread.join());
        }
    }
}

impl Drop for LiveHost {
    fn drop(&mut self) {
        self.halt();
    }
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
