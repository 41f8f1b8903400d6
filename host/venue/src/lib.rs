//! The exchange simulator: serves a recorded capture as the exchange it came from, over real TCP,
//! TLS and websockets, with the REST calls that an adapter makes, and with faults.
//!
//! A [`Recording`] is loaded once. [`VenueServer::start`] serves it on a thread of its own, as a
//! [`Protocol`] says ([`protocols`]), and gives a [`VenueHandle`]. What goes wrong is in a
//! [`FaultPlan`]; what happened is in the [`Ledger`].
//!
//! Market data is never made up and never rewritten, but for the faults that say so: frames are the
//! recorded bytes with their recorded times, and a book is the recorded snapshot with the recorded
//! changes (see [`Recording`]). Two things are the venue's own: the name in the wrapper of a
//! combined stream is the one that the client asked for (where a recording has `@depth@0ms`,
//! `@depth@100ms` means it), and `serverTime` is the present. Where a venue counts the messages of a
//! connection, each connection has numbers of its own.
//!
//! | file | is |
//! |---|---|
//! | `protocol`, `binance/` | what is particular to a venue |
//! | `recording`, `track`, `book`, `levels` | the capture in memory, and the book at any place of it |
//! | `player` | hands frames out at the right time |
//! | `visitor`, `http`, `rest`, `meter` | accepting, requests, answers, limits |
//! | `session`, `sender`, `wire` | one websocket: what it hears, what it is sent, how it is framed |
//! | `fault`, `random` | what goes wrong, by hand or by seed |
//! | `world`, `server`, `handle`, `ledger` | what outlives a run, one run, its owner, its account |
#![forbid(unsafe_code)]

pub mod binance;
pub mod bithumb;
pub mod bitstamp;
mod book;
pub mod bybit;
mod clock;
pub mod coinbase;
mod config;
mod copies;
pub mod deribit;
mod error;
mod fault;
mod handle;
mod http;
mod ledger;
mod levels;
pub mod ls;
mod meter;
pub mod okx;
mod player;
mod protocol;
mod random;
mod recording;
mod rest;
mod sender;
mod server;
mod session;
mod socket;
mod tls;
mod track;
pub mod upbit;
mod visitor;
mod wire;
mod world;

use std::sync::Arc;

/// Every venue's protocol.
pub fn protocols() -> Vec<Arc<dyn Protocol>> {
    vec![
        Arc::new(binance::Binance::default()),
        Arc::new(bithumb::Bithumb),
        Arc::new(bitstamp::Bitstamp),
        Arc::new(bybit::Bybit),
        Arc::new(coinbase::Coinbase),
        Arc::new(deribit::Deribit),
        Arc::new(ls::Ls::default()),
        Arc::new(okx::Okx),
        Arc::new(upbit::Upbit),
    ]
}

pub use book::Book;
pub use config::{AtEnd, Departure, Pace, Start, VenueConfig};
pub use copies::Copies;
pub use error::VenueError;
pub use fault::{Fault, FaultPlan, PlannedFault, Target, When};
pub use handle::{VenueHandle, VenueServer};
pub use ledger::{ConnectionEntry, Did, FaultEntry, Ledger, MAX_ENTRIES, RestEntry};
pub use protocol::{
    Call, Client, Command, Depth, Endpoint, Join, LevelSpan, Limits, Listing, Post, Posted,
    Product, Protocol, Refusal, Reply, Silence, Standing, Told,
};
pub use random::{Density, FaultKind, FaultKinds};
pub use recording::{MAX_RECORDING_BYTES, Recording};
