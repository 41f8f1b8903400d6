//! Reads a plugin file once: the bytes read here are the ones checked, hashed and staged.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::access::{self, unreadable};
use crate::refusal::Reason;

/// Largest file that is read.
pub const MAX_FILE: u64 = 256 << 20;

/// A file's bytes, of a file that only root and the running user can change.
pub(crate) struct Content {
    /// Last part of the path.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) sha256: [u8; 32],
}

/// Opens `path` once, checks who may change it, and reads it.
///
/// # Errors
/// What is refused about a file before its content is looked at; see [`Reason`].
pub(crate) fn read(path: &Path) -> Result<Content, Reason> {
    let (place, name) = resolve(path)?;
    let file = open(&place)?;
    let before = file.metadata().map_err(unreadable(path))?;
    check(path, &before)?;
    let bytes = read_all(&file, &before).map_err(unreadable(path))?;
    let after = file.metadata().map_err(unreadable(path))?;
    if !at_rest(&before, &after, bytes.len()) {
        return Err(Reason::Changing);
    }
    let sha256 = Sha256::digest(&bytes).into();
    Ok(Content { name, bytes, sha256 })
}

/// The path with its folder resolved, so that what was checked is what is opened.
fn resolve(path: &Path) -> Result<(PathBuf, String), Reason> {
    let Some(name) = path.file_name() else {
        return Err(Reason::FileType { found: "a folder" });
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = access::private_folder(folder)?;
    Ok((folder.join(name), name.to_string_lossy().into_owned()))
}

fn open(path: &Path) -> Result<File, Reason> {
    OpenOptions::new()
        .read(true)
        // Without O_NONBLOCK a pipe would be waited for until somebody writes to it.
        .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK)
        .open(path)
        .map_err(|error| match error.raw_os_error() {
            Some(libc::ELOOP) => Reason::SymbolicLink,
            Some(libc::ENXIO) => Reason::FileType { found: "a socket" },
            _ => unreadable(path)(error),
        })
}

fn check(path: &Path, meta: &Metadata) -> Result<(), Reason> {
    if !meta.is_file() {
        return Err(Reason::FileType { found: describe(meta.file_type()) });
    }
    access::private_file(path, meta)?;
    if meta.len() > MAX_FILE {
        return Err(Reason::TooLarge { limit: MAX_FILE, found: meta.len() });
    }
    Ok(())
}

fn describe(found: FileType) -> &'static str {
    match found {
        found if found.is_dir() => "a folder",
        found if found.is_fifo() => "a pipe",
        _ => "a device",
    }
}

/// One byte more than the length says, so that a file that grows is noticed.
fn read_all(file: &File, meta: &Metadata) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0) + 1);
    file.take(meta.len() + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn at_rest(before: &Metadata, after: &Metadata, read: usize) -> bool {
    let stamp = |meta: &Metadata| (meta.len(), meta.mtime(), meta.mtime_nsec());
    stamp(before) == stamp(after) && before.len() == read as u64
}
