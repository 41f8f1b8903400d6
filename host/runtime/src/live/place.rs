//! Connections of one instance as they are shown: by the place that they take, whatever comes and
//! goes in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use patchbay_model::Nanos;
use patchbay_net::{Hub, Phase};

use super::shared::{IoCounts, Shared};

/// Numbers of earlier connections that are remembered for what still comes of them.
const EARLIER: usize = 4;

/// What came over a place; written by its I/O thread alone.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) frames: AtomicU64,
    pub(crate) bytes: AtomicU64,
    /// Time of the last frame, 0 if there was none.
    pub(crate) last_ns: AtomicI64,
}

/// A connection that is wanted, as its I/O thread last said.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Unique in the host.
    pub(crate) id: u32,
    tag: u32,
    pub(crate) url: String,
    /// Symbols wanted over it.
    pub(crate) wanted: u32,
    pub(crate) phase: Phase,
    /// Connections that it had, the newest last.
    pub(crate) conns: Vec<u32>,
    pub(crate) opened: u64,
    pub(crate) reason: String,
    pub(crate) traffic: Arc<Traffic>,
}

/// The places of one instance, on its I/O thread.
#[derive(Default)]
pub(crate) struct Places {
    places: Vec<Place>,
    /// Open connections.
    open: Vec<(u32, Arc<Traffic>)>,
}

impl Places {
    /// A frame came.
    pub(crate) fn frame(&self, conn: u32, bytes: usize, at: Nanos) {
        if let Some((_, traffic)) = self.open.iter().find(|(open, _)| *open == conn) {
            IoCounts::add(&traffic.frames, 1);
            IoCounts::add(&traffic.bytes, bytes as u64);
            traffic.last_ns.store(at, Ordering::Relaxed);
        }
    }

    /// A connection opened; the number of its place.
    pub(crate) fn opened(&mut self, conn: u32, tag: u32, hub: &Hub, shared: &Shared) -> u32 {
        self.refresh(hub, shared);
        let Some(place) = self.places.iter_mut().find(|place| place.tag == tag) else { return 0 };
        if place.conns.len() == EARLIER {
            place.conns.remove(0);
        }
        place.conns.push(conn);
        self.open.push((conn, Arc::clone(&place.traffic)));
        place.id
    }

    /// A connection is gone; the number of its place.
    pub(crate) fn closed(&mut self, conn: u32) -> u32 {
        self.open.retain(|(open, _)| *open != conn);
        self.places.iter().find(|place| place.conns.contains(&conn)).map_or(0, |place| place.id)
    }

    /// Makes places what the hub says.
    pub(crate) fn refresh(&mut self, hub: &Hub, shared: &Shared) {
        let mut known = std::mem::take(&mut self.places);
        self.places = hub
            .places()
            .map(|said| {
                let at = known.iter().position(|place| place.tag == said.tag);
                let place = at.map(|at| known.swap_remove(at)).unwrap_or_else(|| Place {
                    id: shared.next_place(),
                    tag: said.tag,
                    url: String::new(),
                    wanted: 0,
                    phase: said.phase,
                    conns: Vec::new(),
                    opened: 0,
                    reason: String::new(),
                    traffic: Arc::default(),
                });
                let (wanted, phase, opened) = (said.symbols, said.phase, said.opened);
                let (url, reason) = (said.url.to_owned(), said.reason.to_owned());
                Place { url, wanted, phase, opened, reason, ..place }
            })
            .collect();
    }

    /// Numbers of the connections that are open.
    pub(crate) fn open_conns(&self) -> Vec<u32> {
        self.open.iter().map(|(conn, _)| *conn).collect()
    }

    /// Connections that are open.
    pub(crate) const fn open(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn all(&self) -> &[Place] {
        &self.places
    }
}
