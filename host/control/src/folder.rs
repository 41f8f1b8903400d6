//! The folder of the socket, and the socket in it.

use std::fs::{self, DirBuilder, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::FlockOperation;

use crate::ServerError;

/// Bytes of a socket's address, its end included.
const MAX_PATH_BYTES: usize = 108;

/// A listening socket that takes its file away with it.
#[derive(Debug)]
pub(crate) struct Socket {
    /// Held until the file is gone: as long as it is open, no other file can have its inode.
    pub(crate) listener: Arc<UnixListener>,
    path: PathBuf,
    /// Device and inode, by which the file is known as ours.
    identity: (u64, u64),
}

impl Socket {
    /// Opens a socket at `path`. Its folder is made if it is missing, for the running user alone;
    /// a folder that others own, change or enter is refused, and so is one on the way to it that
    /// would let others put another folder in its place. A socket that a dead host left is taken
    /// away, one that answers is not.
    ///
    /// # Errors
    ///
    /// [`ServerError`].
    pub(crate) fn open(path: &Path) -> Result<Self, ServerError> {
        let bad_path = || ServerError::Path { path: path.to_owned() };
        let name = path.file_name().ok_or_else(bad_path)?;
        let folder = match path.parent().ok_or_else(bad_path)? {
            here if here.as_os_str().is_empty() => Path::new("."),
            folder => folder,
        };
        let folder = private_folder(folder)?;
        let path = folder.join(name);
        if path.as_os_str().len() >= MAX_PATH_BYTES {
            return Err(ServerError::Path { path });
        }
        // Two hosts that start at once would both find the old socket dead, and the second would
        // take away the first one's new one. Let go of when this file closes, at the end.
        let _alone = lock(&folder)?;
        make_room(&path)?;
        let bind = |error| ServerError::Bind { path: path.clone(), error };
        let listener = UnixListener::bind(&path).map_err(bind)?;
        fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(bind)?;
        let identity = identity(&fs::symlink_metadata(&path).map_err(bind)?);
        Ok(Self { listener: Arc::new(listener), path, identity })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path).is_ok_and(|m| identity(&m) == self.identity);
        if ours {
            // It was there a moment ago; if it cannot be removed, the next host will.
            drop(fs::remove_file(&self.path));
        }
    }
}

fn identity(meta: &Metadata) -> (u64, u64) {
    (meta.dev(), meta.ino())
}

fn at(place: &Path) -> impl Fn(io::Error) -> ServerError {
    move |error| ServerError::Folder { place: place.to_owned(), error }
}

fn private_folder(folder: &Path) -> Result<PathBuf, ServerError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))?;
    let folder = fs::canonicalize(folder).map_err(at(folder))?;
    let own = rustix::process::geteuid().as_raw();
    for (height, place) in folder.ancestors().enumerate() {
        let meta = fs::symlink_metadata(place).map_err(at(place))?;
        let (found, mode) = (meta.uid(), meta.mode() & 0o7777);
        // The folder itself must be ours; above it root may stand, too.
        if found != own && (height == 0 || found != 0) {
            return Err(ServerError::Owner { place: place.to_owned(), found });
        }
        // A sticky folder (a `/tmp`) keeps others from renaming what is not theirs.
        let open = if height == 0 { mode & 0o077 } else { mode & 0o022 };
        let sticky = height > 0 && mode & 0o1000 != 0;
        if open != 0 && !sticky {
            return Err(ServerError::Mode { place: place.to_owned(), found: mode });
        }
    }
    Ok(folder)
}

fn lock(folder: &Path) -> Result<File, ServerError> {
    let handle = File::open(folder).map_err(at(folder))?;
    rustix::fs::flock(&handle, FlockOperation::LockExclusive)
        .map_err(|errno| at(folder)(errno.into()))?;
    Ok(handle)
}

/// Takes away what a dead host left.
fn make_room(path: &Path) -> Result<(), ServerError> {
    let meta = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        meta => meta.map_err(at(path))?,
    };
    if !meta.file_type().is_socket() {
        return Err(ServerError::Occupied { path: path.to_owned() });
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(at(path))
        }
        // It answers, or its queue is full of those who wait for an answer.
        _ => Err(ServerError::Running { path: path.to_owned() }),
    }
}
