//! The instances that `patchbay.toml` asks for, each with its settings.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use patchbay_loader::Kind;
use patchbay_plugin::Value;
use toml::de::{DeTable, DeValue};

use super::check::{check, require};
use super::form::Form;
use super::host::Plugins;
use super::problem::Problem;
use super::schema::{Schema, Type};
use super::source::{Source, join};
use super::value::{Scalar, SettingValue, Settings, describe, quoted};

/// One instance of a plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// Adapter or strategy.
    pub kind: Kind,
    /// Name of the plugin.
    pub plugin: String,
    /// Streams wanted of an adapter: kind and venue symbol.
    pub streams: Vec<(patchbay_model::Kind, String)>,
    /// What the plugin is created with: sorted by key, lists as numbered keys.
    pub settings: Vec<(String, SettingValue)>,
}

impl Instance {
    /// The settings as [`patchbay_plugin::Config`] wants them.
    pub fn lend(&self) -> Vec<(&str, Value<'_>)> {
        self.settings.iter().map(|(key, value)| (key.as_str(), value.lend())).collect()
    }
}

/// A plugin of which the configuration needs to know the tables.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// Its name.
    pub name: &'w str,
    /// What it has to be.
    pub kind: Kind,
    /// Where to look for it, and whether to trust it.
    pub plugins: &'w Plugins,
}

/// The tables that a plugin embeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PluginTables {
    /// Values of its keys, TOML.
    pub defaults: String,
    /// Its keys, TOML.
    pub schema: String,
}

/// Finds a plugin's tables, or says why there are none: `there is none in plugins/`.
pub type Finder<'f> = dyn FnMut(&Wanted<'_>) -> Result<PluginTables, String> + 'f;

/// A table of instances: its name, what is in it, and what an instance calls its plugin's settings.
const SECTIONS: [(&str, Kind, &str); 2] =
    [("adapters", Kind::Adapter, "venue"), ("strategies", Kind::Strategy, "settings")];

/// Key of the streams wanted of an adapter.
const STREAMS: &str = "streams";

/// Reads instances: adapters first, each kind in alphabetical order.
pub(super) struct Instances<'i, 'f> {
    pub(super) source: &'i Source,
    /// Folder of `patchbay.toml`.
    pub(super) folder: &'i Path,
    /// `None` if it is not certain where plugins come from; none is then looked at.
    pub(super) plugins: Option<&'i Plugins>,
    pub(super) finder: &'i mut Finder<'f>,
    pub(super) known: BTreeMap<(Kind, String), Option<Plugin>>,
    pub(super) problems: &'i mut Vec<Problem>,
}

/// What is the same for all instances of a plugin.
#[derive(Clone)]
pub(super) struct Plugin {
    schema: Schema,
    /// Its defaults, and over them the venue's file.
    settings: Settings,
    /// Whether nothing is wrong with either.
    sound: bool,
}

/// An instance's table and where it stands.
struct Entry<'e> {
    kind: Kind,
    name: &'e str,
    path: String,
    at: usize,
    table: &'e DeTable<'e>,
    /// Key of the table for the plugin.
    own: &'static str,
}

impl Instances<'_, '_> {
    pub(super) fn read(&mut self, root: &DeTable<'_>) -> Vec<Instance> {
        let mut instances = Vec::new();
        for (section, kind, own) in SECTIONS {
            let table = root.get(section).and_then(|table| table.get_ref().as_table());
            for (name, value) in table.into_iter().flatten() {
                let (at, path) = (name.span().start, join(section, name.get_ref()));
                let Some(table) = self.instance_table(&path, at, name.get_ref(), value.get_ref())
                else {
                    continue;
                };
                let entry = Entry { kind, name: name.get_ref(), path, at, table, own };
                instances.extend(self.instance(&entry));
            }
        }
        instances
    }

    /// Files in `venues` that no instance uses, in alphabetical order.
    pub(super) fn unused_venues(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.folder.join("venues")).into_iter().flatten().flatten();
        let is_used = |path: &PathBuf| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            self.known.contains_key(&(Kind::Adapter, name))
        };
        let mut unused: Vec<PathBuf> = files
            .map(|file| file.path())
            .filter(|path| path.extension().is_some_and(|it| it == "toml") && !is_used(path))
            .collect();
        unused.sort();
        unused
    }

    fn instance_table<'t>(
        &mut self,
        path: &str,
        at: usize,
        name: &str,
        value: &'t DeValue<'t>,
    ) -> Option<&'t DeTable<'t>> {
        if !Form::Name.fits(name) {
            let problem = self.source.problem(at, path, quoted(name), &Form::Name.to_string());
            self.problems.push(problem);
        }
        let table = value.as_table();
        if table.is_none() {
            self.problems.push(self.source.problem(at, path, describe(value), "a table"));
        }
        table
    }

    fn instance(&mut self, entry: &Entry<'_>) -> Option<Instance> {
        let schema = Schema::of([
            (
                "plugin",
                Type::Form(Form::Name),
                "Name of the plugin; that of the instance if left out.",
            ),
            (entry.own, Type::Table, "Settings of the plugin."),
            (
                STREAMS,
                Type::List { of: Some(Scalar::Text), min: 0, max: 10_000 },
                "Instruments whose data is wanted of an adapter: \"spot:BTCUSDT\".",
            ),
        ]);
        let found = check(&schema, self.source, &entry.path, entry.table, self.problems);
        let name = match entry.table.get("plugin") {
            Some(_) => found.text("plugin")?.to_owned(),
            None => entry.name.to_owned(),
        };
        let streams = self.streams(entry, found.list(STREAMS));
        let plugin = self.plugin(entry, &name)?;
        let settings = self.settings(entry, plugin);
        Some(Instance {
            name: entry.name.to_owned(),
            kind: entry.kind,
            plugin: name,
            streams,
            settings: settings.flatten(),
        })
    }

    /// Streams as they are written, `KIND:SYMBOL`.
    fn streams(
        &mut self,
        entry: &Entry<'_>,
        written: &[SettingValue],
    ) -> Vec<(patchbay_model::Kind, String)> {
        let mut streams = Vec::new();
        for value in written {
            let SettingValue::Text(text) = value else { continue };
            let parsed = text.split_once(':').and_then(|(kind, symbol)| {
                let kind = patchbay_model::Kind::from_name(kind)?;
                (!symbol.is_empty()).then(|| (kind, symbol.to_owned()))
            });
            match parsed {
                Some(stream) => streams.push(stream),
                None => {
                    let key = format!("{}.{STREAMS}", entry.path);
                    let at = entry.table.get(STREAMS).map_or(entry.at, |list| list.span().start);
                    let expected =
                        "KIND:SYMBOL, KIND being spot, linear, inverse, option or equity";
                    self.problems.push(self.source.problem(at, &key, quoted(text), expected));
                }
            }
        }
        streams
    }

    /// The plugin's settings with the instance's over them.
    fn settings(&mut self, entry: &Entry<'_>, plugin: Plugin) -> Settings {
        let path = format!("{}.{}", entry.path, entry.own);
        let before = self.problems.len();
        let own = entry.table.get(entry.own).and_then(|own| own.get_ref().as_table());
        let own = own.map(|own| check(&plugin.schema, self.source, &path, own, self.problems));
        let settings = plugin.settings.under(own.unwrap_or_default());
        if !plugin.sound || self.problems.len() > before {
            return settings;
        }
        let has = |key: &str| settings.0.contains_key(key);
        require(plugin.schema.keys(), has, |key, expected| {
            let (key, found) = (format!("{path}.{key}"), "nothing".to_owned());
            self.problems.push(self.source.problem(entry.at, &key, found, expected));
        });
        settings
    }

    /// `None` if there is no such plugin, or its tables are wrong.
    fn plugin(&mut self, entry: &Entry<'_>, name: &str) -> Option<Plugin> {
        let plugins = self.plugins?;
        let id = (entry.kind, name.to_owned());
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        let wanted = Wanted { name, kind: entry.kind, plugins };
        let plugin = match (self.finder)(&wanted) {
            Ok(tables) => self.layers(&wanted, &tables),
            Err(why) => {
                let value = entry.table.get("plugin");
                let at = value.map_or(entry.at, |value| value.span().start);
                let (key, found) = (format!("{}.plugin", entry.path), format!("`{name}`: {why}"));
                let expected = format!("a plugin that is {}", article(entry.kind));
                self.problems.push(self.source.problem(at, &key, found, &expected));
                None
            }
        };
        self.known.insert(id, plugin.clone());
        plugin
    }

    fn layers(&mut self, wanted: &Wanted<'_>, tables: &PluginTables) -> Option<Plugin> {
        let before = self.problems.len();
        let label = |table: &str| format!("plugin {}, {table}", wanted.name);
        let mut schema =
            Schema::read(&Source::new(&label("schema"), &tables.schema), self.problems);
        if self.problems.len() > before {
            return None;
        }
        let defaults = Source::new(&label("defaults"), &tables.defaults);
        let mut settings = self.layer(&schema, &defaults);
        schema.learn_lists(&settings);
        if wanted.kind == Kind::Adapter {
            let path = self.folder.join("venues").join(format!("{}.toml", wanted.name));
            if let Some(venue) = Source::read(&path, false, self.problems) {
                settings = settings.under(self.layer(&schema, &venue));
            }
        }
        let sound = self.problems.len() == before;
        Some(Plugin { schema, settings, sound })
    }

    fn layer(&mut self, schema: &Schema, source: &Source) -> Settings {
        let table = source.parse(self.problems);
        table.map_or_else(Settings::default, |table| {
            check(schema, source, "", &table, self.problems)
        })
    }
}

const fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Adapter => "an adapter",
        Kind::Strategy => "a strategy",
    }
}
