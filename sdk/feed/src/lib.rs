//! What adapters of market data have in common, so that an adapter holds what is particular to its
//! venue and nothing else.
//!
//! A venue is a type with these traits, each written in the file of its name:
//!
//! | trait, file | says | the SDK does |
//! |---|---|---|
//! | [`Streams`], `session` | what a stream is called, how it is asked for, how many fit | connections, subscriptions and their changes, logins, refusals, resync by resubscription, subscriptions that brought no book |
//! | [`Calls`], `reply` | what is asked by REST and what answers hold | ids, intervals, retries, backoff, pages |
//! | [`Books`], `snapshot` | how a book by REST reads | which instrument it is of |
//! | [`Instruments`], `instrument` | how an entry of the list reads | definitions, and what waits for them |
//! | [`Limits`], `budget` | what is limited | declarations and costs |
//! | [`Faults`], `fault` | what refusals mean | what follows |
//! | [`Frames`], `market` | what frames hold | scanner first, general parser after, admission of new symbols |
//! | [`Venue`], `lib` | name, configuration, products | the [`Adapter`](patchbay_plugin::Adapter) made of all this: [`Feed`] |
//!
//! ```text
//! pub type Bybit = Feed<Market>;
//! export_adapter!(Bybit);
//! ```
//!
//! Frames are described once, with [`Fields`], for both readers, [`Scan`] and [`Tree`]; what they
//! say goes out through a [`Place`].
#![forbid(unsafe_code)]

mod awaited;
mod clock;
mod conn;
mod decimal;
mod define;
mod desk;
mod fault;
mod feed;
mod fields;
mod identity;
mod limit;
mod link;
mod memory;
mod named;
mod parser;
mod place;
mod policy;
pub mod prelude;
mod product;
mod reply;
mod request;
mod rungs;
mod scan;
mod secret;
mod session;
mod settings;
mod symbol;
mod tree;
mod venue;
mod want;

pub use clock::time_of_day;
pub use conn::Conn;
pub use decimal::{parse_number, plain_number};
pub use define::{Sizes, define, places, steps};
pub use fault::Remedy;
pub use feed::Feed;
pub use fields::{Cell, Fields, Read, Sink, millis};
pub use identity::trade_id;
pub use limit::{Limit, Use};
pub use memory::Memory;
pub use named::Named;
pub use parser::Parser;
pub use place::{Deal, Place, Resting, best};
pub use product::{Line, Product};
pub use request::{Request, Topic, encoded, parameter};
pub use rungs::Rungs;
pub use scan::{Declined, Scan};
pub use secret::{bearer, credentials, signed, slot, with_jwt};
pub use settings::{Host, Settings, Table};
pub use symbol::{Directory, Listing, Target};
pub use tree::Tree;
pub use venue::{
    Batch, Books, Call, Calls, Channel, Faults, Frames, Greeting, Heal, Ids, Instruments, Limits,
    Ping, Room, Stream, Streams, Venue, Verb, When,
};
