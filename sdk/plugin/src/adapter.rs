//! What an adapter's author writes: safe Rust, no async.

use patchbay_abi as abi;
use patchbay_model::{Kind, Nanos};

use crate::{AdapterCx, Config, Error};

/// One frame, in a buffer that may be overwritten.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Connection that it came on.
    pub conn: u32,
    /// `OPCODE_TEXT` or `OPCODE_BINARY`.
    pub opcode: u32,
    /// Payload.
    pub bytes: &'a mut [u8],
}

/// A connection that opened.
#[derive(Clone, Copy, Debug)]
pub struct Open<'a> {
    /// Its number, chosen by the host; a reconnect has a new one.
    pub conn: u32,
    /// The mark given with [`crate::Connect`]; 0 in a replay.
    pub tag: u32,
    /// Its URL, without secrets; empty in a replay that does not know it.
    pub url: &'a str,
}

/// The answer to a request.
#[derive(Debug)]
pub struct Reply<'a> {
    /// The request's id; 0 if nobody asked.
    pub id: u64,
    /// HTTP status; 0 if there was no answer.
    pub status: u32,
    /// `REPLY_*`.
    pub error: u32,
    /// URL that was answered.
    pub url: &'a str,
    /// Headers, names in lower case.
    pub headers: Vec<(&'a str, &'a str)>,
    /// Body; may be overwritten.
    pub body: &'a mut [u8],
}

/// One stream that the host wants live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'a> {
    /// `CHANNEL_*`, or-ed.
    pub channels: u32,
    /// The venue's symbol.
    pub symbol: &'a str,
    /// What the instrument is.
    pub kind: Kind,
    /// Levels a side, 0 for all.
    pub depth: u32,
    /// Slowest acceptable interval in ms, 0 for the fastest.
    pub interval_ms: u32,
}

/// What a gap broke, and a snapshot must heal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One instrument, by the adapter's index.
    Instrument(u32),
    /// One stream, by the adapter's number.
    Stream(u32),
    /// Everything on one connection, by the number that the adapter gave its chain.
    Connection(u32),
}

impl Scope {
    /// From the ABI's pair; `None` for a kind that is not known.
    pub const fn from_abi(kind: u32, number: u32) -> Option<Self> {
        match kind as u8 {
            abi::SCOPE_INSTRUMENT => Some(Self::Instrument(number)),
            abi::SCOPE_STREAM => Some(Self::Stream(number)),
            abi::SCOPE_CONNECTION => Some(Self::Connection(number)),
            _ => None,
        }
    }

    /// The ABI's pair.
    pub const fn to_abi(self) -> (u32, u32) {
        match self {
            Self::Instrument(n) => (abi::SCOPE_INSTRUMENT as u32, n),
            Self::Stream(n) => (abi::SCOPE_STREAM as u32, n),
            Self::Connection(n) => (abi::SCOPE_CONNECTION as u32, n),
        }
    }
}

/// An exchange adapter: a pure state machine.
///
/// Every method is one input. What it wants done goes through `cx`, and is done after it returns.
/// An `Err` rejects the input: its records and requests are dropped, all but [`AdapterCx::fail`];
/// the message is logged and counted.
pub trait Adapter: Sized + Send + 'static {
    /// The venue's name, `[a-z0-9-]`, at most 32 bytes.
    const NAME: &'static str;
    /// Version of the adapter.
    const VERSION: &'static str;
    /// Default configuration table, TOML.
    const DEFAULTS: &'static str = "";
    /// Schema of the configuration's keys, TOML.
    const SCHEMA: &'static str = "";

    /// Builds the adapter from its configuration.
    ///
    /// # Errors
    ///
    /// If the configuration cannot work.
    fn create(config: &Config<'_>) -> Result<Self, Error>;

    /// The streams now wanted, all of them; none before a replay. Called again at every change.
    ///
    /// # Errors
    ///
    /// If a wish cannot be met.
    fn plan(&mut self, wishes: &[Wish<'_>], cx: &mut AdapterCx<'_>) -> Result<(), Error>;

    /// One frame.
    ///
    /// # Errors
    ///
    /// If it cannot be read; the host then doubts the books of its connection.
    fn handle_frame(&mut self, frame: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error>;

    /// A connection opened.
    ///
    /// # Errors
    ///
    /// If the adapter cannot use it.
    fn handle_open(&mut self, _open: Open<'_>, _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// A connection is gone; `code` is the websocket close code, 0 if there was none.
    ///
    /// # Errors
    ///
    /// If the adapter cannot go on without it.
    fn handle_close(
        &mut self,
        _conn: u32,
        _code: u32,
        _reason: &str,
        _cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        Ok(())
    }

    /// An answer.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    fn handle_reply(&mut self, _reply: Reply<'_>, _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// The time asked for with [`AdapterCx::wake`] has come.
    ///
    /// # Errors
    ///
    /// If what was due cannot be done.
    fn handle_timeout(&mut self, _now: Nanos, _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// The books of `scope` need a snapshot: ask for it, or resubscribe.
    ///
    /// # Errors
    ///
    /// If there is no way to heal it.
    fn resync(&mut self, _scope: Scope, _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// Whether [`Self::audit`] can be asked: the venue's snapshots have ids that place them among
    /// its changes, and its changes list every level that was touched.
    const AUDITS: bool = false;

    /// The host wants to compare the book of `scope` with the venue's: ask for a snapshot with
    /// `PURPOSE_AUDIT`, and write it with [`DepthStart::audit`](crate::DepthStart::audit). Not asked
    /// again if that fails.
    ///
    /// # Errors
    ///
    /// If it cannot be asked for.
    fn audit(&mut self, _scope: Scope, _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }
}
