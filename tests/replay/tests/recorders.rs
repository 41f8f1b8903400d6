//! A strategy in Rust and one in C see the same turns and count the same.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use patchbay_test_replay::{built, compile_c_recorder, corpus, scratch};
use serde_json::Value;

#[test]
fn recorders_in_rust_and_c_agree() {
    let Some(capture) = corpus("binance-usdm/hftbacktest/btcusdt_20230404.dat.gz") else { return };
    let folder = scratch("recorders");
    let library = folder.join("c-recorder.so");
    compile_c_recorder(&library);
    let built = built(false);
    let (adapter, rust) = (built.plugin("patchbay-binance"), built.plugin("patchbay-recorder"));
    let output = built.run(&[
        "replay",
        capture.to_str().unwrap(),
        "--json",
        "--adapter",
        adapter.to_str().unwrap(),
        "--strategy",
        rust.to_str().unwrap(),
        "--strategy",
        library.to_str().unwrap(),
    ]);
    let report: Value = serde_json::from_str(&output).unwrap();
    let digest = |name: &str| report["strategies"][name].as_str().unwrap().to_owned();
    assert_eq!(digest("recorder"), digest("c-recorder"));
    assert_ne!(digest("recorder"), "0000000000000000");
    std::fs::remove_dir_all(folder).unwrap();
}
