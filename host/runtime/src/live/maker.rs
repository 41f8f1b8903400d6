//! How an adapter instance is made, at the start of the host as later.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::thread::{JoinHandle, Thread};

use patchbay_control::LogLevel;
use patchbay_engine::Event;
use patchbay_journal::Input;
use patchbay_model::Nanos;
use patchbay_net::{
    Backoff, Buckets, Clock, Hub, HubOptions, Keyring, Network, NetworkOptions, OffThread,
};
use patchbay_plugin::bind::Log;
use tokio::sync::mpsc;

use super::config::LiveAdapter;
use super::debut::Debut;
use super::intake::Intake;
use super::io::Io;
use super::journal::{InputLine, Introduction, JournalCounts};
use super::place::Places;
use super::reach::Reach;
use super::ring::{self, Envelope};
use super::roster::Member;
use super::shared::{IoCounts, Shared, Wait};
use super::signal::Signal;
use super::thread::spawn;
use super::wishes::Wishes;
use crate::core::setting;
use crate::{Cores, HostClock, RuntimeError, Seat};

/// Slots of the ring between an I/O thread and the engine: 8 MiB.
const RING_SLOTS: usize = 131_072;
/// Resyncs that may wait for an adapter.
const ORDERS: usize = 4096;

impl Clock for HostClock {
    fn now(&self) -> Nanos {
        Self::now(self)
    }
}

/// Makes adapter instances.
pub(crate) struct Maker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) journal: Option<Arc<JournalCounts>>,
    pub(crate) cores: Cores,
    pub(crate) extra_ca: Vec<PathBuf>,
    /// Addresses to use instead of a name's own, after those of an adapter.
    pub(crate) overrides: BTreeMap<String, SocketAddr>,
    pub(crate) backoff: Backoff,
    pub(crate) audit_percent: Option<u32>,
    /// What I/O threads do when there is nothing to do.
    pub(crate) wait: Wait,
    /// The engine thread, if messages wake it.
    pub(crate) woken: Option<Thread>,
    /// Limits are the venue's: all instances of it share them.
    pub(crate) limits: BTreeMap<String, Arc<Buckets>>,
    /// The connection number that was given last.
    pub(crate) connections: Arc<AtomicU32>,
}

/// An instance that is made and has no thread yet.
pub(crate) struct Made {
    /// For the engine thread.
    pub(crate) intake: Intake,
    /// For its own thread.
    pub(crate) outfit: Outfit,
}

/// What the I/O thread of an instance is made of.
pub(crate) struct Outfit {
    number: u32,
    seat: Seat,
    wishes: Wishes,
    ring: ring::Sender,
    orders: mpsc::Receiver<patchbay_engine::Action>,
    counts: Arc<IoCounts>,
    signal: Arc<Signal>,
    debut: Option<Debut>,
    journal: Option<InputLine>,
    network: Network,
    /// Lists of thousands of instruments are fetched and decoded beside the hot thread.
    reference: OffThread,
    keyring: Keyring,
    buckets: Arc<Buckets>,
}

impl Maker {
    /// Makes instance `number` of an adapter, `generation` of its plugin. It has no thread yet and
    /// the engine does not know it. With `settle` it takes the place of another one, and both
    /// deliver for that long, ns, once it has everything.
    ///
    /// # Errors
    ///
    /// If the plugin refuses its settings or panics, or there is no socket or thread for it.
    pub(crate) fn make(
        &mut self,
        number: u32,
        generation: u32,
        adapter: LiveAdapter,
        settle: Option<Nanos>,
    ) -> Result<Made, RuntimeError> {
        let venue = adapter.venue().to_owned();
        let mut seat = seat(&adapter, number, self.shared.log_of(&venue))?;
        // An instance is made in a turn of its own, as in a replay.
        seat.ordinal = 1;
        let network = self.network(&adapter)?;
        let reference = OffThread::start("reference", Arc::new(self.network(&adapter)?))
            .map_err(|source| RuntimeError::Socket { what: "start a thread", source })?;
        let (mut ring, inbox) = ring::channel(RING_SLOTS);
        let (orders, theirs) = mpsc::channel(ORDERS);
        let counts = Arc::new(IoCounts::default());
        let at = self.shared.clock.now();
        let journal = self.journal.clone();
        let journal = journal.map(|counts| Introduction::of(number, &adapter.loaded, counts));
        let (mut journal, introduction) = journal.unzip();
        if let Some(journal) = &mut journal {
            let config = adapter.settings.iter().map(|(key, value)| setting(key, value.lend()));
            let config: Vec<_> = config.collect();
            journal.take(number, 1, at, &Input::Create { seed: 0, config: config.into() });
        }
        let first =
            Envelope { at_ns: at, instance: number, ordinal: 1, conn: 0, event: Event::None };
        ring.send(&first, &mut Vec::new(), &[]).expect("a new ring has room");
        let LiveAdapter { loaded, wishes, wanted, channels, keyring, .. } = adapter;
        let stocks = wishes.iter().any(|wish| wish.kind == patchbay_abi::INSTRUMENT_EQUITY);
        let wishes = Wishes::new(wishes, wanted, channels);
        let wanted = wishes.instruments();
        let member = Member::new(loaded.manifest, generation, &venue, wanted, Arc::clone(&counts));
        self.shared.roster().enter(number, member);
        let buckets = self.limits_of(&venue);
        let signal: Arc<Signal> = Arc::default();
        let debut = settle.map(|settle| Debut::new(wishes.all(), settle));
        let outfit = Outfit {
            number,
            seat,
            wishes,
            ring,
            orders: theirs,
            counts: Arc::clone(&counts),
            signal: Arc::clone(&signal),
            debut,
            journal,
            network,
            reference,
            keyring,
            buckets,
        };
        let intake = Intake { number, venue, stocks, inbox, orders, counts, signal, introduction };
        Ok(Made { intake, outfit })
    }

    /// Starts the I/O thread of an instance that the engine knows.
    ///
    /// # Errors
    ///
    /// If the system gives no thread, or none of the cores.
    pub(crate) fn start(&self, outfit: Outfit) -> Result<JoinHandle<()>, RuntimeError> {
        let (shared, engine, wait) = (Arc::clone(&self.shared), self.woken.clone(), self.wait);
        let (backoff, numbers) = (self.backoff, Arc::clone(&self.connections));
        let cores = self.cores.of_io(outfit.number as usize);
        spawn("io", &cores, move || {
            outfit.run(shared, engine, wait, backoff, numbers);
        })
    }

    fn network(&self, adapter: &LiveAdapter) -> Result<Network, RuntimeError> {
        let mut overrides = self.overrides.clone();
        overrides.extend(adapter.addresses.clone());
        let extra_ca = self.extra_ca.clone();
        let options = NetworkOptions { extra_ca, overrides, ..NetworkOptions::default() };
        Ok(Network::new(options)?)
    }

    fn limits_of(&mut self, venue: &str) -> Arc<Buckets> {
        let buckets = self.limits.entry(venue.to_owned()).or_default();
        if let Some(percent) = self.audit_percent {
            buckets.limit_audits(percent);
        }
        Arc::clone(buckets)
    }
}

impl Outfit {
    fn run(
        self,
        shared: Arc<Shared>,
        engine: Option<Thread>,
        wait: Wait,
        backoff: Backoff,
        numbers: Arc<AtomicU32>,
    ) {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                let text = format!("the I/O thread cannot start: {error}");
                return shared.log(LogLevel::Error, "io", &text);
            }
        };
        if wait == Wait::Spin {
            runtime.spawn(keep_looking());
        }
        let clock: Arc<dyn Clock> = Arc::new(shared.clock.clone());
        let keyring = Arc::new(self.keyring);
        let mut options = HubOptions::new(Arc::new(self.network), clock, self.buckets, keyring);
        options.account = options.keyring.account().to_owned();
        // What fell together, here and in other hosts, does not come back together.
        options.seed = options.clock.now() as u64 ^ u64::from(self.number) << 48;
        options.backoff = backoff;
        options.reference = Some(Arc::new(self.reference));
        options.numbers = numbers;
        let io = Io {
            number: self.number,
            seat: self.seat,
            hub: Hub::new(options),
            ring: self.ring,
            orders: self.orders,
            shared,
            counts: self.counts,
            signal: self.signal,
            debut: self.debut,
            engine,
            definitions: Vec::new(),
            wishes: self.wishes,
            places: Places::default(),
            reach: Reach::default(),
            changed: false,
            last: 0,
            journal: self.journal,
            offset: None,
            answered: (0, 0, 0),
        };
        runtime.block_on(io.run());
    }
}

/// With this among its tasks a runtime asks the system for what is ready and never waits for it.
async fn keep_looking() {
    loop {
        tokio::task::yield_now().await;
    }
}

pub(super) fn seat(adapter: &LiveAdapter, number: u32, log: Log) -> Result<Seat, RuntimeError> {
    let plugin = adapter.loaded.plugin;
    let config: Vec<_> =
        adapter.settings.iter().map(|(key, value)| (key.as_str(), value.lend())).collect();
    let made = plugin.adapter(&config, 0, number, log);
    let bind = |source| RuntimeError::Bind { name: plugin.name().to_owned(), source };
    Ok(Seat::new(adapter.venue(), made.map_err(bind)?))
}
