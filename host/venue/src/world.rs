//! What outlives a run of the server: recording, place in it, plan, ledger.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::clock::micros_since;
use crate::config::VenueConfig;
use crate::fault::{Fault, Now, Place, PlannedFault, Running, Strike};
use crate::ledger::{Did, FaultEntry, Ledger};
use crate::protocol::{Limits, Product, Protocol};
use crate::recording::Recording;
use crate::tls::Certificates;
use crate::track::Cursor;

/// Where playback stands.
#[derive(Debug, Default)]
pub(crate) struct Play {
    /// Place of the next frame.
    pub(crate) position: usize,
    /// When the first frame was due, once begun.
    pub(crate) origin: Option<Instant>,
}

/// What all runs of a venue share.
pub(crate) struct World {
    pub(crate) config: VenueConfig,
    pub(crate) certificates: Certificates,
    pub(crate) born: Instant,
    play: Mutex<Play>,
    /// The books, by track: a venue that starts again has not to read the recording again.
    cursors: Mutex<Vec<Cursor>>,
    running: Mutex<Running>,
    ledger: Mutex<Ledger>,
    /// Frames sent, by stream.
    sent: Vec<AtomicU64>,
    /// The number of the last connection.
    connections: AtomicU64,
}

/// Nothing here panics while it holds a lock; if it did, the data would still be whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(crate) fn new(config: VenueConfig, certificates: Certificates) -> Self {
        let sent = config.recording.streams.iter().map(|_| AtomicU64::new(0)).collect();
        let running = Mutex::new(Running::new(config.plan.clone()));
        let (play, ledger) = (Mutex::default(), Mutex::default());
        let cursors = config.recording.tracks.iter().map(|_| Cursor::default()).collect();
        let cursors = Mutex::new(cursors);
        let (born, connections) = (Instant::now(), AtomicU64::new(0));
        Self { config, certificates, born, play, cursors, running, ledger, sent, connections }
    }

    pub(crate) fn recording(&self) -> &Recording {
        &self.config.recording
    }

    pub(crate) fn protocol(&self) -> &dyn Protocol {
        &*self.config.protocol
    }

    /// Its name.
    pub(crate) fn product(&self, product: Product) -> &'static str {
        self.protocol().products()[usize::from(product.0)]
    }

    pub(crate) fn limits(&self, product: Product) -> Limits {
        self.config.limits.clone().unwrap_or_else(|| self.protocol().limits(product))
    }

    pub(crate) fn play(&self) -> MutexGuard<'_, Play> {
        lock(&self.play)
    }

    pub(crate) fn cursors(&self) -> MutexGuard<'_, Vec<Cursor>> {
        lock(&self.cursors)
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    /// Numbers a connection and enters it.
    pub(crate) fn open_connection(&self) -> u64 {
        let opened_us = self.now_us();
        let mut ledger = self.ledger();
        let conn = self.connections.fetch_add(1, Ordering::Relaxed) + 1;
        ledger.open(conn, opened_us);
        conn
    }

    /// A copy of the ledger, with the counts that are kept apart.
    pub(crate) fn snapshot(&self) -> Ledger {
        let now = self.now();
        self.expire(&mut lock(&self.running), now);
        let position = now.frame;
        let mut ledger = self.ledger().clone();
        ledger.position = position;
        let streams = self.recording().streams.iter().zip(&self.sent);
        for (stream, sent) in streams {
            let product = self.product(stream.product);
            let sent = sent.load(Ordering::Relaxed);
            ledger.frames.insert(format!("{product} {}", stream.name), sent);
        }
        ledger
    }

    pub(crate) fn count_sent(&self, stream: u32) {
        if let Some(sent) = self.sent.get(stream as usize) {
            sent.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn now_us(&self) -> u64 {
        micros_since(self.born)
    }

    fn now(&self) -> Now {
        Now { frame: self.play().position as u64, elapsed: self.born.elapsed() }
    }

    pub(crate) fn inject(&self, fault: PlannedFault) {
        lock(&self.running).add(fault);
    }

    /// The fault that strikes here and now, if any.
    pub(crate) fn strike(&self, places: &[Place], conn: u64, stream: &str) -> Option<Strike> {
        let mut running = lock(&self.running);
        if running.is_over() {
            return None; // The usual case costs one lock.
        }
        let now = self.now();
        self.expire(&mut running, now);
        running.strike(now, places, conn, stream)
    }

    fn expire(&self, running: &mut Running, now: Now) {
        let expired = running.expire(now);
        if !expired.is_empty() {
            self.ledger().withdrawn.extend(expired);
        }
    }

    pub(crate) fn has_faults(&self) -> bool {
        !lock(&self.running).is_over()
    }

    /// Enters a fault that struck a frame of the recording.
    pub(crate) fn enter_frame_fault(&self, conn: u64, index: usize, fault: Fault, did: Did) {
        let frame = &self.recording().frames[index];
        let stream = &self.recording().streams[frame.stream as usize];
        let (product, stream) = (self.product(stream.product), stream.name.clone());
        let ids = frame.depth.map(|depth| (depth.first, depth.last));
        let (at_us, frame) = (self.now_us(), index as u64);
        self.ledger().fault(FaultEntry { at_us, conn, frame, product, stream, ids, fault, did });
    }

    /// Enters a fault that struck something else.
    pub(crate) fn enter_fault(
        &self,
        conn: u64,
        product: Option<Product>,
        stream: &str,
        fault: Fault,
        did: Did,
    ) {
        let (at_us, frame) = (self.now_us(), self.play().position as u64);
        let (product, stream) = (product.map_or("", |p| self.product(p)), stream.to_owned());
        let ids = None;
        self.ledger().fault(FaultEntry { at_us, conn, frame, product, stream, ids, fault, did });
    }
}
