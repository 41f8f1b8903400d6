#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use super::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What it does is tested where it comes from: the template is a member of the workspace.
#[test]
fn a_new_adapter_builds_outside_of_the_workspace() {
    let place = std::env::temp_dir().join(format!("patchbay-new-{}", std::process::id()));
    let folder = adapter(&root(), "ninth-venue", Some(&place)).unwrap();
    let kept = read(&folder.join("src/lib.rs")).unwrap();
    assert!(kept.contains("pub type NinthVenue = Feed<Market>;"), "{kept}");
    assert!(kept.contains(r#"const NAME: &'static str = "ninth-venue";"#), "{kept}");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["check", "--quiet", "--offline", "--all-targets"]).current_dir(&folder);
    cargo.env("CARGO_TARGET_DIR", root().join("target/new"));
    crate::build::without_cargo(&mut cargo);
    let output = cargo.output().unwrap();
    fs::remove_dir_all(&place).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_new_member_stands_among_the_adapters() {
    let manifest = read(&root().join("Cargo.toml")).unwrap();
    let made = with_member(&manifest, "carbon").unwrap();
    let at = |member: &str| made.find(&format!("\"adapters/{member}\",")).unwrap();
    assert!(at("bybit") < at("carbon") && at("carbon") < at("coinbase"), "{made}");
    assert_eq!(made.replace("    \"adapters/carbon\",\n", ""), manifest);
}

#[test]
fn what_is_no_name_or_is_there_is_refused() {
    for name in ["", "Upper", "9th", "a_b", "template", "../up"] {
        let error = adapter(&root(), name, None).unwrap_err();
        assert!(error.contains("cannot be a venue's name"), "{error}");
    }
    let error = adapter(&root(), "upbit", None).unwrap_err();
    assert!(error.contains("adapters/upbit is there already"), "{error}");
    assert_eq!(new(&["adapter"]).unwrap_err(), USAGE);
}
