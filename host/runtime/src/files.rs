//! A journal's segments as files in one folder.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use patchbay_journal::{Storage, StorageError, StorageFault, segment_name, segment_number};
use rustix::fs::{FallocateFlags, fallocate};

use crate::RuntimeError;

/// The folder of one journal. Files are readable and writable by their owner only.
pub struct Files {
    folder: PathBuf,
    open: BTreeMap<u32, File>,
}

impl Files {
    /// Over an existing folder.
    ///
    /// # Errors
    ///
    /// If there is no such folder.
    pub fn open(folder: &Path) -> Result<Self, RuntimeError> {
        fs::read_dir(folder).map_err(|source| RuntimeError::File {
            path: folder.to_owned(),
            what: "open the journal's folder",
            source,
        })?;
        Ok(Self { folder: folder.to_owned(), open: BTreeMap::new() })
    }

    /// Over a new folder; one that exists must be empty.
    ///
    /// # Errors
    ///
    /// If it cannot be made, or holds anything.
    pub fn create(folder: &Path) -> Result<Self, RuntimeError> {
        let failed = |source| RuntimeError::File {
            path: folder.to_owned(),
            what: "make the journal's folder",
            source,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        if fs::read_dir(folder).map_err(failed)?.next().is_some() {
            let source = io::Error::new(
                io::ErrorKind::DirectoryNotEmpty,
                "it is not empty; a journal is never written over, name a new folder",
            );
            return Err(failed(source));
        }
        Self::open(folder)
    }

    fn path(&self, number: u32) -> PathBuf {
        self.folder.join(segment_name(number))
    }

    fn file(&mut self, number: u32) -> Result<&File, StorageError> {
        if !self.open.contains_key(&number) {
            let options = OpenOptions::new().read(true).write(true).open(self.path(number));
            self.open.insert(number, options.map_err(fault)?);
            // The segment being written and the one prepared; older ones are done with.
            while self.open.len() > 2 {
                self.open.pop_first();
            }
        }
        Ok(&self.open[&number])
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}

impl Storage for Files {
    fn list(&self) -> Result<Vec<u32>, StorageError> {
        let entries = fs::read_dir(&self.folder).map_err(fault)?;
        let names = entries.map(|entry| Ok(entry.map_err(fault)?.file_name()));
        let names: Vec<_> = names.collect::<Result<_, StorageError>>()?;
        Ok(names.iter().filter_map(|name| segment_number(name.to_str()?)).collect())
    }

    fn create(&mut self, number: u32, bytes: u64) -> Result<(), StorageError> {
        let path = self.path(number);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(0o600);
        let file = options.open(&path).map_err(fault)?;
        // Reserved, not sparse: a full disk is an answer here, and a signal in a sparse file.
        let made = fallocate(&file, FallocateFlags::empty(), 0, bytes)
            .map_err(io::Error::from)
            .and_then(|()| file.sync_all())
            .and_then(|()| self.sync_folder());
        if let Err(error) = made {
            // Only an empty file of our own is left, and a second failure tells nothing new.
            drop(fs::remove_file(&path));
            return Err(fault(error));
        }
        self.open.insert(number, file);
        Ok(())
    }

    fn write_at(&mut self, number: u32, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        self.file(number)?.write_all_at(bytes, offset).map_err(fault)
    }

    fn read(&self, number: u32, into: &mut Vec<u8>) -> Result<(), StorageError> {
        into.clear();
        let mut file = File::open(self.path(number)).map_err(fault)?;
        file.read_to_end(into).map_err(fault)?;
        Ok(())
    }

    fn truncate(&mut self, number: u32, bytes: u64) -> Result<(), StorageError> {
        self.file(number)?.set_len(bytes).map_err(fault)
    }

    fn sync(&mut self, number: u32) -> Result<(), StorageError> {
        self.file(number)?.sync_all().map_err(fault)
    }

    fn remove(&mut self, number: u32) -> Result<(), StorageError> {
        self.open.remove(&number);
        fs::remove_file(self.path(number)).map_err(fault)?;
        self.sync_folder().map_err(fault)
    }

    fn name(&self, number: u32) -> String {
        self.path(number).display().to_string()
    }
}

fn fault(error: io::Error) -> StorageError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull => StorageFault::Full,
        io::ErrorKind::NotFound => StorageFault::Missing,
        io::ErrorKind::AlreadyExists => StorageFault::Exists,
        _ => StorageFault::Other,
    };
    StorageError::new(kind, error)
}
