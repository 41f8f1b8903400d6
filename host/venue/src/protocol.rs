//! What is particular to one venue, so that another one is another file.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use serde::Serialize;

use crate::book::Book;
use crate::levels;

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
    /// Its ids, if it is about a book.
    pub depth: Option<Depth>,
    /// It is a whole book, where those come over the stream.
    pub whole: bool,
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
    /// One of several lists of instruments, by its name.
    List(String),
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
    /// What is silent for so long is closed; see [`Protocol::silence`].
    pub idle: Duration,
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
    /// One of several lists of instruments, by its name.
    List(String),
    /// A book.
    Depth {
        /// Symbol as REST writes it.
        symbol: String,
        /// Levels a side.
        limit: usize,
    },
    /// What the venue answers whatever is recorded: the body.
    Always(&'static str),
    /// Something that the venue has and no recording holds.
    NotRecorded,
    /// Parameters that the venue refuses.
    Bad(&'static str),
}

/// What a client's message asks for. `reply` is what the venue answers, a message a line.
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
    /// Streams to be sent from now on, and no others; those that were sent before begin anew.
    Replace {
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
    /// A login that the venue takes.
    Login {
        /// The answer.
        reply: String,
    },
    /// The venue is to send [`Protocol::heartbeat`] so often, and ends the connection if nothing
    /// comes from the client for twice as long.
    Heartbeat {
        /// Interval.
        every: Duration,
        /// The answer.
        reply: String,
    },
    /// Nothing but an answer: to a ping, or to what the venue does not understand.
    Answer {
        /// The answer; nothing is sent if it is empty.
        reply: String,
    },
}

/// What silence ends a connection, after [`Limits::idle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Nothing was sent either; else it is enough that the client says nothing.
    pub of_both: bool,
    /// Code of the close.
    pub code: u16,
}

/// Who says something.
pub struct Client<'a> {
    /// The product of the connection.
    pub product: Product,
    /// Its route; empty where there are none.
    pub route: &'static str,
    /// Its login was taken.
    pub logged_in: bool,
    /// Names of its streams.
    pub names: &'a dyn Fn() -> Vec<String>,
    /// Whether the recording knows a symbol of the product.
    pub knows: &'a dyn Fn(&str) -> bool,
    /// Requests to subscribe, to unsubscribe and to log in that it made within the hour.
    pub requests: u32,
    /// The present, ms since the Unix epoch.
    pub wall_ms: u64,
}

/// A client that has said nothing yet, of a recording that knows nothing.
impl Default for Client<'_> {
    fn default() -> Self {
        Self {
            product: Product(0),
            route: "",
            logged_in: false,
            names: &Vec::new,
            knows: &|_| false,
            requests: 0,
            wall_ms: 0,
        }
    }
}

/// What a stream stands at when a client subscribes it in the middle of the recording.
#[derive(Clone, Copy, Debug)]
pub enum Standing<'a> {
    /// At this recorded frame, a whole book.
    Whole(&'a [u8]),
    /// At the book after this recorded change.
    Book(&'a [u8], &'a Book),
    /// What was played of it, for streams that are no books.
    Played(&'a [&'a [u8]]),
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

/// A POST.
pub struct Post<'a> {
    /// Path and query.
    pub target: &'a str,
    /// A header by its name in lower case; empty if there is none.
    pub header: &'a dyn Fn(&str) -> String,
    /// Body.
    pub body: &'a [u8],
}

/// What a POST leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posted {
    /// An answer.
    Answer {
        /// Status.
        status: u16,
        /// Body.
        body: String,
        /// It is to a login, which the venue takes.
        login: bool,
    },
    /// The answer to a call, as [`Endpoint::Rest`].
    Rest {
        /// Whose.
        product: Product,
        /// What it costs.
        weight: u32,
        /// What is asked.
        call: Call,
    },
}

/// A venue's protocol. Everything in it is pure.
///
/// A new venue is a folder of its own with a type that implements this. What it must say: its
/// products and hosts, what a recorded frame is ([`told`](Self::told)), which frames follow each
/// other, what URLs and messages ask for and the answers to them, the list of instruments. Methods
/// with a body are for what only some venues have:
///
/// | where books come | says |
/// |---|---|
/// | by REST (Binance) | `reply`, `join`, `snapshot`, `shallower`, and [`Told::whole`] is never set |
/// | over the stream (Bybit, OKX, Deribit) | [`Told::whole`], `opens`, `opening` |
///
/// `opening` makes the first frame of a stream for a client that comes in the middle: of a book, the
/// recorded snapshot with the recorded changes in the venue's words; of other streams that begin with
/// a whole, what the recorded frames add up to. Nothing else is ever made.
pub trait Protocol: Send + Sync + fmt::Debug {
    /// Name of the venue.
    fn name(&self) -> &'static str;
    /// Its products.
    fn products(&self) -> &'static [&'static str];
    /// What an instrument is: `spot`, `linear`, `inverse` or `option`. As the product is called, or
    /// spot where it is called something else.
    fn kind(&self, product: Product, _symbol: &str) -> &'static str {
        match self.products()[usize::from(product.0)] {
            kind @ ("linear" | "inverse" | "option" | "equity") => kind,
            _ => "spot",
        }
    }
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
    /// How a frame stands to a snapshot by REST with this id.
    fn join(&self, _product: Product, _snapshot: u64, _depth: Depth) -> Join {
        Join::Gap
    }
    /// Whether nothing is missing between two depth frames.
    fn follows(&self, product: Product, before: Depth, next: Depth) -> bool;
    /// The levels of a depth payload or a snapshot.
    fn levels(&self, bytes: &[u8]) -> Vec<LevelSpan> {
        levels::find(bytes)
    }
    /// Whether streams begin with a whole, for [`opening`](Self::opening).
    fn opens(&self) -> bool {
        false
    }
    /// The first frame of a stream that somebody subscribes in the middle of the recording.
    fn opening(&self, _stream: &str, _standing: Standing<'_>) -> Option<Vec<u8>> {
        None
    }

    /// What a request asks for. `recorded` are the products that the recording holds.
    fn endpoint(&self, host: &str, target: &str, recorded: &[Product]) -> Endpoint;
    /// What a client's message asks for.
    fn command(&self, client: &Client<'_>, text: &[u8]) -> Command;
    /// Whether market data is sent in binary frames.
    fn binary(&self) -> bool {
        false
    }
    /// Whether the answer to a subscription comes before its first frame.
    fn answers_first(&self) -> bool {
        false
    }
    /// What silence ends a connection.
    fn silence(&self) -> Silence {
        Silence { of_both: false, code: 1001 }
    }
    /// What a POST asks for; `None` where the venue has no such path.
    fn post(&self, _post: &Post<'_>) -> Option<Posted> {
        None
    }
    /// Whether a websocket with these headers is opened; otherwise the connection ends without an
    /// answer.
    fn admits(&self, _header: &dyn Fn(&str) -> String) -> bool {
        true
    }
    /// What answers to logins hold that nobody but the client may know.
    fn tokens(&self) -> &'static [&'static str] {
        &[]
    }
    /// The answer to [`Command::List`].
    fn listing(&self, _id: &str, _names: &[&str]) -> String {
        String::new()
    }
    /// Whether the stream asked for is the one recorded, be it under another name.
    fn same_stream(&self, _recorded: &str, _asked: &str) -> bool {
        false
    }
    /// Whether a route carries a stream.
    fn carries(&self, _product: Product, _route: &str, _name: &str) -> bool {
        true
    }
    /// What is sent before and after a payload under the name asked for, if that is another than the
    /// recorded one.
    fn envelope(&self, _name: &str) -> (String, &'static str) {
        (String::new(), "")
    }
    /// What announces the planned end of a connection, where the venue does.
    fn announcement(&self, _product: Product, _combined: bool, _wall_ms: u64) -> Option<String> {
        None
    }
    /// What is sent at the interval of [`Command::Heartbeat`], or while a stream of heartbeats is
    /// subscribed: one more than `count` before it.
    fn heartbeat(&self, _count: u64, _wall_ms: u64) -> String {
        String::new()
    }
    /// The interval of a stream of heartbeats, which no client has to answer; `None` for others.
    fn beats(&self, _name: &str) -> Option<Duration> {
        None
    }
    /// Within what a client must subscribe something, or is closed, 1008.
    fn subscribe_within(&self) -> Option<Duration> {
        None
    }
    /// Whether the messages of a connection are counted, from 0.
    fn counts(&self, _product: Product) -> bool {
        false
    }
    /// A message with its number; `None` if it takes none.
    fn numbered(&self, _text: &[u8], _number: u64) -> Option<Vec<u8>> {
        None
    }
    /// The id of a change after which ids start again.
    fn first_id(&self) -> u64 {
        1
    }
    /// A depth payload with other ids.
    fn renumber(&self, payload: &[u8], from: Depth, to: Depth) -> Vec<u8>;

    /// Body of the venue's time.
    fn time(&self, wall_ms: u64) -> String;
    /// Whether a symbol is in [`Call::List`] of that name.
    fn listed(&self, _list: &str, _symbol: &str) -> bool {
        true
    }
    /// Body of a list of instruments made of what the recording shows.
    fn instruments(&self, product: Product, listings: &[Listing], wall_ms: u64) -> String;
    /// Body of a book as of the depth frame `payload`, the best `limit` levels a side.
    fn snapshot(
        &self,
        _product: Product,
        _payload: &[u8],
        _id: u64,
        _book: &Book,
        _limit: usize,
    ) -> Vec<u8> {
        Vec::new()
    }
    /// A recorded snapshot with no more than `limit` levels a side.
    fn shallower(&self, body: &[u8], _limit: usize) -> Vec<u8> {
        body.to_owned()
    }
    /// Status and body of a refusal.
    fn refusal(&self, why: Refusal) -> (u16, String);
    /// Name of the header that tells the weight used, in lower case or not.
    fn weight_header(&self) -> &'static str;
}
