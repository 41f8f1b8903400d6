//! Deribit's frames, recorded and transcribed.
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod frames;

use std::path::{Path, PathBuf};

/// Deribit's captures: files of one recording, in the order to read them.
pub(crate) fn captures(corpus: &Path) -> [Vec<PathBuf>; 2] {
    [
        &["cryptofeed-20210722/DERIBIT.0.gz", "cryptofeed-20210722/DERIBIT.ws.1.0.gz"][..],
        &["cryptofeed-20210405/DERIBIT-5dd9ce.0.gz"],
    ]
    .map(|files| files.iter().map(|file| corpus.join("deribit").join(file)).collect())
}
