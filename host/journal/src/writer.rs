//! Appending.

use crate::{
    Entry, JournalError, Kind, Storage,
    format::{RECORD_HEADER, SEGMENT_BYTES, SEGMENT_BYTES_MAX, SEGMENT_BYTES_MIN, seed},
    record::{CONTINUES, Head, seal},
    segments::Segments,
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
        Self { segment_bytes: SEGMENT_BYTES, journal_id }
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
    segments: Segments<S>,
    seed: u32,
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
    state: State,
}

enum State {
    Open,
    /// [`Entry::End`] is staged or written.
    Ended,
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
        let mut segments = Segments::new(storage, config)?;
        segments.turn(1, seed)?;
        Ok(Self {
            segments,
            seed,
            staged: Vec::new(),
            commit: 0,
            sequence: 0,
            chain: seed,
            published: 0,
            synced: 0,
            state: State::Open,
        })
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

    /// Writes what is staged. Afterwards it survives the death of the process.
    ///
    /// # Errors
    /// [`JournalError::Storage`], [`JournalError::Fenced`].
    pub fn publish(&mut self) -> Result<(), JournalError> {
        self.unfenced()?;
        if self.staged.is_empty() {
            return Ok(());
        }
        self.segments.write(&self.staged, self.commit).map_err(|e| self.fence(e))?;
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
        self.segments.sync().map_err(|e| self.fence(e))?;
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
        self.segments.prepare()
    }

    /// Ends the journal: [`Entry::End`], the last segment cut to what is used, everything synced,
    /// a spare segment removed. Answers with the storage.
    ///
    /// # Errors
    /// [`JournalError::Storage`], [`JournalError::Fenced`].
    pub fn close(mut self) -> Result<S, JournalError> {
        if !matches!(self.state, State::Ended) {
            self.stage(&Entry::End)?;
        }
        self.publish()?;
        self.segments.finish()
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

    /// Bytes left in the current segment, staged records taken off.
    pub fn room(&self) -> u64 {
        self.segments.room().saturating_sub(self.staged.len() as u64)
    }

    /// Bytes that the journal takes, without staged records and a segment made ahead.
    pub fn bytes(&self) -> u64 {
        self.segments.bytes()
    }

    /// The storage, to look at.
    pub fn storage(&self) -> &S {
        self.segments.storage()
    }

    fn stage_with(
        &mut self,
        kind: Kind,
        payload: impl FnOnce(&mut Vec<u8>),
    ) -> Result<u64, JournalError> {
        self.usable()?;
        let at = self.staged.len();
        self.staged.resize(at + RECORD_HEADER, 0);
        payload(&mut self.staged);
        let bytes = (self.staged.len() - at).next_multiple_of(8) as u64;
        let bound = self.segments.bound();
        if bytes > bound {
            self.staged.truncate(at);
            self.staged.shrink_to(bound as usize);
            return Err(JournalError::TooLarge { bytes, bound });
        }
        if at as u64 + bytes > self.segments.room() {
            self.roll(at).map_err(|e| self.fence(e))?;
            self.seal(0, kind);
        } else {
            self.seal(at, kind);
        }
        Ok(self.sequence)
    }

    /// Publishes the records before `at`; the one that begins there opens the next segment.
    fn roll(&mut self, at: usize) -> Result<(), JournalError> {
        if at > 0 {
            self.segments.write(&self.staged[..at], self.commit)?;
            self.staged.drain(..at);
            self.published = self.sequence;
        }
        self.segments.turn(self.sequence + 1, self.chain)
    }

    /// Completes the last staged record, which begins at `at`.
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
            self.state = State::Ended;
        }
    }

    fn usable(&self) -> Result<(), JournalError> {
        match self.state {
            State::Ended => Err(JournalError::Closed),
            _ => self.unfenced(),
        }
    }

    fn unfenced(&self) -> Result<(), JournalError> {
        match &self.state {
            State::Fenced(first) => Err(JournalError::Fenced { first: first.clone() }),
            _ => Ok(()),
        }
    }

    fn fence(&mut self, error: JournalError) -> JournalError {
        self.state = State::Fenced(Box::new(error.clone()));
        error
    }
}
