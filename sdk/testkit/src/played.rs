//! What an adapter answered to one input, kept.

use patchbay_plugin::abi::{ERROR, OK, OUTCOME_FALLBACK, OUTCOME_IGNORED, Slot, Status};
use patchbay_plugin::bind::{Call, Command};
use patchbay_plugin::model::Nanos;
use patchbay_plugin::{Bucket, Connect, Http, Send};

use crate::Record;
use crate::records;

/// What came out of one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// What the adapter answered: `OK`, `ERROR`, ...
    pub status: Status,
    /// `OUTCOME_*`.
    pub outcome: u32,
    /// Records, each head with its continuation; see [`Self::records`].
    pub slots: Vec<Slot>,
    /// Requests, in the order in which they were made.
    pub commands: Vec<Command>,
    /// What was logged, a line each: `warn: no such symbol`. Empty if nothing was.
    pub log: String,
}

impl From<Call<'_>> for Played {
    fn from(call: Call<'_>) -> Self {
        Self {
            status: call.status,
            outcome: call.outcome,
            slots: call.slots.to_vec(),
            commands: call.commands.collect(),
            log: String::new(),
        }
    }
}

impl Played {
    /// The records.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        records::of(&self.slots)
    }

    /// Whether the input was taken.
    pub const fn accepted(&self) -> bool {
        self.status == OK
    }

    /// Whether the input was refused as unreadable: an ordinary failure.
    pub const fn rejected(&self) -> bool {
        self.status == ERROR
    }

    /// Whether it held nothing for the host.
    pub const fn ignored(&self) -> bool {
        self.outcome == OUTCOME_IGNORED
    }

    /// Whether the general parser had to read it.
    pub const fn fell_back(&self) -> bool {
        self.outcome == OUTCOME_FALLBACK
    }

    /// Connections asked for.
    pub fn connects(&self) -> Vec<&Connect> {
        self.pick(|command| match command {
            Command::Connect(connect) => Some(connect),
            _ => None,
        })
    }

    /// Frames to be sent.
    pub fn sends(&self) -> Vec<&Send> {
        self.pick(|command| match command {
            Command::Send(send) => Some(send),
            _ => None,
        })
    }

    /// Frames to be sent, as text; what is not UTF-8 is replaced.
    pub fn sent_texts(&self) -> Vec<String> {
        let text = |send: &&Send| String::from_utf8_lossy(&send.payload).into_owned();
        self.sends().iter().map(text).collect()
    }

    /// HTTPS requests.
    pub fn https(&self) -> Vec<&Http> {
        self.pick(|command| match command {
            Command::Http(http) => Some(http),
            _ => None,
        })
    }

    /// Connections to be closed.
    pub fn closes(&self) -> Vec<u32> {
        self.pick(|command| match command {
            Command::Close { conn, .. } => Some(*conn),
            _ => None,
        })
    }

    /// Times at which the timer was asked for; the last one holds.
    pub fn wakes(&self) -> Vec<Nanos> {
        self.pick(|command| match command {
            Command::Wake(at) => Some(*at),
            _ => None,
        })
    }

    /// Rate limits declared.
    pub fn buckets(&self) -> Vec<&Bucket> {
        self.pick(|command| match command {
            Command::Bucket(bucket) => Some(bucket),
            _ => None,
        })
    }

    /// Calls for an operator: `FAIL_*` and why. The only request that a rejected input leaves.
    pub fn fails(&self) -> Vec<(u32, &str)> {
        self.pick(|command| match command {
            Command::Fail { code, text } => Some((*code, text.as_str())),
            _ => None,
        })
    }

    fn pick<'a, T>(&'a self, of: impl FnMut(&'a Command) -> Option<T>) -> Vec<T> {
        self.commands.iter().filter_map(of).collect()
    }
}
