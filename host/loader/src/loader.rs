//! From a file to a mapped plugin: read, check, trust, stage, map, check again, bind.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use patchbay_plugin::bind::Plugin;

use crate::access;
use crate::dynamic::Dynamic;
use crate::elf::Image;
use crate::manifest::{self, Kind, Manifest, PREFIX};
use crate::map;
use crate::read::{self, Content};
use crate::refusal::{Reason, Refusal};
use crate::stage::Stage;

/// Libraries that this process has mapped. None is ever unmapped.
static MAPPED: AtomicU64 = AtomicU64::new(0);

/// Which files are trusted. Owner and mode are checked either way.
#[derive(Clone, Debug, Default)]
pub enum Trust {
    /// Every file that only root and the running user can change.
    #[default]
    Folder,
    /// Only these, by file name and SHA-256.
    Listed(BTreeMap<String, [u8; 32]>),
}

/// Loads plugins. May be shared between threads.
#[derive(Debug)]
pub struct Loader {
    stage: Stage,
    trust: Trust,
}

/// A plugin that is mapped for the rest of the process.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What the file said about itself.
    pub manifest: Manifest,
    /// Its safe side.
    pub plugin: Plugin,
    /// Which of the libraries mapped by this process it is, from 1.
    pub generation: u64,
}

/// A file of a plugin folder, and what it says about itself or why it would not be loaded.
pub type Found = (PathBuf, Result<Manifest, Refusal>);

/// Reads what the file at `path` says about itself, without running any of it and without asking
/// whether it is listed.
///
/// # Errors
/// What is wrong with the file.
pub fn inspect(path: &Path) -> Result<Manifest, Refusal> {
    let examine = || examine(&read::read(path)?).map(|(manifest, _)| manifest);
    examine().map_err(Refusal::of(path))
}

/// How many libraries this process has mapped. They stay, at about 0.3 MB each.
pub fn generations() -> u64 {
    MAPPED.load(Ordering::Relaxed)
}

impl Loader {
    /// Makes a private staging folder under `base`, or under the system's folder for temporary
    /// files. It must not be mounted `noexec`.
    ///
    /// # Errors
    /// The refusal names the folder.
    pub fn new(base: Option<&Path>, trust: Trust) -> Result<Self, Refusal> {
        let base = base.map_or_else(std::env::temp_dir, Path::to_path_buf);
        let stage = Stage::new(&base).map_err(Refusal::of(&base))?;
        Ok(Self { stage, trust })
    }

    /// Whether [`Loader::load`] would map the file at `path`, without running any of it.
    ///
    /// # Errors
    /// Why not.
    pub fn inspect(&self, path: &Path) -> Result<Manifest, Refusal> {
        self.checked(path).map(|(_, manifest, _)| manifest).map_err(Refusal::of(path))
    }

    /// Maps the file at `path` for the rest of the process. What runs is what was checked: the
    /// file may be overwritten or replaced at any time, and loaded again afterwards.
    ///
    /// # Errors
    /// Why it is not loaded. Nothing of the file has run, unless the reason is one of
    /// [`Reason::Mapping`], [`Reason::MemoryDiffers`] and [`Reason::Binding`].
    pub fn load(&self, path: &Path, kind: Option<Kind>) -> Result<Loaded, Refusal> {
        self.map(path, kind).map_err(Refusal::of(path))
    }

    /// Every `.so` of a folder, by name.
    ///
    /// # Errors
    /// The folder cannot be read, or others can change it.
    pub fn scan_folder(&self, folder: &Path) -> Result<Vec<Found>, Refusal> {
        access::private_folder(folder).map_err(Refusal::of(folder))?;
        let entries = fs::read_dir(folder).map_err(access::unreadable(folder));
        let entries = entries.map_err(Refusal::of(folder))?;
        let paths = entries.flatten().map(|entry| entry.path());
        let mut paths: Vec<_> =
            paths.filter(|path| path.extension().is_some_and(|it| it == "so")).collect();
        paths.sort();
        Ok(paths.into_iter().map(|path| (path.clone(), self.inspect(&path))).collect())
    }

    fn map(&self, path: &Path, kind: Option<Kind>) -> Result<Loaded, Reason> {
        let (content, manifest, prefix) = self.checked(path)?;
        if let Some(expected) = kind.filter(|kind| *kind != manifest.kind) {
            return Err(Reason::WrongKind { expected, found: manifest.kind });
        }
        let staged = self.stage.write(&content.name, &content.bytes)?;
        let mapped = map::map(&staged)?;
        let generation = MAPPED.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(field) = manifest::difference(&prefix, &mapped.prefix()) {
            return Err(Reason::MemoryDiffers { field });
        }
        Ok(Loaded { manifest, plugin: mapped.bind()?, generation })
    }

    fn checked(&self, path: &Path) -> Result<(Content, Manifest, [u8; PREFIX]), Reason> {
        let content = read::read(path)?;
        let (manifest, prefix) = examine(&content)?;
        self.trusted(&content)?;
        Ok((content, manifest, prefix))
    }

    fn trusted(&self, content: &Content) -> Result<(), Reason> {
        let Trust::Listed(listed) = &self.trust else {
            return Ok(());
        };
        let found = content.sha256;
        match listed.get(&content.name) {
            None => Err(Reason::NotListed { found }),
            Some(expected) if *expected != found => {
                Err(Reason::OtherContent { expected: *expected, found })
            }
            Some(_) => Ok(()),
        }
    }
}

/// The checks of a file's content, and the descriptor as the file has it.
fn examine(content: &Content) -> Result<(Manifest, [u8; PREFIX]), Reason> {
    let image = Image::parse(&content.bytes)?;
    let dynamic = Dynamic::parse(&image)?;
    let prefix = dynamic.descriptor()?;
    dynamic.loads_only_allowed()?;
    let size = content.bytes.len() as u64;
    let manifest = manifest::check(&prefix, content.sha256, size)?;
    Ok((manifest, prefix))
}
