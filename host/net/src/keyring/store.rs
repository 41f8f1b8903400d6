//! Keys in files that nobody else can read.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;
use thiserror::Error;
use zeroize::Zeroizing;

use super::key::{FIELDS, Key, KeyFile};

/// Largest key file.
const FILE_MAX: u64 = 64 * 1024;

/// Why keys could not be read. Shows no content of a file.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The system said no.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// File or folder.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// Somebody else's.
    #[error("{}: owned by user {found}, expected {expected}; chown it", path.display())]
    Owner {
        /// File or folder.
        path: PathBuf,
        /// Who runs us.
        expected: u32,
        /// Who owns it.
        found: u32,
    },
    /// Others can read or change it.
    #[error("{}: mode {found:04o}, expected {expected}; chmod it", path.display())]
    Mode {
        /// File or folder.
        path: PathBuf,
        /// Modes that are taken.
        expected: &'static str,
        /// Its mode.
        found: u32,
    },
    /// Not a file, or too large.
    #[error("{}: {what}", path.display())]
    Shape {
        /// File or folder.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// Not TOML, or not its fields.
    #[error("{}:{line}: not understood; expected TOML with texts named {FIELDS}", path.display())]
    Syntax {
        /// File.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
    },
    /// A field cannot be used.
    #[error("{}: {field}: {what}", path.display())]
    Field {
        /// File.
        path: PathBuf,
        /// Which.
        field: &'static str,
        /// What is wrong.
        what: &'static str,
    },
}

/// Keys by name.
#[derive(Default)]
pub struct SecretStore {
    keys: BTreeMap<String, Key>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Folder,
    Credentials,
}

impl SecretStore {
    /// No keys: for market data that needs none.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Reads the key NAME from the file `NAME.toml` of a folder, for each of `names` and nothing
    /// else: an instance holds no key but its own. The files must be of mode 0600 or 0400 and owned
    /// by the user that runs us; the folder must not be writable for others.
    ///
    /// # Errors
    /// The first file that is not as it must be.
    pub fn folder(folder: &Path, names: &[&str]) -> Result<Self, KeyError> {
        Self::read(folder, names, Kind::Folder)
    }

    /// Reads the credentials named `NAME.toml` that systemd laid down (`$CREDENTIALS_DIRECTORY`,
    /// which the caller reads). They may belong to root, and to our group.
    ///
    /// # Errors
    /// As [`Self::folder`].
    pub fn credentials(folder: &Path, names: &[&str]) -> Result<Self, KeyError> {
        Self::read(folder, names, Kind::Credentials)
    }

    /// Names of the keys.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Key> {
        self.keys.get(name)
    }

    fn read(folder: &Path, names: &[&str], kind: Kind) -> Result<Self, KeyError> {
        let unreadable = |error| KeyError::Unreadable { path: folder.to_owned(), error };
        let meta = fs::metadata(folder).map_err(unreadable)?;
        if !meta.is_dir() {
            let what = "not a folder";
            return Err(KeyError::Shape { path: folder.to_owned(), what });
        }
        owned(folder, &meta, Kind::Credentials)?;
        if meta.mode() & 0o022 != 0 {
            let (expected, found) = ("not writable for group and others", meta.mode() & 0o7777);
            return Err(KeyError::Mode { path: folder.to_owned(), expected, found });
        }
        let mut keys = BTreeMap::new();
        for name in names {
            let key = read_key(&folder.join(format!("{name}.toml")), kind)?;
            keys.insert((*name).to_owned(), key);
        }
        Ok(Self { keys })
    }
}

fn read_key(path: &Path, kind: Kind) -> Result<Key, KeyError> {
    let unreadable = |error| KeyError::Unreadable { path: path.to_owned(), error };
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let mut file = opened.map_err(|error| match error.raw_os_error() {
        Some(code) if code == Errno::LOOP.raw_os_error() => {
            let what = "a symbolic link; put the file itself there";
            KeyError::Shape { path: path.to_owned(), what }
        }
        _ => unreadable(error),
    })?;
    check(path, &file, kind)?;
    let mut text = Zeroizing::new(String::with_capacity(FILE_MAX as usize));
    file.by_ref().take(FILE_MAX).read_to_string(&mut text).map_err(unreadable)?;
    // The parser's own message would quote the line.
    let parsed: KeyFile = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        KeyError::Syntax { path: path.to_owned(), line }
    })?;
    Key::from_file(parsed).map_err(|(field, what)| KeyError::Field {
        path: path.to_owned(),
        field,
        what,
    })
}

/// Looks at the open file, so that what was checked is what is read.
fn check(path: &Path, file: &File, kind: Kind) -> Result<(), KeyError> {
    let meta =
        file.metadata().map_err(|error| KeyError::Unreadable { path: path.to_owned(), error })?;
    let shape = |what| Err(KeyError::Shape { path: path.to_owned(), what });
    if !meta.is_file() {
        return shape("not a regular file");
    }
    if meta.len() >= FILE_MAX {
        return shape("larger than 64 KiB");
    }
    owned(path, &meta, kind)?;
    let found = meta.mode() & 0o7777;
    let (taken, expected): (&[u32], _) = match kind {
        Kind::Folder => (&[0o600, 0o400], "0600"),
        Kind::Credentials => (&[0o600, 0o400, 0o440], "0400"),
    };
    match taken.contains(&found) {
        true => Ok(()),
        false => Err(KeyError::Mode { path: path.to_owned(), expected, found }),
    }
}

fn owned(path: &Path, meta: &Metadata, kind: Kind) -> Result<(), KeyError> {
    let expected = rustix::process::geteuid().as_raw();
    let found = meta.uid();
    if found == expected || (kind == Kind::Credentials && found == 0) {
        return Ok(());
    }
    Err(KeyError::Owner { path: path.to_owned(), expected, found })
}
