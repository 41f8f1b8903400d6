//! `docs/venues.md` is what the certificates of all adapters say.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use patchbay_test_replay::{built, corpus};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize().unwrap()
}

#[test]
fn the_page_is_what_the_certificates_say() {
    let Some(corpus) = corpus("MANIFEST.toml") else { return };
    let adapters = fs::read_dir(root().join("adapters")).unwrap();
    let mut names: Vec<_> =
        adapters.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let built = built(true);
    let mut command = built.command(&["certify", "--matrix"]);
    command.args(names.iter().map(|name| built.plugin(&format!("patchbay-{name}"))));
    command.env("PATCHBAY_CORPUS", corpus.parent().unwrap());
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let page = fs::read_to_string(root().join("docs/venues.md")).unwrap();
    assert_eq!(page.trim(), printed.trim(), "put the output of `certify --all --matrix` there");
}
