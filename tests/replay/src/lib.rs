//! What the end-to-end tests share: the corpus, the built program and plugins.
#![allow(clippy::print_stderr, clippy::unwrap_used, clippy::missing_panics_doc)]

mod build;
mod load;
mod said;

use std::path::{Path, PathBuf};

pub use build::{Built, adapter, built, compile_c, compile_c_recorder, scratch, template};
pub use load::Plugins;
pub use said::{EXP, Levels, Said, at_exp, fixed};

/// A file or folder of the corpus of recorded market data (`PATCHBAY_CORPUS`, or `../shared/corpus`
/// beside the checkout). Without a corpus the test says that it is skipped, but for CI, where that
/// is a failure.
pub fn corpus(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let root = std::env::var_os("PATCHBAY_CORPUS").map_or(beside, PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "no corpus at {}; set PATCHBAY_CORPUS",
        root.display()
    );
    eprintln!("SKIPPED: {} is missing; set PATCHBAY_CORPUS to recorded data", found.display());
    None
}
