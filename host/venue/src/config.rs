//! How a venue is to behave.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use crate::fault::FaultPlan;
use crate::protocol::{Limits, Protocol};
use crate::recording::Recording;

/// How fast the recording is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many times as fast as it was recorded; 1 is recorded pace. A client that does not keep up
    /// is cut when its queue is full, and nobody waits for it.
    Times(f64),
    /// As fast as clients read: a full queue makes the recording wait, for all, up to
    /// [`VenueConfig::patience`]. Without any subscriber it waits too.
    AsRead,
}

/// When the recording begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At once.
    AtOnce,
    /// When so many streams are subscribed, over all connections. 1: by the first subscriber.
    Streams(usize),
    /// When [`play`](crate::VenueHandle::play) is called.
    OnCall,
}

/// What happens after the last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtEnd {
    /// Connections stay, silent but for pings.
    Stay,
    /// Connections are closed (1001); new ones are accepted and stay silent.
    Close,
    /// The recording begins again, as [`Start`] says. Its ids go back, so this is another session:
    /// all connections are closed at the seam (1012), and all books must be built anew.
    Repeat,
}

/// How a venue is to behave.
#[derive(Clone, Debug)]
pub struct VenueConfig {
    /// What is played.
    pub recording: Arc<Recording>,
    /// As which exchange.
    pub protocol: Arc<dyn Protocol>,
    /// Where TLS is served; `None` for not at all. Port 0 is any free one.
    pub tls: Option<SocketAddr>,
    /// Where plain TCP is served.
    pub plain: Option<SocketAddr>,
    /// How fast.
    pub pace: Pace,
    /// From when on.
    pub start: Start,
    /// And then.
    pub at_end: AtEnd,
    /// Frames that wait for one connection at most.
    pub queue: usize,
    /// How long a full queue may stop [`Pace::AsRead`] before the connection is cut.
    pub patience: Duration,
    /// Limits for all products, instead of those of the protocol.
    pub limits: Option<Limits>,
    /// Connections at a time; more are not accepted until one has ended.
    pub connections: usize,
    /// What will go wrong.
    pub plan: FaultPlan,
    /// Who is told when each frame leaves, as far as the channel has room.
    pub departures: Option<mpsc::SyncSender<Departure>>,
}

/// A frame of the recording left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Connection.
    pub conn: u64,
    /// Its place in the recording.
    pub frame: usize,
    /// Just before the write that held it: ns since the Unix epoch.
    pub at_ns: u64,
}

impl VenueConfig {
    /// Recorded pace from the first subscription, TLS on a free port of the loopback, no faults.
    pub fn new(recording: Arc<Recording>, protocol: Arc<dyn Protocol>) -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            recording,
            protocol,
            tls: Some(any),
            plain: None,
            pace: Pace::Times(1.0),
            start: Start::Streams(1),
            at_end: AtEnd::Stay,
            queue: 4096,
            patience: Duration::from_secs(10),
            limits: None,
            connections: 4096,
            plan: FaultPlan::default(),
            departures: None,
        }
    }
}
