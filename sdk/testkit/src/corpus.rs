//! Recorded data: where it is, and a small reader of the two line formats that most of it has.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use patchbay_plugin::model::{Nanos, parse_decimal};
use ruzstd::decoding::StreamingDecoder;
use serde_json::Value;

use crate::Input;

/// The folder of recorded data: `PATCHBAY_CORPUS`, by default `../shared/corpus` beside the
/// checkout. `None`, said aloud, where there is none, so that a test can end there.
///
/// # Panics
///
/// Under `CI` if there is none: a test that was skipped would pass for one that ran.
#[expect(clippy::print_stderr, reason = "a test that does not run says so")]
pub fn corpus() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let path = std::env::var_os("PATCHBAY_CORPUS").map_or(default, PathBuf::from);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "CI needs the corpus at {}", path.display());
    eprintln!("SKIPPED: no corpus at {}; set PATCHBAY_CORPUS", path.display());
    None
}

/// One capture, in memory: hftbacktest's lines (`<local ns or µs> <json>`), or cryptofeed's old ones
/// (`<addr> <-> <t>`, `<url> -> <t>: <body>`, `<t>: <frame>`) or objects (`{"t":"recv",..}`), all
/// connections as one, plain, gzip or zstd. The host's importers
/// (`patchbay-history`) read more and check more; this is for tests.
///
/// ```
/// use patchbay_testkit::{Capture, Input};
///
/// let capture = Capture::from_text("wss://venue/ws <-> 0.5\n1.25: {\"p\":\"1\"}\n".to_owned());
/// let events: Vec<_> = capture.events().collect();
/// assert_eq!((events[1].at, events[1].input), (1_250_000_000, Input::text(1, "{\"p\":\"1\"}")));
/// assert_eq!(capture.frames().count(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Capture {
    text: String,
}

/// One line of a capture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event<'a> {
    /// When it was received, by the recorder's clock.
    pub at: Nanos,
    /// What an adapter is given in a replay: connection 1 without a tag, replies that nobody asked
    /// for.
    pub input: Input<'a>,
}

impl Capture {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// If it cannot be read or is not UTF-8.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut bytes = Vec::new();
        File::open(path)?.read_to_end(&mut bytes)?;
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut plain = Vec::new();
            MultiGzDecoder::new(&*bytes).read_to_end(&mut plain)?;
            bytes = plain;
        }
        let mut rest = &*bytes;
        let mut plain = Vec::new();
        while rest.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            let mut decoder = StreamingDecoder::new(&mut rest).map_err(io::Error::other)?;
            decoder.read_to_end(&mut plain)?;
        }
        let text = String::from_utf8(if plain.is_empty() { bytes } else { plain });
        text.map(Self::from_text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// Of lines in memory.
    pub fn from_text(text: String) -> Self {
        match text.starts_with("{\"t\":") {
            true => Self { text: text.lines().filter_map(line).collect() },
            false => Self { text },
        }
    }

    /// What was received, in recorded order. What the recorder sent or noted, and lines that are of
    /// neither format, are left out.
    ///
    /// # Panics
    ///
    /// At a frame that was recorded as a literal of Python which this reader would have to
    /// unescape.
    pub fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.text.lines().filter_map(event)
    }

    /// The frames alone.
    ///
    /// # Panics
    ///
    /// As [`Self::events`].
    pub fn frames(&self) -> impl Iterator<Item = &[u8]> {
        self.events().filter_map(|event| match event.input {
            Input::Frame { bytes, .. } => Some(bytes),
            _ => None,
        })
    }
}

/// An object as one of the old lines.
fn line(object: &str) -> Option<String> {
    let object: Value = serde_json::from_str(object).ok()?;
    let (text, time) = (|key: &str| object[key].as_str().unwrap_or_default(), &object["ts"]);
    Some(match text("t") {
        "connect" => format!("{} <-> {time}\n", text("addr")),
        "http" => format!("{} -> {time}: {}\n", text("url"), text("data")),
        "recv" => format!("{time}: {}\n", text("data")),
        _ => return None,
    })
}

fn event(line: &str) -> Option<Event<'_>> {
    if line.starts_with("http") {
        let (url, rest) = line.split_once(" -> ")?;
        let (time, body) = rest.split_once(": ")?;
        return Some(Event { at: seconds(time)?, input: Input::reply(url, body.as_bytes()) });
    }
    if line.starts_with("ws") {
        let (url, time) = line.split_once(" <-> ")?;
        return Some(Event { at: seconds(time)?, input: Input::Open { conn: 1, tag: 0, url } });
    }
    let end = line.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (time, rest) = line.split_at(end);
    if let Some(frame) = rest.strip_prefix(": ") {
        // Binary frames are written as Python writes bytes.
        let bytes = frame.strip_prefix("b'").and_then(|frame| frame.strip_suffix('\''));
        let bytes = bytes.filter(|bytes| !bytes.contains('\\'));
        let literal = frame.starts_with("b'") || frame.starts_with("b\"");
        let plain = !literal || bytes.is_some();
        assert!(plain, "a frame of escaped bytes at {time}: patchbay-history reads those");
        let text = || Input::text(1, frame);
        let input = bytes.map_or_else(text, |bytes| Input::binary(1, bytes.as_bytes()));
        return Some(Event { at: seconds(time)?, input });
    }
    let text = rest.strip_prefix(' ')?;
    let ticks: Nanos = time.parse().ok()?;
    // Files of 2023 count microseconds: 16 digits instead of 19.
    let at = if time.len() > 16 { ticks } else { ticks.checked_mul(1000)? };
    let input = match text.starts_with("{\"lastUpdateId\"") {
        // The bare REST snapshot, once a file; whose, the recorder did not say.
        true => Input::reply("", text.as_bytes()),
        false => Input::text(1, text),
    };
    Some(Event { at, input })
}

/// Decimal text of seconds.
fn seconds(text: &str) -> Option<Nanos> {
    parse_decimal(text.trim_end().as_bytes(), -9).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_are_read() {
        let capture = Capture::from_text(
            "configuration: {\"a\": 1}\n\
             https://venue/depth?s=A -> 2.5: {\"lastUpdateId\":1}\n\
             wss://venue/ws <-> 3.000000001\n\
             wss://venue/ws <- 3.1: {\"op\":\"subscribe\"}\n\
             4.25: [1,2]\n\
             4.5: b'{}'\n\
             \n\
             1680652800004107 {\"e\":1}\n\
             1723161253937085768 {\"lastUpdateId\":2}\n\
             a stray line\n"
                .to_owned(),
        );
        let expected = [
            (2_500_000_000, Input::reply("https://venue/depth?s=A", b"{\"lastUpdateId\":1}")),
            (3_000_000_001, Input::Open { conn: 1, tag: 0, url: "wss://venue/ws" }),
            (4_250_000_000, Input::text(1, "[1,2]")),
            (4_500_000_000, Input::binary(1, b"{}")),
            (1_680_652_800_004_107_000, Input::text(1, "{\"e\":1}")),
            (1_723_161_253_937_085_768, Input::reply("", b"{\"lastUpdateId\":2}")),
        ];
        let found: Vec<_> = capture.events().map(|event| (event.at, event.input)).collect();
        assert_eq!(found, expected);
        let frames: Vec<_> = capture.frames().collect();
        assert_eq!(frames, [&b"[1,2]"[..], b"{}", b"{\"e\":1}"]);
    }

    #[test]
    fn objects_are_read() {
        let capture = Capture::from_text(
            r#"{"t":"header","format":2}
{"t":"http","conn":"v.1","ts":0.5,"url":"https://venue/list","data":"{\"a\": 1}"}
{"t":"connect","conn":"v.2","ts":1.25,"addr":"wss://venue/ws"}
{"t":"send","conn":"v.2","ts":1.5,"addr":"wss://venue/ws","data":"{}"}
{"t":"recv","conn":"v.2","ts":2.000001,"data":"{\"b\":\"c\"}"}
"#
            .to_owned(),
        );
        let expected = [
            (500_000_000, Input::reply("https://venue/list", b"{\"a\": 1}")),
            (1_250_000_000, Input::Open { conn: 1, tag: 0, url: "wss://venue/ws" }),
            (2_000_001_000, Input::text(1, r#"{"b":"c"}"#)),
        ];
        let found: Vec<_> = capture.events().map(|event| (event.at, event.input)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    #[should_panic(expected = "patchbay-history reads those")]
    fn frames_of_escaped_bytes_are_not_passed_over() {
        Capture::from_text("1.5: b'{\\x7d'\n".to_owned()).events().for_each(drop);
    }
}
