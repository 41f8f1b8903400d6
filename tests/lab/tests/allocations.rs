//! From the socket to the published record nothing is allocated once everything has been seen: the
//! shipped program with the adapter's file, counted by a library that stands before the system's.
//!
//! What is left on the thread that reads are the TLS library's pieces, a few for each record that
//! the venue sends, and what is told to operators ten times a second.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use patchbay_test_lab::Site;
use patchbay_test_replay::{built, compile_c};
use patchbay_venue::AtEnd;

/// Frames after which the host has seen everything, and after which it is looked at again.
const WARM: u64 = 12_000;
const ENOUGH: u64 = 30_000;

struct Host(Child);

impl Drop for Host {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Allocations so far, by the thread's name.
fn counts(table: &Path) -> BTreeMap<String, u64> {
    let bytes = fs::read(table).unwrap();
    let (rows, _) = bytes.as_chunks::<24>();
    let row = |row: &[u8; 24]| {
        let name = String::from_utf8_lossy(&row[..16]).trim_end_matches('\0').to_owned();
        (name, u64::from_le_bytes(*row.last_chunk().unwrap()))
    };
    rows.iter().map(row).filter(|(name, _)| !name.is_empty()).collect()
}

/// Waits until the venue has played so many frames; how many there are.
fn played(site: &Site, frames: u64) -> u64 {
    for _ in 0..1200 {
        let position = site.venue.ledger().position;
        if position >= frames {
            return position;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("{:?}", site.venue.ledger());
}

#[test]
fn frames_cost_no_memory() {
    let Some(site) = Site::new("allocations", 40.0, AtEnd::Stay) else { return };
    let (counter, table) = (site.path("counter.so"), site.path("allocations"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/allocations.c");
    compile_c(&source, &counter);
    let config = site.configure("");
    let mut command = built(false).command(&["--plugins"]);
    command.arg(site.path("plugins")).args(["run", "--json"]).arg(config);
    command.env_remove("LD_LIBRARY_PATH");
    command.env("LD_PRELOAD", &counter).env("ALLOCATIONS", &table);
    let host = Host(command.stdout(Stdio::null()).spawn().unwrap());

    let first = played(&site, WARM);
    let before = counts(&table);
    let frames = played(&site, ENOUGH) - first;
    let after = counts(&table);
    drop(host);
    site.remove();
    let more = |name: &str| after[name] - before[name];
    println!("{frames} frames; allocations by thread: {before:?}, then {after:?}");
    for name in ["engine", "multicast"] {
        assert!(more(name) * 1000 <= frames, "{name}: {} for {frames} frames", more(name));
    }
    assert!(more("io") <= frames, "io: {} for {frames} frames", more("io"));
}
