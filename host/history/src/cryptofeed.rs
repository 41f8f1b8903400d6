//! cryptofeed's raw data collection, the line format written up to version 2.4.
//!
//! A file belongs to one connection of the recorder, which notes `<addr> <-> <t>` before each
//! attempt to connect: a second such line means that the connection before it is gone. REST
//! answers stand in a file of their own or, in files of early 2021, between the frames. A frame
//! that arrived as bytes stands as a Python literal.

use crate::lines::Lines;
use crate::record::Reader;
use crate::seconds::seconds_to_ns;
use crate::{CaptureError, Event, FileStats, pyliteral};

/// One line, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// What the recorder was asked for.
    Configuration,
    /// A connection was opened.
    Opened { at_ns: i64, addr: &'a str },
    /// The client sent a frame.
    Sent { at_ns: i64, data: &'a [u8] },
    /// A REST request was answered.
    Reply { at_ns: i64, url: &'a str, data: &'a [u8] },
    /// A frame was received.
    Received { at_ns: i64, data: &'a [u8] },
}

impl<'a> Line<'a> {
    /// # Errors
    ///
    /// Why this is no line of the format.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, &'static str> {
        if line.starts_with(b"configuration:") {
            return Ok(Self::Configuration);
        }
        if line.first().is_some_and(u8::is_ascii_digit) {
            let (at_ns, data) = timed(line).ok_or("a number that is no time with a frame")?;
            return Ok(Self::Received { at_ns, data });
        }
        Self::addressed(line).ok_or("neither a time nor an address with a time")
    }

    /// `<addr> <-> <t>`, `<addr> <- <t>: <text>` or `<url> -> <t>: <body>`. The first arrow with a
    /// time after it counts: one in the body comes later.
    fn addressed(line: &'a [u8]) -> Option<Self> {
        let scheme = line.windows(3).take(16).position(|bytes| bytes == b"://")?;
        let spaces = line.iter().enumerate().skip(scheme).filter(|(_, byte)| **byte == b' ');
        for (space, _) in spaces {
            let (addr, rest) = (&line[..space], &line[space + 1..]);
            if let Some(at_ns) = rest.strip_prefix(b"<-> ").and_then(seconds_to_ns) {
                return Some(Self::Opened { at_ns, addr: str::from_utf8(addr).ok()? });
            }
            if let Some((at_ns, data)) = rest.strip_prefix(b"<- ").and_then(timed) {
                return Some(Self::Sent { at_ns, data });
            }
            if let Some((at_ns, data)) = rest.strip_prefix(b"-> ").and_then(timed) {
                return Some(Self::Reply { at_ns, url: str::from_utf8(addr).ok()?, data });
            }
        }
        None
    }
}

/// `<t>: <data>`.
fn timed(text: &[u8]) -> Option<(i64, &[u8])> {
    let colon = text.iter().take(32).position(|&byte| byte == b':')?;
    let data = text[colon + 1..].strip_prefix(b" ")?;
    Some((seconds_to_ns(&text[..colon])?, data))
}

/// What the line that is being told says.
#[derive(Clone, Copy)]
enum What {
    Open,
    Frame,
    Reply,
    Sent,
    Close,
}

/// A file of the line format.
pub(crate) struct CryptofeedReader {
    lines: Lines,
    what: What,
    /// Address of the connection or of the request.
    url: String,
    /// Where in the line the payload starts.
    data_at: usize,
    /// The payload, if it stood as a literal.
    bytes: Vec<u8>,
    literal: bool,
    /// The connection of the file, counted from 1.
    conn: u32,
    connected: bool,
    /// When the connection that replaces the one just closed was opened.
    opening: Option<i64>,
}

impl CryptofeedReader {
    pub(crate) fn new(lines: Lines) -> Self {
        Self {
            lines,
            what: What::Close,
            url: String::new(),
            data_at: 0,
            bytes: Vec::new(),
            literal: false,
            conn: 0,
            connected: false,
            opening: None,
        }
    }

    /// Tells the line, if it is a record: `Ok(None)` if it is the configuration.
    fn take_line(&mut self) -> Result<Option<i64>, &'static str> {
        let line = self.lines.line();
        let (what, at_ns, data) = match Line::parse(line)? {
            Line::Configuration => return Ok(None),
            Line::Opened { at_ns, addr } => {
                self.url.clear();
                self.url.push_str(addr);
                return Ok(Some(self.open(at_ns)));
            }
            Line::Sent { at_ns, data } => (What::Sent, at_ns, data),
            Line::Received { at_ns, data } => (What::Frame, at_ns, data),
            Line::Reply { at_ns, url, data } => {
                self.url.clear();
                self.url.push_str(url);
                (What::Reply, at_ns, data)
            }
        };
        self.data_at = line.len() - data.len();
        self.literal = pyliteral::is_literal(data);
        if self.literal {
            self.bytes.clear();
            pyliteral::unescape(data, &mut self.bytes)?;
        }
        self.what = what;
        if !matches!(what, What::Reply) {
            self.connect();
        }
        Ok(Some(at_ns))
    }

    /// Opens a connection, after closing the one before it.
    fn open(&mut self, at_ns: i64) -> i64 {
        if self.connected {
            self.connected = false;
            self.what = What::Close;
            self.opening = Some(at_ns);
        } else {
            self.what = What::Open;
            self.connect();
        }
        at_ns
    }

    /// Sees to it that there is a connection. A file may begin in the middle of one.
    fn connect(&mut self) {
        if !self.connected {
            self.connected = true;
            self.conn += 1;
        }
    }

    fn data(&self) -> &[u8] {
        if self.literal { &self.bytes } else { &self.lines.line()[self.data_at..] }
    }
}

impl Reader for CryptofeedReader {
    fn advance(&mut self, stats: &mut FileStats) -> Result<Option<i64>, CaptureError> {
        if let Some(at_ns) = self.opening.take() {
            return Ok(Some(self.open(at_ns)));
        }
        while self.lines.advance()? {
            stats.lines += 1;
            if self.lines.line().is_empty() {
                stats.count_empty();
                continue;
            }
            match self.take_line() {
                Ok(Some(at_ns)) => return Ok(Some(at_ns)),
                Ok(None) => {}
                Err(why) => stats.count_stray(self.lines.number(), why),
            }
        }
        Ok(None)
    }

    fn current(&self) -> (u32, Event<'_>) {
        match self.what {
            What::Open => (self.conn, Event::Open { url: &self.url }),
            What::Frame => (self.conn, Event::Frame { binary: self.literal, data: self.data() }),
            What::Reply => (0, Event::Reply { url: &self.url, body: self.data() }),
            What::Sent => (self.conn, Event::Sent { data: self.data() }),
            What::Close => (self.conn, Event::Close),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_700_000_000_250_000_000;

    #[test]
    fn takes_lines_apart() {
        let cases: [(&str, Line<'_>); 7] = [
            ("configuration: {}", Line::Configuration),
            ("wss://a/b?c=d <-> 1700000000.25", Line::Opened { at_ns: AT, addr: "wss://a/b?c=d" }),
            ("wss://a <- 1700000000.25: hi -> you", Line::Sent { at_ns: AT, data: b"hi -> you" }),
            (
                "https://a/b -> 1700000000.25: {}",
                Line::Reply { at_ns: AT, url: "https://a/b", data: b"{}" },
            ),
            (
                "https://a/b c -> 1700000000.25: x",
                Line::Reply { at_ns: AT, url: "https://a/b c", data: b"x" },
            ),
            ("1700000000.25: a: b", Line::Received { at_ns: AT, data: b"a: b" }),
            ("1700000000.25: ", Line::Received { at_ns: AT, data: b"" }),
        ];
        for (text, line) in cases {
            assert_eq!(Line::parse(text.as_bytes()), Ok(line), "{text}");
        }
    }

    #[test]
    fn other_lines_are_stray() {
        for text in [
            "hello",
            "12: frame",
            "1700000000.25 frame",
            "1700000000.25:frame",
            "1.7e9: frame",
            "wss://a <-> now",
            "wss://a <-> 1700000000.25: x",
            "https://a -> b",
            "{\"url\": \"https://a -> b\"}",
        ] {
            assert!(Line::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
