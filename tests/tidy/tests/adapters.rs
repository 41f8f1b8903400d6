//! What makes an adapter small is what the SDK already does.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of code of an adapter's market data, as rustfmt breaks them, without comments, blank lines
/// and tests. What is particular to a venue belongs there; see `docs/decisions`, 6.
const LINES: usize = 450;

/// The same where a venue sends whole books of one kind of instrument.
const FEW: (usize, [&str; 2]) = (250, ["upbit", "bithumb"]);

/// File names in every adapter; each venue has those that it needs.
const FILES: [&str; 13] = [
    "budget.rs",
    "depth.rs",
    "derivative.rs",
    "fault.rs",
    "instrument.rs",
    "lib.rs",
    "market.rs",
    "product.rs",
    "quote.rs",
    "reply.rs",
    "session.rs",
    "snapshot.rs",
    "trade.rs",
];

fn adapters() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../adapters");
    let mut found: Vec<_> = fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    found.sort();
    found
}

fn sources(adapter: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(adapter.join("src")).unwrap().map(|e| e.unwrap().path());
    files.filter(|path| path.is_file()).collect()
}

/// Lines that hold code.
fn lines(path: &Path) -> usize {
    let text = fs::read_to_string(path).unwrap();
    let product = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
    product.lines().filter(code).count()
}

#[test]
fn adapters_are_small() {
    for adapter in adapters() {
        let sum: usize = sources(&adapter).iter().map(|path| lines(path)).sum();
        let few = FEW.1.iter().any(|name| adapter.ends_with(name));
        let most = if few { FEW.0 } else { LINES };
        println!("{}: {sum} lines of {most}", adapter.display());
        assert!(sum <= most, "{}: {sum} lines, {most} at most", adapter.display());
    }
}

#[test]
fn the_same_file_names_in_each() {
    for adapter in adapters() {
        for path in sources(&adapter) {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(
                FILES.contains(&name),
                "{}: no adapter has a file of that name",
                path.display()
            );
        }
    }
}
