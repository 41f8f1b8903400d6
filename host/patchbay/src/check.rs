//! `patchbay check`: a configuration and everything it names.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use patchbay_loader::Loaded;
use patchbay_runtime::config::{
    Config, ConfigError, Instance, Secrets, Unfound, Wanted, limited_mode,
};
use patchbay_runtime::{RuntimeError, takes};

use crate::args::CheckArgs;
use crate::console::say;
use crate::{BAD_CONFIG, Failure, plugin};

pub(crate) fn run(args: &CheckArgs, folder: Option<&Path>) -> Result<(), Failure> {
    let config = load(&args.config, folder)?;
    limited_mode(std::env::var_os("LIMITED_MODE").as_deref()).map_err(bad)?;
    say(&format!("{}: no problems", args.config.display()));
    for instance in &config.instances {
        let (kind, name) = (format!("{:?}", instance.kind).to_lowercase(), &instance.name);
        say(&format!(
            "  {kind} {name}: plugin {}, {} settings",
            instance.plugin,
            instance.settings.len()
        ));
    }
    for waiting in &config.waiting {
        say(&format!("  adapter {} waits for its file: {}", waiting.name, waiting.why));
    }
    for instance in config.instances.iter().filter(|instance| !instance.keys.is_empty()) {
        if matches!(config.host.secrets, Secrets::Credentials(None)) {
            let keys = instance.keys.join(", ");
            say(&format!("  keys {keys} were not looked at: no unit with credentials runs this"));
        }
    }
    for file in &config.unused_venues {
        say(&format!("  {}: belongs to no adapter in use", file.display()));
    }
    Ok(())
}

/// Loads a configuration; the plugins that it names are mapped for their tables.
pub(crate) fn load(path: &Path, folder: Option<&Path>) -> Result<Config, Failure> {
    // Mapped once each; they stay for the life of the process.
    let known = RefCell::new(BTreeMap::new());
    let mut finder = |wanted: &Wanted<'_>| {
        let plugins = plugin::open_configured(folder, wanted.plugins);
        let loaded = plugins.and_then(|plugins| plugins.load(wanted.name, wanted.kind));
        let loaded = loaded.map_err(|error| match error {
            // A file that was refused may be the one.
            RuntimeError::NoSuchPlugin { refused: false, .. } => {
                Unfound::Missing(error.to_string())
            }
            error => Unfound::Refused(error.to_string()),
        })?;
        known.borrow_mut().insert((wanted.kind, wanted.name.to_owned()), loaded.plugin);
        Ok(plugin::tables(&loaded.plugin))
    };
    let mut probe = |instance: &Instance| {
        let known = known.borrow();
        let plugin = known.get(&(instance.kind, instance.plugin.clone()));
        plugin.map_or(Ok(()), |plugin| takes(plugin, instance.kind, &instance.lend()))
    };
    Config::load_and_probe(path, &mut finder, &mut probe).map_err(bad)
}

/// Loads what the configuration says of one adapter, whose file is mapped.
pub(crate) fn load_plugin(path: &Path, loaded: &Loaded) -> Result<Config, Failure> {
    let plugin = loaded.plugin;
    let mut finder = |_: &Wanted<'_>| Ok(plugin::tables(&plugin));
    let mut probe = |instance: &Instance| takes(&plugin, instance.kind, &instance.lend());
    Config::load_plugin(path, plugin.name(), &mut finder, &mut probe).map_err(bad)
}

fn bad(error: ConfigError) -> Failure {
    Failure { text: error.to_string(), code: BAD_CONFIG }
}
