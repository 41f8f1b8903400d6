//! The keys of `patchbay.toml`: the one table to add to.

use std::ops::RangeInclusive;

use patchbay_journal::SEGMENT_BYTES_MAX;

use super::form::Form;
use super::schema::{Key, Schema, Type};
use super::value::{Setting, SettingValue, Settings};

/// Every key, with its default, its bounds and what it does.
const KNOWN: &[Known] = &[
    path("plugins.folder", "plugins", "Folder of plugin files, one .so each."),
    one_of(
        "plugins.trust",
        &["folder", "listed"],
        "Whether every file of the folder may be loaded, or only those in plugins.list. Owner and \
         mode of a file are checked either way.",
    ),
    path("plugins.list", "plugins.toml", "Names and SHA-256 of the files that may be loaded."),
    path("state.folder", "state", "Folder of the registry, of journals and of saved faults."),
    int("history.messages", 10_000, 1..=1_000_000, "Messages remembered of each instrument."),
    int("history.arena_mib", 32, 1..=16_384, "MiB of memory that they share."),
    int(
        "journal.segment_mib",
        64,
        1..=(SEGMENT_BYTES_MAX >> 20) as i64,
        "MiB of one file of a journal.",
    ),
    tables("adapters", "An instance of an adapter in each table."),
    tables("strategies", "An instance of a strategy in each table."),
];

/// A key of the host.
struct Known {
    key: &'static str,
    allowed: Allowed,
    doc: &'static str,
}

enum Allowed {
    /// Its default.
    Path(&'static str),
    /// The first is the default.
    OneOf(&'static [&'static str]),
    /// Its default and bounds.
    Int(i64, RangeInclusive<i64>),
    /// Tables that are checked apart.
    Tables,
}

const fn path(key: &'static str, default: &'static str, doc: &'static str) -> Known {
    Known { key, allowed: Allowed::Path(default), doc }
}

const fn one_of(key: &'static str, values: &'static [&'static str], doc: &'static str) -> Known {
    Known { key, allowed: Allowed::OneOf(values), doc }
}

const fn int(
    key: &'static str,
    default: i64,
    bounds: RangeInclusive<i64>,
    doc: &'static str,
) -> Known {
    Known { key, allowed: Allowed::Int(default, bounds), doc }
}

const fn tables(key: &'static str, doc: &'static str) -> Known {
    Known { key, allowed: Allowed::Tables, doc }
}

impl Known {
    fn key(&self) -> Key {
        let text = |text: &&str| SettingValue::Text((*text).to_owned());
        let (ty, one_of) = match &self.allowed {
            Allowed::Path(_) => (Type::Form(Form::Path), Vec::new()),
            Allowed::OneOf(values) => (Type::Text, values.iter().map(text).collect()),
            Allowed::Int(_, bounds) => {
                (Type::Int { min: *bounds.start(), max: *bounds.end() }, Vec::new())
            }
            Allowed::Tables => (Type::Table, Vec::new()),
        };
        Key { doc: self.doc.to_owned(), ty, one_of }
    }

    fn default(&self) -> Option<SettingValue> {
        match &self.allowed {
            Allowed::Path(default) => Some(SettingValue::Text((*default).to_owned())),
            Allowed::OneOf(values) => {
                values.first().map(|value| SettingValue::Text((*value).to_owned()))
            }
            Allowed::Int(default, _) => Some(SettingValue::Int(*default)),
            Allowed::Tables => None,
        }
    }
}

/// The keys of `patchbay.toml`, those within the table of an instance left out.
pub fn host_schema() -> Schema {
    let keys = KNOWN.iter().map(|known| (known.key.to_owned(), known.key()));
    Schema { keys: keys.collect() }
}

/// What the host does where `patchbay.toml` says nothing, by key.
pub(super) fn host_defaults() -> Settings {
    let defaults = KNOWN.iter().filter_map(|known| {
        let default = known.default()?;
        Some((known.key.to_owned(), Setting::One(default)))
    });
    Settings(defaults.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_within_its_bounds() {
        for known in KNOWN {
            if let Allowed::Int(default, bounds) = &known.allowed {
                assert!(bounds.contains(default), "{}", known.key);
            }
        }
    }

    #[test]
    fn no_key_stands_twice_and_each_is_explained() {
        assert_eq!(host_schema().keys.len(), KNOWN.len());
        for (name, key) in host_schema().keys() {
            assert!(key.doc.ends_with('.'), "{name}");
        }
    }
}
