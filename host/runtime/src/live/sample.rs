//! How long it takes from the socket to the wire: stamped by the engine, measured where it is sent,
//! counted elsewhere.

use patchbay_model::Nanos;
use rtrb::{Consumer, Producer, RingBuffer};

/// Measurements that may wait to be counted; those beyond are not counted.
const WAITING: usize = 32_768;

/// A turn whose records went into datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// When the read that completed its frame returned.
    pub(crate) received: Nanos,
    /// When the engine handed its last record over.
    pub(crate) handed: Nanos,
    pub(crate) instance: u32,
    /// Connection, 0 for an answer to a request.
    pub(crate) conn: u32,
}

/// A turn whose last datagram is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) stamp: Stamp,
    pub(crate) sent: Nanos,
}

/// From the thread that sends to the one that counts.
pub(crate) fn channel() -> (Producer<Sample>, Consumer<Sample>) {
    RingBuffer::new(WAITING)
}
