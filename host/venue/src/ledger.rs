//! What the venue did: the truth that a test compares a client with.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::fault::{Fault, PlannedFault};

/// Entries that each list holds at most; what comes after is counted in [`Ledger::forgotten`].
pub const MAX_ENTRIES: usize = 100_000;

/// What the venue did since it was first started. Times are microseconds since then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Times that the venue was started, and times that the recording began.
    pub starts: u32,
    /// How often the recording was begun; more than once only with `repeat`.
    pub sessions: u32,
    /// Frames of the recording that have been played in this session.
    pub position: u64,
    /// The recording was played to its end.
    pub ended: bool,
    /// Connections, in order of acceptance; the first is number 1.
    pub connections: Vec<ConnectionEntry>,
    /// Frames sent, by product and stream as recorded: `usdm btcusdt@trade`.
    pub frames: BTreeMap<String, u64>,
    /// REST calls.
    pub rest: Vec<RestEntry>,
    /// What went wrong.
    pub faults: Vec<FaultEntry>,
    /// Faults that had not struck when the plan ended.
    pub withdrawn: Vec<PlannedFault>,
    /// Answers that were not recorded but made of what was.
    pub derived: Vec<String>,
    /// Entries that the bound kept out.
    pub forgotten: u64,
}

/// One connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ConnectionEntry {
    /// Its number.
    pub conn: u64,
    /// When it was accepted.
    pub opened_us: u64,
    /// When it ended.
    pub closed_us: Option<u64>,
    /// Why.
    pub reason: Option<String>,
    /// Path of the websocket, empty if it was none.
    pub path: String,
    /// What the client asked for, in order: `+name`, `-name`, with ` (silent)` where nothing of
    /// that name is sent over this connection.
    pub subscriptions: Vec<String>,
    /// Logins that were taken.
    pub logins: u64,
    /// Frames of the recording that were sent.
    pub frames: u64,
    /// Bytes of websocket frames written.
    pub bytes: u64,
    /// Messages of the client, of all kinds.
    pub messages: u64,
    /// Pings sent.
    pub pings: u64,
    /// Pongs received.
    pub pongs: u64,
}

/// One REST call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RestEntry {
    /// When it was answered.
    pub at_us: u64,
    /// Over which connection.
    pub conn: u64,
    /// Path and query.
    pub target: String,
    /// What was answered.
    pub status: u16,
    /// Weight used in this minute, with this call.
    pub weight: u32,
    /// Last update id, if it was a book.
    pub id: Option<u64>,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultEntry {
    /// When it struck.
    pub at_us: u64,
    /// Whom.
    pub conn: u64,
    /// Frame of the recording: its place, or how many had been played.
    pub frame: u64,
    /// Product of what it struck; empty if that was not known yet.
    pub product: &'static str,
    /// Its stream, as recorded; empty if it struck no frame.
    pub stream: String,
    /// Its first and last update id, if it is a change of a book.
    pub ids: Option<(u64, u64)>,
    /// What.
    pub fault: Fault,
    /// What exactly.
    pub did: Did,
}

/// What exactly was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Did {
    /// The fault says it all.
    #[default]
    AsSaid,
    /// One digit was changed.
    Corrupted {
        /// `bid` or `ask`.
        side: &'static str,
        /// Which level of the side's list.
        level: usize,
        /// Its price as recorded.
        price: String,
        /// `price` or `qty`.
        field: &'static str,
        /// Its text as recorded.
        from: String,
        /// Its text as sent.
        to: String,
    },
    /// A change of a book was left out; one entry each.
    LeftOut,
    /// Ids were changed.
    Renumbered {
        /// First and last id as sent.
        to: (u64, u64),
    },
    /// Sent after the frame with this place in the recording.
    SentAfter {
        /// The frame before it.
        frame: u64,
    },
    /// An old book was served.
    Served {
        /// Its id.
        id: u64,
        /// That of the book as played.
        instead_of: Option<u64>,
    },
    /// So many bytes of so many were sent, or sent alone.
    Sent {
        /// Sent.
        bytes: u64,
        /// Of.
        of: u64,
    },
}

impl Ledger {
    pub(crate) fn connection(&mut self, conn: u64) -> Option<&mut ConnectionEntry> {
        let place = usize::try_from(conn.checked_sub(1)?).ok()?;
        self.connections.get_mut(place)
    }

    pub(crate) fn open(&mut self, conn: u64, opened_us: u64) {
        let entry = ConnectionEntry { conn, opened_us, ..ConnectionEntry::default() };
        push(&mut self.connections, entry, &mut self.forgotten);
    }

    pub(crate) fn login(&mut self, conn: u64) {
        if let Some(entry) = self.connection(conn) {
            entry.logins += 1;
        }
    }

    pub(crate) fn subscription(&mut self, conn: u64, text: String) {
        let Some(place) = usize::try_from(conn).ok().and_then(|conn| conn.checked_sub(1)) else {
            return;
        };
        if let Some(entry) = self.connections.get_mut(place) {
            push(&mut entry.subscriptions, text, &mut self.forgotten);
        }
    }

    pub(crate) fn rest(&mut self, entry: RestEntry) {
        push(&mut self.rest, entry, &mut self.forgotten);
    }

    pub(crate) fn fault(&mut self, entry: FaultEntry) {
        push(&mut self.faults, entry, &mut self.forgotten);
    }

    pub(crate) fn derived(&mut self, what: String) {
        if !self.derived.contains(&what) {
            push(&mut self.derived, what, &mut self.forgotten);
        }
    }

    /// Connections that have not ended.
    pub fn open_connections(&self) -> usize {
        self.connections.iter().filter(|entry| entry.closed_us.is_none()).count()
    }

    /// Connections that have not ended and have been asked for a stream.
    pub fn subscribed_connections(&self) -> usize {
        let open = self.connections.iter().filter(|entry| entry.closed_us.is_none());
        open.filter(|entry| !entry.subscriptions.is_empty()).count()
    }

    /// Faults for which `is` holds.
    pub fn faults_of(&self, is: impl Fn(&Fault) -> bool) -> impl Iterator<Item = &FaultEntry> {
        self.faults.iter().filter(move |entry| is(&entry.fault))
    }
}

fn push<T>(list: &mut Vec<T>, entry: T, forgotten: &mut u64) {
    if list.len() < MAX_ENTRIES {
        list.push(entry);
    } else {
        *forgotten += 1;
    }
}
