//! The demo as a user runs it, and a consumer that knows only `docs/wire.md`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};

use patchbay_test_replay::{built, corpus, scratch};
use serde_json::Value;

#[test]
fn books_go_live_and_a_stranger_on_the_line_has_the_same() {
    let Some(folder) = corpus("binance-spot/hftbacktest") else { return };
    let corpus = folder.ancestors().nth(2).unwrap();
    let scratch = scratch("demo");
    // Where `demo` looks for it.
    std::fs::create_dir(scratch.join("plugins")).unwrap();
    private(&scratch.join("plugins"));
    let plugin = scratch.join("plugins/binance.so");
    std::fs::copy(built(false).plugin("patchbay-binance"), plugin).unwrap();

    let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/wire_reader.py");
    let listener = Command::new("python3")
        .arg(reader)
        .args(["--group", "239.255.42.1", "--port", "9001", "--interface", "127.0.0.1"])
        // Longer than the demo and what it takes to load its recordings in a debug build.
        .args(["--seconds", "45", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let plugins = scratch.join("plugins");
    let output = built(false)
        .command(&["--plugins", plugins.to_str().unwrap(), "demo", "--for", "12s", "--json"])
        .arg("--control")
        .arg(scratch.join("run/control"))
        .env("PATCHBAY_CORPUS", corpus)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let status: Value = serde_json::from_slice(&output.stdout).unwrap();
    let books = status["books"].as_array().unwrap();
    assert_eq!(books.len(), 6, "{books:?}");
    for book in books {
        assert_eq!((&book["state"], &book["evidence"]), (&"Live".into(), &"chained".into()));
        assert_eq!((&book["gaps"], &book["crossed"]), (&0.into(), &0.into()));
    }
    assert_eq!(status["totals"]["rejected"], 0);
    assert!(status["totals"]["frames"].as_u64().unwrap() > 3000);

    let heard = listener.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&heard.stdout).into_owned();
    assert!(heard.status.success(), "{text}{}", String::from_utf8_lossy(&heard.stderr));
    let heard: Value = serde_json::from_str(&text).unwrap();
    println!("{}", summary(&heard));
    for zero in ["crc_errors", "decode_errors", "holes", "lost", "restarts"] {
        assert_eq!(heard[zero], 0, "{zero}");
    }
    for kind in ["Book", "BookState", "Trade", "Quote", "Instrument", "Venue", "End"] {
        assert!(heard["kinds"][kind].as_u64().is_some_and(|count| count > 0), "no {kind}");
    }
    std::fs::remove_dir_all(scratch).unwrap();
}

/// What the reader counted, without its books.
fn summary(heard: &Value) -> Value {
    let mut heard = heard.clone();
    if let Some(object) = heard.as_object_mut() {
        object.remove("books");
        object.remove("instruments");
    }
    heard
}

fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}
