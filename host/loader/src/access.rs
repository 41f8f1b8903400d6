//! Who may change a file: only root and the running user, all the way up.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use crate::group;
use crate::refusal::Reason;

/// Resolves `folder` and refuses it unless only root and the running user can change what it
/// leads to.
///
/// The folder itself must not be writable by others, not even with the sticky bit of a `/tmp`:
/// anybody could add a plugin to it. Above it the sticky bit is enough, since it keeps others from
/// renaming a folder that is not theirs. A group may write only if it is the running user alone.
///
/// # Errors
/// [`Reason::Unreadable`], [`Reason::Owner`] and [`Reason::Writable`], naming the folder.
pub(crate) fn private_folder(folder: &Path) -> Result<PathBuf, Reason> {
    let folder = fs::canonicalize(folder).map_err(unreadable(folder))?;
    for (height, place) in folder.ancestors().enumerate() {
        let meta = fs::symlink_metadata(place).map_err(unreadable(place))?;
        owner(place, &meta)?;
        let sticky = meta.mode() & libc::S_ISVTX != 0;
        if height == 0 || !sticky {
            mode(place, &meta)?;
        }
    }
    Ok(folder)
}

/// Refuses an open file that others than root and the running user can change.
///
/// # Errors
/// [`Reason::Owner`] and [`Reason::Writable`].
pub(crate) fn private_file(path: &Path, meta: &Metadata) -> Result<(), Reason> {
    owner(path, meta)?;
    mode(path, meta)
}

/// An I/O error on `place`, as a reason.
pub(crate) fn unreadable(place: &Path) -> impl Fn(std::io::Error) -> Reason {
    move |error| Reason::Unreadable { what: place.display().to_string(), error }
}

/// The effective user of this process.
pub(crate) fn running_user() -> u32 {
    geteuid().as_raw()
}

fn owner(place: &Path, meta: &Metadata) -> Result<(), Reason> {
    let expected = running_user();
    let found = meta.uid();
    if found == 0 || found == expected {
        return Ok(());
    }
    Err(Reason::Owner { place: place.to_path_buf(), expected, found })
}

fn mode(place: &Path, meta: &Metadata) -> Result<(), Reason> {
    let mode = meta.mode() & 0o7777;
    match mode & 0o022 {
        0 => Ok(()),
        0o020 if group::is_private(place, meta.gid(), running_user()) => Ok(()),
        _ => Err(Reason::Writable { place: place.to_path_buf(), found: mode }),
    }
}
