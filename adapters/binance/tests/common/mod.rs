//! Binance's frames, recorded and transcribed.
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod frames;

use std::path::{Path, PathBuf};

/// Binance's captures: files of one recording, in the order to read them.
pub(crate) fn captures(corpus: &Path) -> Vec<Vec<PathBuf>> {
    let mut all = Vec::new();
    for product in ["spot", "usdm", "coinm"] {
        let folder = corpus.join(format!("binance-{product}"));
        for recording in sorted(&folder) {
            let name = recording.file_name().expect("entries of a folder have names");
            let name = name.to_string_lossy().into_owned();
            let files = sorted(&recording);
            match name.as_str() {
                "hftbacktest" => all.extend(files.into_iter().map(|file| vec![file])),
                name if name.starts_with("cryptofeed") => all.push(files),
                _ => {}
            }
        }
    }
    assert!(all.len() >= 15, "{} captures", all.len());
    all
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of the corpus");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}
