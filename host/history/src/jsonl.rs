//! cryptofeed's format 2: json objects with `t` = `header`, `http`, `connect`, `send` or `recv`.
//!
//! Lines are grouped by `conn` and in order only within it, so that the first record in time may
//! be the last in the file. The file is therefore held in memory, decoded, and put in order.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::lines::Lines;
use crate::record::Reader;
use crate::seconds::seconds_to_ns;
use crate::{CaptureError, Event, FileStats, base64};

/// How many decoded bytes a file may have.
const MAX_HELD_BYTES: usize = 4 << 30;

/// A json string, borrowed where it has no escapes, also inside an `Option`.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// One line. `ts` stays text: a double would not keep it.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    t: Text<'a>,
    #[serde(borrow)]
    format: Option<&'a RawValue>,
    #[serde(borrow)]
    conn: Option<Text<'a>>,
    #[serde(borrow)]
    ts: Option<&'a RawValue>,
    #[serde(borrow)]
    url: Option<Text<'a>>,
    #[serde(borrow)]
    addr: Option<Text<'a>>,
    #[serde(borrow)]
    data: Option<Text<'a>>,
    #[serde(borrow)]
    b64: Option<Text<'a>>,
}

/// Whether `line` is one of cryptofeed's json lines; for its header, with the number of the format.
pub(crate) fn is_line(line: &[u8]) -> Option<Option<String>> {
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    match &*line.t.0 {
        "header" => Some(Some(line.format?.get().to_owned())),
        "http" | "connect" | "send" | "recv" => {
            seconds_to_ns(line.ts?.get().as_bytes())?;
            line.conn.map(|_| None)
        }
        _ => None,
    }
}

/// What a record says.
#[derive(Clone, Copy)]
enum What {
    Open,
    Frame { binary: bool },
    Reply,
    Sent,
    Close,
}

/// A record; its bytes stand in the arenas.
struct Entry {
    at_ns: i64,
    conn: u32,
    what: What,
    url: Range<usize>,
    data: Range<usize>,
}

/// The lines of one `conn`.
struct Group {
    name: String,
    /// The connection of the file that is open, 0 if none is.
    conn: u32,
    last_ns: i64,
}

/// A file of format 2.
pub(crate) struct JsonlReader {
    /// Until it has been read.
    lines: Option<Lines>,
    entries: Vec<Entry>,
    next: usize,
    urls: String,
    data: Vec<u8>,
    groups: Vec<Group>,
    conns: u32,
    /// What ended the reading early; told after the records before it.
    failure: Option<CaptureError>,
}

impl JsonlReader {
    pub(crate) fn new(lines: Lines) -> Self {
        Self {
            lines: Some(lines),
            entries: Vec::new(),
            next: 0,
            urls: String::new(),
            data: Vec::new(),
            groups: Vec::new(),
            conns: 0,
            failure: None,
        }
    }

    /// Reads the file as far as it goes and puts its records in order of time. Records of the same
    /// time keep the order of the file.
    fn load(&mut self, mut lines: Lines, stats: &mut FileStats) {
        self.failure = self.take_lines(&mut lines, stats).err();
        self.entries.sort_by_key(|entry| entry.at_ns);
        self.groups = Vec::new();
    }

    fn take_lines(&mut self, lines: &mut Lines, stats: &mut FileStats) -> Result<(), CaptureError> {
        while lines.advance()? {
            stats.lines += 1;
            if lines.line().is_empty() {
                stats.count_empty();
                continue;
            }
            let (urls, data) = (self.urls.len(), self.data.len());
            if let Err(why) = self.take_line(lines.line(), stats) {
                self.urls.truncate(urls);
                self.data.truncate(data);
                stats.count_stray(lines.number(), why);
            }
            if self.data.len() > MAX_HELD_BYTES {
                let (path, line) = (lines.path().to_owned(), lines.number());
                return Err(CaptureError::TooLarge { path, line, limit: MAX_HELD_BYTES });
            }
        }
        Ok(())
    }

    fn take_line(&mut self, line: &[u8], stats: &mut FileStats) -> Result<(), &'static str> {
        let line: Line<'_> =
            serde_json::from_slice(line).map_err(|_| "no json object of format 2")?;
        let what = match &*line.t.0 {
            "header" => return Ok(()),
            "http" => What::Reply,
            "connect" => What::Open,
            "send" => What::Sent,
            "recv" => What::Frame { binary: line.data.is_none() },
            _ => return Err("a json object of another kind"),
        };
        let ts = line.ts.ok_or("no `ts`")?;
        let at_ns = seconds_to_ns(ts.get().as_bytes()).ok_or("a `ts` that is no time")?;
        let conn = line.conn.as_ref().ok_or("no `conn`")?;
        let url = match what {
            What::Open => push_url(&mut self.urls, line.addr.as_ref()),
            What::Reply => push_url(&mut self.urls, line.url.as_ref()),
            _ => 0..0,
        };
        let data = match what {
            What::Open => 0..0,
            _ => push_data(&mut self.data, &line)?,
        };
        let group = self.group(&conn.0);
        let at_ns = self.raise(group, at_ns, stats);
        if matches!(what, What::Open) {
            self.close(group, at_ns);
        }
        let conn = if matches!(what, What::Reply) { 0 } else { self.connect(group) };
        self.entries.push(Entry { at_ns, conn, what, url, data });
        Ok(())
    }

    /// The group of that name, most often the one of the line before.
    fn group(&mut self, name: &str) -> usize {
        let known = self.groups.iter().rposition(|group| group.name == name);
        known.unwrap_or_else(|| {
            self.groups.push(Group { name: name.to_owned(), conn: 0, last_ns: 0 });
            self.groups.len() - 1
        })
    }

    /// Keeps the time of a group from stepping back.
    fn raise(&mut self, group: usize, at_ns: i64, stats: &mut FileStats) -> i64 {
        let group = &mut self.groups[group];
        if at_ns < group.last_ns {
            stats.raised += 1;
        }
        group.last_ns = group.last_ns.max(at_ns);
        group.last_ns
    }

    /// Closes what the group has open: it connects again.
    fn close(&mut self, group: usize, at_ns: i64) {
        let conn = std::mem::take(&mut self.groups[group].conn);
        if conn != 0 {
            self.entries.push(Entry { at_ns, conn, what: What::Close, url: 0..0, data: 0..0 });
        }
    }

    /// The group's connection, a new one if it has none.
    fn connect(&mut self, group: usize) -> u32 {
        let group = &mut self.groups[group];
        if group.conn == 0 {
            self.conns += 1;
            group.conn = self.conns;
        }
        group.conn
    }
}

fn push_url(urls: &mut String, url: Option<&Text<'_>>) -> Range<usize> {
    let start = urls.len();
    urls.push_str(url.map_or("", |url| &url.0));
    start..urls.len()
}

fn push_data(held: &mut Vec<u8>, line: &Line<'_>) -> Result<Range<usize>, &'static str> {
    let start = held.len();
    match (&line.data, &line.b64) {
        (Some(text), None) => held.extend_from_slice(text.0.as_bytes()),
        (None, Some(text)) => base64::decode(text.0.as_bytes(), held)?,
        (Some(_), Some(_)) => return Err("both `data` and `b64`"),
        (None, None) => return Err("neither `data` nor `b64`"),
    }
    Ok(start..held.len())
}

impl Reader for JsonlReader {
    fn advance(&mut self, stats: &mut FileStats) -> Result<Option<i64>, CaptureError> {
        if let Some(lines) = self.lines.take() {
            self.load(lines, stats);
        }
        let Some(entry) = self.entries.get(self.next) else {
            return self.failure.take().map_or(Ok(None), Err);
        };
        self.next += 1;
        Ok(Some(entry.at_ns))
    }

    fn current(&self) -> (u32, Event<'_>) {
        let entry = &self.entries[self.next - 1];
        let (url, data) = (&self.urls[entry.url.clone()], &self.data[entry.data.clone()]);
        let event = match entry.what {
            What::Open => Event::Open { url },
            What::Frame { binary } => Event::Frame { binary, data },
            What::Reply => Event::Reply { url, body: data },
            What::Sent => Event::Sent { data },
            What::Close => Event::Close,
        };
        (entry.conn, event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_lines() {
        let header = br#"{"t":"header","format":2,"config":{"a":["b"]}}"#;
        assert_eq!(is_line(header), Some(Some("2".to_owned())));
        let line = br#"{"t":"recv","conn":"A.ws.1","ts":1786310817.6,"data":"{}"}"#;
        assert_eq!(is_line(line), Some(None));
        for text in [
            r#"{"t":"recv","conn":"A.ws.1","ts":5,"data":"{}"}"#,
            r#"{"t":"recv","ts":1786310817.6,"data":"{}"}"#,
            r#"{"t":"header"}"#,
            r#"{"t":1}"#,
            r#"{"type":"orderbookdepth"}"#,
            r#"{"t":"recv""#,
            "[]",
        ] {
            assert_eq!(is_line(text.as_bytes()), None, "{text}");
        }
    }
}
