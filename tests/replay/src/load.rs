//! Plugins loaded into the test's own process.

use std::path::Path;

use patchbay_loader::{Kind, Loader, Trust};
use patchbay_plugin::Value;
use patchbay_runtime::AdapterSetup;
use patchbay_runtime::config::{PluginTables, settings_of};

/// Loads plugin files through the real loader.
pub struct Plugins(Loader);

impl Plugins {
    /// With a staging folder of its own.
    #[expect(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        Self(Loader::new(None, Trust::Folder).unwrap())
    }

    /// A plugin with its default settings; its log goes nowhere. What it borrows is leaked.
    pub fn load(&self, file: &Path, kind: Kind) -> AdapterSetup<'static> {
        let loaded = self.0.load(file, Some(kind)).unwrap();
        let plugin = loaded.plugin;
        let tables =
            PluginTables { defaults: plugin.defaults().into(), schema: plugin.schema().into() };
        let settings = Box::leak(Box::new(settings_of(plugin.name(), &tables, &[]).unwrap()));
        let config: Vec<(&str, Value<'_>)> =
            settings.iter().map(|(key, value)| (key.as_str(), value.lend())).collect();
        let sha256 = loaded.manifest.sha256;
        AdapterSetup { plugin, sha256, config: Vec::leak(config), seed: 0, log: &|_, _| {} }
    }
}
