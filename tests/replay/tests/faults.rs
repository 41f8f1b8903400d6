//! A plugin that panics is poisoned, its frame is saved, and others do not notice.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use patchbay_history::{Captures, Event};
use patchbay_loader::Kind;
use patchbay_runtime::{Core, CoreConfig, Report, replay_captures};
use patchbay_test_replay::{Plugins, built, corpus, scratch};

const CAPTURE: &str = "binance-usdm/hftbacktest/btcusdt_20230404.dat.gz";

#[test]
fn a_panic_poisons_one_instance_and_leaves_the_other_alone() {
    let Some(capture) = corpus(CAPTURE) else { return };
    let plugins = Plugins::new();
    let binance = plugins.load(&built(false).plugin("patchbay-binance"), Kind::Adapter);
    let panicker = plugins.load(&built(false).plugin("patchbay-zoo-panicker"), Kind::Adapter);
    let run = |setups: &[_]| {
        let mut core = Core::new(CoreConfig::default());
        for setup in setups {
            core.attach(0, setup).unwrap();
        }
        let mut captures = Captures::open(&[&capture]).unwrap();
        replay_captures(&mut core, &mut captures, |_, _| true).unwrap();
        core
    };
    let alone = run(&[binance]);
    let beside = run(&[binance, panicker]);

    assert_eq!(Report::of(&beside).instruments, Report::of(&alone).instruments);
    assert_eq!(beside.seats()[0].tally, alone.seats()[0].tally);
    let seat = &beside.seats()[1];
    let fault = seat.fault.as_ref().expect("it panicked");
    assert_eq!(fault.bytes, frame(&capture, 1000));
    assert_eq!(seat.tally.frames, 1000);
    assert_eq!(seat.tally.withheld_inputs + 1000, alone.seats()[0].tally.frames);
}

/// The `number`th frame of a capture, from 1.
fn frame(capture: &std::path::Path, number: usize) -> Vec<u8> {
    let mut captures = Captures::open(&[capture]).unwrap();
    let mut seen = 0;
    while let Some(record) = captures.next().unwrap() {
        if let Event::Frame { data, .. } = record.event {
            seen += 1;
            if seen == number {
                return data.to_vec();
            }
        }
    }
    panic!("the capture has no frame {number}");
}

#[test]
fn the_program_says_what_happened_and_where_the_frame_is() {
    let Some(capture) = corpus(CAPTURE) else { return };
    let folder = scratch("faults");
    let adapter = built(false).plugin("patchbay-zoo-panicker");
    let output = built(false)
        .command(&["replay", capture.to_str().unwrap(), "--json", "--set", "at=3", "--adapter"])
        .arg(&adapter)
        .arg("--faults")
        .arg(&folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}");
    for part in ["told to panic on frame 3", "panicked on input", "zoo-panicker"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("stack backtrace"), "{text}");
    let saved: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().collect();
    assert_eq!(std::fs::read(saved[0].path()).unwrap(), frame(&capture, 3));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_build_that_aborts_on_panic_is_refused() {
    let target = scratch("abort");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "-p", "patchbay-zoo-panicker"]);
    command.args(["--config", "profile.dev.panic=\"abort\"", "--target-dir"]).arg(&target);
    for (key, _) in std::env::vars_os() {
        let key = key.to_string_lossy().into_owned();
        if key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_") {
            command.env_remove(key);
        }
    }
    assert!(command.status().unwrap().success());
    let library = target.join("debug/libpatchbay_zoo_panicker.so");
    let output = built(false).command(&["plugin", "inspect"]).arg(library).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains("panic"), "{text}");
    std::fs::remove_dir_all(target).unwrap();
}
