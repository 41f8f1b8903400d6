//! Websocket and HTTPS clients of the host.
//!
//! An adapter says what it wants as [`Command`](patchbay_plugin::bind::Command)s; a [`Hub`], one for
//! each adapter instance, makes it so and gives back [`Event`]s. It keeps the connections that were
//! asked for open (growing delay with jitter, replacement before the end of life), finds out that one
//! is dead, sends nothing above the venue's rate limits ([`Buckets`], shared by all instances of a
//! venue), respects bans, and fills keys and signatures into what leaves ([`Keyring`]).
//!
//! Requests are never repeated and redirects never followed. permessage-deflate is not offered:
//! `CONNECT_DEFLATE` is a wish that this transport does not grant.
//!
//! Sockets are behind [`Transport`]; [`Network`] is the one that opens real ones. Time is a
//! [`Clock`] of the caller and, for waiting, tokio's.
#![forbid(unsafe_code)]

// Named for its features alone, see `Cargo.toml`.
use log as _;

mod address;
mod backoff;
mod batch;
mod buckets;
mod clock;
mod dial;
mod event;
mod fault;
mod framing;
mod handshake;
mod hidden;
mod http;
mod hub;
mod keyring;
mod network;
mod off_thread;
mod random;
mod retry_after;
mod shard;
mod tls;
mod transport;
mod websocket;

pub use address::{check_url, host_of};
pub use backoff::Backoff;
pub use batch::Batch;
pub use buckets::Buckets;
pub use clock::Clock;
pub use event::{Event, Events, Level};
pub use fault::Fault;
pub use framing::{Framing, Over};
pub use hidden::Hidden;
pub use hub::{Hub, HubOptions, Phase, Place};
pub use keyring::{FillError, KeyError, Keyring, Redacted, SecretStore};
pub use network::{Network, NetworkOptions};
pub use off_thread::OffThread;
pub use random::SplitMix64;
pub use shard::shard;
pub use transport::{
    Ended, Frame, HeaderText, Request, Response, Socket, Transport, Unanswered, Upgrade,
};
pub use tungstenite::Bytes;
