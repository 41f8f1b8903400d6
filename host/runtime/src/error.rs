//! What can go wrong in the wiring.

use std::path::PathBuf;

use patchbay_engine::RegistryError;
use patchbay_history::CaptureError;
use patchbay_journal::JournalError;
use patchbay_loader::Refusal;
use patchbay_plugin::bind::BindError;

/// A failure that ends a run; each message names the thing, the place and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// A plugin file was refused.
    #[error(transparent)]
    Plugin(#[from] Refusal),
    /// A mapped plugin could not be used.
    #[error("plugin {name}: {source}")]
    Bind {
        /// Plugin.
        name: String,
        /// Why.
        source: BindError,
    },
    /// What is to run of a plugin is not known.
    #[error("{why}")]
    Cast {
        /// Why, and what to do.
        why: String,
    },
    /// No plugin of that name.
    #[error("no plugin named `{name}` in {folder}; {found}")]
    NoSuchPlugin {
        /// Wanted.
        name: String,
        /// Where.
        folder: PathBuf,
        /// What is there, or what to do.
        found: String,
        /// Whether files of the folder were refused, each of which may be the one.
        refused: bool,
    },
    /// A capture could not be read.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// The journal could not be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A journal does not fit what is replayed.
    #[error("journal {folder}: {what}")]
    Replay {
        /// Folder.
        folder: PathBuf,
        /// What, and what to do.
        what: String,
    },
    /// The registry is damaged.
    #[error("{path}: {source}")]
    Registry {
        /// Its file, or the journal that holds it.
        path: PathBuf,
        /// Where and how.
        source: RegistryError,
    },
    /// Another host has the state folder.
    #[error(
        "{folder} is in use by another host; stop that one, or give this one a `state.folder` of \
         its own"
    )]
    StateInUse {
        /// Folder.
        folder: PathBuf,
    },
    /// A socket or thread could not be made.
    #[error("cannot {what}: {source}; check the interface and the limits of this user")]
    Socket {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The network cannot work as configured.
    #[error(transparent)]
    Net(#[from] patchbay_net::Fault),
    /// A key could not be read.
    #[error("{0}; a key is a file of mode 0600 that belongs to the user who runs patchbay")]
    Key(#[from] patchbay_net::KeyError),
    /// Keys are to come from systemd, which does not run us.
    #[error(
        "keys {names} are to come from systemd (`secrets.from = \"credentials\"`), and \
         CREDENTIALS_DIRECTORY is not set; start patchbay from a unit with LoadCredential="
    )]
    NoCredentials {
        /// Their names.
        names: String,
    },
    /// The multicast lines cannot work as configured.
    #[error(transparent)]
    Lines(#[from] patchbay_mcast::ConfigError),
    /// The control socket cannot be opened.
    #[error(transparent)]
    Control(#[from] patchbay_control::ServerError),
    /// A file could not be used.
    #[error("{path}: {what}: {source}")]
    File {
        /// File.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
}
