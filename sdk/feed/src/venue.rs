//! What an author writes for a venue: what is particular to it, and nothing else.

use std::collections::BTreeMap;

use patchbay_model::{Instrument, Nanos};
use patchbay_plugin::{Config, Connect, Error, Http, Scope, Send};
use simd_json::prelude::*;
use simd_json::tape::Value;

use crate::{
    Conn, Declined, Fields, Host, Limit, Line, Place, Product, Read, Remedy, Request, Scan, Target,
    Topic, Tree,
};

/// One kind of stream that an instrument may have.
#[derive(Clone, Copy, Debug)]
pub struct Channel {
    /// `CHANNEL_*` that want it.
    pub of: u32,
    /// Lines that carry it.
    pub lines: &'static [Line],
    /// As the venue calls it; what of a name is the same for all symbols.
    pub name: &'static str,
}

impl Channel {
    /// All of it.
    pub const fn of(of: u32, lines: &'static [Line], name: &'static str) -> Self {
        Self { of, lines, name }
    }
}

/// How a broken book is healed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heal {
    /// By the answer to a request about the instrument.
    Ask(Topic),
    /// By giving up a stream, by its place in [`Streams::STREAMS`], and subscribing it again: the
    /// venue then sends its snapshot.
    Resubscribe(u8),
    /// By a new connection in place of the one that carries the stream.
    Reconnect(u8),
}

/// One stream of one instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The instrument's index.
    pub instrument: u32,
    /// Its place in [`Streams::STREAMS`].
    pub place: u8,
    /// As the venue's requests write it.
    pub name: String,
}

impl Stream {
    /// Names with `between` between them.
    pub fn join(streams: &[Self], between: &str) -> String {
        streams.iter().map(|stream| stream.name.as_str()).collect::<Vec<_>>().join(between)
    }

    /// Codes by kind, of streams named `KIND CODE`, each list as the elements of a JSON array.
    pub fn codes(streams: &[Self]) -> BTreeMap<&str, String> {
        let mut all: BTreeMap<_, String> = BTreeMap::new();
        for (kind, code) in streams.iter().filter_map(|stream| stream.name.split_once(' ')) {
            let codes = all.entry(kind).or_default();
            let comma = if codes.is_empty() { "" } else { "," };
            *codes += &format!("{comma}\"{code}\"");
        }
        all
    }
}

/// What a request for streams does with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// They are to be sent.
    Subscribe,
    /// They are no longer to be sent.
    Unsubscribe,
}

impl Verb {
    /// `yes` to subscribe, otherwise `no`.
    pub const fn pick(self, yes: &'static str, no: &'static str) -> &'static str {
        match self {
            Self::Subscribe => yes,
            Self::Unsubscribe => no,
        }
    }
}

/// What fits one connection beside `symbols_per_connection`; a symbol that does not fit goes to
/// another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Streams.
    pub streams: usize,
    /// Bytes of the names of all streams, with what stands between them.
    pub bytes: usize,
    /// Connections over a line. With no more to be had, the least full one takes what comes.
    pub connections: usize,
}

impl Room {
    /// No bound is known.
    pub const FREE: Self = Self { streams: usize::MAX, bytes: usize::MAX, connections: usize::MAX };
}

/// What fits one request for streams; more become several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Streams.
    pub streams: usize,
    /// Bytes of their names, with what stands between them.
    pub bytes: usize,
}

/// What keeps a connection alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ping {
    /// Interval, s; 0 for none of ours.
    pub every_s: i64,
    /// A text frame; empty for a websocket ping.
    pub text: &'static str,
}

/// What is sent over a new connection before its streams are subscribed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Greeting {
    /// Frames, without their connection.
    pub frames: Vec<Send>,
    /// Streams wait until the adapter calls [`Conn::ready`]: a login was sent.
    pub login: bool,
}

/// Numbers for requests over websockets, never used twice.
#[derive(Debug, Default)]
pub struct Ids(u64);

impl Ids {
    /// The next one; the first is 1.
    pub const fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    /// The one given out last; 0 if there was none.
    pub const fn last(&self) -> u64 {
        self.0
    }
}

/// Streams: how what the host wants becomes connections and subscriptions.
///
/// The SDK keeps them: it shares symbols out among connections, subscribes what is new and
/// unsubscribes what is no longer wanted, subscribes all again after a reconnect, replaces a
/// connection make-before-break, and sends the rest again where one bad name fails a request.
pub trait Streams {
    /// Its streams, at most 32.
    const STREAMS: &'static [Channel];
    /// How the book of an instrument is healed.
    const HEAL: Heal;
    /// What fits a connection.
    const ROOM: Room = Room::FREE;
    /// What keeps a connection alive, where answering the venue's pings does not.
    const PING: Ping = Ping { every_s: 0, text: "" };
    /// A request names all streams of the connection, rather than a change (Upbit, Bithumb).
    const WHOLE: bool = false;
    /// Requests are answered, and the adapter gives the answers to [`Conn::accepted`] and
    /// [`Conn::refused`]. Each takes one id.
    const ANSWERS: bool = false;

    /// Path of a line's websocket.
    fn path(line: Line) -> &'static str;

    /// Whether a symbol has a channel's stream, as configured.
    fn has(&self, _channel: &Channel, _symbol: &str) -> bool {
        true
    }

    /// Name of a stream of a symbol; symbols whose names are the same share the stream.
    fn name(&self, line: Line, channel: &Channel, symbol: &str) -> String;

    /// The request for streams, all of one [group](Self::group). Connection, opcode and costs are
    /// the SDK's.
    fn request(&self, line: Line, verb: Verb, streams: &[Stream], ids: &mut Ids) -> Send;

    /// What else a connection needs: headers, secrets, flags.
    fn connect(&self, _line: Line, connect: Connect) -> Connect {
        connect
    }

    /// What fits a request: where one is [whole](Self::WHOLE), everything.
    fn batch(_line: Line) -> Batch {
        Batch { streams: if Self::WHOLE { usize::MAX } else { 200 }, bytes: usize::MAX }
    }

    /// Streams of different groups never share a request (Coinbase Advanced: one channel each).
    fn group(_place: u8) -> u8 {
        0
    }

    /// What comes before the first subscription.
    fn greet(&self, _line: Line, _ids: &mut Ids) -> Greeting {
        Greeting::default()
    }
}

/// When a topic is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At the start, of the first product in use.
    Once,
    /// At the start, of each product in use.
    Each,
    /// About an instrument of these products, while one of these `CHANNEL_*` is wanted.
    While(u32, &'static [u8]),
    /// When a book is to be healed, or the adapter asks.
    Never,
}

/// One thing that is asked by REST.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// What is asked for.
    pub topic: Topic,
    /// Its path, or the end of it.
    pub path: &'static str,
    /// When.
    pub when: When,
    /// Key of the configuration that holds the interval in s at which it is asked again; empty for
    /// once.
    pub every: &'static str,
}

impl Call {
    /// All of it.
    pub const fn of(topic: Topic, path: &'static str, when: When, every: &'static str) -> Self {
        Self { topic, path, when, every }
    }
}

/// Requests: what is asked by REST, and what the answers hold.
///
/// The SDK keeps them: ids, intervals, retries with backoff, and what answer belongs to which.
pub trait Calls {
    /// What it asks; what is asked at the start, in this order.
    const CALLS: &'static [Call];
    /// What a reply without a URL is.
    const BARE: Option<Topic> = None;
    /// Name of the parameter of a URL that holds the symbol.
    const SYMBOL: &'static str = "symbol";

    /// Path and query of a call, to which the SDK appends that of a [list](Host::lists); `symbol` is
    /// encoded, and empty where the topic has none.
    fn target(&self, call: &Call, _request: Request, _host: &Host, _symbol: &str) -> String {
        call.path.to_owned()
    }

    /// What else a request needs: another method, headers, body, secrets.
    fn call(&self, _request: Request, http: Http) -> Http {
        http
    }

    /// What an answer is about, out of its envelope: the list of instruments or figures, or the one.
    ///
    /// # Errors
    ///
    /// If it is not there.
    fn content<'t, 'f>(_topic: Topic, root: Value<'t, 'f>) -> Result<Value<'t, 'f>, Error> {
        Ok(root)
    }

    /// The next part of a list, as the text to append to the path that asks for it.
    fn page(_root: Value<'_, '_>) -> Option<String> {
        None
    }

    /// The venue's clock, where [`Topic::Time`] is asked.
    ///
    /// # Errors
    ///
    /// If the reply does not tell.
    fn time(_root: Value<'_, '_>) -> Result<Nanos, Error> {
        Err(Error::new("the venue has no clock to ask"))
    }

    /// How long the token is good that the answer to [`Topic::Token`] gave to the host, ns.
    ///
    /// Where that topic is asked [once](When::Once), nothing else is asked and nothing connected before
    /// it is answered. It is asked again a minute before the token ends, never twice within a minute,
    /// and connections are then replaced, make-before-break.
    ///
    /// # Errors
    ///
    /// If the reply does not tell, as RFC 6749, section 5.1 has it.
    fn good_for(root: Value<'_, '_>) -> Result<Nanos, Error> {
        let seconds = Tree::new(root).key(br#""expires_in":"#)?.number()?;
        Ok(seconds.min(1 << 32) as i64 * 1_000_000_000)
    }

    /// The product of a reply whose URL does not tell.
    fn guess(_root: Value<'_, '_>) -> Option<u8> {
        None
    }

    /// Reads what any other topic tells, an entry of a list at a time.
    ///
    /// # Errors
    ///
    /// As [`Books::snapshot`].
    fn figure(
        &mut self,
        topic: Topic,
        _f: &mut Tree<'_, '_>,
        _at: &mut Place<'_, '_>,
    ) -> Result<(), Error> {
        Err(Error::new(format!("{topic:?} is not asked by REST")))
    }
}

/// Rate limits.
pub trait Limits {
    /// What the venue limits.
    const LIMITS: &'static [Limit];

    /// What a request costs of [`Use::Call`](crate::Use::Call).
    fn weight(_request: Request, _host: &Host) -> u32 {
        1
    }
}

/// Refusals.
pub trait Faults {
    /// Code and text, if a body is a refusal.
    fn refusal(root: Value<'_, '_>) -> Option<(i64, String)>;

    /// What to do about a status (0 for no answer) and the code of a refusal (0 for none).
    fn remedy(status: u32, code: i64) -> Remedy;

    /// `FAIL_*` if an operator is needed.
    fn alarm(status: u32, code: i64) -> Option<u32>;

    /// Whether the code of a refusal says that the token is no longer good: another is asked for.
    fn stale(_code: i64) -> bool {
        false
    }

    /// `FAIL_*` and a text, if a close code says that an operator is needed.
    fn ended(_code: u32, _reason: &str) -> Option<(u32, String)> {
        None
    }
}

/// Instruments.
pub trait Instruments {
    /// Name of the field of an entry of the list that holds the symbol.
    const ENTRY: &'static str = "symbol";
    /// Quote currencies whose price steps and smallest orders the venue publishes in a table, which
    /// may change without notice: the keys `ticks.QUOTE`, a list of `"FROM STEP"`, and
    /// `min_notional.QUOTE`. They hold for instruments that come without a tick.
    const QUOTES: &'static [&'static str] = &[];

    /// The symbol of an entry, where products have it in fields of different names; empty if there
    /// is none.
    fn symbol<'f>(entry: Value<'_, 'f>) -> &'f str {
        entry.get(Self::ENTRY).and_then(|symbol| symbol.into_string()).unwrap_or_default()
    }

    /// The table of [`QUOTES`](Self::QUOTES) that holds for an entry where it is not that of the quote
    /// currency (KRX: funds).
    fn table(_entry: Value<'_, '_>) -> Option<&'static str> {
        None
    }

    /// An entry of a list that was read, for what streams must know of its symbol (KRX: the market).
    fn learn(&mut self, _entry: Value<'_, '_>) {}

    /// One instrument of a product's list, whose exponents are `known` if it was seen before;
    /// `None` if it is none that the adapter takes.
    ///
    /// # Errors
    ///
    /// If it cannot be read; it is logged and left out.
    fn instrument(
        product: u8,
        entry: Value<'_, '_>,
        known: Option<(i8, i8)>,
    ) -> Result<Option<Instrument>, Error>;
}

/// Books by REST, for a venue that has them.
pub trait Books {
    /// Name of the parameter of a URL that holds the levels of a book.
    const LEVELS: &'static str = "limit";
    /// A live book can be compared with a snapshot that is asked for by [`Topic::Snapshot`]: its id
    /// places it among the changes, and these list every level that was touched since the one
    /// before.
    const AUDITS: bool = false;

    /// Reads a book of [`Place::levels`] a side at most.
    ///
    /// # Errors
    ///
    /// If it cannot be read; it is then asked for again as after a failure.
    fn snapshot<'f, F: Fields<'f>>(
        f: &mut F,
        _target: Target,
        _at: &mut Place<'_, '_>,
    ) -> Read<'f, F> {
        Err(f.missing())
    }
}

/// Frames: what they hold.
///
/// The SDK tries the scanner, counts what it declines, parses that, and says of an error where it
/// was. Nothing that a rejected frame named first is kept.
pub trait Frames {
    /// Bare numbers of frames and answers must keep all their digits, and are text: see
    /// [`Parser::parse_exact`](crate::Parser).
    const EXACT: bool = false;
    /// Fields that name stream and symbol of a frame in messages: texts of the frame or of an object
    /// in it.
    const LABELS: &'static [&'static str];

    /// Reads a frame of market data in the order that the venue sends today. It and what it calls
    /// are `#[inline(always)]`, to be compiled for the vector instructions of the processor: see
    /// [`Cursor::with`](patchbay_scan::Cursor::with).
    ///
    /// # Errors
    ///
    /// [`Declined`], with everything else; nothing that it emitted then counts, and it must have
    /// changed nothing.
    fn scan(&mut self, f: &mut Scan<'_>, at: &mut Place<'_, '_>) -> Result<(), Declined>;

    /// Reads any frame: market data in another order, answers, heartbeats, announcements.
    ///
    /// # Errors
    ///
    /// If it is market data and cannot be read.
    fn read(&mut self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result<(), Error>;

    /// Whether a frame is a heartbeat that is no JSON (OKX: `pong`).
    fn heartbeat(_frame: &[u8]) -> bool {
        false
    }

    /// A connection is gone: what was remembered of it must not outlive it.
    fn forget(&mut self, _conn: u32) {}
}

/// A venue.
pub trait Venue:
    Streams
    + Limits
    + Calls
    + Books
    + Instruments
    + Faults
    + Frames
    + Sized
    + std::marker::Send
    + 'static
{
    /// The venue's name, `[a-z0-9-]`, at most 32 bytes.
    const NAME: &'static str;
    /// Version of the adapter.
    const VERSION: &'static str;
    /// Default configuration table, TOML.
    const DEFAULTS: &'static str;
    /// Schema of the configuration's keys, TOML.
    const SCHEMA: &'static str;
    /// Its products.
    const PRODUCTS: &'static [Product];

    /// From its configuration; what all venues have is read by the SDK.
    ///
    /// # Errors
    ///
    /// If the configuration cannot work.
    fn create(config: &Config<'_>) -> Result<Self, Error>;

    /// The connection whose streams heal a scope that is no instrument.
    fn conn_of(&self, _scope: Scope) -> Option<u32> {
        None
    }
}
