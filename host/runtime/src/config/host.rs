//! What `patchbay.toml` says about the host itself.

use std::path::{Path, PathBuf};

use patchbay_loader::Trust;
use toml::de::DeTable;

use super::check::check;
use super::known::{host_defaults, host_schema};
use super::problem::{ConfigError, Problem};
use super::source::Source;
use super::trust;
use super::value::{SettingValue, Settings};

/// Where plugins come from.
#[derive(Clone, Debug)]
pub struct Plugins {
    /// Folder of plugin files.
    pub folder: PathBuf,
    /// Which of them may be loaded.
    pub trust: Trust,
}

/// Bounds of what is remembered for readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// Messages of an instrument.
    pub messages: usize,
    /// Memory that all of them share, a whole number of MiB.
    pub arena_bytes: usize,
}

/// How journals are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Journal {
    /// Size of a segment, a whole number of MiB.
    pub segment_bytes: u64,
}

/// The host, without the instances that it runs.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// Where plugins come from.
    pub plugins: Plugins,
    /// Folder of the registry, of journals and of saved faults.
    pub state_folder: PathBuf,
    /// Bounds of what is remembered.
    pub history: History,
    /// How journals are written.
    pub journal: Journal,
}

impl HostConfig {
    /// Reads `patchbay.toml`, and the list of trusted plugins if it asks for one. Tables of
    /// instances are not looked into; [`Config::load`](super::Config::load) does that.
    ///
    /// # Errors
    ///
    /// Everything that is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let source = Source::read(path, true, &mut problems);
        let table = source.as_ref().and_then(|source| source.parse(&mut problems));
        let host = source
            .as_ref()
            .zip(table.as_ref())
            .map(|(source, table)| Self::read(path, source, table, &mut problems));
        ConfigError::unless_none(problems)?;
        Ok(host.expect("a file without problems was read"))
    }

    /// With the default where a value is wrong: of use only if there are no problems.
    pub(super) fn read(
        path: &Path,
        source: &Source,
        table: &DeTable<'_>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let settings = check(&host_schema(), source, "", table, problems);
        let settings = Complete { settings: host_defaults().under(settings), folder };
        Self {
            plugins: Plugins {
                folder: settings.path("plugins.folder"),
                trust: match settings.text("plugins.trust") {
                    "listed" => {
                        Trust::Listed(trust::read(&settings.path("plugins.list"), problems))
                    }
                    _ => Trust::Folder,
                },
            },
            state_folder: settings.path("state.folder"),
            history: History {
                messages: settings.count("history.messages"),
                arena_bytes: settings.count("history.arena_mib") << 20,
            },
            journal: Journal {
                segment_bytes: (settings.count("journal.segment_mib") as u64) << 20,
            },
        }
    }
}

/// Settings with a value for every known key.
struct Complete<'c> {
    settings: Settings,
    /// That paths are relative to.
    folder: &'c Path,
}

impl Complete<'_> {
    fn text(&self, key: &str) -> &str {
        self.settings.text(key).expect("KNOWN gives this key a default and only texts")
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(self.text(key))
    }

    fn count(&self, key: &str) -> usize {
        match self.settings.one(key) {
            Some(SettingValue::Int(int)) => usize::try_from(*int).ok(),
            _ => None,
        }
        .expect("KNOWN gives this key a default and no negative bounds")
    }
}
