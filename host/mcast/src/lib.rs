//! Market data on the network: `docs/wire.md`, both ends of it.
//!
//! [`Publisher`] makes datagrams of the records that turns put out, and of what comes around:
//! heartbeats, definitions, snapshots. [`Consumer`] takes datagrams as they arrive, finds holes,
//! and holds books that it shows as good only if they are. [`Datagram`] and [`Text`] are one
//! datagram, decoded strictly.
//!
//! Pure: no clock, socket, thread or file. Time, randomness and bytes are arguments, and datagrams
//! leave through a [`Sink`]. Steady state allocates nothing in a publisher.
#![forbid(unsafe_code)]

mod analytic;
mod book;
mod bytes;
mod config;
mod consumer;
mod definition;
mod error;
mod header;
mod image;
mod line;
mod list;
mod pace;
mod payload;
mod publisher;
mod quote;
mod session;
mod source;
mod text;
mod track;
mod trade;

pub use analytic::{Feature, Name, SPACE_FEATURE, SPACE_MODEL, Signal};
pub use book::{BookState, Levels};
pub use config::PublisherConfig;
pub use consumer::{
    Book, ChannelCounters, Consumer, ConsumerConfig, ConsumerCounters, Definition, Key, Place,
    Received, Status,
};
pub use definition::{Instrument, Venue};
pub use error::{ConfigError, DecodeError, Fault, KindName};
pub use header::{
    FIRST, HEADER, Header, Kind, LAST, MAGIC, RETRANSMIT, SNAPSHOT, STALE, VERSION, WHOLE,
};
pub use list::{Item, List};
pub use payload::{Datagram, Payload};
pub use publisher::{Publisher, PublisherCounters};
pub use quote::{Nbbo, Quote, SOURCE_BOOK, SOURCE_VENUE};
pub use session::Heartbeat;
pub use source::{AssetCount, Listed, Sink, Source, VenueStatus, wire_instrument};
pub use text::Text;
pub use trade::{Order, Trade};
