//! What an adapter instance is given.

use crate::{
    DecodeError, List,
    bytes::{Put, Take},
};

/// One thing given to an adapter instance, in the words of `AdapterVtable`: what the runtime feeds
/// it live is what the journal holds and what replay feeds it again.
///
/// A [`List`] is lent when written and owned when read. [`Input::Frame`], the one that counts, is
/// borrowed both ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// The instance is made.
    Create {
        /// Seed for anything that must look random.
        seed: u64,
        /// Configuration, sorted by key.
        config: List<'a, Setting<'a>>,
    },
    /// The streams now wanted, all of them.
    Plan {
        /// One a stream.
        wishes: List<'a, Wish<'a>>,
    },
    /// A connection opened.
    Open {
        /// Its number.
        conn: u32,
        /// The adapter's mark from `Connect::tag`.
        tag: u32,
        /// Its URL, without secrets.
        url: &'a str,
    },
    /// A frame came.
    Frame {
        /// Connection.
        conn: u32,
        /// `OPCODE_*`.
        opcode: u32,
        /// Payload as received, decompressed; before the plugin could overwrite it.
        data: &'a [u8],
    },
    /// A connection is gone.
    Close {
        /// Connection.
        conn: u32,
        /// Websocket close code, 0 if there was none.
        code: u32,
        /// For operators.
        reason: &'a str,
        /// Another connection carries its streams on: nothing is lost with it.
        replaced: bool,
    },
    /// An answer to an HTTP request.
    Reply {
        /// `Http::id`.
        id: u64,
        /// HTTP status, 0 if there was no answer.
        status: u32,
        /// `REPLY_*`.
        error: u32,
        /// URL that was answered, without secrets.
        url: &'a str,
        /// Headers, names in lower case.
        headers: List<'a, HeaderLine<'a>>,
        /// Body as the plugin saw it, kept tokens blanked.
        body: &'a [u8],
    },
    /// The time asked for with `wake` has come.
    Timer,
    /// The books of a scope need a snapshot.
    Resync {
        /// `SCOPE_*`.
        scope_kind: u32,
        /// Instrument index, stream or connection.
        scope: u32,
    },
    /// The books of a scope are to be compared with the venue's.
    Audit {
        /// `SCOPE_*`.
        scope_kind: u32,
        /// Instrument index, stream or connection.
        scope: u32,
    },
    /// To no instance but the host itself ([`HOST`]): its time has come so far while nothing else
    /// did. Timers of strategies fire on it, and what lasts too long is judged.
    Time,
    /// No call: the instance is retired, and its number may be given to another one.
    Retire,
    /// No call: from here on `AdapterCx::wall_offset_ns` has this value. Written when it changes;
    /// 0 before the first.
    Clock {
        /// The venue's clock minus host time, ns.
        wall_offset_ns: i64,
    },
}

/// One value of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting<'a> {
    /// Dotted key.
    pub key: &'a str,
    /// Its value.
    pub value: Value<'a>,
}

/// `CONFIG_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text.
    Text(&'a str),
    /// Integer.
    Int(i64),
    /// The bits of a double (`f64::to_bits`), so that it comes back exactly.
    Float(u64),
    /// Boolean.
    Bool(bool),
}

/// One stream that the host wants: `StreamWish`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'a> {
    /// `CHANNEL_*`, or-ed.
    pub channels: u32,
    /// The venue's symbol.
    pub symbol: &'a str,
    /// `INSTRUMENT_*`.
    pub kind: u32,
    /// Levels a side, 0 for all.
    pub depth: u32,
    /// Slowest acceptable update interval in ms, 0 for the fastest.
    pub interval_ms: u32,
}

/// One header of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderLine<'a> {
    /// Name in lower case.
    pub name: &'a str,
    /// Value.
    pub value: &'a str,
}

const CREATE: u32 = 1;
const PLAN: u32 = 2;
const OPEN: u32 = 3;
const FRAME: u32 = 4;
const CLOSE: u32 = 5;
const REPLY: u32 = 6;
const TIMER: u32 = 7;
const RESYNC: u32 = 8;
const CLOCK: u32 = 9;
const REPLACED: u32 = 10;
const AUDIT: u32 = 11;
const TIME: u32 = 12;
const RETIRE: u32 = 13;

/// The instance of inputs that are the host's own.
pub const HOST: u32 = u32::MAX;

const VALUE_TEXT: u32 = 1;
const VALUE_INT: u32 = 2;
const VALUE_FLOAT: u32 = 3;
const VALUE_BOOL: u32 = 4;

impl<'a> Input<'a> {
    pub(crate) fn code(&self) -> u32 {
        match self {
            Self::Create { .. } => CREATE,
            Self::Plan { .. } => PLAN,
            Self::Open { .. } => OPEN,
            Self::Frame { .. } => FRAME,
            Self::Close { replaced: true, .. } => REPLACED,
            Self::Close { .. } => CLOSE,
            Self::Reply { .. } => REPLY,
            Self::Timer => TIMER,
            Self::Resync { .. } => RESYNC,
            Self::Clock { .. } => CLOCK,
            Self::Audit { .. } => AUDIT,
            Self::Time => TIME,
            Self::Retire => RETIRE,
        }
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Create { seed, config } => {
                out.put_u64(*seed);
                out.put_count(config.len());
                config.iter().for_each(|setting| setting.encode(out));
            }
            Self::Plan { wishes } => {
                out.put_count(wishes.len());
                wishes.iter().for_each(|wish| wish.encode(out));
            }
            Self::Open { conn, tag, url } => {
                out.put_u32(*conn);
                out.put_u32(*tag);
                out.put_text(url);
            }
            Self::Frame { conn, opcode, data } => {
                out.put_u32(*conn);
                out.put_u32(*opcode);
                out.extend_from_slice(data);
            }
            Self::Close { conn, code, reason, .. } => {
                out.put_u32(*conn);
                out.put_u32(*code);
                out.put_text(reason);
            }
            Self::Reply { id, status, error, url, headers, body } => {
                out.put_u64(*id);
                out.put_u32(*status);
                out.put_u32(*error);
                out.put_text(url);
                out.put_count(headers.len());
                headers.iter().for_each(|header| header.encode(out));
                out.extend_from_slice(body);
            }
            Self::Timer | Self::Time | Self::Retire => {}
            Self::Resync { scope_kind, scope } | Self::Audit { scope_kind, scope } => {
                out.put_u32(*scope_kind);
                out.put_u32(*scope);
            }
            Self::Clock { wall_offset_ns } => out.put_i64(*wall_offset_ns),
        }
    }

    pub(crate) fn decode(code: u32, mut take: Take<'a>) -> Result<Self, DecodeError> {
        let from = &mut take;
        let input = match code {
            CREATE => Self::Create {
                seed: from.u64()?,
                config: List::Owned(from.list(12, Setting::decode)?),
            },
            PLAN => Self::Plan { wishes: List::Owned(from.list(20, Wish::decode)?) },
            OPEN => Self::Open { conn: from.u32()?, tag: from.u32()?, url: from.text()? },
            FRAME => Self::Frame { conn: from.u32()?, opcode: from.u32()?, data: from.rest() },
            CLOSE | REPLACED => Self::Close {
                conn: from.u32()?,
                code: from.u32()?,
                reason: from.text()?,
                replaced: code == REPLACED,
            },
            REPLY => Self::Reply {
                id: from.u64()?,
                status: from.u32()?,
                error: from.u32()?,
                url: from.text()?,
                headers: List::Owned(from.list(8, HeaderLine::decode)?),
                body: from.rest(),
            },
            TIMER => Self::Timer,
            RESYNC => Self::Resync { scope_kind: from.u32()?, scope: from.u32()? },
            AUDIT => Self::Audit { scope_kind: from.u32()?, scope: from.u32()? },
            TIME => Self::Time,
            RETIRE => Self::Retire,
            CLOCK => Self::Clock { wall_offset_ns: from.i64()? },
            code => return Err(DecodeError::Input(code)),
        };
        take.done(input)
    }
}

impl<'a> Setting<'a> {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.put_text(self.key);
        match self.value {
            Value::Text(text) => {
                out.put_u32(VALUE_TEXT);
                out.put_text(text);
            }
            Value::Int(int) => {
                out.put_u32(VALUE_INT);
                out.put_i64(int);
            }
            Value::Float(bits) => {
                out.put_u32(VALUE_FLOAT);
                out.put_u64(bits);
            }
            Value::Bool(bool) => {
                out.put_u32(VALUE_BOOL);
                out.put_u32(u32::from(bool));
            }
        }
    }

    pub(crate) fn decode(from: &mut Take<'a>) -> Result<Self, DecodeError> {
        let key = from.text()?;
        let value = match from.u32()? {
            VALUE_TEXT => Value::Text(from.text()?),
            VALUE_INT => Value::Int(from.i64()?),
            VALUE_FLOAT => Value::Float(from.u64()?),
            VALUE_BOOL => Value::Bool(from.u32()? != 0),
            kind => return Err(DecodeError::Value(kind)),
        };
        Ok(Self { key, value })
    }
}

impl<'a> Wish<'a> {
    fn encode(&self, out: &mut Vec<u8>) {
        out.put_u32(self.channels);
        out.put_text(self.symbol);
        out.put_u32(self.kind);
        out.put_u32(self.depth);
        out.put_u32(self.interval_ms);
    }

    fn decode(from: &mut Take<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            channels: from.u32()?,
            symbol: from.text()?,
            kind: from.u32()?,
            depth: from.u32()?,
            interval_ms: from.u32()?,
        })
    }
}

impl<'a> HeaderLine<'a> {
    fn encode(&self, out: &mut Vec<u8>) {
        out.put_text(self.name);
        out.put_text(self.value);
    }

    fn decode(from: &mut Take<'a>) -> Result<Self, DecodeError> {
        Ok(Self { name: from.text()?, value: from.text()? })
    }
}
