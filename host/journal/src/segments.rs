//! The segments of a journal that is being written.

use crate::{
    JournalError, Place, Storage, StorageError, WriterConfig,
    format::{SEGMENT_HEADER, SegmentHeader},
};

/// The current segment, perhaps one made ahead, and which of them a sync must still cover.
pub(crate) struct Segments<S> {
    storage: S,
    config: WriterConfig,
    /// Current segment; 0 before the first.
    number: u32,
    /// Offset in it behind the last byte written.
    offset: u64,
    /// The next segment exists.
    spare: bool,
    /// Oldest segment with bytes that no sync covers.
    unsynced: u32,
}

impl<S: Storage> Segments<S> {
    /// Of a new journal; the first segment is not made yet.
    pub(crate) fn new(storage: S, config: WriterConfig) -> Result<Self, JournalError> {
        let segments = Self { storage, config, number: 0, offset: 0, spare: false, unsynced: 1 };
        let numbers = segments.storage.list().map_err(|e| segments.failed("list", 1, 0, e))?;
        match numbers.iter().min() {
            Some(number) => Err(JournalError::Exists { name: segments.storage.name(*number) }),
            None => Ok(segments),
        }
    }

    /// Begins the next segment, made ahead or not.
    pub(crate) fn turn(&mut self, first_sequence: u64, previous: u32) -> Result<(), JournalError> {
        self.prepare()?;
        let number = self.number + 1;
        let header = SegmentHeader {
            number,
            journal_id: self.config.journal_id,
            first_sequence,
            segment_bytes: self.config.segment_bytes,
            previous,
        };
        self.storage
            .write_at(number, 0, &header.encode())
            .map_err(|e| self.failed("write", number, 0, e))?;
        self.number = number;
        self.offset = SEGMENT_HEADER as u64;
        self.spare = false;
        Ok(())
    }

    /// Makes the next segment if it is missing, and answers whether it was.
    pub(crate) fn prepare(&mut self) -> Result<bool, JournalError> {
        if self.spare {
            return Ok(false);
        }
        let number = self.number + 1;
        self.storage
            .create(number, self.config.segment_bytes)
            .map_err(|e| self.failed("create", number, 0, e))?;
        self.spare = true;
        Ok(true)
    }

    /// Two writes: the records, then the word that makes them count.
    pub(crate) fn write(&mut self, records: &[u8], commit: u64) -> Result<(), JournalError> {
        let (number, offset) = (self.number, self.offset);
        self.storage
            .write_at(number, offset, records)
            .and_then(|()| self.storage.write_at(number, offset, &commit.to_le_bytes()))
            .map_err(|e| self.failed("write", number, offset, e))?;
        self.offset += records.len() as u64;
        Ok(())
    }

    /// Puts everything written on the disk, older segments first.
    pub(crate) fn sync(&mut self) -> Result<(), JournalError> {
        for number in self.unsynced..=self.number {
            self.storage.sync(number).map_err(|e| self.failed("sync", number, 0, e))?;
        }
        self.unsynced = self.number;
        Ok(())
    }

    /// Cuts the last segment to what is used, syncs, and removes a segment made ahead.
    pub(crate) fn finish(mut self) -> Result<S, JournalError> {
        let (number, offset) = (self.number, self.offset);
        self.storage
            .truncate(number, offset)
            .map_err(|e| self.failed("truncate", number, offset, e))?;
        self.sync()?;
        if self.spare {
            let number = number + 1;
            self.storage.remove(number).map_err(|e| self.failed("remove", number, 0, e))?;
        }
        Ok(self.storage)
    }

    /// Bytes left in the current segment.
    pub(crate) fn room(&self) -> u64 {
        self.config.segment_bytes - self.offset
    }

    /// Bytes written or passed over in all segments.
    pub(crate) fn bytes(&self) -> u64 {
        u64::from(self.number) * self.config.segment_bytes - self.room()
    }

    /// Largest record, with its header.
    pub(crate) fn bound(&self) -> u64 {
        self.config.segment_bytes - SEGMENT_HEADER as u64
    }

    pub(crate) fn storage(&self) -> &S {
        &self.storage
    }

    fn failed(
        &self,
        operation: &'static str,
        number: u32,
        offset: u64,
        source: StorageError,
    ) -> JournalError {
        let at = Place { name: self.storage.name(number), offset };
        JournalError::Storage { operation, at, source }
    }
}
