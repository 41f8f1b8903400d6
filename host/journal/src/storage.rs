//! Where segments live.

use std::{collections::BTreeMap, fmt};

use thiserror::Error;

/// Numbered segments of bytes. The runtime implements it over a folder of files.
///
/// Calls come one at a time. A call that fails may have done part of its work, except that
/// [`Storage::create`] must leave no segment behind.
pub trait Storage {
    /// Numbers of all segments, in any order.
    ///
    /// # Errors
    /// The folder cannot be read.
    fn list(&self) -> Result<Vec<u32>, StorageError>;

    /// Makes a segment of `bytes` zero bytes, all of them reserved on the disk (`fallocate`, not a
    /// sparse file), and makes its name durable.
    ///
    /// # Errors
    /// There is one of that number, or no room ([`StorageFault::Full`]).
    fn create(&mut self, number: u32, bytes: u64) -> Result<(), StorageError>;

    /// Writes all of `bytes` at `offset`. Writes to a segment become visible in the order of the
    /// calls, to this process and to the one that reads after this one is killed.
    ///
    /// # Errors
    /// Not all of it could be written.
    fn write_at(&mut self, number: u32, offset: u64, bytes: &[u8]) -> Result<(), StorageError>;

    /// Replaces what is in `into` by the whole segment.
    ///
    /// # Errors
    /// There is no such segment, or it cannot be read.
    fn read(&self, number: u32, into: &mut Vec<u8>) -> Result<(), StorageError>;

    /// Cuts a segment to `bytes`.
    ///
    /// # Errors
    /// It cannot be cut.
    fn truncate(&mut self, number: u32, bytes: u64) -> Result<(), StorageError>;

    /// Returns when everything written to the segment, and its size, is on the disk.
    ///
    /// # Errors
    /// It may not be. The call is never repeated.
    fn sync(&mut self, number: u32) -> Result<(), StorageError>;

    /// Removes a segment in which nothing was written.
    ///
    /// # Errors
    /// It cannot be removed.
    fn remove(&mut self, number: u32) -> Result<(), StorageError>;

    /// What messages call a segment: its path.
    fn name(&self, number: u32) -> String {
        segment_name(number)
    }
}

/// File name of a segment: `00000001.pbj`.
pub fn segment_name(number: u32) -> String {
    format!("{number:08}.pbj")
}

/// The number in a file name, if it is one of [`segment_name`].
pub fn segment_number(name: &str) -> Option<u32> {
    let number = name.strip_suffix(".pbj")?.parse().ok()?;
    (segment_name(number) == name).then_some(number)
}

/// A failure of the storage. It keeps text, not the cause itself, so that the first one can be
/// shown again whenever a fenced journal is used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{text}")]
pub struct StorageError {
    /// What kind of failure.
    pub fault: StorageFault,
    /// What the system said.
    pub text: String,
}

impl StorageError {
    /// A failure with the text of its cause.
    pub fn new(fault: StorageFault, cause: impl fmt::Display) -> Self {
        Self { fault, text: cause.to_string() }
    }
}

/// Kinds of failure that somebody may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageFault {
    /// No room.
    Full,
    /// No such segment.
    Missing,
    /// There already is one.
    Exists,
    /// Anything else.
    Other,
}

/// Segments in memory, for tests and for journals that need not outlive the process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Bytes by number; open to tests that want to do harm.
    pub segments: BTreeMap<u32, Vec<u8>>,
}

impl Memory {
    /// No segments.
    pub fn new() -> Self {
        Self::default()
    }

    fn segment(&mut self, number: u32) -> Result<&mut Vec<u8>, StorageError> {
        self.segments.get_mut(&number).ok_or_else(missing)
    }
}

fn missing() -> StorageError {
    StorageError::new(StorageFault::Missing, "no such segment")
}

fn bounds() -> StorageError {
    StorageError::new(StorageFault::Other, "beyond the end of the segment")
}

impl Storage for Memory {
    fn list(&self) -> Result<Vec<u32>, StorageError> {
        Ok(self.segments.keys().copied().collect())
    }

    fn create(&mut self, number: u32, bytes: u64) -> Result<(), StorageError> {
        if self.segments.contains_key(&number) {
            return Err(StorageError::new(StorageFault::Exists, "already exists"));
        }
        let bytes = usize::try_from(bytes).map_err(|_| bounds())?;
        self.segments.insert(number, vec![0; bytes]);
        Ok(())
    }

    fn write_at(&mut self, number: u32, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let from = usize::try_from(offset).map_err(|_| bounds())?;
        let to = from.checked_add(bytes.len()).ok_or_else(bounds)?;
        self.segment(number)?.get_mut(from..to).ok_or_else(bounds)?.copy_from_slice(bytes);
        Ok(())
    }

    fn read(&self, number: u32, into: &mut Vec<u8>) -> Result<(), StorageError> {
        into.clone_from(self.segments.get(&number).ok_or_else(missing)?);
        Ok(())
    }

    fn truncate(&mut self, number: u32, bytes: u64) -> Result<(), StorageError> {
        let bytes = usize::try_from(bytes).map_err(|_| bounds())?;
        self.segment(number)?.truncate(bytes);
        Ok(())
    }

    fn sync(&mut self, number: u32) -> Result<(), StorageError> {
        self.segment(number).map(|_| ())
    }

    fn remove(&mut self, number: u32) -> Result<(), StorageError> {
        self.segments.remove(&number).map(|_| ()).ok_or_else(missing)
    }
}

/// A borrowed or boxed storage is one too: `Writer<&mut S>`, `Reader<Box<dyn Storage>>`.
macro_rules! forward {
    ($($holder:ty),*) => {$(
        impl<S: Storage + ?Sized> Storage for $holder {
            fn list(&self) -> Result<Vec<u32>, StorageError> {
                (**self).list()
            }

            fn create(&mut self, number: u32, bytes: u64) -> Result<(), StorageError> {
                (**self).create(number, bytes)
            }

            fn write_at(&mut self, number: u32, at: u64, bytes: &[u8]) -> Result<(), StorageError> {
                (**self).write_at(number, at, bytes)
            }

            fn read(&self, number: u32, into: &mut Vec<u8>) -> Result<(), StorageError> {
                (**self).read(number, into)
            }

            fn truncate(&mut self, number: u32, bytes: u64) -> Result<(), StorageError> {
                (**self).truncate(number, bytes)
            }

            fn sync(&mut self, number: u32) -> Result<(), StorageError> {
                (**self).sync(number)
            }

            fn remove(&mut self, number: u32) -> Result<(), StorageError> {
                (**self).remove(number)
            }

            fn name(&self, number: u32) -> String {
                (**self).name(number)
            }
        }
    )*};
}

forward!(&mut S, Box<S>);
