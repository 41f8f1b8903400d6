//! What a file is, by what it holds.

use std::fmt;
use std::fs::{self, File};
use std::path::Path;

use crate::cryptofeed;
use crate::lines::Lines;
use crate::{CaptureError, events, hftbacktest, jsonl, ls, source};

/// The first bytes of a segment of a patchbay journal.
pub const JOURNAL_MAGIC: [u8; 8] = *b"PBJOURN1";

/// How many lines with text are looked at. The first decides, unless it is a stray one.
const LOOK_AT: usize = 8;

/// How many bytes of an unknown file its refusal shows.
const SHOWN: usize = 48;

/// The formats of recorded data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// cryptofeed's line format.
    CryptofeedLines,
    /// cryptofeed's format 2, json lines.
    CryptofeedJsonl,
    /// hftbacktest's collector.
    Hftbacktest,
    /// LS Securities' trades, of which four fields were kept.
    LsTrades,
    /// LS Securities' list of stocks, under Korean labels.
    LsList,
    /// Events of Bitstamp, as ob-analytics logged them.
    BitstampEvents,
    /// A patchbay journal: a segment, or a directory of them. Recognised here, replayed elsewhere.
    Journal,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CryptofeedLines => "cryptofeed lines",
            Self::CryptofeedJsonl => "cryptofeed format 2",
            Self::Hftbacktest => "hftbacktest",
            Self::LsTrades => "trades of LS Securities",
            Self::LsList => "list of LS Securities",
            Self::BitstampEvents => "Bitstamp events",
            Self::Journal => "patchbay journal",
        })
    }
}

/// The format of the file (for a journal, also of the directory) at `path`.
///
/// # Errors
///
/// [`CaptureError::Unknown`] with what was found, [`CaptureError::Version`] for a format 2 that is
/// another number, [`CaptureError::Open`], [`CaptureError::Damaged`].
pub fn recognise<P: AsRef<Path>>(path: P) -> Result<Format, CaptureError> {
    let path = path.as_ref();
    let metadata = fs::metadata(path).map_err(CaptureError::open(path))?;
    if metadata.is_dir() {
        return recognise_directory(path);
    }
    if !metadata.is_file() {
        // A pipe could be read only once, and may never end.
        return Err(CaptureError::unknown(path, "something that is no regular file".to_owned()));
    }
    if is_segment(path)? { Ok(Format::Journal) } else { recognise_lines(path) }
}

fn is_segment(path: &Path) -> Result<bool, CaptureError> {
    let mut file = File::open(path).map_err(CaptureError::open(path))?;
    Ok(source::first_bytes(&mut file).map_err(CaptureError::open(path))? == JOURNAL_MAGIC)
}

fn recognise_directory(path: &Path) -> Result<Format, CaptureError> {
    for entry in fs::read_dir(path).map_err(CaptureError::open(path))? {
        let entry = entry.map_err(CaptureError::open(path))?;
        if entry.path().is_file() && is_segment(&entry.path())? {
            return Ok(Format::Journal);
        }
    }
    Err(CaptureError::unknown(path, "a directory without a segment of a journal".to_owned()))
}

fn recognise_lines(path: &Path) -> Result<Format, CaptureError> {
    let mut lines = Lines::open(path)?;
    let mut first = Vec::new();
    let mut seen = 0;
    while seen < LOOK_AT {
        match lines.advance() {
            Ok(true) => {}
            Ok(false) => break,
            Err(CaptureError::LineTooLong { .. }) if seen == 0 => {
                return Err(CaptureError::unknown(path, shown(lines.line())));
            }
            Err(error) => return Err(error),
        }
        if lines.line().is_empty() {
            continue;
        }
        if let Some(format) = of_line(&lines)? {
            return Ok(format);
        }
        if seen == 0 {
            first.extend_from_slice(&lines.line()[..lines.line().len().min(SHOWN)]);
        }
        seen += 1;
    }
    Err(CaptureError::unknown(path, shown(&first)))
}

/// The format that has such a line.
fn of_line(lines: &Lines) -> Result<Option<Format>, CaptureError> {
    let line = lines.line();
    if hftbacktest::is_line(line) {
        return Ok(Some(Format::Hftbacktest));
    }
    if events::is_line(line) {
        return Ok(Some(Format::BitstampEvents));
    }
    if ls::is_trade(line) {
        return Ok(Some(Format::LsTrades));
    }
    if ls::is_list(line) {
        return Ok(Some(Format::LsList));
    }
    if cryptofeed::Line::parse(line).is_ok() {
        return Ok(Some(Format::CryptofeedLines));
    }
    match jsonl::is_line(line) {
        Some(Some(found)) if found != "2" => {
            let (path, line) = (lines.path().to_owned(), lines.number());
            Err(CaptureError::Version { path, line, found })
        }
        Some(_) => Ok(Some(Format::CryptofeedJsonl)),
        None => Ok(None),
    }
}

/// The first bytes of a line, printable.
fn shown(line: &[u8]) -> String {
    if line.is_empty() {
        return "no text at all".to_owned();
    }
    format!("\"{}\"", line[..line.len().min(SHOWN)].escape_ascii())
}
