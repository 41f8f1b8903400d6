//! The lines that go over the socket; `docs/control.md` in types.

mod query;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use query::{QUERIES, Query};

use crate::access::Right;
use crate::status::{Detail, TapeQuery};

/// Version of the protocol. It changes when a reader of the old one would misunderstand; new verbs
/// and new fields of answers do not change it.
pub const PROTOCOL: u32 = 1;

/// Bytes of a request, without the end of its line.
pub const MAX_LINE_BYTES: usize = 64 << 10;

/// The shortest time between two statuses of a watch, milliseconds.
pub const MIN_EVERY_MS: u64 = 50;

/// The longest.
const MAX_EVERY_MS: u64 = 60_000;

/// First line of the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Version of the program.
    #[serde(default)]
    pub version: String,
    /// What this client may do.
    #[serde(default)]
    pub may: Vec<Right>,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Chosen by the client; comes back with the answer.
    pub id: u64,
    /// What is asked.
    pub verb: Verb,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `status`: the host now.
    Status(Detail),
    /// `watch`: the host now and again every so often, until the connection ends.
    Watch {
        /// Milliseconds between two.
        every_ms: u64,
        /// How much of it.
        detail: Detail,
    },
    /// `books`: some books, or all.
    Books {
        /// Venue symbols; none for all.
        symbols: Vec<String>,
        /// Levels of a side.
        levels: usize,
    },
    /// `plugins`: the plugins.
    Plugins,
    /// `log`: the lines after a number that are still known.
    Log {
        /// Number of the last line that the client has.
        after: u64,
    },
    /// `tape`: messages of one instrument.
    Tape(TapeQuery),
    /// Something is to be done.
    Operate(Operation),
}

impl Verb {
    /// What it needs.
    pub const fn needs(&self) -> Right {
        match self {
            Self::Operate(_) => Right::Operate,
            _ => Right::Read,
        }
    }
}

/// Something that the host is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub enum Operation {
    /// `stop`: in order, as on SIGTERM.
    Stop {},
    /// `enable`: give a disabled or quarantined plugin its inputs again.
    Enable {
        /// Its name.
        plugin: String,
    },
    /// `disable`: give a plugin no more inputs.
    Disable {
        /// Its name.
        plugin: String,
    },
    /// `swap`: put another file in the place of a plugin.
    Swap {
        /// Its name.
        plugin: String,
        /// The file.
        file: String,
    },
}

/// Why there is no `ok`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// For programs.
    pub code: Code,
    /// For people.
    pub text: String,
}

/// Kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Code {
    /// Not a JSON object.
    BadJson,
    /// A field is missing, unknown, or has a value that means nothing.
    BadRequest,
    /// No such verb.
    UnknownVerb,
    /// A line over [`MAX_LINE_BYTES`]; the host closes.
    TooLong,
    /// This user may not do that.
    NotAllowed,
    /// No seat is free; the host closes.
    Busy,
    /// No book of that symbol.
    NoSuchBook,
    /// The host will not, or cannot.
    Refused,
    /// A code of a newer host.
    #[serde(other)]
    Other,
}

impl Failure {
    pub(crate) fn new(code: Code, text: impl fmt::Display) -> Self {
        Self { code, text: text.to_string() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// One answer: either `ok` or `error`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer<T> {
    /// Of the request; `None` if it could not be read.
    pub id: Option<u64>,
    /// What was asked for.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub ok: Option<T>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

const fn none<T>() -> Option<T> {
    None
}

/// An answer as a line.
pub(crate) fn ok_line(id: u64, ok: &impl Serialize) -> Vec<u8> {
    line(&Answer { id: Some(id), ok: Some(ok), error: None })
}

/// A failure as a line.
pub(crate) fn error_line(id: Option<u64>, error: Failure) -> Vec<u8> {
    line(&Answer::<()> { id, ok: None, error: Some(error) })
}

/// Any value as a line.
pub(crate) fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("keys are strings and no map fails");
    line.push(b'\n');
    line
}

const OPERATIONS: [&str; 4] = ["stop", "enable", "disable", "swap"];

impl Request {
    /// Reads a line.
    ///
    /// # Errors
    ///
    /// The id as far as it was understood, and what is wrong.
    pub fn parse(line: &[u8]) -> Result<Self, (Option<u64>, Failure)> {
        let fields: Map<String, Value> = serde_json::from_slice(line)
            .map_err(|error| (None, Failure::new(Code::BadJson, error)))?;
        let id = fields.get("id").and_then(Value::as_u64);
        parse_fields(fields).map_err(|failure| (id, failure))
    }

    /// As a line.
    pub fn line(&self) -> Vec<u8> {
        let body = match &self.verb {
            Verb::Operate(operation) => serde_json::to_value(operation),
            verb => serde_json::to_value(Query::of(verb)),
        };
        let mut body = body.expect("keys are strings and no map fails");
        body["id"] = self.id.into();
        line(&body)
    }
}

fn parse_fields(mut fields: Map<String, Value>) -> Result<Request, Failure> {
    let bad = |text: String| Failure::new(Code::BadRequest, text);
    let id = fields.remove("id").as_ref().and_then(Value::as_u64);
    let id = id.ok_or_else(|| bad("`id` must be an integer from 0".to_owned()))?;
    let verb = fields.get("do").and_then(Value::as_str);
    let verb = verb.ok_or_else(|| bad("`do` must name a verb".to_owned()))?.to_owned();
    let misread = |error: serde_json::Error| bad(format!("{verb}: {error}"));
    let verb = if OPERATIONS.contains(&&*verb) {
        Verb::Operate(serde_json::from_value(fields.into()).map_err(misread)?)
    } else if QUERIES.contains(&&*verb) {
        let query: Query = serde_json::from_value(fields.into()).map_err(misread)?;
        query.verb().map_err(|text| bad(format!("{verb}: {text}")))?
    } else {
        let known = [&QUERIES[..], &OPERATIONS[..]].concat().join(", ");
        return Err(Failure::new(Code::UnknownVerb, format!("no verb `{verb}`; known: {known}")));
    };
    Ok(Request { id, verb })
}

#[cfg(test)]
mod tests;
