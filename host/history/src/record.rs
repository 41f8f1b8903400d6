//! One thing that happened, and the reader of one file that tells it.

use crate::{CaptureError, FileStats};

/// One thing that happened, in recorded order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Local receive time, nanoseconds since the Unix epoch. Never less than the record before it.
    pub at_ns: i64,
    /// Which connection, unique over all files, from 1. 0 where there was none: a REST answer.
    pub conn: u32,
    /// What happened.
    pub event: Event<'a>,
}

/// What happened. The bytes are valid until the next record is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A connection was opened.
    Open {
        /// Where to, as the recorder wrote it.
        url: &'a str,
    },
    /// A frame was received.
    Frame {
        /// Whether it arrived as bytes rather than as text.
        binary: bool,
        /// The payload, as sent.
        data: &'a [u8],
    },
    /// A REST request was answered.
    Reply {
        /// What was asked for; empty where the recorder did not say.
        url: &'a str,
        /// The body.
        body: &'a [u8],
    },
    /// The client sent a frame.
    Sent {
        /// The payload.
        data: &'a [u8],
    },
    /// The connection is known to have ended: another one took its place.
    Close,
}

/// The time of what has none: it comes before everything else.
pub(crate) const UNTIMED: i64 = i64::MIN;

/// One file, record by record, in the order and with the times that it states.
pub(crate) trait Reader: Send {
    /// Goes to the next record and returns its time in nanoseconds, [`UNTIMED`] if it has none, `None`
    /// at the end.
    fn advance(&mut self, stats: &mut FileStats) -> Result<Option<i64>, CaptureError>;

    /// The record advanced to, with the number of its connection within the file: from 1, 0 for
    /// none. Means nothing unless `advance` has just returned a time.
    fn current(&self) -> (u32, Event<'_>);
}
