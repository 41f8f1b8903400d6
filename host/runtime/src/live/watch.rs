//! What the plugin folder holds, as far as it holds still.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use patchbay_loader::{Kind, Manifest};

use crate::PluginFolder;

/// Looks in a row in which a file has to be missing before it counts as taken away: whoever deletes
/// it and copies another one replaces it.
const MISSED: u32 = 2;

/// What tells one content of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// A file of the folder.
#[derive(Debug)]
struct File {
    stamp: Stamp,
    /// It was read since it last changed.
    read: bool,
    /// What it said when it was last a plugin.
    manifest: Option<(Manifest, Stamp)>,
    missed: u32,
}

/// A file that an adapter is to be run from.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) path: PathBuf,
    pub(crate) sha256: [u8; 32],
    pub(crate) stamp: Stamp,
}

/// The folder as it was seen last.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    files: BTreeMap<PathBuf, File>,
    /// The folder could not be read, and it was said.
    blind: bool,
}

impl Stamp {
    fn of(about: &Metadata) -> Self {
        Self {
            inode: about.ino(),
            bytes: about.len(),
            modified: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
        }
    }
}

impl Watch {
    /// Looks; calls `tell` with every file that has become one which cannot be loaded, and why. A
    /// file is read once it is as it was at the look before. While the folder cannot be read nothing
    /// changes.
    pub(crate) fn look(&mut self, folder: &PluginFolder, mut tell: impl FnMut(&Path, String)) {
        let found = match list(folder.path()) {
            Ok(found) => found,
            Err(error) => {
                if !std::mem::replace(&mut self.blind, true) {
                    let text = format!("cannot be read: {error}; what runs goes on");
                    tell(folder.path(), text);
                }
                return;
            }
        };
        self.blind = false;
        self.files.retain(|path, file| {
            file.missed = if found.contains_key(path) { 0 } else { file.missed + 1 };
            file.missed < MISSED
        });
        for (path, stamp) in found {
            let Some(file) = self.files.get_mut(&path) else {
                self.files.insert(path, File { stamp, read: false, manifest: None, missed: 0 });
                continue;
            };
            if std::mem::replace(&mut file.stamp, stamp) != stamp {
                file.read = false;
            } else if !std::mem::replace(&mut file.read, true) {
                match folder.inspect(&path) {
                    Ok(manifest) => file.manifest = Some((manifest, stamp)),
                    Err(refusal) => tell(&path, refusal.to_string()),
                }
            }
        }
    }

    /// Takes everything that is there as read, whatever it is.
    pub(crate) fn settle(&mut self, folder: &PluginFolder) {
        for _ in 0..2 {
            self.look(folder, |_, _| {});
        }
    }

    /// The file of each adapter, by the plugin's name; the first of those that say the same name.
    pub(crate) fn wanted(&self) -> BTreeMap<String, Wanted> {
        let mut wanted = BTreeMap::new();
        for (path, file) in &self.files {
            if let Some((manifest, stamp)) = &file.manifest
                && manifest.kind == Kind::Adapter
            {
                let (path, sha256, stamp) = (path.clone(), manifest.sha256, *stamp);
                wanted.entry(manifest.name.clone()).or_insert(Wanted { path, sha256, stamp });
            }
        }
        wanted
    }
}

fn list(folder: &Path) -> io::Result<BTreeMap<PathBuf, Stamp>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "so")
            && let Ok(about) = fs::metadata(&path)
            && about.is_file()
        {
            found.insert(path, Stamp::of(&about));
        }
    }
    Ok(found)
}
