//! One cargo call for everything, and plugins installed by rename.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Folders whose crates are plugins.
const PLUGINS: [&str; 2] = ["adapters", "strategies"];

/// Builds all of it; the path of the host program.
pub(crate) fn host_and_plugins() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
    if !root.join("target/release/patchbay").exists() {
        eprintln!("building host and plugins; the first time takes some minutes");
    }
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--message-format=json-render-diagnostics"]);
    cargo.args(["--package", "patchbay"]).current_dir(&root).stdout(Stdio::piped());
    for package in plugin_packages(&root)? {
        cargo.args(["--package", &package]);
    }
    without_cargo(&mut cargo);
    let run = cargo.spawn().and_then(std::process::Child::wait_with_output);
    let output = run.map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err("the build failed; its messages stand above".into());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let artifacts: Vec<Value> =
        messages.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let host = artifacts.iter().find_map(|a| a["executable"].as_str());
    let host = PathBuf::from(host.ok_or("cargo named no program; is `host/patchbay` there?")?);
    install(&artifacts, &host.with_file_name("plugins"))?;
    Ok(host)
}

/// Variables that cargo sets for this program would rebuild half the tree in the next one.
pub(crate) fn without_cargo(command: &mut Command) {
    let ours = |key: &str| {
        let own = key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_");
        own || key == "LD_LIBRARY_PATH"
    };
    for (key, _) in std::env::vars_os() {
        if key.to_str().is_some_and(ours) {
            command.env_remove(key);
        }
    }
}

fn plugin_packages(root: &Path) -> Result<Vec<String>, String> {
    let mut packages = Vec::new();
    for folder in PLUGINS {
        let Ok(entries) = fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let manifest = entry.path().join("Cargo.toml");
            let Ok(text) = fs::read_to_string(&manifest) else {
                continue;
            };
            let name = text.lines().find_map(|line| line.strip_prefix("name = "));
            let name = name.ok_or_else(|| format!("{}: no package name", manifest.display()))?;
            packages.push(name.trim().trim_matches('"').to_owned());
        }
    }
    packages.sort();
    Ok(packages)
}

/// Puts each plugin into `folder` under its own name, by rename: a file that is being loaded is
/// never written to.
fn install(artifacts: &[Value], folder: &Path) -> Result<(), String> {
    let failed = |path: &Path, error| format!("{}: {error}", path.display());
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let set_mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .map_err(|error| failed(path, error))
    };
    set_mode(folder, 0o755)?;
    for artifact in artifacts {
        let kinds = artifact["target"]["crate_types"].as_array();
        if !kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "cdylib")) {
            continue;
        }
        let files = artifact["filenames"].as_array().into_iter().flatten();
        let library = files.filter_map(Value::as_str).find(|file| file.ends_with(".so"));
        let Some(library) = library else { continue };
        let crate_name = artifact["target"]["name"].as_str().unwrap_or_default();
        let name = crate_name.trim_start_matches("patchbay_").replace('_', "-");
        let target = folder.join(format!("{name}.so"));
        if same_content(Path::new(library), &target) {
            continue;
        }
        let fresh = folder.join(format!(".{name}.{}", std::process::id()));
        fs::copy(library, &fresh).map_err(|error| failed(&fresh, error))?;
        set_mode(&fresh, 0o644)?;
        fs::rename(&fresh, &target).map_err(|error| failed(&target, error))?;
    }
    Ok(())
}

fn same_content(a: &Path, b: &Path) -> bool {
    matches!((fs::read(a), fs::read(b)), (Ok(a), Ok(b)) if a == b)
}
