//! Which crate may know which, from `cargo metadata`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Crates that know no clock, socket, thread or file.
const PURE: [&str; 6] =
    ["host/book", "host/engine", "host/journal", "host/l3", "host/mcast", "host/quality"];

/// What pure crates may depend on in the SDK.
const PURE_SDK: [&str; 3] = ["sdk/abi", "sdk/model", "sdk/scan"];

/// What pure crates may depend on outside of this workspace.
const PURE_DEPENDENCIES: [&str; 4] = ["bincode", "crc32c", "crc32fast", "thiserror"];

struct Crate {
    folder: String,
    /// Normal and build dependencies, by package name.
    uses: BTreeSet<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The workspace's crates by package name.
fn crates() -> BTreeMap<String, Crate> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version=1", "--no-deps", "--offline"]).current_dir(root());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let manifest = Path::new(package["manifest_path"].as_str().unwrap());
            let folder = manifest.parent().unwrap().strip_prefix(root()).unwrap();
            let uses = package["dependencies"].as_array().unwrap().iter();
            let uses = uses
                .filter(|dependency| dependency["kind"] != "dev")
                .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
                .collect();
            let folder = folder.to_str().unwrap().to_owned();
            (package["name"].as_str().unwrap().to_owned(), Crate { folder, uses })
        })
        .collect()
}

#[test]
fn the_abi_depends_on_nothing() {
    let crates = crates();
    assert_eq!(crates["patchbay-abi"].uses, BTreeSet::new());
}

#[test]
fn arrows_point_from_host_and_plugins_to_the_sdk() {
    let crates = crates();
    for (name, this) in &crates {
        for used in this.uses.iter().filter_map(|used| crates.get(used)) {
            let (from, to) = (&this.folder, &used.folder);
            let layer = from.split('/').next().unwrap();
            let allowed: &[&str] = match layer {
                "sdk" => &["sdk/"],
                "adapters" | "strategies" => &["sdk/"],
                "host" => &["sdk/", "host/"],
                _ => &["sdk/", "host/", "adapters/", "strategies/", "tests/"],
            };
            let fits = allowed.iter().any(|prefix| to.starts_with(prefix));
            assert!(fits, "{name} ({from}) uses {to}; {layer} may use only {allowed:?}");
        }
    }
}

#[test]
fn pure_crates_use_only_pure_crates() {
    let crates = crates();
    for (name, this) in crates.iter().filter(|(_, this)| PURE.contains(&this.folder.as_str())) {
        for used in &this.uses {
            let pure = match crates.get(used) {
                Some(other) => {
                    PURE.contains(&other.folder.as_str())
                        || PURE_SDK.contains(&other.folder.as_str())
                }
                None => PURE_DEPENDENCIES.contains(&used.as_str()),
            };
            assert!(pure, "{name} is pure and uses {used}, which is not");
        }
    }
}

/// Who shares code with what it judges is no judge.
#[test]
fn the_naive_replay_uses_nothing_of_ours() {
    let crates = crates();
    let shared: Vec<_> =
        crates["patchbay-naive"].uses.iter().filter_map(|u| crates.get(u)).collect();
    assert!(shared.is_empty(), "{:?}", shared.iter().map(|used| &used.folder).collect::<Vec<_>>());
}

#[test]
fn only_the_loader_can_open_a_library() {
    for (name, this) in crates() {
        let opens = this.uses.iter().any(|used| ["libloading", "dlopen2"].contains(&used.as_str()));
        assert!(!opens || this.folder == "host/loader", "{name} uses dlopen");
    }
}
