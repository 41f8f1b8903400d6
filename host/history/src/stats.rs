//! What a file turned out to hold.

use std::path::{Path, PathBuf};

use crate::{Event, Format};

/// How many stray lines are kept by number; the others are counted only.
const KEPT_STRAYS: usize = 8;

/// What was found in one file so far; complete once the file has been read to its end.
#[derive(Clone, Debug)]
pub struct FileStats {
    /// The file.
    pub path: PathBuf,
    /// Its format.
    pub format: Format,
    /// Lines read, with the empty and the stray ones.
    pub lines: u64,
    /// Lines without a character.
    pub empty: u64,
    /// Lines that are no record of the format. They were skipped.
    pub stray: u64,
    /// The first few of them.
    pub first_stray: Vec<Stray>,
    /// Frames received.
    pub frames: u64,
    /// REST answers.
    pub replies: u64,
    /// Frames sent by the client.
    pub sent: u64,
    /// Records whose time lay before that of their predecessor and was raised to it.
    pub raised: u64,
    /// Time of the first record, nanoseconds since the Unix epoch.
    pub first_ns: Option<i64>,
    /// Time of the last record.
    pub last_ns: Option<i64>,
    /// The connections, as they came up.
    pub connections: Vec<Connection>,
}

/// A line that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// Its number, from 1.
    pub line: u64,
    /// Why it is none.
    pub why: &'static str,
}

/// A connection of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its number, as in [`Record::conn`](crate::Record::conn).
    pub conn: u32,
    /// Where to; empty where the file does not tell.
    pub url: String,
}

impl FileStats {
    pub(crate) fn new(path: &Path, format: Format) -> Self {
        Self {
            path: path.to_owned(),
            format,
            lines: 0,
            empty: 0,
            stray: 0,
            first_stray: Vec::new(),
            frames: 0,
            replies: 0,
            sent: 0,
            raised: 0,
            first_ns: None,
            last_ns: None,
            connections: Vec::new(),
        }
    }

    /// Counts a line without a character.
    pub(crate) fn count_empty(&mut self) {
        self.empty += 1;
    }

    /// Counts a line that is no record.
    pub(crate) fn count_stray(&mut self, line: u64, why: &'static str) {
        self.stray += 1;
        if self.first_stray.len() < KEPT_STRAYS {
            self.first_stray.push(Stray { line, why });
        }
    }

    /// Counts a record that is about to be handed out.
    pub(crate) fn count_record(&mut self, at_ns: i64, event: &Event<'_>) {
        self.first_ns.get_or_insert(at_ns);
        self.last_ns = Some(at_ns);
        match event {
            Event::Frame { .. } => self.frames += 1,
            Event::Reply { .. } => self.replies += 1,
            Event::Sent { .. } => self.sent += 1,
            Event::Open { .. } | Event::Close => {}
        }
    }
}
