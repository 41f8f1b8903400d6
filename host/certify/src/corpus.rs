//! The corpus of recorded data, by its manifest.

use std::fs;
use std::path::{Path, PathBuf};

use patchbay_naive::{Recorded, Venue, read};
use serde::Deserialize;

use crate::CertifyError;

/// A corpus: a folder with `MANIFEST.toml`.
#[derive(Debug)]
pub struct Corpus {
    root: PathBuf,
    files: Vec<File>,
}

#[derive(Debug, Deserialize)]
struct Manifest {
    file: Vec<File>,
}

#[derive(Debug, Deserialize)]
struct File {
    path: String,
    venue: String,
    recorded: Origin,
}

/// `recorded` of the manifest.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Origin {
    Recorded(bool),
    Other(String),
}

/// A recording in memory.
pub(crate) struct Recording {
    pub(crate) name: &'static str,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) records: Vec<Recorded>,
}

/// A frame of documentation.
pub(crate) struct Documented {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Corpus {
    /// Reads the manifest.
    ///
    /// # Errors
    ///
    /// [`CertifyError::Manifest`].
    pub fn open(root: &Path) -> Result<Self, CertifyError> {
        let path = root.join("MANIFEST.toml");
        let wrong = |what: String| CertifyError::Manifest { path: path.clone(), what };
        let text = fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { root: root.to_owned(), files: manifest.file })
    }

    /// The venue's recordings of which every file is there and was taken from the living venue.
    pub(crate) fn recordings(
        &self,
        venue: &'static Venue,
    ) -> Vec<(&'static patchbay_naive::Recording, Vec<PathBuf>)> {
        let mut found = venue.recordings_in(&self.root);
        found.retain(|(recording, _)| recording.files.iter().all(|file| self.is_recorded(file)));
        found
    }

    fn is_recorded(&self, path: &str) -> bool {
        let file = self.files.iter().find(|file| file.path == path);
        file.is_some_and(|file| matches!(file.recorded, Origin::Recorded(true)))
    }

    /// Frames of market data in documentation, of that venue.
    pub(crate) fn documented(&self, venue: &str) -> Vec<Documented> {
        let of_venue = |file: &&File| {
            let doc = matches!(&file.recorded, Origin::Other(origin) if origin == "doc-example");
            doc && file.venue == venue && is_market_data(&file.path)
        };
        let read = |file: &File| {
            let text = fs::read_to_string(self.root.join(&file.path)).ok()?;
            Some(Documented { path: file.path.clone(), text })
        };
        self.files.iter().filter(of_venue).filter_map(read).collect()
    }
}

/// Fixtures of orders and accounts, and answers to requests, are for other cards.
fn is_market_data(path: &str) -> bool {
    let private = ["account", "orders", "order_", "portfolio", "auth"];
    let name = path.rsplit('/').next().unwrap_or_default();
    let public = name.starts_with("ws_") && !private.iter().any(|word| name.contains(word));
    path.ends_with(".json") && (path.contains("market_data") || public)
}

impl Recording {
    pub(crate) fn load(
        recording: &'static patchbay_naive::Recording,
        files: Vec<PathBuf>,
    ) -> Result<Self, CertifyError> {
        let records = read(&files)?;
        Ok(Self { name: recording.name, files, records })
    }

    /// From the first record to the last.
    pub(crate) fn seconds(&self) -> f64 {
        let at = |record: Option<&Recorded>| record.map_or(0, |record| record.at_ns);
        let (first, last) = (at(self.records.first()), at(self.records.last()));
        last.saturating_sub(first) as f64 / 1e9
    }
}
