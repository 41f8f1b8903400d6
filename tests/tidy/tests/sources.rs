//! What may stand in which source file.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Where `unsafe` may stand: see `docs/architecture.md`, "Unsafe".
const UNSAFE: [&str; 4] =
    ["sdk/abi/src/", "sdk/plugin/src/", "sdk/scan/src/simd", "host/loader/src/map.rs"];

/// Words that reach outside, and so are not for pure crates.
const IMPURE: [&str; 8] = [
    "std::fs",
    "std::net",
    "std::thread",
    "std::time",
    "std::env",
    "std::process",
    "HashMap",
    "HashSet",
];

/// Pure crates; their unit tests may start threads.
const PURE: [&str; 5] = [
    "host/book/src/",
    "host/engine/src/",
    "host/journal/src/",
    "host/mcast/src/",
    "host/quality/src/",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every Rust source file of the product (tests apart), relative to the root, without its own
/// `mod tests`.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for top in ["sdk", "host", "adapters", "strategies"] {
        collect(&root().join(top), &mut found);
    }
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().into_string().unwrap();
        if path.is_dir() && !["tests", "examples", "target"].contains(&name.as_str()) {
            collect(&path, found);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let product = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
            let relative = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            found.push((relative, product));
        }
    }
}

fn code(line: &str) -> &str {
    line.split("//").next().unwrap()
}

#[test]
fn unsafe_stands_only_where_the_architecture_allows_it() {
    for (file, text) in sources() {
        if UNSAFE.iter().any(|allowed| file.starts_with(allowed)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let words = code(line).split(|c: char| !c.is_alphanumeric() && c != '_');
            let found = words.into_iter().any(|word| word == "unsafe");
            assert!(!found, "{file}:{}: unsafe", number + 1);
        }
    }
}

#[test]
fn pure_crates_reach_for_nothing() {
    for (file, text) in sources() {
        if !PURE.iter().any(|pure| file.starts_with(pure)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            for word in IMPURE {
                assert!(!code(line).contains(word), "{file}:{}: {word}", number + 1);
            }
        }
    }
}

#[test]
fn nothing_is_left_to_do() {
    for (file, text) in sources() {
        for word in ["TODO", "FIXME", "todo!(", "unimplemented!("] {
            assert!(!text.contains(word), "{file}: {word}");
        }
    }
}

#[test]
fn files_are_one_idea_long() {
    for (file, text) in sources() {
        let lines = text.lines().count();
        // The record types of the ABI are one list.
        let bound = if file.starts_with("sdk/abi/") { 900 } else { 500 };
        assert!(lines <= bound, "{file} has {lines} lines; look for the seam");
    }
}
