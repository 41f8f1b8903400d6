//! What is particular to one venue, so that another one is another file.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use serde::Serialize;

use crate::book::Book;

/// A product of the venue: its place in [`Protocol::products`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Product(pub u8);

/// Update ids of a depth frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// First update id in it.
    pub first: u64,
    /// Last update id in it.
    pub last: u64,
    /// Last update id of the frame before, where the venue says so.
    pub previous: Option<u64>,
}

/// What a recorded frame is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Name of the stream, as a client would subscribe it.
    pub stream: String,
    /// Symbol as REST writes it.
    pub symbol: String,
    /// Where in the frame the payload lies; all of it where there is no wrapper.
    pub payload: Range<usize>,
    /// Its ids, if it is a change of a book.
    pub depth: Option<Depth>,
}

/// What a recorded REST answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A book; without a symbol where neither URL nor body names it.
    Snapshot {
        /// Symbol as REST writes it.
        symbol: Option<String>,
        /// Last update id in it.
        id: u64,
    },
    /// The list of instruments.
    Instruments,
}

/// How a depth frame stands to a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// All of it is in the snapshot.
    Old,
    /// It is the first to be applied.
    Bridges,
    /// Something is missing in between.
    Gap,
}

/// One level in the bytes of a payload or a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelSpan {
    /// 0 bid, 1 ask.
    pub side: usize,
    /// Its place in its side's list.
    pub index: usize,
    /// Price text, without quotation marks.
    pub price: Range<usize>,
    /// Quantity text.
    pub qty: Range<usize>,
}

/// What a symbol looks like in the recording, for a list of instruments made of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Symbol as REST writes it.
    pub symbol: String,
    /// Decimal places of prices: as printed, and without the zeros at the end.
    pub price_places: (usize, usize),
    /// Decimal places of quantities, likewise.
    pub qty_places: (usize, usize),
}

/// Limits that the venue enforces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Messages a second that a connection may send, pings and pongs included. More: close 1008.
    pub messages_per_second: u32,
    /// Streams over one connection. More: close 1008.
    pub streams_per_connection: usize,
    /// Upgrades in each `connect_window`. More: 429.
    pub connects: u32,
    /// See `connects`.
    pub connect_window: Duration,
    /// REST weight in each minute. More: 429 with `Retry-After` to its end.
    pub weight_per_minute: u32,
    /// Requests while 429 holds that bring the ban, 418.
    pub strikes: u32,
    /// How long the ban lasts.
    pub ban: Duration,
    /// The server pings so often.
    pub ping_every: Duration,
    /// A ping without a pong for so long ends the connection.
    pub pong_within: Duration,
    /// Age at which a connection is ended.
    pub life: Duration,
    /// How long before its planned end the venue announces it, where it does.
    pub notice: Duration,
}

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A websocket of market data.
    Stream {
        /// The product.
        product: Product,
        /// The route, of those that carry only some streams; empty where there are none.
        route: &'static str,
        /// Whether frames are wrapped.
        combined: bool,
        /// Streams named in the URL.
        names: Vec<String>,
    },
    /// A REST call.
    Rest {
        /// The product.
        product: Product,
        /// What it costs.
        weight: u32,
        /// What it asks for.
        call: Call,
    },
    /// Nothing that the venue has.
    Unknown,
}

/// What a REST call asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// The venue's time.
    Time,
    /// The list of instruments.
    Instruments,
    /// A book.
    Depth {
        /// Symbol as REST writes it.
        symbol: String,
        /// Levels a side.
        limit: usize,
    },
    /// Something that the venue has and no recording holds.
    NotRecorded,
    /// Parameters that the venue refuses.
    Bad(&'static str),
}

/// What a client's message asks for. `reply` is what the venue answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Streams to be sent from now on.
    Subscribe {
        /// Their names.
        names: Vec<String>,
        /// The answer.
        reply: String,
    },
    /// Streams no longer to be sent.
    Unsubscribe {
        /// Their names.
        names: Vec<String>,
        /// The answer.
        reply: String,
    },
    /// The list of subscriptions; see [`Protocol::listing`].
    List {
        /// Of the request, as it was written.
        id: String,
    },
    /// Nothing that the venue understands.
    Invalid {
        /// The answer.
        reply: String,
    },
}

/// Why a REST call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Over the weight.
    TooMany,
    /// Banned.
    Banned,
    /// The symbol is none.
    BadSymbol,
    /// A parameter is bad.
    BadParameter(&'static str),
    /// There is no such path.
    NoPath,
    /// The venue has it, the recording has not.
    NotRecorded,
    /// The recording does not tell the book at this place.
    NoBook,
    /// The server failed.
    Failed(u16),
}

/// A venue's protocol. Everything in it is pure.
pub trait Protocol: Send + Sync + fmt::Debug {
    /// Name of the venue.
    fn name(&self) -> &'static str;
    /// Its products.
    fn products(&self) -> &'static [&'static str];
    /// Its host names, for the certificate.
    fn hosts(&self) -> &'static [&'static str];
    /// What it enforces.
    fn limits(&self, product: Product) -> Limits;

    /// The product behind a recorded URL.
    fn product_of_url(&self, url: &str) -> Option<Product>;
    /// The product of a frame, by what only one sends.
    fn product_of_frame(&self, frame: &[u8]) -> Option<Product>;
    /// What a recorded frame is; `None` if no stream, such as the answer to a subscription.
    fn told(&self, frame: &[u8]) -> Option<Told>;
    /// What a recorded REST answer is.
    fn reply(&self, url: &str, body: &[u8]) -> Option<Reply>;
    /// How a frame stands to a snapshot with this id.
    fn join(&self, product: Product, snapshot: u64, depth: Depth) -> Join;
    /// Whether nothing is missing between two depth frames.
    fn follows(&self, product: Product, before: Depth, next: Depth) -> bool;
    /// The levels of a depth payload or a snapshot.
    fn levels(&self, bytes: &[u8]) -> Vec<LevelSpan>;

    /// What a request asks for. `recorded` are the products that the recording holds.
    fn endpoint(&self, host: &str, target: &str, recorded: &[Product]) -> Endpoint;
    /// What a client's message asks for.
    fn command(&self, product: Product, text: &[u8]) -> Command;
    /// The answer to [`Command::List`].
    fn listing(&self, id: &str, names: &[&str]) -> String;
    /// Whether the stream asked for is the one recorded, be it under another name.
    fn same_stream(&self, recorded: &str, asked: &str) -> bool;
    /// Whether a route carries a stream.
    fn carries(&self, product: Product, route: &str, name: &str) -> bool;
    /// Appends what is sent before and after a payload under the name asked for.
    fn envelope(&self, name: &str) -> (String, &'static str);
    /// What announces the planned end of a connection, where the venue does.
    fn announcement(&self, product: Product, combined: bool, wall_ms: u64) -> Option<String>;
    /// A depth payload with other ids.
    fn renumber(&self, payload: &[u8], from: Depth, to: Depth) -> Vec<u8>;

    /// Body of the venue's time.
    fn time(&self, wall_ms: u64) -> String;
    /// Body of a list of instruments made of what the recording shows.
    fn instruments(&self, product: Product, listings: &[Listing], wall_ms: u64) -> String;
    /// Body of a book as of the depth frame `payload`, the best `limit` levels a side.
    fn snapshot(
        &self,
        product: Product,
        payload: &[u8],
        id: u64,
        book: &Book,
        limit: usize,
    ) -> Vec<u8>;
    /// A recorded snapshot with no more than `limit` levels a side.
    fn shallower(&self, body: &[u8], limit: usize) -> Vec<u8>;
    /// Status and body of a refusal.
    fn refusal(&self, why: Refusal) -> (u16, String);
    /// Name of the header that tells the weight used, in lower case or not.
    fn weight_header(&self) -> &'static str;
}
