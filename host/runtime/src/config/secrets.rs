//! Where keys of accounts come from.

use std::path::PathBuf;
use std::sync::Arc;

use patchbay_net::{KeyError, Keyring, SecretStore};

use crate::{RuntimeError, shield};

/// Where keys of accounts come from: never the configuration, the environment or the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// Files `NAME.toml` of mode 0600 in a folder.
    Folder(PathBuf),
    /// Credentials `NAME.toml` of a systemd unit (`LoadCredential=`), in the folder that systemd
    /// names; `None` if no such unit runs us.
    Credentials(Option<PathBuf>),
}

impl Secrets {
    /// The credentials of the unit that runs us.
    pub(super) fn of_unit() -> Self {
        Self::Credentials(std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from))
    }

    /// Keys of these names, for one instance; no key, and no file is touched, for no name. Core
    /// dumps are off from then on.
    ///
    /// # Errors
    ///
    /// The first file that is not as it must be, and why; or credentials without a unit.
    pub fn keyring(&self, names: &[String]) -> Result<Keyring, RuntimeError> {
        let Some(default) = names.first() else { return Ok(Keyring::empty()) };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let store = match self.read(&names) {
            Some(store) => store?,
            None => return Err(RuntimeError::NoCredentials { names: names.join(", ") }),
        };
        Ok(Keyring::new(Arc::new(store), default))
    }

    /// Whether a key can be read now; not looked for if only a unit would know.
    pub(super) fn look(&self, name: &str) -> Result<(), KeyError> {
        self.read(&[name]).map_or(Ok(()), |store| store.map(drop))
    }

    /// `None` if it is not known where.
    fn read(&self, names: &[&str]) -> Option<Result<SecretStore, KeyError>> {
        shield::no_core_dumps();
        match self {
            Self::Folder(folder) => Some(SecretStore::folder(folder, names)),
            Self::Credentials(folder) => Some(SecretStore::credentials(folder.as_deref()?, names)),
        }
    }
}
