//! What can go wrong, where, and what to do about it.

use std::fmt;

use thiserror::Error;

use crate::StorageError;

/// A byte in a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the segment, as the storage gives it.
    pub name: String,
    /// Byte offset from its beginning.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.name, self.offset)
    }
}

/// Why a journal cannot be written or read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum JournalError {
    /// The configured segment size cannot be used.
    #[error(
        "segment size of {bytes} bytes: expected a multiple of 4096 from 4096 to 1073741824; \
         change journal.segment_bytes"
    )]
    SegmentSize {
        /// As configured.
        bytes: u64,
    },
    /// A new journal was to be written where there already is one.
    #[error("{name} already exists; give every journal a folder of its own, or move this one away")]
    Exists {
        /// The segment that is there.
        name: String,
    },
    /// A record that no segment can hold. Nothing was written; the writer goes on.
    #[error(
        "record of {bytes} bytes, but a segment holds at most {bound}; raise journal.segment_bytes"
    )]
    TooLarge {
        /// Size of the record with its header.
        bytes: u64,
        /// Largest possible size.
        bound: u64,
    },
    /// The storage failed.
    #[error("cannot {operation} {at}: {source}; free or repair the disk, then restart")]
    Storage {
        /// What was tried: `create`, `write`, `sync` ...
        operation: &'static str,
        /// Where.
        at: Place,
        /// Why it failed.
        source: StorageError,
    },
    /// An earlier error ended this writer: what reached the disk is not known, and a second try
    /// could only hide that.
    #[error(
        "the journal is fenced since an earlier error: {first}; restart to begin a new journal"
    )]
    Fenced {
        /// The error.
        first: Box<Self>,
    },
    /// [`crate::Entry::End`] was written; nothing may follow.
    #[error("the journal is closed; begin a new one")]
    Closed,
    /// There is no segment.
    #[error("no journal here: 00000001.pbj is missing; check the folder")]
    Empty,
    /// The first segment has no header, and nothing follows.
    #[error(
        "{name} at byte 0: no complete header and no record: the host stopped while it made the \
         file; remove it"
    )]
    NeverBegun {
        /// The first segment.
        name: String,
    },
    /// A segment is missing between others.
    #[error("{name} is missing, though later segments exist; restore it from a copy")]
    Missing {
        /// The segment that should be there.
        name: String,
    },
    /// A segment's header is damaged though records follow.
    #[error("{at}: damaged segment header ({reason}); restore the file from a copy")]
    Header {
        /// Where.
        at: Place,
        /// What is wrong.
        reason: &'static str,
    },
    /// Written by a newer host.
    #[error("{at}: journal format version {found}, this host reads {known}; use a newer host")]
    Version {
        /// Where.
        at: Place,
        /// Version in the header.
        found: u32,
        /// [`crate::VERSION`].
        known: u32,
    },
    /// A segment of another journal.
    #[error(
        "{at}: segment of journal {found:016x} among those of {expected:016x}; move it to its own \
         folder"
    )]
    Foreign {
        /// Where.
        at: Place,
        /// Id in this segment.
        found: u64,
        /// Id in the first segment.
        expected: u64,
    },
    /// A record is damaged or gone, and valid ones follow: not a torn tail.
    #[error(
        "{at}: record {sequence} is damaged ({reason}), yet {follows} is valid; restore the file \
         from a copy, or cut it there by hand to give up what follows"
    )]
    Broken {
        /// Where the record should be.
        at: Place,
        /// The record that should be there.
        sequence: u64,
        /// What is wrong.
        reason: &'static str,
        /// A valid record or segment header behind it.
        follows: Place,
    },
    /// A valid record stands where another belongs.
    #[error(
        "{at}: found record {found}, expected {expected} ({reason}); restore the file from a copy"
    )]
    Misplaced {
        /// Where.
        at: Place,
        /// Its number.
        found: u64,
        /// Number that belongs here.
        expected: u64,
        /// What gave it away.
        reason: &'static str,
    },
    /// An intact record that cannot be understood.
    #[error("{at}: record {sequence}: {source}")]
    Decode {
        /// Where.
        at: Place,
        /// Its number.
        sequence: u64,
        /// What is wrong with it.
        source: DecodeError,
    },
}

impl JournalError {
    /// The place that the error names, if it is about one.
    pub fn place(&self) -> Option<Place> {
        let whole = |name: &String| Some(Place { name: name.clone(), offset: 0 });
        match self {
            Self::SegmentSize { .. } | Self::TooLarge { .. } | Self::Closed | Self::Empty => None,
            Self::Fenced { first } => first.place(),
            Self::Exists { name } | Self::NeverBegun { name } | Self::Missing { name } => {
                whole(name)
            }
            Self::Storage { at, .. }
            | Self::Header { at, .. }
            | Self::Version { at, .. }
            | Self::Foreign { at, .. }
            | Self::Broken { at, .. }
            | Self::Misplaced { at, .. }
            | Self::Decode { at, .. } => Some(at.clone()),
        }
    }
}

/// Why a payload is no entry.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    /// A record kind of a newer version.
    #[error("unknown record kind {0}, written by a newer host; use that host to read it")]
    Kind(u16),
    /// An input kind of a newer version.
    #[error("unknown input kind {0}, written by a newer host; use that host to read it")]
    Input(u32),
    /// A value kind of a newer version.
    #[error(
        "unknown kind {0} of a configuration value, written by a newer host; use that host to read it"
    )]
    Value(u32),
    /// A flag of a newer version.
    #[error("unknown record flags {0:#06x}, written by a newer host; use that host to read it")]
    Flags(u16),
    /// A field ends beyond the payload.
    #[error("payload too short for its fields: a fault of the host that wrote it; report it")]
    Short,
    /// Bytes are left over.
    #[error("payload longer than its fields: a fault of the host that wrote it; report it")]
    Long,
    /// A text is not UTF-8.
    #[error("text that is not UTF-8: a fault of the host that wrote it; report it")]
    Text,
}
