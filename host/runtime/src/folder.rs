//! The plugin folder: plugins by name, and by hash for journals.

use std::fs;
use std::path::{Path, PathBuf};

use patchbay_loader::{Found, Kind, Loaded, Loader, Manifest, Refusal, Trust};

use crate::RuntimeError;
use crate::digest::hex;

/// Refused files that a message names, with the reason.
const REFUSED_SHOWN: usize = 3;

/// A folder of plugin files and the loader that maps them.
pub struct PluginFolder {
    folder: PathBuf,
    loader: Loader,
}

impl PluginFolder {
    /// Over `folder`, which need not exist as long as nothing is loaded from it by name.
    ///
    /// # Errors
    ///
    /// If no staging folder can be made.
    pub fn new(folder: &Path, trust: Trust) -> Result<Self, RuntimeError> {
        Ok(Self { folder: folder.to_owned(), loader: Loader::new(None, trust)? })
    }

    /// Every plugin file, with what it says of itself or why it would not be loaded.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read, or others can change it.
    pub fn list(&self) -> Result<Vec<Found>, RuntimeError> {
        Ok(self.loader.scan_folder(&self.folder)?)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// What the file at `path` says of itself.
    ///
    /// # Errors
    ///
    /// Why it would not be loaded.
    pub fn inspect(&self, path: &Path) -> Result<Manifest, Refusal> {
        self.loader.inspect(path)
    }

    /// Loads a plugin by its name, or by a path (anything that holds a `/`).
    ///
    /// # Errors
    ///
    /// If there is none, or the file is refused.
    pub fn load(&self, name: &str, kind: Kind) -> Result<Loaded, RuntimeError> {
        if name.contains('/') {
            return Ok(self.loader.load(Path::new(name), Some(kind))?);
        }
        let path = self.find(name, |manifest| manifest.name == name && manifest.kind == kind)?;
        Ok(self.loader.load(&path, Some(kind))?)
    }

    /// Loads the very file that a journal names: from the journal's own copies if it has one there,
    /// otherwise from the folder.
    ///
    /// # Errors
    ///
    /// If no file has that hash.
    pub fn load_exact(
        &self,
        copies: &Path,
        name: &str,
        sha256: [u8; 32],
        kind: Kind,
    ) -> Result<Loaded, RuntimeError> {
        let copy = copy_path(copies, sha256);
        if copy.exists() {
            let loaded = self.loader.load(&copy, Some(kind))?;
            if loaded.manifest.sha256 == sha256 {
                return Ok(loaded);
            }
            let what = format!(
                "{} is not the file that it is named for; restore it, or remove it and put the \
                 plugin into {}",
                copy.display(),
                self.folder.display(),
            );
            return Err(RuntimeError::Replay { folder: copies.to_owned(), what });
        }
        let path = self.find(&format!("{name} (SHA-256 {})", hex(&sha256)), |manifest| {
            manifest.sha256 == sha256
        })?;
        Ok(self.loader.load(&path, Some(kind))?)
    }

    /// Puts a copy of a loaded plugin beside a journal, so that the journal replays anywhere.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or the file has changed since it was loaded.
    pub fn keep_copy(
        &self,
        name: &str,
        loaded: &Loaded,
        copies: &Path,
    ) -> Result<(), RuntimeError> {
        let sha256 = loaded.manifest.sha256;
        let target = copy_path(copies, sha256);
        let failed = |source| RuntimeError::File {
            path: target.clone(),
            what: "copy the plugin beside the journal",
            source,
        };
        let source = if name.contains('/') {
            PathBuf::from(name)
        } else {
            self.find(name, |manifest| manifest.sha256 == sha256)?
        };
        make_private(copies).map_err(failed)?;
        fs::copy(&source, &target).map_err(failed)?;
        set_mode(&target, 0o600).map_err(failed)?;
        match self.loader.inspect(&target) {
            Ok(manifest) if manifest.sha256 == sha256 => Ok(()),
            Ok(_) => Err(RuntimeError::Replay {
                folder: copies.to_owned(),
                what: format!("{} changed while it was loaded; start again", source.display()),
            }),
            Err(refusal) => Err(refusal.into()),
        }
    }

    fn find(
        &self,
        wanted: &str,
        fits: impl Fn(&patchbay_loader::Manifest) -> bool,
    ) -> Result<PathBuf, RuntimeError> {
        let found = self.list()?;
        let fitting = found.iter().find(|(_, m)| m.as_ref().is_ok_and(&fits));
        if let Some((path, _)) = fitting {
            return Ok(path.clone());
        }
        let names: Vec<_> =
            found.iter().filter_map(|(_, m)| Some(m.as_ref().ok()?.name.clone())).collect();
        let refused = found.iter().filter_map(|(path, manifest)| {
            let file = path.file_name().unwrap_or_default().display();
            Some(format!("{file} was refused: {}", manifest.as_ref().err()?.reason))
        });
        let mut said: Vec<String> = refused.take(REFUSED_SHOWN).collect();
        let refused = !said.is_empty();
        if !names.is_empty() {
            said.insert(0, format!("it holds {}", names.join(", ")));
        }
        let found = match said.is_empty() {
            true => "it is empty; `cargo patchbay plugin list` builds and lists ours".into(),
            false => said.join("; "),
        };
        let (name, folder) = (wanted.to_owned(), self.folder.clone());
        Err(RuntimeError::NoSuchPlugin { name, folder, found, refused })
    }
}

fn copy_path(copies: &Path, sha256: [u8; 32]) -> PathBuf {
    copies.join(format!("{}.so", hex(&sha256)))
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    set_mode(folder, 0o700)
}

fn set_mode(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}
