//! hftbacktest's collector: `<local time> <json>`, one connection a file.
//!
//! The collector writes the REST depth snapshot, once, between the frames and without saying so:
//! it is the object that has `lastUpdateId` and is not wrapped in a `stream`.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::lines::Lines;
use crate::record::Reader;
use crate::seconds::digits_to_ns;
use crate::{CaptureError, Event, FileStats};

/// The file's only connection.
const CONN: u32 = 1;

/// Whether `line` can be one of this format.
pub(crate) fn is_line(line: &[u8]) -> bool {
    split(line).is_some_and(|(_, json)| json.starts_with(b"{"))
}

/// The time in nanoseconds, and the json.
fn split(line: &[u8]) -> Option<(i64, &[u8])> {
    let space = line.iter().take(20).position(|&byte| byte == b' ')?;
    Some((digits_to_ns(&line[..space])?, &line[space + 1..]))
}

/// The keys that tell a snapshot from a frame.
#[derive(Deserialize)]
struct Keys {
    stream: Option<IgnoredAny>,
    #[serde(rename = "lastUpdateId")]
    last_update_id: Option<IgnoredAny>,
}

/// Whether `json` is the REST snapshot rather than a frame.
///
/// # Errors
///
/// Not json, as where the recorder was killed.
fn is_snapshot(json: &[u8]) -> Result<bool, &'static str> {
    if json.starts_with(b"{\"stream\"") {
        return Ok(false); // all lines but a few
    }
    if json.starts_with(b"[") {
        return Ok(false);
    }
    let keys: Keys = serde_json::from_slice(json).map_err(|_| "no json object after the time")?;
    Ok(keys.stream.is_none() && keys.last_update_id.is_some())
}

/// A file of this format.
pub(crate) struct HftbacktestReader {
    lines: Lines,
    /// Where in the line the json starts.
    json_at: usize,
    snapshot: bool,
}

impl HftbacktestReader {
    pub(crate) fn new(lines: Lines) -> Self {
        Self { lines, json_at: 0, snapshot: false }
    }

    fn take_line(&mut self) -> Result<i64, &'static str> {
        let line = self.lines.line();
        let (at_ns, json) = split(line).ok_or("no time of 19 or 16 digits")?;
        self.snapshot = is_snapshot(json)?;
        self.json_at = line.len() - json.len();
        Ok(at_ns)
    }
}

impl Reader for HftbacktestReader {
    fn advance(&mut self, stats: &mut FileStats) -> Result<Option<i64>, CaptureError> {
        while self.lines.advance()? {
            stats.lines += 1;
            if self.lines.line().is_empty() {
                stats.count_empty();
                continue;
            }
            match self.take_line() {
                Ok(at_ns) => return Ok(Some(at_ns)),
                Err(why) => stats.count_stray(self.lines.number(), why),
            }
        }
        Ok(None)
    }

    fn current(&self) -> (u32, Event<'_>) {
        let json = &self.lines.line()[self.json_at..];
        if self.snapshot {
            (CONN, Event::Reply { url: "", body: json })
        } else {
            (CONN, Event::Frame { binary: false, data: json })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_lines() {
        assert!(is_line(b"1723161256172216566 {\"stream\":\"a\"}"));
        assert!(is_line(b"1680652700599351 {\"lastUpdateId\": 1}"));
        assert!(!is_line(b"1680652700599 {\"stream\":\"a\"}"));
        assert!(!is_line(b"1680652700599351 order_created {}"));
        assert!(!is_line(b"1680652700599351"));
        assert!(!is_line(b"1700000000.25: {}"));
    }

    #[test]
    fn tells_the_snapshot_from_frames() {
        assert_eq!(is_snapshot(b"{\"stream\":\"a\",\"data\":{\"lastUpdateId\":1}}"), Ok(false));
        assert_eq!(is_snapshot(b"{\"lastUpdateId\": 1, \"bids\": []}"), Ok(true));
        assert_eq!(is_snapshot(b"{\"data\":{\"lastUpdateId\":1},\"stream\":\"a\"}"), Ok(false));
        assert_eq!(is_snapshot(b"{\"lastUpdateId\":1,\"stream\":\"a\"}"), Ok(false));
        assert_eq!(is_snapshot(b"{\"result\":null,\"id\":1}"), Ok(false));
        assert!(is_snapshot(b"{\"lastUpdateId\": 1, \"bi").is_err());
    }
}
