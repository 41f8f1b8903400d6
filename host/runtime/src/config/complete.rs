//! Settings of the host with a value for every key.

use std::path::{Path, PathBuf};

use super::form::{group, interface, redirection};
use super::value::{SettingValue, Settings, texts};
use crate::live::Group;

/// Given with its default where a value is wrong, so that reading never fails.
pub(super) struct Complete<'c> {
    pub(super) settings: Settings,
    /// That paths are relative to.
    pub(super) folder: &'c Path,
}

impl Complete<'_> {
    pub(super) fn text(&self, key: &str) -> &str {
        self.settings.text(key).expect("KNOWN gives this key a default and only texts")
    }

    pub(super) fn path(&self, key: &str) -> PathBuf {
        self.folder.join(self.text(key))
    }

    /// `None` for an empty text.
    pub(super) fn path_or_none(&self, key: &str) -> Option<PathBuf> {
        (!self.text(key).is_empty()).then(|| self.path(key))
    }

    pub(super) fn paths(&self, key: &str) -> Vec<PathBuf> {
        texts(self.settings.list(key)).map(|path| self.folder.join(path)).collect()
    }

    pub(super) fn int(&self, key: &str) -> i64 {
        match self.settings.one(key) {
            Some(SettingValue::Int(int)) => *int,
            _ => unreachable!("KNOWN gives {key} a default and only integers"),
        }
    }

    /// An integer as the type that its bounds are within.
    pub(super) fn count<T: TryFrom<i64>>(&self, key: &str) -> T {
        let count = T::try_from(self.int(key)).ok();
        count.expect("KNOWN bounds this key to what its type holds")
    }

    pub(super) fn bool(&self, key: &str) -> bool {
        matches!(self.settings.one(key), Some(SettingValue::Bool(true)))
    }

    pub(super) fn ints(&self, key: &str) -> Vec<i64> {
        let int = |value: &SettingValue| match value {
            SettingValue::Int(int) => Some(*int),
            _ => None,
        };
        self.settings.list(key).iter().filter_map(int).collect()
    }

    pub(super) fn interface(&self, key: &str) -> std::net::Ipv4Addr {
        interface(self.text(key)).expect("the form of this key was checked")
    }

    pub(super) fn group(&self, key: &str) -> Group {
        let group = group(self.text(key)).expect("the form of this key was checked");
        Group { address: *group.ip(), port: group.port() }
    }

    pub(super) fn redirections(
        &self,
        key: &str,
    ) -> std::collections::BTreeMap<String, std::net::SocketAddr> {
        texts(self.settings.list(key)).filter_map(redirection).collect()
    }
}
