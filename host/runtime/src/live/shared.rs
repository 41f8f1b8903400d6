//! What the threads of a live host share: flags, counts, the log, the newest status.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use patchbay_abi as abi;
use patchbay_control::{
    Handler, LogLevel, LogRing, Operation, Peer, Refusal, Status, Tape, TapeQuery,
};
use patchbay_engine::{Engine, HistoryReader, Listing};
use patchbay_model::{Instrument, InstrumentId, Kind};
use patchbay_plugin::bind::Log;

use super::place::Place;
use super::reach::Reach;
use super::roster::Roster;
use super::tape;
use crate::{HostClock, LogWriter};

/// What a thread does when there is nothing to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wait {
    /// It keeps looking: the shortest latency, and a core of its own.
    Spin,
    /// It sleeps until it is woken.
    #[default]
    Block,
}

/// Counts of one I/O thread, written by it alone.
#[derive(Debug, Default)]
pub(crate) struct IoCounts {
    pub(crate) frames: AtomicU64,
    pub(crate) rejected: AtomicU64,
    pub(crate) fallback: AtomicU64,
    pub(crate) faults: AtomicU64,
    /// Time that frames spent in the plugin, ns, as a sample of them has it.
    pub(crate) plugin_ns: AtomicU64,
    /// Connections that are wanted, and those that are open.
    pub(crate) wanted: AtomicU64,
    pub(crate) open: AtomicU64,
    /// Tasks of connections and requests at the last look.
    pub(crate) tasks: AtomicU64,
}

/// What an I/O thread last said of its connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct IoFacts {
    pub(crate) places: Vec<Place>,
    pub(crate) reach: Reach,
}

/// What an instrument is called and how its numbers are read.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(crate) symbol: String,
    pub(crate) venue: String,
    pub(crate) kind: Kind,
    pub(crate) price_exp: i8,
    pub(crate) qty_exp: i8,
    /// Its last messages; `None` where nothing is remembered.
    pub(crate) history: Option<HistoryReader>,
}

impl IoCounts {
    pub(crate) fn add(count: &AtomicU64, more: u64) {
        count.store(count.load(Ordering::Relaxed) + more, Ordering::Relaxed);
    }

    pub(crate) fn of(count: &AtomicU64) -> u64 {
        count.load(Ordering::Relaxed)
    }
}

impl About {
    pub(crate) fn of(engine: &Engine, id: InstrumentId, listing: &Listing) -> Self {
        let venue = engine.registry().venue_name(listing.venue).unwrap_or_default().to_owned();
        let Instrument { symbol, kind, price_exp, qty_exp, .. } = &listing.about;
        let (kind, price_exp, qty_exp) = (*kind, *price_exp, *qty_exp);
        let history = engine.history(id);
        Self { symbol: symbol.clone(), venue, kind, price_exp, qty_exp, history }
    }
}

/// Shared by all threads of one host.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) clock: HostClock,
    pub(crate) stop: AtomicBool,
    failed: AtomicBool,
    status: Mutex<Arc<Status>>,
    log: Mutex<LogRing>,
    /// Where lines go beside the ring.
    writer: Option<LogWriter>,
    roster: Mutex<Roster>,
    /// By instrument id; grows when instruments are defined.
    abouts: Mutex<BTreeMap<u32, About>>,
    /// Numbers given to places.
    places: AtomicU32,
}

impl Shared {
    pub(crate) fn new(clock: HostClock, writer: Option<LogWriter>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            stop: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            status: Mutex::default(),
            log: Mutex::default(),
            writer,
            roster: Mutex::default(),
            abouts: Mutex::default(),
            places: AtomicU32::new(0),
        })
    }

    pub(crate) fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// A thread that should not has ended.
    pub(crate) fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    pub(crate) fn log(&self, level: LogLevel, source: &str, text: &str) {
        let now = self.clock.now();
        if let Some(writer) = &self.writer {
            writer.write(now, level, source, text);
        }
        // Lines for who debugs would push out those that somebody should look at.
        if level != LogLevel::Debug {
            lock(&self.log).push(now, level, source, text);
        }
    }

    /// For the lines of a plugin. Plugins keep it for the life of the process, and it does not keep
    /// the host.
    pub(crate) fn log_of(self: &Arc<Self>, source: &str) -> Log {
        let (shared, source) = (Arc::downgrade(self), source.to_owned());
        let log = move |level: u32, text: &str| {
            if let Some(shared) = shared.upgrade() {
                shared.log(log_level(level), &source, text);
            }
        };
        Box::leak(Box::new(log))
    }

    pub(crate) fn log_lines(&self) -> Vec<patchbay_control::LogLine> {
        lock(&self.log).lines()
    }

    pub(crate) fn roster(&self) -> MutexGuard<'_, Roster> {
        lock(&self.roster)
    }

    pub(crate) fn abouts(&self) -> MutexGuard<'_, BTreeMap<u32, About>> {
        lock(&self.abouts)
    }

    /// A number for a place, never given twice, from 1.
    pub(crate) fn next_place(&self) -> u32 {
        self.places.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn set_status(&self, status: Status) {
        *lock(&self.status) = Arc::new(status);
    }
}

impl Handler for Shared {
    fn status(&self) -> Arc<Status> {
        Arc::clone(&lock(&self.status))
    }

    fn tape(&self, query: &TapeQuery) -> Option<Tape> {
        let asked = |about: &&About| {
            let named = |asked: &str, name: &str| asked.is_empty() || asked == name;
            about.symbol == query.symbol
                && named(&query.venue, &about.venue)
                && named(&query.kind, about.kind.name())
        };
        // What takes long is done without the lock: the engine takes it, too.
        let about = self.abouts().values().find(asked)?.clone();
        Some(tape::tape(&about, about.history.as_ref()?, query))
    }

    fn operate(&self, operation: Operation, _by: Peer) -> Result<String, Refusal> {
        match operation {
            Operation::Stop { .. } => {
                self.stop.store(true, Ordering::Relaxed);
                Ok("stopping".to_owned())
            }
            Operation::Swap { .. } => {
                let text = "copy the file into the plugin folder: the host takes it from there";
                Err(Refusal(text.to_owned()))
            }
            _ => {
                let text = "an adapter runs while its file is in the plugin folder; take it away, \
                            or put it back";
                Err(Refusal(text.to_owned()))
            }
        }
    }
}

const fn log_level(level: u32) -> LogLevel {
    match level {
        abi::LOG_ERROR => LogLevel::Error,
        abi::LOG_WARN => LogLevel::Warn,
        abi::LOG_INFO => LogLevel::Info,
        _ => LogLevel::Debug,
    }
}

/// A thread that panicked while it held the lock has left whole values behind: each is replaced or
/// pushed in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
