//! Appending.

use crate::{
    Entry, JournalError, Kind, Place, Storage, StorageError,
    format::{
        RECORD_HEADER, SEGMENT_BYTES, SEGMENT_BYTES_MAX, SEGMENT_BYTES_MIN, SEGMENT_HEADER,
        SegmentHeader, seed,
    },
    record::{CONTINUES, Head, seal},
};

/// How a journal is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriterConfig {
    /// Size of a segment in bytes, a multiple of 4096; also the bound of a record.
    pub segment_bytes: u64,
    /// Id of the journal: never used before, and not to be guessed by a venue.
    pub journal_id: u64,
}

impl WriterConfig {
    /// Segments of the default size.
    pub fn new(journal_id: u64) -> Self {
        Self {
            segment_bytes: SEGMENT_BYTES,
            journal_id,
        }
    }

    fn check(&self) -> Result<(), JournalError> {
        let bytes = self.segment_bytes;
        let allowed = SEGMENT_BYTES_MIN..=SEGMENT_BYTES_MAX;
        if allowed.contains(&bytes) && bytes.is_multiple_of(4096) {
            Ok(())
        } else {
            Err(JournalError::SegmentSize { bytes })
        }
    }
}

/// Writes one journal.
///
/// Records are *staged* in a buffer, then *published* together: one write of their bytes, one of
/// the first one's commit word. Killed in between, the journal ends before them. *Synced* is what a
/// power failure cannot take either.
///
/// Any error but [`JournalError::TooLarge`] fences the writer: every later call answers with
/// [`JournalError::Fenced`] and the first error. Only [`Writer::prepare`] may fail and be tried
/// again.
pub struct Writer<S> {
    storage: S,
    config: WriterConfig,
    seed: u32,
    /// Current segment.
    segment: u32,
    /// Offset in it behind the last published byte.
    offset: u64,
    /// Records not yet published; the first one without its commit word.
    staged: Vec<u8>,
    /// The commit word that `staged` lacks.
    commit: u64,
    /// Sequence of the last record staged.
    sequence: u64,
    /// Its checksum.
    chain: u32,
    published: u64,
    synced: u64,
    /// Oldest segment with bytes that no sync covers.
    unsynced_segment: u32,
    /// The next segment exists.
    spare: bool,
    state: State,
}

enum State {
    Open,
    Closed,
    Fenced(Box<JournalError>),
}

impl<S: Storage> Writer<S> {
    /// Begins a journal in an empty storage.
    ///
    /// # Errors
    /// [`JournalError::SegmentSize`], [`JournalError::Exists`], [`JournalError::Storage`].
    pub fn create(storage: S, config: WriterConfig) -> Result<Self, JournalError> {
        config.check()?;
        let seed = seed(config.journal_id);
        let mut writer = Self {
            storage,
            config,
            seed,
            segment: 1,
            offset: 0,
            staged: Vec::new(),
            commit: 0,
            sequence: 0,
            chain: seed,
            published: 0,
            synced: 0,
            unsynced_segment: 1,
            spare: false,
            state: State::Open,
        };
        writer.begin()?;
        Ok(writer)
    }

    fn begin(&mut self) -> Result<(), JournalError> {
        let numbers = self
            .storage
            .list()
            .map_err(|e| self.failed("list segments from", e))?;
        if let Some(number) = numbers.first() {
            return Err(JournalError::Exists {
                name: self.storage.name(*number),
            });
        }
        self.open_segment(1)
    }

    /// Appends one record and publishes it, with all that are staged. Its sequence is answered.
    ///
    /// # Errors
    /// [`JournalError::TooLarge`], and nothing was appended; [`JournalError::Storage`] and
    /// [`JournalError::Fenced`], and the writer is of no more use; [`JournalError::Closed`].
    pub fn append(&mut self, entry: &Entry<'_>) -> Result<u64, JournalError> {
        let sequence = self.stage(entry)?;
        self.publish()?;
        Ok(sequence)
    }

    /// Appends one record to the group that the next [`Writer::publish`] writes. A group that
    /// fills a segment is published at once, and the record begins the next.
    ///
    /// # Errors
    /// As [`Writer::append`].
    pub fn stage(&mut self, entry: &Entry<'_>) -> Result<u64, JournalError> {
        self.stage_with(entry.kind(), |out| entry.encode(out))
    }

    /// As [`Writer::stage`], with a payload that [`Entry::encode`] made elsewhere.
    ///
    /// # Errors
    /// As [`Writer::append`].
    pub fn stage_payload(&mut self, kind: Kind, payload: &[u8]) -> Result<u64, JournalError> {
        self.stage_with(kind, |out| out.extend_from_slice(payload))
    }

    fn stage_with(
        &mut self,
        kind: Kind,
        payload: impl FnOnce(&mut Vec<u8>),
    ) -> Result<u64, JournalError> {
        self.usable()?;
        let mut at = self.staged.len();
        self.staged.resize(at + RECORD_HEADER, 0);
        payload(&mut self.staged);
        let size = (self.staged.len() - at).next_multiple_of(8) as u64;
        let bound = self.config.segment_bytes - SEGMENT_HEADER as u64;
        if size > bound {
            self.staged.truncate(at);
            return Err(JournalError::TooLarge { bytes: size, bound });
        }
        if self.offset + at as u64 + size > self.config.segment_bytes {
            self.roll(at).map_err(|error| self.fence(error))?;
            at = 0;
        }
        self.seal(at, kind);
        Ok(self.sequence)
    }

    fn seal(&mut self, at: usize, kind: Kind) {
        let head = Head {
            kind: kind as u16,
            flags: if at == 0 { 0 } else { CONTINUES },
            sequence: self.sequence + 1,
            previous: self.chain,
            unsynced: u32::try_from(self.sequence - self.synced).unwrap_or(u32::MAX),
        };
        let (commit, crc) = seal(&mut self.staged, at, head, self.seed);
        if at == 0 {
            self.commit = commit;
        } else {
            self.staged[at..at + 8].copy_from_slice(&commit.to_le_bytes());
        }
        self.sequence += 1;
        self.chain = crc;
        if kind == Kind::End {
            self.state = State::Closed;
        }
    }

    /// Writes what is staged. Afterwards it survives the death of the process.
    ///
    /// # Errors
    /// [`JournalError::Storage`], [`JournalError::Fenced`].
    pub fn publish(&mut self) -> Result<(), JournalError> {
        self.unfenced()?;
        self.write_staged(self.staged.len())
            .map_err(|error| self.fence(error))?;
        self.staged.clear();
        self.published = self.sequence;
        Ok(())
    }

    /// Publishes what is staged and waits until all of the journal is on the disk. Afterwards it
    /// survives a power failure.
    ///
    /// # Errors
    /// [`JournalError::Storage`], [`JournalError::Fenced`]. A failed sync is never repeated: the
    /// second would succeed though the bytes are gone.
    pub fn sync(&mut self) -> Result<(), JournalError> {
        self.publish()?;
        self.sync_segments().map_err(|error| self.fence(error))
    }

    fn sync_segments(&mut self) -> Result<(), JournalError> {
        for number in self.unsynced_segment..=self.segment {
            self.storage
                .sync(number)
                .map_err(|e| self.failed_at("sync", number, 0, e))?;
        }
        self.unsynced_segment = self.segment;
        self.synced = self.published;
        Ok(())
    }

    /// Makes the next segment now, off the path of an append; answers whether it was missing.
    /// Worth calling whenever there is nothing to write.
    ///
    /// # Errors
    /// [`JournalError::Storage`]; the journal is as good as before and the call may be repeated,
    /// but the current segment is the last until it succeeds ([`Writer::room`]).
    pub fn prepare(&mut self) -> Result<bool, JournalError> {
        self.usable()?;
        if self.spare {
            return Ok(false);
        }
        self.create_segment(self.segment + 1)?;
        self.spare = true;
        Ok(true)
    }

    /// Ends the journal: [`Entry::End`], the last segment cut to what is used, everything synced,
    /// a spare segment removed. Answers with the storage.
    ///
    /// # Errors
    /// [`JournalError::Storage`], [`JournalError::Fenced`].
    pub fn close(mut self) -> Result<S, JournalError> {
        if !matches!(self.state, State::Closed) {
            self.stage(&Entry::End)?;
        }
        self.publish()?;
        self.storage
            .truncate(self.segment, self.offset)
            .map_err(|e| self.failed("truncate", e))?;
        self.sync_segments()?;
        if self.spare {
            let number = self.segment + 1;
            self.storage
                .remove(number)
                .map_err(|e| self.failed_at("remove", number, 0, e))?;
        }
        Ok(self.storage)
    }

    /// Sequence of the last record staged, 0 if there is none.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Sequence up to which records survive the death of the process.
    pub fn published(&self) -> u64 {
        self.published
    }

    /// Sequence up to which records survive a power failure.
    pub fn synced(&self) -> u64 {
        self.synced
    }

    /// Bytes left in the current segment.
    pub fn room(&self) -> u64 {
        self.config.segment_bytes - self.offset - self.staged.len() as u64
    }

    /// Bytes that the journal takes, without a spare segment.
    pub fn bytes(&self) -> u64 {
        u64::from(self.segment) * self.config.segment_bytes - self.room()
    }

    /// The storage, to look at.
    pub fn storage(&self) -> &S {
        &self.storage
    }

    /// Publishes the records before `at`, and goes on in the next segment with what is left.
    fn roll(&mut self, at: usize) -> Result<(), JournalError> {
        self.write_staged(at)?;
        self.staged.drain(..at);
        self.published = self.sequence;
        self.open_segment(self.segment + 1)
    }

    /// Two writes: the records, then the word that makes them count.
    fn write_staged(&mut self, bytes: usize) -> Result<(), JournalError> {
        if bytes == 0 {
            return Ok(());
        }
        let (number, offset) = (self.segment, self.offset);
        self.storage
            .write_at(number, offset, &self.staged[..bytes])
            .and_then(|()| {
                self.storage
                    .write_at(number, offset, &self.commit.to_le_bytes())
            })
            .map_err(|e| self.failed("write", e))?;
        self.offset += bytes as u64;
        Ok(())
    }

    fn open_segment(&mut self, number: u32) -> Result<(), JournalError> {
        if !self.spare {
            self.create_segment(number)?;
        }
        self.spare = false;
        let header = SegmentHeader {
            number,
            journal_id: self.config.journal_id,
            first_sequence: self.sequence + 1,
            segment_bytes: self.config.segment_bytes,
            previous: self.chain,
        };
        self.storage
            .write_at(number, 0, &header.encode())
            .map_err(|e| self.failed_at("write", number, 0, e))?;
        self.segment = number;
        self.offset = SEGMENT_HEADER as u64;
        Ok(())
    }

    fn create_segment(&mut self, number: u32) -> Result<(), JournalError> {
        self.storage
            .create(number, self.config.segment_bytes)
            .map_err(|e| self.failed_at("create", number, 0, e))
    }

    fn usable(&self) -> Result<(), JournalError> {
        match self.state {
            State::Closed => Err(JournalError::Closed),
            _ => self.unfenced(),
        }
    }

    fn unfenced(&self) -> Result<(), JournalError> {
        match &self.state {
            State::Fenced(first) => Err(JournalError::Fenced {
                first: first.clone(),
            }),
            _ => Ok(()),
        }
    }

    fn fence(&mut self, error: JournalError) -> JournalError {
        self.state = State::Fenced(Box::new(error.clone()));
        error
    }

    fn failed(&self, operation: &'static str, source: StorageError) -> JournalError {
        self.failed_at(operation, self.segment, self.offset, source)
    }

    fn failed_at(
        &self,
        operation: &'static str,
        number: u32,
        offset: u64,
        source: StorageError,
    ) -> JournalError {
        let at = Place {
            name: self.storage.name(number),
            offset,
        };
        JournalError::Storage {
            operation,
            at,
            source,
        }
    }
}
