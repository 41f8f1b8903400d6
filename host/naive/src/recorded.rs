//! Recordings, read once more: nothing here is shared with the importers that it is compared with.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;
use serde_json::Value;

use crate::{Error, events, kept};

/// One recorded thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Nanoseconds since the Unix epoch.
    pub at_ns: i128,
    /// Connection, unique over all files; REST answers of a file share one with its first.
    pub conn: usize,
    /// What.
    pub what: What,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A connection to this URL was opened.
    Open(String),
    /// A frame.
    Frame(String),
    /// An answer to a REST request.
    Reply {
        /// What was asked for; empty if the recorder did not say.
        url: String,
        /// The body.
        body: String,
    },
}

/// Reads files, merged by time; of the same time, in the order of the files. What has no time comes
/// first.
///
/// # Errors
///
/// [`Error`] if a file cannot be read.
pub fn read(files: &[PathBuf]) -> Result<Vec<Recorded>, Error> {
    let mut all = Vec::new();
    let mut conns = 0;
    for path in files {
        let text = text(path)?;
        let found = all.len();
        let last = if text.starts_with("{\"t\":") {
            json_lines(&text, conns, &mut all)
        } else if text.get(13..20) == Some(" order_") {
            events::read(&text, conns, &mut all);
            conns
        } else if text.starts_with("{\"chetime\"") {
            kept::trades(&text, path, conns, &mut all);
            conns
        } else if text.starts_with('[') {
            all.extend(kept::list(&text, conns));
            conns
        } else {
            lines(&text, conns, &mut all)
        };
        if all.len() == found {
            return Err(Error::Format { path: path.clone() });
        }
        conns = last + 1;
    }
    let first = all.iter().map(|record| record.at_ns).filter(|at| *at != i128::MIN).min();
    all.sort_by_key(|record| record.at_ns);
    all.iter_mut().for_each(|record| record.at_ns = record.at_ns.max(first.unwrap_or(0)));
    Ok(all)
}

fn text(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let raw = fs::read(path).map_err(failed)?;
    let mut bytes = Vec::new();
    if raw.starts_with(&[0x1f, 0x8b]) {
        MultiGzDecoder::new(&*raw).read_to_end(&mut bytes).map_err(failed)?;
    } else if raw.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let mut rest = &*raw;
        while !rest.is_empty() {
            let decoder = StreamingDecoder::new(&mut rest).map_err(std::io::Error::other);
            decoder.map_err(failed)?.read_to_end(&mut bytes).map_err(failed)?;
        }
    } else if raw.starts_with(b"\xfd7zXZ\0") {
        XzReader::new(&*raw, true).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        bytes = raw;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `<addr> <-> <t>`, `<url> -> <t>: <body>`, `<t>: <frame>`, and `<ns or µs> <json>`. Answers the
/// last connection.
fn lines(text: &str, first: usize, out: &mut Vec<Recorded>) -> usize {
    let (mut conn, mut opened) = (first, false);
    for line in text.lines() {
        let mut push = |conn, time: &str, what| {
            out.extend(nanos(time).map(|at_ns| Recorded { at_ns, conn, what }));
        };
        if let Some((url, time)) = line.split_once(" <-> ") {
            conn += usize::from(std::mem::replace(&mut opened, true));
            push(conn, time, What::Open(url.to_owned()));
        } else if line.starts_with("http") {
            let reply = line.split_once(" -> ").and_then(|(url, rest)| {
                let (time, body) = rest.split_once(": ")?;
                Some((url, time, body))
            });
            let Some((url, time, body)) = reply else { continue };
            push(conn, time, What::Reply { url: url.to_owned(), body: body.to_owned() });
        } else if let Some((time, frame)) = line.split_once(": ").filter(|l| is_time(l.0)) {
            // Binary frames are written as Python writes bytes.
            let inner = frame.strip_prefix("b'").and_then(|f| f.strip_suffix('\''));
            push(conn, time, What::Frame(inner.unwrap_or(frame).to_owned()));
        } else if let Some((time, body)) = line.split_once(' ').filter(|l| is_time(l.0)) {
            let body = body.to_owned();
            // The bare REST snapshot, once a file; whose, the recorder did not say.
            push(
                conn,
                time,
                match body.starts_with("{\"lastUpdateId\"") {
                    true => What::Reply { url: String::new(), body },
                    false => What::Frame(body),
                },
            );
        }
    }
    conn
}

/// Objects with `t`, `conn` and `ts`.
fn json_lines(text: &str, first: usize, out: &mut Vec<Recorded>) -> usize {
    let mut conns: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.lines() {
        let Ok(object) = serde_json::from_str::<Value>(line) else { continue };
        let word = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
        let next = first + conns.len();
        let what = match object["t"].as_str() {
            Some("connect") => What::Open(word("addr")),
            Some("http") => What::Reply { url: word("url"), body: word("data") },
            Some("recv") => What::Frame(word("data")),
            _ => continue,
        };
        let conn = *conns.entry(word("conn")).or_insert(next);
        let at_ns = (object["ts"].as_f64().unwrap_or(0.0) * 1e9) as i128;
        out.push(Recorded { at_ns, conn, what });
    }
    first + conns.len().max(1) - 1
}

fn is_time(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Seconds with a fraction, or whole micro- or nanoseconds.
fn nanos(text: &str) -> Option<i128> {
    let text = text.trim_end();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let number: i128 = whole.parse().ok()?;
    match whole.len() {
        0..=11 => {
            let fraction: i128 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
            Some(number * 1_000_000_000 + fraction)
        }
        12..=16 => Some(number * 1000),
        _ => Some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_both_recorders() {
        let mut out = Vec::new();
        let text = "configuration: {\"a\": 1}\n\
            https://venue/depth?s=A -> 2.5: {\"lastUpdateId\":1}\n\
            wss://venue/ws <-> 3.000000001\n\
            wss://venue/ws <- 3.1: {\"op\":\"subscribe\"}\n\
            4.25: [1,2]\n\
            4.5: b'{}'\n\
            wss://venue/ws <-> 5.0\n\
            1680652800004107 {\"e\":1}\n\
            1723161253937085768 {\"lastUpdateId\":2}\n";
        assert_eq!(lines(text, 7, &mut out), 8);
        let times: Vec<_> = out.iter().map(|r| (r.at_ns, r.conn)).collect();
        let expected = [
            (2_500_000_000, 7),
            (3_000_000_001, 7),
            (4_250_000_000, 7),
            (4_500_000_000, 7),
            (5_000_000_000, 8),
            (1_680_652_800_004_107_000, 8),
            (1_723_161_253_937_085_768, 8),
        ];
        assert_eq!(times, expected);
        assert_eq!(out[2].what, What::Frame("[1,2]".to_owned()));
        assert_eq!(out[3].what, What::Frame("{}".to_owned()));
    }
}
