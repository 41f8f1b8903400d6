//! Stocks are published on channel 2, all of them and nothing else: the demo of LS Securities, and on
//! each channel a consumer that knows only `docs/wire.md`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use patchbay_test_lab::{Lines, Listener};
use patchbay_test_replay::{built, corpus, scratch};
use serde_json::Value;

/// How long the host runs, and how long it is listened to, s.
const RUN: &str = "8s";
const SECONDS: u32 = 20;
/// Times recorded pace: a few trades a second are recorded.
const PACE: &str = "10";

#[test]
fn every_trade_of_a_stock_is_heard_on_channel_2_and_nothing_on_channel_1() {
    let Some(corpus) = corpus("MANIFEST.toml") else { return };
    let scratch = scratch("stocks");
    let plugins = scratch.join("plugins");
    fs::create_dir(&plugins).unwrap();
    fs::set_permissions(&plugins, fs::Permissions::from_mode(0o700)).unwrap();
    fs::copy(built(false).plugin("patchbay-ls"), plugins.join("ls.so")).unwrap();
    let lines = Lines::free();
    let [crypto, stocks] = lines.groups().map(|line| Listener::start(line, SECONDS, 0, "0:0"));
    let output = built(false)
        .command(&["--plugins", plugins.to_str().unwrap(), "demo", "--venue", "ls"])
        .args(["--for", RUN, "--pace", PACE, "--json", "--control"])
        .arg(scratch.join("run/control"))
        .arg("--multicast")
        .args(lines.texts())
        .env("PATCHBAY_CORPUS", corpus.parent().unwrap())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let status: Value = serde_json::from_slice(&output.stdout).unwrap();
    let trades = status["totals"]["trades"].as_u64().unwrap();
    assert!(trades > 20, "{trades} trades");

    let [crypto, stocks] = [crypto, stocks].map(Listener::heard);
    for heard in [&crypto, &stocks] {
        for zero in ["crc_errors", "decode_errors", "holes", "lost", "restarts"] {
            assert_eq!(heard[zero], 0, "{zero}");
        }
    }
    assert_eq!(stocks["kinds"]["Trade"], trades, "{}", stocks["kinds"]);
    assert!(stocks["kinds"]["Instrument"].as_u64() > Some(0), "{}", stocks["kinds"]);
    assert_eq!(stocks["venues"][0]["name"], "ls");
    assert_eq!(stocks["venues"][0]["asset_types"], "equity");
    let kinds: Vec<_> = crypto["kinds"].as_object().unwrap().keys().collect();
    assert_eq!(kinds, ["End", "Heartbeat"]);
    assert_eq!(crypto["texts"], 0);
    fs::remove_dir_all(scratch).unwrap();
}
