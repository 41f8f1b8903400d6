//! Reading back: a prefix of what was appended, or a refusal.

mod damage;

use std::fmt;

use crate::{
    DecodeError, Entry, JournalError, Kind, Place, Storage, StorageError,
    format::{HeaderFault, RECORD_HEADER, SEGMENT_HEADER, SegmentHeader, seed},
    record::{CONTINUES, Fault, Found, Head, inspect},
    segment_name,
};
use damage::Damage;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// 1, 2, 3 ... over the whole journal.
    pub sequence: u64,
    /// Segment that it is in.
    pub segment: u32,
    /// Byte offset of its header.
    pub offset: u64,
    /// What it says.
    pub entry: Entry<'a>,
}

/// How a journal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// With a whole record; with [`Entry::End`] if it was closed in order.
    Clean,
    /// With bytes that were never published, or did not all reach the disk; they are left out.
    Cut {
        /// Segment.
        segment: u32,
        /// Offset of the first byte left out.
        offset: u64,
        /// Bytes left out up to the last that is not zero, those in later segments included.
        bytes: u64,
    },
}

impl fmt::Display for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clean => f.write_str("clean"),
            Self::Cut { segment, offset, bytes } => {
                write!(f, "{bytes} bytes cut from {} at byte {offset}", segment_name(*segment))
            }
        }
    }
}

/// Streams the records of a journal; one segment is in memory at a time.
pub struct Reader<S> {
    storage: S,
    /// Number of the last segment that there is.
    last: u32,
    /// Number of the segment in `bytes`.
    segment: u32,
    bytes: Vec<u8>,
    /// Offset of the next record.
    at: usize,
    journal_id: u64,
    seed: u32,
    /// Sequence of the last record.
    sequence: u64,
    /// Its checksum.
    chain: u32,
    /// It was [`Entry::End`].
    ended: bool,
    power_loss: bool,
    tail: Option<Tail>,
    failed: Option<JournalError>,
}

impl<S: Storage> Reader<S> {
    /// Opens the journal in `storage`.
    ///
    /// # Errors
    /// [`JournalError::Empty`], [`JournalError::NeverBegun`], [`JournalError::Missing`], a first
    /// header that cannot be used, [`JournalError::Storage`].
    pub fn open(storage: S) -> Result<Self, JournalError> {
        let mut reader = Self {
            storage,
            last: 0,
            segment: 1,
            bytes: Vec::new(),
            at: SEGMENT_HEADER,
            journal_id: 0,
            seed: 0,
            sequence: 0,
            chain: 0,
            ended: false,
            power_loss: false,
            tail: None,
            failed: None,
        };
        reader.last = reader.count()?;
        reader.load(1)?;
        match SegmentHeader::decode(&reader.bytes) {
            Ok(header) => reader.begin(header)?,
            Err(fault) => return Err(reader.no_header(fault)?),
        }
        Ok(reader)
    }

    /// For a journal that lived through a power failure, when a disk may have kept later bytes and
    /// lost earlier ones: the journal is also cut, not refused, at damage behind which no record
    /// says that the damaged one had been synced.
    #[must_use]
    pub fn after_power_loss(mut self) -> Self {
        self.power_loss = true;
        self
    }

    /// The next record; `None` at the end, and then [`Reader::tail`] says how it ended.
    ///
    /// # Errors
    /// [`JournalError::Broken`], [`JournalError::Misplaced`], [`JournalError::Header`],
    /// [`JournalError::Foreign`], [`JournalError::Version`], [`JournalError::Decode`],
    /// [`JournalError::Storage`]. The same error is answered ever after.
    #[expect(clippy::should_implement_trait, reason = "it lends what it yields")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, JournalError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        match self.advance() {
            Ok(Some(found)) => self.decode(found).map(Some),
            Ok(None) => Ok(None),
            Err(error) => {
                self.failed = Some(error.clone());
                Err(error)
            }
        }
    }

    /// How the journal ended, once [`Reader::next`] said so.
    pub fn tail(&self) -> Option<Tail> {
        self.tail
    }

    /// Whether [`Entry::End`] was read: the journal was closed in order.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Id of the journal.
    pub fn journal_id(&self) -> u64 {
        self.journal_id
    }

    /// The storage.
    pub fn into_storage(self) -> S {
        self.storage
    }

    /// The number of segments, which are numbered from 1 without a hole.
    fn count(&self) -> Result<u32, JournalError> {
        let mut numbers =
            self.storage.list().map_err(|e| self.failed("list segments from", 1, e))?;
        numbers.sort_unstable();
        for (expected, number) in (1..).zip(&numbers) {
            if *number != expected {
                return Err(JournalError::Missing { name: self.storage.name(expected) });
            }
        }
        numbers.last().copied().ok_or(JournalError::Empty)
    }

    fn load(&mut self, number: u32) -> Result<(), JournalError> {
        self.segment = number;
        self.storage.read(number, &mut self.bytes).map_err(|e| self.failed("read", number, e))
    }

    fn begin(&mut self, header: SegmentHeader) -> Result<(), JournalError> {
        self.journal_id = header.journal_id;
        self.seed = seed(header.journal_id);
        self.chain = self.seed;
        self.check_header(&header)?;
        if (header.first_sequence, header.previous) == (1, self.seed) {
            Ok(())
        } else {
            Err(self.bad_header(24, "not the first segment of a journal"))
        }
    }

    /// Finds the next record, or the tail.
    fn advance(&mut self) -> Result<Option<Found>, JournalError> {
        while self.tail.is_none() {
            match inspect(&self.bytes, self.at, self.seed) {
                Ok(found) => return self.accept(found).map(Some),
                Err(Fault::Blank) => self.turn_page()?,
                Err(fault) => {
                    self.judge(Damage { segment: self.segment, offset: self.at, fault })?
                }
            }
        }
        Ok(None)
    }

    /// Takes a valid record if it belongs here.
    fn accept(&mut self, found: Found) -> Result<Found, JournalError> {
        let Head { sequence, previous, kind, .. } = found.head;
        let expected = self.sequence + 1;
        if self.ended || sequence != expected || previous != self.chain {
            let reason = if self.ended {
                "the journal has ended"
            } else if sequence == expected {
                "it does not follow the record before it"
            } else {
                "records were removed, repeated or moved"
            };
            let at = self.place(self.segment, found.at);
            return Err(JournalError::Misplaced { at, found: sequence, expected, reason });
        }
        self.sequence = sequence;
        self.chain = found.crc;
        self.at = found.end;
        self.ended = kind == Kind::End as u16;
        Ok(found)
    }

    fn decode(&mut self, found: Found) -> Result<Record<'_>, JournalError> {
        let Self { bytes, failed, storage, segment, .. } = self;
        let Head { kind, flags, sequence, .. } = found.head;
        let from = found.at + RECORD_HEADER;
        let entry = if flags & !CONTINUES == 0 {
            Entry::decode(kind, &bytes[from..from + found.length])
        } else {
            Err(DecodeError::Flags(flags))
        };
        let offset = found.at as u64;
        match entry {
            Ok(entry) => Ok(Record { sequence, segment: *segment, offset, entry }),
            Err(source) => {
                let at = Place { name: storage.name(*segment), offset };
                let error = JournalError::Decode { at, sequence, source };
                *failed = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Goes on with the next segment, if it was begun.
    fn turn_page(&mut self) -> Result<(), JournalError> {
        if self.segment == self.last {
            self.tail = Some(Tail::Clean);
            return Ok(());
        }
        let (segment, offset) = (self.segment, self.at);
        self.load(segment + 1)?;
        match SegmentHeader::decode(&self.bytes) {
            Ok(header) => {
                self.check_header(&header)?;
                let follows = header.first_sequence == self.sequence + 1
                    && header.previous == self.chain
                    && !self.ended;
                if !follows {
                    let fault = Fault::Damaged("missing: the next segment follows another record");
                    return self.judge(Damage { segment, offset, fault });
                }
                self.at = SEGMENT_HEADER;
                Ok(())
            }
            Err(HeaderFault::Version(found)) => Err(self.header_error(HeaderFault::Version(found))),
            // Made ahead and not begun, or torn while it was.
            Err(HeaderFault::Damaged(reason)) => {
                let fault = Fault::Damaged(reason);
                self.judge(Damage { segment: self.segment, offset: 0, fault })
            }
        }
    }

    fn check_header(&self, header: &SegmentHeader) -> Result<(), JournalError> {
        if header.journal_id != self.journal_id {
            return Err(JournalError::Foreign {
                at: self.place(self.segment, 16),
                found: header.journal_id,
                expected: self.journal_id,
            });
        }
        if header.number != self.segment {
            return Err(self.bad_header(12, "the number is not that of the file name"));
        }
        if (self.bytes.len() as u64) > header.segment_bytes {
            return Err(self.bad_header(32, "the file is longer than the segment"));
        }
        Ok(())
    }

    fn place(&self, segment: u32, offset: usize) -> Place {
        Place { name: self.storage.name(segment), offset: offset as u64 }
    }

    fn failed(&self, operation: &'static str, number: u32, source: StorageError) -> JournalError {
        JournalError::Storage { operation, at: self.place(number, 0), source }
    }
}
