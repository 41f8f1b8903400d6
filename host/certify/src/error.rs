//! Why there is no certificate at all.

use std::io;
use std::path::PathBuf;

use patchbay_loader::Refusal;

/// Why there is no certificate at all. What is wrong with an adapter is a card, not an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertifyError {
    /// The file cannot be loaded because of the host's own folders.
    #[error("the plugin loader cannot be made: {0}")]
    Loader(#[source] Refusal),
    /// The manifest of the corpus is unreadable.
    #[error("{path}: {what}; set PATCHBAY_CORPUS to a folder of recorded data with its manifest")]
    Manifest {
        /// File.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A recording cannot be read.
    #[error(transparent)]
    Recording(#[from] patchbay_naive::Error),
    /// The local venue, or the running host beside it, cannot be made.
    #[error("{what}: {text}")]
    Live {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        text: String,
    },
    /// The child in which purity is tried cannot be run.
    #[error("cannot {what}: {source}")]
    Child {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: io::Error,
    },
}
