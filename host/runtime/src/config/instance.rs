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
use super::known::{self, KEYS, PER_CONNECTION, STREAMS, instance_schema};
use super::problem::Problem;
use super::schema::Schema;
use super::secrets::Secrets;
use super::source::{Source, join, place};
use super::value::{Setting, SettingValue, Settings, describe, quoted, texts};
use crate::names::Selection;

/// One instance of a plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// Adapter or strategy.
    pub kind: Kind,
    /// Name of the plugin.
    pub plugin: String,
    /// Instruments wanted of an adapter.
    pub streams: Vec<Selection>,
    /// Names of the keys that it may use; the first is meant where it names none.
    pub keys: Vec<String>,
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

/// Why there are no tables of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfound {
    /// No file says that name: what is there instead.
    Missing(String),
    /// Its file is no good.
    Refused(String),
}

/// An instance of an adapter whose file is not there: it is made when the file comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its name.
    pub name: String,
    /// Name of the plugin.
    pub plugin: String,
    /// What is there instead.
    pub why: String,
}

/// Finds a plugin's tables, or says why there are none: `there is none in plugins/`.
pub type Finder<'f> = dyn FnMut(&Wanted<'_>) -> Result<PluginTables, Unfound> + 'f;

/// Says whether a plugin takes the settings of an instance: `Err` is what it has against them.
pub type Probe<'p> = dyn FnMut(&Instance) -> Result<(), String> + 'p;

/// A table of instances: its name, what is in it, and what an instance calls its plugin's settings.
const SECTIONS: [(&str, Kind, &str); 2] =
    [("adapters", Kind::Adapter, "venue"), ("strategies", Kind::Strategy, "settings")];

/// Reads instances: adapters first, each kind in alphabetical order.
pub(super) struct Instances<'i, 'f> {
    pub(super) source: &'i Source,
    /// Folder of `patchbay.toml`.
    pub(super) folder: &'i Path,
    /// `None` if it is not certain where plugins come from; none is then looked at.
    pub(super) plugins: Option<&'i Plugins>,
    /// Where keys are.
    pub(super) secrets: &'i Secrets,
    pub(super) finder: &'i mut Finder<'f>,
    pub(super) probe: &'i mut Probe<'f>,
    pub(super) known: BTreeMap<(Kind, String), Option<Plugin>>,
    /// If given, the one adapter plugin whose instances are read.
    pub(super) only: Option<&'i str>,
    /// Adapters whose file may come later, by plugin.
    pub(super) missing: BTreeMap<String, String>,
    pub(super) waiting: Vec<Waiting>,
    pub(super) problems: &'i mut Vec<Problem>,
}

/// What is the same for all instances of a plugin.
#[derive(Clone)]
pub(super) struct Plugin {
    schema: Schema,
    /// Its defaults, and over them the venue's file.
    settings: Settings,
    /// Where each of its streams stands.
    origins: Vec<String>,
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

impl Entry<'_> {
    /// The plugin that it names, if it can be a name.
    fn plugin(&self) -> Option<&str> {
        match self.table.get("plugin") {
            Some(name) => name.get_ref().as_str().filter(|name| Form::Name.fits(name)),
            None => Some(self.name),
        }
    }
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
                if self
                    .only
                    .is_some_and(|only| kind != Kind::Adapter || entry.plugin() != Some(only))
                {
                    continue;
                }
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
        let before = self.problems.len();
        let name = entry.plugin();
        let plugin = name.and_then(|name| self.plugin(entry, name));
        let per_connection = plugin.as_ref().map(|plugin| plugin.schema.key(PER_CONNECTION));
        let schema = instance_schema(entry.kind, entry.own, per_connection);
        let found = check(&schema, self.source, &entry.path, entry.table, self.problems);
        let keys = self.keys(entry, found.list(KEYS));
        if let Some((plugin, why)) = name.and_then(|name| self.missing.get_key_value(name))
            && entry.kind == Kind::Adapter
        {
            let (name, plugin, why) = (entry.name.to_owned(), plugin.clone(), why.clone());
            self.waiting.push(Waiting { name, plugin, why });
        }
        let plugin = plugin?;
        let usual_origins = plugin.origins.clone();
        let mut settings = self.settings(entry, plugin, found.one(PER_CONNECTION));
        // The instance's own, or those of its venue's table.
        let usual = Settings([settings.0.remove_entry(STREAMS)].into_iter().flatten().collect());
        let streams = match entry.table.contains_key(STREAMS) {
            true => selections(&found, origins(self.source, entry.table)),
            false => selections(&usual, usual_origins),
        };
        let instance = Instance {
            name: entry.name.to_owned(),
            kind: entry.kind,
            plugin: name?.to_owned(),
            streams,
            keys,
            settings: settings.flatten(),
        };
        // Settings with a problem of their own would be refused a second time.
        if self.problems.len() == before
            && let Err(why) = (self.probe)(&instance)
        {
            let expected = format!("settings that plugin {} takes", instance.plugin);
            self.problems.push(self.source.problem(
                entry.at,
                &entry.path,
                format!("its answer {why:?}"),
                &expected,
            ));
        }
        Some(instance)
    }

    /// Names of keys, each of which can be read now, if it is known where they are.
    fn keys(&mut self, entry: &Entry<'_>, written: &[SettingValue]) -> Vec<String> {
        let names: Vec<String> = texts(written).map(str::to_owned).collect();
        for (i, name) in names.iter().enumerate() {
            if let Err(error) = self.secrets.look(name) {
                let key = format!("{KEYS}.{i}");
                let (at, key) = (place(entry.table, &key), format!("{}.{key}", entry.path));
                let expected = "the name of a key that can be read";
                let found = format!("{} ({error})", quoted(name));
                self.problems.push(self.source.problem(at, &key, found, expected));
            }
        }
        names
    }

    /// The plugin's settings with the instance's over them.
    fn settings(
        &mut self,
        entry: &Entry<'_>,
        plugin: Plugin,
        per_connection: Option<&SettingValue>,
    ) -> Settings {
        let path = format!("{}.{}", entry.path, entry.own);
        let before = self.problems.len();
        let own = entry.table.get(entry.own).and_then(|own| own.get_ref().as_table());
        let own = own.map(|own| check(&plugin.schema, self.source, &path, own, self.problems));
        let mut own = own.unwrap_or_default();
        if let Some(value) = per_connection {
            let twice = own.0.insert(PER_CONNECTION.to_owned(), Setting::One(value.clone()));
            if twice.is_some() {
                let at = place(entry.table, PER_CONNECTION);
                let key = format!("{}.{PER_CONNECTION}", entry.path);
                let found = format!("another in `{path}`");
                self.problems.push(self.source.problem(at, &key, found, "the key once"));
            }
        }
        let settings = plugin.settings.under(own);
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
            Err(Unfound::Missing(why)) if entry.kind == Kind::Adapter && plugins.watch => {
                self.missing.insert(name.to_owned(), why);
                None
            }
            Err(Unfound::Missing(why) | Unfound::Refused(why)) => {
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
        if wanted.kind == Kind::Adapter {
            schema.keys.insert(STREAMS.to_owned(), known::streams());
        }
        let defaults = Source::new(&label("defaults"), &tables.defaults);
        let (mut settings, mut origins) = self.layer(&schema, &defaults);
        schema.learn_lists(&settings);
        if wanted.kind == Kind::Adapter {
            let path = self.folder.join("venues").join(format!("{}.toml", wanted.name));
            if let Some(venue) = Source::read(&path, false, self.problems) {
                let (over, its) = self.layer(&schema, &venue);
                if over.0.contains_key(STREAMS) {
                    origins = its;
                }
                settings = settings.under(over);
            }
            settings.0.entry(STREAMS.to_owned()).or_insert_with(|| Setting::List(Vec::new()));
        }
        let sound = self.problems.len() == before;
        Some(Plugin { schema, settings, origins, sound })
    }

    /// The settings of a layer, and where its streams stand.
    fn layer(&mut self, schema: &Schema, source: &Source) -> (Settings, Vec<String>) {
        let Some(table) = source.parse(self.problems) else { return Default::default() };
        (check(schema, source, "", &table, self.problems), origins(source, &table))
    }
}

/// Where each of the streams of a table stands.
fn origins(source: &Source, table: &DeTable<'_>) -> Vec<String> {
    let streams = table.get(STREAMS).and_then(|streams| streams.get_ref().as_array());
    let each = streams.into_iter().flat_map(|streams| streams.iter());
    each.map(|stream| source.origin(stream.span().start)).collect()
}

fn selections(of: &Settings, origins: Vec<String>) -> Vec<Selection> {
    let streams = texts(of.list(STREAMS)).zip(origins);
    streams.filter_map(|(text, origin)| Selection::parse(text, &origin)).collect()
}

const fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Adapter => "an adapter",
        Kind::Strategy => "a strategy",
    }
}
