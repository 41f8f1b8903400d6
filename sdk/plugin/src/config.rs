//! A plugin's configuration: the venue's TOML table, flattened to dotted keys.

use patchbay_abi as abi;

use crate::read::items;

/// One value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// UTF-8 text.
    Text(&'a str),
    /// Integer.
    Int(i64),
    /// Double.
    Float(f64),
    /// Boolean.
    Bool(bool),
}

impl Value<'_> {
    const fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Bool(_) => "a boolean",
        }
    }
}

/// A value that is missing or of another type. The host checks against the plugin's schema before,
/// so that an operator meets this only for a plugin whose schema is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No such key.
    #[error("configuration key `{key}` is missing; the plugin's defaults should hold it")]
    Missing {
        /// Dotted key.
        key: String,
    },
    /// Another type.
    #[error("configuration key `{key}` is {found}, expected {expected}")]
    Type {
        /// Dotted key.
        key: String,
        /// What the plugin asked for.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
}

/// Values by dotted key, sorted.
#[derive(Clone, Copy, Debug)]
pub struct Config<'a> {
    entries: &'a [(&'a str, Value<'a>)],
    seed: u64,
    instance: u32,
}

impl<'a> Config<'a> {
    /// Over entries sorted by key.
    pub const fn new(entries: &'a [(&'a str, Value<'a>)], seed: u64, instance: u32) -> Self {
        Self { entries, seed, instance }
    }

    /// Seed for anything that must look random; journalled by the host.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Number of the instance within the host.
    pub const fn instance(&self) -> u32 {
        self.instance
    }

    /// All values, sorted by key: for an adapter that is made of another one.
    pub const fn entries(&self) -> &'a [(&'a str, Value<'a>)] {
        self.entries
    }

    /// The value of `key`, if there is one.
    pub fn value(&self, key: &str) -> Option<Value<'a>> {
        let at = self.entries.binary_search_by(|(k, _)| (*k).cmp(key)).ok()?;
        Some(self.entries[at].1)
    }

    /// Text.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the key is missing or of another type.
    pub fn text(&self, key: &str) -> Result<&'a str, ConfigError> {
        match self.required(key)? {
            Value::Text(text) => Ok(text),
            other => Err(mismatch(key, "a string", &other)),
        }
    }

    /// Integer.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the key is missing or of another type.
    pub fn int(&self, key: &str) -> Result<i64, ConfigError> {
        match self.required(key)? {
            Value::Int(int) => Ok(int),
            other => Err(mismatch(key, "an integer", &other)),
        }
    }

    /// Boolean.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the key is missing or of another type.
    pub fn bool(&self, key: &str) -> Result<bool, ConfigError> {
        match self.required(key)? {
            Value::Bool(bool) => Ok(bool),
            other => Err(mismatch(key, "a boolean", &other)),
        }
    }

    /// The texts of an array, in order; empty if the key is missing.
    pub fn texts(&self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let this = *self;
        let key = key.to_owned();
        (0..).map_while(move |i| match this.value(&format!("{key}.{i}")) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        })
    }

    fn required(&self, key: &str) -> Result<Value<'a>, ConfigError> {
        self.value(key).ok_or_else(|| ConfigError::Missing { key: key.to_owned() })
    }
}

fn mismatch(key: &str, expected: &'static str, found: &Value<'_>) -> ConfigError {
    ConfigError::Type { key: key.to_owned(), expected, found: found.type_name() }
}

/// Reads the host's entries; those that are not UTF-8 or of an unknown kind are left out.
///
/// # Safety
///
/// `create` follows the contract of [`abi::Create`] for all of `'a`.
pub(crate) unsafe fn read<'a>(create: &abi::Create) -> Vec<(&'a str, Value<'a>)> {
    // SAFETY: `config` holds `config_len` entries by the caller's contract.
    let entries = unsafe { items(create.config, create.config_len) };
    let mut out: Vec<_> = entries
        .iter()
        .filter_map(|entry| {
            // SAFETY: texts of an entry live as long as the entries.
            let (key, text) = unsafe { (entry.key.as_str()?, entry.text.as_str()?) };
            let value = match entry.kind {
                abi::CONFIG_TEXT => Value::Text(text),
                abi::CONFIG_INT => Value::Int(entry.integer),
                abi::CONFIG_FLOAT => Value::Float(entry.real),
                abi::CONFIG_BOOL => Value::Bool(entry.integer != 0),
                _ => return None,
            };
            Some((key, value))
        })
        .collect();
    out.sort_by_key(|(key, _)| *key);
    out
}

/// Lends `entries` in the ABI's form.
pub(crate) fn lend(entries: &[(&str, Value<'_>)]) -> Vec<abi::ConfigEntry> {
    entries
        .iter()
        .map(|&(key, value)| {
            let (kind, text, integer, real) = match value {
                Value::Text(text) => (abi::CONFIG_TEXT, text, 0, 0.0),
                Value::Int(int) => (abi::CONFIG_INT, "", int, 0.0),
                Value::Float(float) => (abi::CONFIG_FLOAT, "", 0, float),
                Value::Bool(bool) => (abi::CONFIG_BOOL, "", i64::from(bool), 0.0),
            };
            let (key, text) = (abi::Str::new(key), abi::Str::new(text));
            abi::ConfigEntry { key, text, integer, real, kind, reserved: 0 }
        })
        .collect()
}
