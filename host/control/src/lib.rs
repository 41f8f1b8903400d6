//! What a running host says of itself, and what it can be told, over a Unix socket.
//!
//! The host makes a [`Status`] now and then and lends it to a [`Server`]; a [`Client`] (the screen
//! of `patchbay top`, or a program that speaks the lines of `docs/control.md`) asks for it as often
//! as it likes. A client costs the host a copy and some text: it never waits for one, and one that
//! does not read is cut.
//!
//! Nothing here knows how the numbers come about, and nothing here decides: what a client asks to
//! be done goes to the host's [`Handler`].
#![forbid(unsafe_code)]

mod access;
mod client;
mod error;
mod folder;
mod line;
mod outbox;
mod protocol;
mod seat;
mod server;
mod status;

pub use access::{Access, Peer, Right};
pub use client::{Client, Watch};
pub use error::{ClientError, ServerError};
pub use protocol::{
    Answer, Code, Failure, Greeting, MAX_LINE_BYTES, MIN_EVERY_MS, Operation, PROTOCOL, Request,
    Verb,
};
pub use server::{Handler, MAX_CLIENTS, MAX_QUEUED_BYTES, Refusal, Server, Settings};
pub use status::{
    Book, BookState, Cause, Channel, Connection, ConnectionState, Detail, Detector, Evidence, Host,
    Journal, JournalState, Latency, LogLevel, LogLine, LogRing, MAX_LEVELS, MAX_LOG_LINES,
    MAX_MESSAGES, Message, MessageKind, Named, Plugin, PluginKind, PluginState, Quality, Status,
    Tape, TapeQuery, Totals, Venue,
};
