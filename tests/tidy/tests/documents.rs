//! Documents name what exists.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Relative links, and paths in code spans that begin with a folder of the tree.
fn mentioned(text: &str) -> Vec<String> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let links = links.filter(|link| !link.is_empty() && !link.contains("://"));
    let spans = text.split('`').skip(1).step_by(2);
    let tops = ["sdk/", "host/", "adapters/", "strategies/", "config/", "tests/", "docs/"];
    let spans = spans.filter(|span| tops.iter().any(|top| span.starts_with(top)));
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    let spans = spans.filter(|span| span.chars().all(plain));
    links.chain(spans).map(str::to_owned).collect()
}

#[test]
fn every_path_in_a_document_exists() {
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for path in mentioned(&text) {
            let beside = document.parent().unwrap().join(&path);
            let exists = beside.exists() || root().join(&path).exists();
            assert!(exists, "{}: {path} does not exist", document.display());
        }
    }
}

#[test]
fn every_crate_stands_in_the_architecture() {
    let text = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let members = manifest.split("members = [").nth(1).unwrap().split(']').next().unwrap();
    for member in members.split('"').skip(1).step_by(2) {
        assert!(text.contains(&format!("`{member}`")), "docs/architecture.md lacks `{member}`");
    }
}

/// What a page quotes below `<!-- FILE -->` stands in that file, which is compiled.
#[test]
fn what_is_quoted_is_in_the_file() {
    let mut quotes = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let parts = text.split("<!-- ").filter_map(|part| part.split_once(" -->\n```"));
        for (file, rest) in parts.filter(|(file, _)| !file.contains('\n')) {
            let quote = rest.split_once('\n').unwrap().1.split("\n```").next().unwrap();
            let whole = fs::read_to_string(root().join(file)).unwrap();
            assert!(whole.contains(quote), "{}: not in {file}:\n{quote}", document.display());
            quotes += 1;
        }
    }
    assert!(quotes >= 6, "{quotes}");
}
