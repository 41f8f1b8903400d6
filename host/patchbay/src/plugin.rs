//! `patchbay plugin`: what files say of themselves.

use std::path::{Path, PathBuf};

use patchbay_loader::{Manifest, Refusal, Trust, inspect};
use patchbay_plugin::bind::Plugin;
use patchbay_runtime::config::{PluginTables, Plugins};
use patchbay_runtime::{PluginFolder, RuntimeError};
use serde_json::{Value, json};

use crate::Failure;
use crate::args::PluginCommand;
use crate::console::say;

pub(crate) fn run(command: &PluginCommand, folder: Option<&Path>) -> Result<(), Failure> {
    match command {
        PluginCommand::List { json } => list(&open(folder)?.list()?, *json),
        PluginCommand::Inspect { file, json } => {
            let manifest = inspect(file)?;
            say(&if *json { object(file, &manifest).to_string() } else { manifest.to_string() });
        }
    }
    Ok(())
}

/// The plugin folder: as given, or `plugins` beside the program.
pub(crate) fn open(folder: Option<&Path>) -> Result<PluginFolder, RuntimeError> {
    PluginFolder::new(&folder.map_or_else(beside, Path::to_owned), Trust::Folder)
}

/// The plugin folder of a configuration: as given on the command line, as configured if there is
/// one, otherwise `plugins` beside the program. Which files are trusted is configured alone.
pub(crate) fn open_configured(
    folder: Option<&Path>,
    configured: &Plugins,
) -> Result<PluginFolder, RuntimeError> {
    let own = configured.folder.exists().then(|| configured.folder.clone());
    let folder = folder.map(Path::to_owned).or(own).unwrap_or_else(beside);
    PluginFolder::new(&folder, configured.trust.clone())
}

fn beside() -> PathBuf {
    std::env::current_exe().unwrap_or_default().with_file_name("plugins")
}

/// The tables that a plugin embeds.
pub(crate) fn tables(plugin: &Plugin) -> PluginTables {
    PluginTables { defaults: plugin.defaults().to_owned(), schema: plugin.schema().to_owned() }
}

fn list(found: &[(PathBuf, Result<Manifest, Refusal>)], json: bool) {
    if json {
        let all = found.iter().map(|(path, manifest)| match manifest {
            Ok(manifest) => object(path, manifest),
            Err(refusal) => json!({ "file": path, "refused": refusal.reason.to_string() }),
        });
        return say(&Value::Array(all.collect()).to_string());
    }
    for (path, manifest) in found {
        let file = path.file_name().unwrap_or_default().display();
        match manifest {
            Ok(m) => {
                let kind = format!("{:?}", m.kind).to_lowercase();
                let (major, minor, _) = m.abi;
                let Manifest { name, version, .. } = m;
                say(&format!("{name:<16} {kind:<9} {version:<9} ABI {major}.{minor}  {file}"));
            }
            Err(refusal) => say(&format!("{file}: refused: {}", refusal.reason)),
        }
    }
    if found.is_empty() {
        say("no plugins");
    }
}

fn object(path: &Path, manifest: &Manifest) -> Value {
    let hex: String = manifest.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let (major, minor, oldest) = manifest.abi;
    json!({
        "file": path,
        "name": manifest.name,
        "kind": format!("{:?}", manifest.kind).to_lowercase(),
        "version": manifest.version,
        "build": manifest.build,
        "abi_major": major,
        "abi_minor": minor,
        "abi_minor_min": oldest,
        "flags": manifest.flags,
        "slot_size": manifest.slot_size,
        "layout_hash": manifest.layout_hash,
        "sha256": hex,
        "bytes": manifest.size,
    })
}
