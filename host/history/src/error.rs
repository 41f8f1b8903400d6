//! Why a capture cannot be read.

use std::io;
use std::path::{Path, PathBuf};

/// What the importers know, for messages.
pub(crate) const KNOWN_FORMATS: &str = "a line of cryptofeed's raw data collection \
    (`<addr> <-> <seconds>`, `<seconds>: <frame>`), a json object of its format 2 (`\"t\":\"header\"`), \
    hftbacktest (`<19 or 16 digits> <json>`), Bitstamp's events (`<ms> order_created <json>`), LS \
    Securities' trades (`{\"chetime\"`) or list, each plain, gzip, xz or zstd, or a patchbay journal";

/// Why a capture cannot be read. Every message names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// No path was given.
    #[error("no capture was given; name at least one file")]
    NoFiles,
    /// The file cannot be opened.
    #[error("{path}: cannot be opened: {source}", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be read, or decompressed, to its end. What it held before was handed out.
    #[error(
        "{path}: cut short or damaged in line {line}, after {offset} bytes of text: {source}; \
         the lines before it are good, fetch the file again for the rest",
        path = path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line that could not be completed, from 1.
        line: u64,
        /// How many bytes could be read, after decompression.
        offset: u64,
        /// What the system or the decompressor said.
        source: io::Error,
    },
    /// A line is longer than any capture has.
    #[error("{path}: line {line} is longer than {limit} bytes; is this a capture of one record a line?", path = path.display())]
    LineTooLong {
        /// The file.
        path: PathBuf,
        /// Its number, from 1.
        line: u64,
        /// The bound.
        limit: u64,
    },
    /// A file that must be held in memory (format 2 is not in order of time) is too large for that.
    #[error("{path}: more than {limit} bytes up to line {line}; format 2 is held in memory to be put in order, split the file by `conn`", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Where the bound was reached.
        line: u64,
        /// The bound.
        limit: usize,
    },
    /// None of the formats.
    #[error("{path}: not a capture: found {found}, expected {KNOWN_FORMATS}", path = path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// Its first bytes, printable.
        found: String,
    },
    /// Format 2's header with another number.
    #[error("{path}: line {line}: found cryptofeed format {found}, expected format 2", path = path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Where the header is.
        line: u64,
        /// The number.
        found: String,
    },
    /// A journal among captures.
    #[error("{path}: a patchbay journal, not a capture; replay it by itself, it cannot be merged with captures", path = path.display())]
    Journal {
        /// The segment or the directory.
        path: PathBuf,
    },
}

impl CaptureError {
    pub(crate) fn open(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Open { path, source }
    }

    pub(crate) fn unknown(path: &Path, found: String) -> Self {
        Self::Unknown { path: path.to_owned(), found }
    }
}
