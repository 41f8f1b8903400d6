//! What the threads of a live host share: flags, counts, the log, the newest status.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use patchbay_abi as abi;
use patchbay_control::{Connection, Handler, LogLevel, LogRing, Operation, Peer, Refusal, Status};

use patchbay_plugin::bind::Log;

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
    pub(crate) reconnects: AtomicU64,
    /// Time spent in the plugin, ns.
    pub(crate) plugin_ns: AtomicU64,
}

impl IoCounts {
    pub(crate) fn add(count: &AtomicU64, more: u64) {
        count.store(count.load(Ordering::Relaxed) + more, Ordering::Relaxed);
    }

    pub(crate) fn of(count: &AtomicU64) -> u64 {
        count.load(Ordering::Relaxed)
    }
}

/// Shared by all threads of one host.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) clock: HostClock,
    pub(crate) stop: AtomicBool,
    status: Mutex<Arc<Status>>,
    log: Mutex<LogRing>,
    /// Where lines go beside the ring.
    writer: Option<LogWriter>,
    /// Connections of each instance, as their I/O threads last said.
    connections: Mutex<Vec<Vec<Connection>>>,
}

impl Shared {
    pub(crate) fn new(clock: HostClock, instances: usize, writer: Option<LogWriter>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            stop: AtomicBool::new(false),
            status: Mutex::default(),
            log: Mutex::default(),
            writer,
            connections: Mutex::new(vec![Vec::new(); instances]),
        })
    }

    pub(crate) fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
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

    pub(crate) fn set_connections(&self, instance: usize, connections: Vec<Connection>) {
        lock(&self.connections)[instance] = connections;
    }

    pub(crate) fn connections(&self) -> Vec<Connection> {
        lock(&self.connections).iter().flatten().cloned().collect()
    }

    /// Open connections of each instance.
    pub(crate) fn open_connections(&self) -> Vec<u16> {
        lock(&self.connections).iter().map(|open| open.len() as u16).collect()
    }

    pub(crate) fn set_status(&self, status: Status) {
        *lock(&self.status) = Arc::new(status);
    }
}

impl Handler for Shared {
    fn status(&self) -> Arc<Status> {
        Arc::clone(&lock(&self.status))
    }

    fn operate(&self, operation: Operation, _by: Peer) -> Result<String, Refusal> {
        match operation {
            Operation::Stop { .. } => {
                self.stop.store(true, Ordering::Relaxed);
                Ok("stopping".to_owned())
            }
            _ => Err(Refusal("this host cannot change plugins while it runs".to_owned())),
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
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
