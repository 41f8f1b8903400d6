//! Everything that an adapter can be given, as a value.

use std::fmt;

use patchbay_plugin::abi::{OPCODE_BINARY, OPCODE_TEXT};
use patchbay_plugin::model::Nanos;
use patchbay_plugin::{Scope, Wish};

/// One input of an adapter. [`crate::Player::play`] gives it at the player's time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input<'a> {
    /// The streams now wanted.
    Plan(&'a [Wish<'a>]),
    /// A connection opened.
    Open {
        /// Its number.
        conn: u32,
        /// `Connect::tag` of the request; 0 as in a replay.
        tag: u32,
        /// Its URL; empty as in a replay that does not know it.
        url: &'a str,
    },
    /// A frame.
    Frame {
        /// Connection that it came on.
        conn: u32,
        /// `OPCODE_*`.
        opcode: u32,
        /// Payload.
        bytes: &'a [u8],
    },
    /// A connection is gone.
    Close {
        /// Its number.
        conn: u32,
        /// Websocket close code, 0 if there was none.
        code: u32,
        /// What the venue said.
        reason: &'a str,
    },
    /// An answer.
    Reply {
        /// `Http::id` of the request; 0 if nobody asked.
        id: u64,
        /// HTTP status; 0 if there was no answer.
        status: u32,
        /// URL that was answered.
        url: &'a str,
        /// Names in lower case, values.
        headers: &'a [(&'a str, &'a str)],
        /// Body.
        body: &'a [u8],
    },
    /// The clock goes to this time, and the timer is due.
    Timer(Nanos),
    /// The books of a scope need a snapshot.
    Resync(Scope),
    /// The books of a scope are to be compared with the venue's.
    Audit(Scope),
}

impl<'a> Input<'a> {
    /// A frame of text.
    pub const fn text(conn: u32, text: &'a str) -> Self {
        Self::Frame { conn, opcode: OPCODE_TEXT, bytes: text.as_bytes() }
    }

    /// A frame of bytes.
    pub const fn binary(conn: u32, bytes: &'a [u8]) -> Self {
        Self::Frame { conn, opcode: OPCODE_BINARY, bytes }
    }

    /// An answer with status 200 that nobody asked for, as in a replay.
    pub const fn reply(url: &'a str, body: &'a [u8]) -> Self {
        Self::Reply { id: 0, status: 200, url, headers: &[], body }
    }

    /// What the venue wrote: the bytes of a frame or the body of an answer.
    pub const fn payload(&self) -> Option<&'a [u8]> {
        match *self {
            Self::Frame { bytes, .. } => Some(bytes),
            Self::Reply { body, .. } => Some(body),
            _ => None,
        }
    }

    /// The same input with another payload; itself if it has none.
    #[must_use]
    pub const fn with_payload(self, payload: &'a [u8]) -> Self {
        match self {
            Self::Frame { conn, opcode, .. } => Self::Frame { conn, opcode, bytes: payload },
            Self::Reply { id, status, url, headers, .. } => {
                Self::Reply { id, status, url, headers, body: payload }
            }
            other => other,
        }
    }
}

/// Bytes of a payload that are worth printing; a longer one is repeated from its seed.
const SHOWN: usize = 4096;

/// As Rust writes it, so that a payload can be pasted into a test.
impl fmt::Display for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(wishes) => write!(f, "plan {wishes:?}"),
            Self::Open { conn, tag, url } => write!(f, "open of {conn}, tag {tag}, {url:?}"),
            Self::Frame { conn, bytes, .. } => write!(f, "frame on {conn}: {}", Literal(bytes)),
            Self::Close { conn, code, reason } => write!(f, "close of {conn}: {code} {reason:?}"),
            Self::Reply { id, status, url, body, .. } => {
                write!(f, "reply {status} to {id} ({url:?}): {}", Literal(body))
            }
            Self::Timer(at) => write!(f, "timer at {at}"),
            Self::Resync(scope) => write!(f, "resync of {scope:?}"),
            Self::Audit(scope) => write!(f, "audit of {scope:?}"),
        }
    }
}

/// A byte string literal.
struct Literal<'a>(&'a [u8]);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(SHOWN)];
        write!(f, "b\"{}\"", shown.escape_ascii())?;
        match self.0.len() - shown.len() {
            0 => Ok(()),
            more => write!(f, " and {more} bytes more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_shown_as_it_can_be_pasted() {
        let input = Input::text(3, "{\"p\":\"1\"}\n\u{e9}");
        assert_eq!(input.to_string(), r#"frame on 3: b"{\"p\":\"1\"}\n\xc3\xa9""#);
        let long = [b'x'; 5000];
        assert!(Input::binary(1, &long).to_string().ends_with("x\" and 904 bytes more"));
    }

    #[test]
    fn only_what_the_venue_wrote_is_replaced() {
        let reply = Input::reply("https://venue/depth", b"{}");
        assert_eq!(reply.with_payload(b"[]"), Input::reply("https://venue/depth", b"[]"));
        let timer = Input::Timer(7);
        assert_eq!((timer.payload(), timer.with_payload(b"x")), (None, timer));
    }
}
