//! What must outlive a restart: the registry of instruments, one host at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use patchbay_engine::Registry;

use crate::RuntimeError;

/// Whether no host has the state folder, asked before anything in it is touched.
///
/// # Errors
///
/// If one has, or it cannot be made.
pub fn state_is_free(folder: &Path) -> Result<(), RuntimeError> {
    lock(folder).map(drop)
}

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RuntimeError {
    let path = path.to_owned();
    move |source| RuntimeError::File { path, what, source }
}

fn lock(folder: &Path) -> Result<File, RuntimeError> {
    fs::create_dir_all(folder).map_err(failed("make the state folder", folder))?;
    let path = folder.join("lock");
    let lock = File::create(&path).map_err(failed("make the lock", &path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(RuntimeError::StateInUse { folder: folder.to_owned() })
        }
        Err(TryLockError::Error(source)) => Err(failed("lock the state folder", &path)(source)),
    }
}

/// The state folder of a running host.
#[derive(Debug)]
pub(crate) struct StateFolder {
    path: PathBuf,
    registry: File,
    /// Held as long as the host runs.
    _lock: File,
}

impl StateFolder {
    /// Opens or makes it; with the registry as its file has it.
    ///
    /// A last line without its end was cut by a crash before anybody used it, and goes.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Registry, String), RuntimeError> {
        let lock = lock(folder)?;
        let path = folder.join("registry.tsv");
        let open = OpenOptions::new().create(true).append(true).read(true).open(&path);
        let registry = open.map_err(failed("open the registry", &path))?;
        let mut text = fs::read_to_string(&path).map_err(failed("read the registry", &path))?;
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        if whole < text.len() {
            text.truncate(whole);
            registry.set_len(whole as u64).map_err(failed("mend the registry", &path))?;
        }
        let known = Registry::parse(&text)
            .map_err(|source| RuntimeError::Registry { path: path.clone(), source })?;
        Ok((Self { path, registry, _lock: lock }, known, text))
    }

    /// Appends lines; they are on the disk when this returns. Numbers are given at definitions only,
    /// so that the engine waits for the disk while a venue starts and not while it trades.
    pub(crate) fn append(&mut self, lines: &str) -> Result<(), RuntimeError> {
        let written = self.registry.write_all(lines.as_bytes());
        written.and_then(|()| self.registry.sync_data()).map_err(|source| RuntimeError::File {
            path: self.path.clone(),
            what: "append to the registry",
            source,
        })
    }
}
