//! The staging folder: a private copy of each plugin under a name that is used once.
//!
//! Mapping the installed file itself would let an overwrite in place end the host (SIGBUS), and
//! glibc answers a second `dlopen` of one name with the first library, whatever the file holds by
//! then. So the checked bytes are written to a new name for every load. Not to a memfd: its path
//! is a descriptor number, which is reused, and the same trap closes. The copies stay until the
//! host ends, so that debuggers and backtraces find them.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::access;
use crate::refusal::Reason;

/// Folders are `patchbay-plugins.PID.NUMBER`.
const STEM: &str = "patchbay-plugins.";
/// Held locked by the process that owns the folder.
const LOCK: &str = "lock";

/// Numbers of folders and files. They never repeat within the process: a library that is still
/// mapped keeps its name in glibc's list even when its folder is gone.
static NEXT: AtomicU64 = AtomicU64::new(1);
/// Makes "folder and its lock" one step for the other loaders of this process.
static MAKING: Mutex<()> = Mutex::new(());

/// A folder of mode 0700, removed when dropped.
#[derive(Debug)]
pub(crate) struct Stage {
    folder: PathBuf,
    /// Locked while the folder is in use; the system unlocks it however the process ends.
    _lock: File,
}

impl Stage {
    /// Makes a folder under `base` and removes those of dead processes.
    ///
    /// # Errors
    /// [`Reason::Staging`]; those of [`access::private_folder`] if others may change what leads to
    /// the folder.
    pub(crate) fn new(base: &Path) -> Result<Self, Reason> {
        let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        let base = fs::canonicalize(base).map_err(staging(base))?;
        remove_dead(&base);
        let folder = make_folder(&base)?;
        let lock = make_lock(&folder).map_err(staging(&folder))?;
        let stage = Self { folder, _lock: lock };
        access::private_folder(&stage.folder)?;
        Ok(stage)
    }

    /// Writes `bytes` to a new file; `name` is only for those who read backtraces.
    ///
    /// # Errors
    /// [`Reason::Staging`].
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Reason> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{number}-{name}"));
        write_new(&path, bytes).map_err(staging(&path))?;
        Ok(path)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Mappings outlive their names. What cannot be removed is removed at the next start.
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o500).open(path)?;
    file.write_all(bytes)
}

fn make_folder(base: &Path) -> Result<PathBuf, Reason> {
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = base.join(format!("{STEM}{}.{number}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            // Left by a dead process of the same number, or put there by somebody else.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(staging(&folder)(error)),
        }
    }
}

fn make_lock(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let lock = options.write(true).create_new(true).mode(0o600).open(folder.join(LOCK))?;
    lock.try_lock()?;
    Ok(lock)
}

/// Removes the folders that dead processes of this user left under `base`. Failures are left to
/// the next start: they cost room, nothing else.
fn remove_dead(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(STEM)).and_then(process);
        if process.is_some_and(|process| is_dead(&entry.path(), process)) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}

/// `PID` of `PID.NUMBER`.
fn process(rest: &str) -> Option<u32> {
    let (process, number) = rest.split_once('.')?;
    number.parse::<u64>().ok()?;
    process.parse().ok()
}

/// The lock says whether the owner lives, in other containers too; the process number covers the
/// moment in which the folder is made and not yet locked.
fn is_dead(folder: &Path, process: u32) -> bool {
    let ours = fs::symlink_metadata(folder)
        .is_ok_and(|meta| meta.is_dir() && meta.uid() == access::running_user());
    let starting =
        process != std::process::id() && Path::new("/proc").join(process.to_string()).exists();
    ours && !starting && !is_locked(&folder.join(LOCK))
}

fn is_locked(lock: &Path) -> bool {
    let file = OpenOptions::new().write(true).custom_flags(libc::O_NOFOLLOW).open(lock);
    file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

fn staging(path: &Path) -> impl Fn(io::Error) -> Reason {
    move |error| Reason::Staging { path: path.to_path_buf(), error }
}
