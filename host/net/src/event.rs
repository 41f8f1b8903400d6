//! What a hub gives back.

use patchbay_model::Nanos;

use crate::batch::Batch;

/// How urgent a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Normal life.
    Info,
    /// The host helps itself.
    Warn,
    /// A request of the adapter was not carried out.
    Error,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A connection opened.
    Opened {
        /// Its number, never used again by this hub.
        conn: u32,
        /// `Connect::tag`.
        tag: u32,
        /// Its URL as given, places for secrets empty.
        url: String,
        /// Host time.
        at: Nanos,
    },
    /// Text and binary frames came.
    Frames {
        /// Connection.
        conn: u32,
        /// The frames; to be given back to the hub.
        batch: Batch,
        /// Host time of the wake-up that read them.
        at: Nanos,
    },
    /// A connection is gone; no frame of it follows.
    Closed {
        /// Connection.
        conn: u32,
        /// Websocket close code, 0 if there was none.
        code: u32,
        /// For operators.
        reason: String,
        /// Another connection of the same tag carries its streams on: nothing is lost with it.
        replaced: bool,
        /// Host time.
        at: Nanos,
    },
    /// The end of an HTTP request. Each has exactly one.
    Reply {
        /// `Http::id`.
        id: u64,
        /// HTTP status, 0 if there was no answer.
        status: u32,
        /// `REPLY_*`.
        error: u32,
        /// URL as given, places for secrets empty.
        url: String,
        /// Headers, names in lower case.
        headers: Vec<(String, String)>,
        /// Body; a kept token is blanked.
        body: Vec<u8>,
        /// Host time at which the request left, 0 if it did not.
        sent: Nanos,
        /// Host time of the answer.
        at: Nanos,
    },
    /// A connection was not opened, or a request not answered: the venue may be out of reach. The
    /// hub and the adapter try again by themselves, so that this may come often.
    Unreached {
        /// Host.
        host: String,
        /// Host, what happened, and what to do.
        text: String,
        /// Host time.
        at: Nanos,
    },
    /// For operators.
    Note {
        /// How urgent.
        level: Level,
        /// What, where, and what to do.
        text: String,
        /// Host time.
        at: Nanos,
    },
}

/// A reused list of events.
#[derive(Debug, Default)]
pub struct Events {
    pub(crate) list: Vec<Event>,
}

impl Events {
    /// Events after which [`Hub::next`](crate::Hub::next) returns, whatever else has happened.
    pub const FULL: usize = 64;

    /// In order, leaving the room for the next ones.
    pub fn drain(&mut self) -> std::vec::Drain<'_, Event> {
        self.list.drain(..)
    }

    /// In order.
    pub fn iter(&self) -> std::slice::Iter<'_, Event> {
        self.list.iter()
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl<'a> IntoIterator for &'a Events {
    type Item = &'a Event;
    type IntoIter = std::slice::Iter<'a, Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
