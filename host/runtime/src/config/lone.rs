//! The settings of one plugin without a configuration file.

use super::check::{check, require};
use super::instance::PluginTables;
use super::known::{STREAMS, streams};
use super::problem::{ConfigError, Problem};
use super::schema::Schema;
use super::source::Source;
use super::value::{SettingValue, Settings};

/// A plugin's embedded defaults with `overrides` (`KEY=VALUE`, the value in TOML's spelling) over
/// them, sorted by key, lists as numbered keys.
///
/// # Errors
///
/// Everything that is wrong with the plugin's tables or with the overrides.
pub fn settings_of(
    plugin: &str,
    tables: &PluginTables,
    overrides: &[String],
) -> Result<Vec<(String, SettingValue)>, ConfigError> {
    let mut problems = Vec::new();
    let label = |table: &str| format!("plugin {plugin}, {table}");
    let mut schema = Schema::read(&Source::new(&label("schema"), &tables.schema), &mut problems);
    ConfigError::unless_none(std::mem::take(&mut problems))?;
    // What is wanted of it is said apart.
    schema.keys.insert(STREAMS.to_owned(), streams());
    let defaults = Source::new(&label("defaults"), &tables.defaults);
    let defaults = layer(&schema, &defaults, &mut problems);
    schema.learn_lists(&defaults);
    let given = Source::new("--set", &overrides.join("\n"));
    let mut settings = defaults.under(layer(&schema, &given, &mut problems));
    settings.0.remove(STREAMS);
    schema.keys.remove(STREAMS);
    ConfigError::unless_none(std::mem::take(&mut problems))?;
    let has = |key: &str| settings.0.contains_key(key);
    require(schema.keys(), has, |key, expected| {
        problems.push(given.problem(0, key, "nothing".to_owned(), expected));
    });
    ConfigError::unless_none(problems)?;
    Ok(settings.flatten())
}

fn layer(schema: &Schema, source: &Source, problems: &mut Vec<Problem>) -> Settings {
    let table = source.parse(problems);
    table.map_or_else(Settings::default, |table| check(schema, source, "", &table, problems))
}
