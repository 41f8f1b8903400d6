//! The adapter that is tried: its file, loaded as the host loads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use patchbay_engine::{EngineConfig, HistoryConfig};
use patchbay_loader::{Kind, Loaded, Loader, Refusal, Trust};
use patchbay_naive::{Key, Recorded, What};
use patchbay_plugin::Value;
use patchbay_plugin::model::Instrument;
use patchbay_runtime::config::{PluginTables, SettingValue, settings_of};
use patchbay_runtime::{AdapterSetup, Core, CoreConfig};
use patchbay_testkit::{Input, Player, PlayerError};

use crate::CertifyError;

/// Slots of an engine's memory for messages: nobody reads it here, and many engines are made.
const SLOTS: usize = 1024;

/// The adapter that is tried.
pub(crate) struct Subject {
    pub(crate) file: PathBuf,
    pub(crate) loader: Loader,
    pub(crate) loaded: Loaded,
}

impl Subject {
    /// Loads the file; the inner error is what the host says of it.
    pub(crate) fn load(file: &Path) -> Result<Result<Self, Refusal>, CertifyError> {
        let loader = Loader::new(None, Trust::Folder).map_err(CertifyError::Loader)?;
        let loaded = loader.load(file, Some(Kind::Adapter));
        Ok(loaded.map(|loaded| Self { file: file.to_owned(), loader, loaded }))
    }

    /// A fresh instance with its own settings.
    pub(crate) fn player(&self) -> Result<Player, PlayerError> {
        self.player_with(&[])
    }

    /// A fresh instance with its own settings, changed by `own` (TOML lines).
    pub(crate) fn player_with(&self, own: &[&str]) -> Result<Player, PlayerError> {
        Player::new(self.loaded.plugin, &own.join("\n"))
    }

    /// The host's form of its own settings, changed by `own` (TOML lines).
    pub(crate) fn settings(&self, own: &[String]) -> Result<Vec<(String, SettingValue)>, String> {
        let plugin = &self.loaded.plugin;
        let (defaults, schema) = (plugin.defaults().to_owned(), plugin.schema().to_owned());
        let tables = PluginTables { defaults, schema };
        settings_of(plugin.name(), &tables, own).map_err(|error| error.to_string())
    }

    /// The host's core with a fresh instance.
    pub(crate) fn core(&self) -> Result<Core, String> {
        let settings = self.settings(&[])?;
        let config: Vec<(&str, Value<'_>)> =
            settings.iter().map(|(key, value)| (key.as_str(), value.lend())).collect();
        let (plugin, sha256) = (self.loaded.plugin, self.loaded.manifest.sha256);
        let setup = AdapterSetup { plugin, sha256, config: &config, seed: 0, log: &|_, _| {} };
        let history = HistoryConfig { arena_slots: SLOTS, ..HistoryConfig::default() };
        let engine = EngineConfig { history, ..EngineConfig::default() };
        let mut core = Core::new(CoreConfig { engine, ..CoreConfig::default() });
        core.attach(0, &setup).map_err(|error| error.to_string())?;
        Ok(core)
    }
}

/// A recorded thing as an adapter is given it in a replay; connections count from 1.
pub(crate) fn input(record: &Recorded) -> Input<'_> {
    let conn = connection(record);
    match &record.what {
        What::Open(url) => Input::Open { conn, tag: 0, url },
        What::Frame(text) => Input::text(conn, text),
        What::Reply { url, body } => Input::reply(url, body.as_bytes()),
    }
}

/// The connection of a recorded thing, as an adapter knows it.
pub(crate) fn connection(record: &Recorded) -> u32 {
    u32::try_from(record.conn).unwrap_or(u32::MAX - 1) + 1
}

/// What the independent replay holds under an instrument.
pub(crate) fn held<'m, V>(map: &'m BTreeMap<Key, V>, about: &Instrument) -> Option<&'m V> {
    key(map, about).and_then(|key| map.get(&key))
}

/// The key under which the independent replay holds an instrument.
pub(crate) fn key<V>(map: &BTreeMap<Key, V>, about: &Instrument) -> Option<Key> {
    let mut keys = ["", about.kind.name()]
        .map(|category| Key { symbol: about.symbol.clone(), category })
        .into_iter();
    keys.find(|key| map.contains_key(key))
}
