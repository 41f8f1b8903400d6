//! The live host: adapters on I/O threads, the engine on its own, multicast on a third.
//!
//! ```text
//! socket ─▶ I/O thread (hub, adapter) ──ring──▶ engine thread ──ring──▶ multicast thread
//!                │   ▲────────── resync ──────────────┤
//!                └──────inputs──▶ journal thread ◀──turns
//! ```
//!
//! All of them say a little of themselves as they go, and the status thread makes statuses of it.

mod config;
mod crew;
mod debut;
mod desks;
mod engine;
mod host;
mod incident;
mod intake;
mod io;
mod journal;
mod ledger;
mod lines;
mod links;
mod lists;
mod maker;
mod place;
mod plugins;
mod quality;
mod reach;
mod recent;
mod replayed;
mod ring;
mod roster;
mod sample;
mod shared;
mod signal;
mod source;
mod state;
mod status;
mod survey;
mod tape;
mod thread;
mod watch;
mod wishes;

pub use config::{Cast, DropIn, LiveAdapter, LiveConfig, LiveStrategy, OwnedWish};
pub use host::LiveHost;
pub use journal::JournalConfig;
pub(crate) use lines::DATAGRAM_MAX;
pub use lines::{Group, LinesConfig, listen};
pub use lists::{VenueList, list_instruments};
pub use replayed::status_of;
pub use shared::Wait;
pub use state::state_is_free;
