//! Configuration: `patchbay.toml` and what it leads to.
//!
//! Everything is checked against schemas before anything runs: the host's keys against one table
//! (`known`), a plugin's against the schema that it embeds. A plugin's settings come in layers, the
//! later over the earlier, key by key: the defaults that it embeds, `venues/NAME.toml` beside
//! `patchbay.toml` (NAME being the adapter's), the table of the instance. Every problem of every
//! file is reported at once, with its line, what was found and what was expected.

mod check;
mod complete;
mod declare;
mod form;
mod host;
mod instance;
mod known;
mod limited;
mod lone;
mod machine;
mod nearest;
mod problem;
mod schema;
mod secrets;
mod source;
mod trust;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use form::Form;
pub use host::{History, HostConfig, Journal, LogFiles, Multicast, NetworkConfig, Plugins};
pub use instance::{Finder, Instance, PluginTables, Probe, Unfound, Waiting, Wanted};
pub use known::host_schema;
pub use limited::{LIMITED_SYMBOLS, limited_mode};
pub use lone::settings_of;
pub use problem::{ConfigError, Problem};
pub use schema::{Key, Of, Schema, Type};
pub use secrets::Secrets;
pub use value::{Scalar, SettingValue};

pub(crate) use nearest::nearest;

use instance::Instances;
use source::Source;

/// A configuration without problems.
#[derive(Clone, Debug)]
pub struct Config {
    /// The host itself.
    pub host: HostConfig,
    /// What it runs: adapters first, each kind by name.
    pub instances: Vec<Instance>,
    /// Adapters that are to run and whose files are not there.
    pub waiting: Vec<Waiting>,
    /// Files in `venues` that belong to no adapter in use; nothing in them was looked at.
    pub unused_venues: Vec<PathBuf>,
}

impl Config {
    /// Reads `patchbay.toml` at `path`, the list of trusted plugins if it asks for one, and for each
    /// instance the layers of its settings. Relative paths start from the folder of the file.
    ///
    /// `finder` is asked once for each plugin in use. It is not asked while there is any doubt about
    /// where plugins come from or which are trusted, as it may map them: with a problem in
    /// `[plugins]`, an unknown table, or a text that is not TOML, the settings of plugins are
    /// checked only after that is mended.
    ///
    /// # Errors
    ///
    /// Everything that is wrong.
    pub fn load(path: &Path, finder: &mut Finder<'_>) -> Result<Self, ConfigError> {
        Self::load_and_probe(path, finder, &mut |_| Ok(()))
    }

    /// The same, and asks `probe` about each instance of which nothing is wrong so far.
    ///
    /// # Errors
    ///
    /// Everything that is wrong.
    pub fn load_and_probe<'f>(
        path: &Path,
        finder: &mut Finder<'f>,
        probe: &mut Probe<'f>,
    ) -> Result<Self, ConfigError> {
        Self::load_only(path, None, finder, probe)
    }

    /// The same with the instances of one adapter alone, and with one of the plugin's own name and
    /// settings if there is no other.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them, with the host's part or with the plugin's tables.
    pub fn load_plugin<'f>(
        path: &Path,
        plugin: &str,
        finder: &mut Finder<'f>,
        probe: &mut Probe<'f>,
    ) -> Result<Self, ConfigError> {
        Self::load_only(path, Some(plugin), finder, probe)
    }

    fn load_only<'f>(
        path: &Path,
        only: Option<&str>,
        finder: &mut Finder<'f>,
        probe: &mut Probe<'f>,
    ) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let config = Source::read(path, true, &mut problems)
            .and_then(|source| Self::read(path, &source, only, (finder, probe), &mut problems));
        ConfigError::unless_none(problems)?;
        Ok(config.expect("a file without problems was read"))
    }

    fn read<'f>(
        path: &Path,
        source: &Source,
        only: Option<&str>,
        (finder, probe): (&mut Finder<'f>, &mut Probe<'f>),
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let table = source.parse(problems)?;
        let host = HostConfig::read(path, source, &table, problems);
        machine::check(&host, source, &table, problems);
        let certain = !problems.iter().any(concerns_plugins);
        // What stands for a table where there is none.
        let plugin = only.unwrap_or_default();
        let lone = Source::new(&format!("plugin {plugin}"), &format!("[adapters.{plugin}]"));
        let mut instances = Instances {
            source,
            folder: path.parent().unwrap_or_else(|| Path::new("")),
            plugins: certain.then_some(&host.plugins),
            secrets: &host.secrets,
            finder,
            probe,
            known: BTreeMap::new(),
            only,
            missing: BTreeMap::new(),
            waiting: Vec::new(),
            problems,
        };
        let mut read = instances.read(&table);
        if only.is_some() && read.is_empty() {
            instances.source = &lone;
            let table = lone.parse(instances.problems)?;
            read = instances.read(&table);
        }
        let unused_venues = instances.unused_venues();
        let waiting = std::mem::take(&mut instances.waiting);
        Some(Self { host, instances: read, waiting, unused_venues })
    }
}

/// Whether a problem may hide what `[plugins]` says.
fn concerns_plugins(problem: &Problem) -> bool {
    let elsewhere = [
        "host.",
        "state.",
        "history.",
        "quality.",
        "journal.",
        "multicast.",
        "control.",
        "log.",
        "secrets.",
        "network.",
        "adapters.",
        "strategies.",
    ];
    !elsewhere.iter().any(|section| problem.key.starts_with(section))
}
