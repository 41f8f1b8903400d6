//! The program's words: what it refuses, and how it says so.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use patchbay_test_replay::{built, corpus, scratch};
use serde_json::Value;

/// Runs the program expecting failure: exit code and what it said.
fn refused(args: &[&str]) -> (Option<i32>, String) {
    let output = built(false).command(args).output().unwrap();
    assert!(!output.status.success(), "{args:?} should be refused");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("panicked"), "{args:?}: {text}");
    (output.status.code(), text)
}

#[test]
fn every_refusal_names_the_thing_and_the_remedy() {
    let folder = scratch("refusals");
    let text = folder.join("notes.txt");
    fs::write(&text, "no capture\n").unwrap();
    let text = text.to_str().unwrap();
    let adapter = built(false).plugin("patchbay-binance");
    let adapter = adapter.to_str().unwrap();
    let folder_text = folder.to_str().unwrap();
    let below = folder.join("below");
    fs::create_dir(&below).unwrap();
    let below = below.to_str().unwrap();
    let cases: [(&[&str], &[&str]); 7] = [
        (&["replay", text, "--adapter", adapter], &["notes.txt"]),
        (&["replay", "/nonexistent", "--adapter", adapter], &["/nonexistent"]),
        (&["replay", text], &["--adapter"]),
        (&["--plugins", folder_text, "replay", text, "--adapter", "binanze"], &["notes.txt"]),
        (&["plugin", "inspect", text], &["notes.txt", "ELF"]),
        (&["plugin", "inspect", below], &["regular file"]),
        (&["--plugins", "/nonexistent", "plugin", "list"], &["/nonexistent"]),
    ];
    for (args, parts) in cases {
        let (code, said) = refused(args);
        assert_eq!(code, Some(1), "{args:?}: {said}");
        for part in parts {
            assert!(said.contains(part), "{args:?}: `{part}` is not in: {said}");
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_unknown_adapter_is_answered_with_those_there_are() {
    let Some(capture) = corpus("binance-usdm/hftbacktest/btcusdt_20240718.gz") else { return };
    let folder = scratch("unknown");
    fs::copy(built(false).plugin("patchbay-binance"), folder.join("binance.so")).unwrap();
    let plugins = folder.to_str().unwrap();
    let capture = capture.to_str().unwrap();
    let (_, said) = refused(&["--plugins", plugins, "replay", capture, "--adapter", "binanze"]);
    assert!(said.contains("binanze") && said.contains("it holds binance"), "{said}");
    let listed = built(false).run(&["--plugins", plugins, "plugin", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((&listed[0]["name"], &listed[0]["kind"]), (&"binance".into(), &"adapter".into()));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_configuration_is_checked_with_everything_it_names() {
    let folder = scratch("check");
    fs::create_dir(folder.join("plugins")).unwrap();
    let set_mode = |path: &std::path::Path| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    };
    set_mode(&folder.join("plugins"));
    fs::copy(built(false).plugin("patchbay-binance"), folder.join("plugins/binance.so")).unwrap();
    let config = folder.join("patchbay.toml");
    let path = config.to_str().unwrap();
    fs::write(&config, "[adapters.binance]\n").unwrap();
    assert!(built(false).run(&["check", path]).contains("no problems"));

    fs::write(&config, "[adapters.binance]\n\n[adapters.binance.venue]\nprodcts = [\"spot\"]\n")
        .unwrap();
    let (code, said) = refused(&["check", path]);
    assert_eq!(code, Some(78), "{said}");
    for part in ["patchbay.toml:4:1", "prodcts", "products"] {
        assert!(said.contains(part), "`{part}` is not in: {said}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn several_products_in_one_replay_keep_their_books_apart() {
    let files = [
        "binance-spot/hftbacktest/btcusdt_20240808.gz",
        "binance-usdm/hftbacktest/btcusdt_20240808.gz",
        "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
    ];
    let Some(paths) = files.map(corpus).into_iter().collect::<Option<Vec<_>>>() else { return };
    let adapter = built(false).plugin("patchbay-binance");
    let mut args = vec!["replay", "--json", "--adapter", adapter.to_str().unwrap()];
    args.extend(paths.iter().map(|path| path.to_str().unwrap()));
    let report: Value = serde_json::from_str(&built(false).run(&args)).unwrap();
    let books = report["instruments"].as_object().unwrap();
    assert_eq!(books.len(), 3, "{:?}", books.keys());
    assert!(books.values().all(|book| book["state"] == "Live"));
    assert_eq!(report["quote_checks"], 629 + 564 + 1124);
    assert_eq!((&report["gaps"], &report["quote_convictions"]), (&0.into(), &0.into()));
}
