//! An adapter's settings: its own defaults, changed at some keys, in the form that plugins read.

use std::collections::BTreeMap;

use patchbay_plugin::Value;
use patchbay_plugin::bind::Plugin;
use toml::{Table, Value as Toml};

use crate::PlayerError;

/// Values by dotted key; a list is one value.
#[derive(Debug)]
pub(crate) struct Settings(BTreeMap<String, Toml>);

impl Settings {
    /// The defaults of `plugin` under `changes`, which decide a key that they have, a list as a
    /// whole: what a host makes of the venue's file.
    pub(crate) fn new(plugin: &Plugin, changes: &str) -> Result<Self, PlayerError> {
        let mut all = defaults(plugin)?;
        let described = described(plugin)?;
        for (key, value) in leaves(&parse("changes", changes)?) {
            if !all.contains_key(&key) && !described.contains_key(&key) {
                return Err(PlayerError::UnknownKey { key });
            }
            all.insert(key, value);
        }
        for (key, value) in &mut all {
            let float = described.get(key).is_some_and(|entry| type_of(entry) == Some("float"));
            if let (true, Toml::Integer(int)) = (float, &*value) {
                *value = Toml::Float(*int as f64);
            }
        }
        Ok(Self(all))
    }

    /// As a plugin is given them: sorted by key, lists as numbered keys.
    pub(crate) fn flat(&self) -> Result<Vec<(String, Value<'_>)>, PlayerError> {
        let mut flat = Vec::new();
        for (key, value) in &self.0 {
            match value {
                Toml::Array(items) => {
                    for (i, item) in items.iter().enumerate() {
                        flat.push((format!("{key}.{i}"), lend(key, item)?));
                    }
                }
                one => flat.push((key.clone(), lend(key, one)?)),
            }
        }
        flat.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(flat)
    }
}

/// What stands in only one of defaults and schema, or lacks its text; empty if they agree.
pub(crate) fn disagreements(plugin: &Plugin) -> Result<Vec<String>, PlayerError> {
    let defaults = defaults(plugin)?;
    let described = described(plugin)?;
    let mut found: Vec<_> = defaults
        .keys()
        .filter(|key| !described.contains_key(*key))
        .map(|key| format!("`{key}` has a default and stands not in the schema"))
        .collect();
    for (key, entry) in &described {
        let stated = type_of(entry);
        if !entry.get("doc").and_then(Toml::as_str).is_some_and(|doc| doc.ends_with('.')) {
            found.push(format!("`{key}` has no `doc` that is a sentence"));
        }
        match defaults.get(key).map(type_name) {
            None => found.push(format!("`{key}` stands in the schema and has no default")),
            // A host widens integers where a float is meant.
            Some("integer") if stated == Some("float") => {}
            // The host looks into it; here a text is a text.
            Some("string") if stated == Some("url") => {}
            Some(is) if Some(is) != stated => {
                found.push(format!("`{key}` is of type {is}; the schema says {stated:?}"));
            }
            Some(_) => {}
        }
    }
    Ok(found)
}

/// A plugin's own defaults: `streams` beside them is what a host wants of it where the configuration
/// names nothing, and no setting.
fn defaults(plugin: &Plugin) -> Result<BTreeMap<String, Toml>, PlayerError> {
    let mut table = parse("defaults", plugin.defaults())?;
    table.remove("streams");
    Ok(leaves(&table))
}

/// The schema's entries by the keys that they describe.
fn described(plugin: &Plugin) -> Result<BTreeMap<String, Toml>, PlayerError> {
    let mut schema = parse("schema", plugin.schema())?;
    Ok(match schema.remove("keys") {
        Some(Toml::Table(keys)) => keys.into_iter().collect(),
        _ => BTreeMap::new(),
    })
}

fn type_of(entry: &Toml) -> Option<&str> {
    entry.get("type").and_then(Toml::as_str)
}

/// As a schema names types.
const fn type_name(value: &Toml) -> &'static str {
    match value {
        Toml::String(_) => "string",
        Toml::Integer(_) => "integer",
        Toml::Float(_) => "float",
        Toml::Boolean(_) => "bool",
        Toml::Array(_) => "list",
        Toml::Datetime(_) => "date",
        Toml::Table(_) => "table",
    }
}

fn parse(what: &'static str, text: &str) -> Result<Table, PlayerError> {
    text.parse()
        .map_err(|error: toml::de::Error| PlayerError::Toml { what, error: error.to_string() })
}

fn leaves(table: &Table) -> BTreeMap<String, Toml> {
    fn walk(prefix: &str, table: &Table, out: &mut BTreeMap<String, Toml>) {
        for (key, value) in table {
            let key = format!("{prefix}{key}");
            match value {
                Toml::Table(inner) => walk(&format!("{key}."), inner, out),
                leaf => drop(out.insert(key, leaf.clone())),
            }
        }
    }
    let mut out = BTreeMap::new();
    walk("", table, &mut out);
    out
}

fn lend<'a>(key: &str, value: &'a Toml) -> Result<Value<'a>, PlayerError> {
    match value {
        Toml::String(text) => Ok(Value::Text(text)),
        Toml::Integer(int) => Ok(Value::Int(*int)),
        Toml::Float(float) => Ok(Value::Float(*float)),
        Toml::Boolean(bool) => Ok(Value::Bool(*bool)),
        other => Err(PlayerError::Value { key: key.to_owned(), found: type_name(other) }),
    }
}
