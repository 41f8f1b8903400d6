//! A folder among temporary files.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A folder that only this user sees, removed when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> io::Result<Self> {
        for number in 0.. {
            let name = format!("patchbay-certify-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file that nobody else can read; its path.
    pub(crate) fn write(&self, name: &str, mode: u32, bytes: &[u8]) -> io::Result<PathBuf> {
        let path = self.0.join(name);
        if let Some(parent) = path.parent().filter(|parent| !parent.is_dir()) {
            fs::DirBuilder::new().mode(0o700).create(parent)?;
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true).mode(mode).open(&path)?.write_all(bytes)?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed costs room among temporary files, nothing else.
        fs::remove_dir_all(&self.0).ok();
    }
}
