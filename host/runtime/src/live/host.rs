//! A live host: made, watched, stopped.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use patchbay_abi as abi;
use patchbay_control::{Handler, Server, Status};
use patchbay_engine::{Engine, Event, Out, Registry, Turn};
use patchbay_journal::{self as journal, Input, PluginFile, Wish};
use patchbay_mcast::Publisher;
use patchbay_model::Nanos;
use patchbay_net::{Buckets, Clock, Hub, HubOptions, Network, NetworkOptions, OffThread};
use patchbay_plugin::bind::Log;
use tokio::sync::mpsc;

use super::config::{LiveAdapter, LiveConfig, LiveStrategy, OwnedWish};
use super::desks::Desks;
use super::engine::EngineThread;
use super::io::Io;
use super::journal::{Begun, TurnLine};
use super::ledger::Ledger;
use super::lines;
use super::links::Links;
use super::place::Places;
use super::quality::Teller;
use super::reach::Reach;
use super::shared::{IoCounts, Shared, Wait};
use super::source::VenueFacts;
use super::state::StateFolder;
use super::status::{self, Made, Pace, StatusThread};
use super::thread::spawn;
use super::{ring, sample, survey};
use crate::core::setting;
use crate::strategies::{About, Strategies};
use crate::{Digest, HostClock, RuntimeError, Seat};

/// Slots of the ring between an I/O thread and the engine: 8 MiB.
const RING_SLOTS: usize = 131_072;
/// Resyncs that may wait for an adapter.
const ORDERS: usize = 4096;

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
        let (measured, samples) = sample::channel();
        let multicast = &config.cores.multicast;
        let (lines, multicast) =
            lines::start(to, config.wait, multicast, Arc::clone(&shared), measured)?;

        let opened = config.state.as_deref().map(StateFolder::open).transpose()?;
        let (mut state, registry, text) = opened.map_or_else(
            || (None, Registry::default(), String::new()),
            |(state, registry, text)| (Some(state), registry, text),
        );
        let begun = config.journal.map(|own| Begun::new(own, clock.now(), &text, &config.engine));
        let mut begun = begun.transpose()?;
        let mut digest = config.digest.then(Digest::default);
        let mut engine = Engine::new(registry, config.engine);
        let (mut inboxes, mut starts, mut made) = (Vec::new(), Vec::new(), Vec::new());
        // Limits are the venue's: instances of one adapter share them.
        let mut limits: BTreeMap<String, Arc<Buckets>> = BTreeMap::new();
        for (number, adapter) in adapters.into_iter().enumerate() {
            let number = number as u32;
            let name = adapter.venue();
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
            made.push(Made {
                manifest: adapter.loaded.manifest.clone(),
                counts: Arc::clone(&counts),
                wanted: adapter.wishes.len() as u64,
                venue: name.to_owned(),
                pace: Pace::default(),
            });
            inboxes.push((inbox, orders));
            let buckets = Arc::clone(limits.entry(name.to_owned()).or_default());
            if let Some(percent) = config.audit_percent {
                buckets.limit_audits(percent);
            }
            let mut overrides = config.overrides.clone();
            overrides.extend(adapter.addresses);
            let net = (buckets, adapter.keyring, overrides);
            starts.push((number, seat, adapter.wishes, sender, theirs, counts, net));
        }
        let journalled = begun.map(|begun| begun.start(starts.len(), Arc::clone(&shared)));
        let (inputs, turns, scribe) = match journalled.transpose()? {
            Some((inputs, turns, thread)) => (inputs, Some(turns), Some(thread)),
            None => (Vec::new(), None, None),
        };
        let mut inputs = inputs.into_iter();
        let started = clock.now();
        let strategies = strategies(config.strategies, started, &engine, &shared)?;
        let (survey, facts) = survey::channel(strategies.desks().len());
        let status = StatusThread {
            shared: Arc::clone(&shared),
            facts,
            samples,
            desks: Desks::new(strategies.desks().iter().map(|desk| desk.about.clone())),
            journal: turns.as_ref().map(TurnLine::counts),
            lines: to,
            line_counts: lines.counts(),
            host: status::host(started, config.wait, config.production, config.limited),
            books: Ledger::new(),
            links: Links::default(),
            rates: Default::default(),
            made,
        };
        let numbers = (0..starts.len() as u32).filter_map(|instance| engine.venue_of(instance));
        let thread = EngineThread {
            venues: vec![VenueFacts::default(); usize::from(numbers.max().unwrap_or(0))],
            counts: status.made.iter().map(|made| Arc::clone(&made.counts)).collect(),
            engine,
            inboxes,
            strategies,
            publisher,
            lines,
            shared: Arc::clone(&shared),
            survey,
            teller: Teller::default(),
            wait: config.wait,
            turn: starts.len() as u64,
            passes: 0,
            started,
            journal: turns,
            state,
            digest,
        };
        let engine = spawn("engine", &config.cores.engine, move || thread.run())?;
        let mut others: Vec<_> = multicast.into_iter().chain(scribe).collect();
        others.push(spawn("status", &[], move || status.run())?);
        let woken = (config.wait == Wait::Block).then(|| engine.thread().clone());
        for (number, seat, wishes, ring, orders, counts, (buckets, keyring, overrides)) in starts {
            let network = || {
                Network::new(NetworkOptions {
                    extra_ca: config.extra_ca.clone(),
                    overrides: overrides.clone(),
                    ..NetworkOptions::default()
                })
            };
            // Lists of thousands of instruments are fetched and decoded beside the hot thread.
            let reference = OffThread::start("reference", Arc::new(network()?))
                .map_err(|source| RuntimeError::Socket { what: "start a thread", source })?;
            let network = network()?;
            let journal = inputs.next();
            let (shared, woken, wait) = (Arc::clone(&shared), woken.clone(), config.wait);
            let clock: Arc<dyn Clock> = Arc::new(clock.clone());
            let start = move || {
                let keyring = Arc::new(keyring);
                let mut options = HubOptions::new(Arc::new(network), clock, buckets, keyring);
                options.account = options.keyring.account().to_owned();
                // What fell together, here and in other hosts, does not come back together.
                options.seed = options.clock.now() as u64 ^ u64::from(number) << 48;
                options.backoff = config.backoff;
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
                    places: Places::default(),
                    reach: Reach::default(),
                    changed: false,
                    last: 0,
                    journal,
                    offset: None,
                    answered: (0, 0, 0),
                };
                run_io(io, wishes, wait);
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
    Ok(Seat::new(adapter.venue(), made.map_err(bind)?))
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

fn run_io(io: Io, wishes: Vec<OwnedWish>, wait: Wait) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            if wait == Wait::Spin {
                runtime.spawn(keep_looking());
            }
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

/// With this among its tasks a runtime asks the system for what is ready and never waits for it.
async fn keep_looking() {
    loop {
        tokio::task::yield_now().await;
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
