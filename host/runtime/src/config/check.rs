//! A table against a schema.

use toml::de::{DeArray, DeTable, DeValue};

use super::nearest::nearest;
use super::problem::Problem;
use super::schema::{Key, Place, Schema, Type};
use super::source::{Source, join};
use super::value::{Setting, SettingValue, Settings, describe};

/// Every value of `table` that `schema` allows, and a problem for everything else. `path` is the
/// dotted key of the table within its file.
pub(super) fn check(
    schema: &Schema,
    source: &Source,
    path: &str,
    table: &DeTable<'_>,
    problems: &mut Vec<Problem>,
) -> Settings {
    let settings = Settings::default();
    let mut check = Check { schema, source, path, settings, problems };
    check.table("", table);
    check.settings
}

/// The tables of a file may have been written by a stranger: a value that does not fit is shown, a
/// value of an unknown key is not, as it could be a secret in the wrong place.
struct Check<'c> {
    schema: &'c Schema,
    source: &'c Source,
    path: &'c str,
    settings: Settings,
    problems: &'c mut Vec<Problem>,
}

impl Check<'_> {
    fn table(&mut self, within: &str, table: &DeTable<'_>) {
        let schema = self.schema;
        for (segment, value) in table {
            let dotted = join(within, segment.get_ref());
            let at = value.span().start;
            match (schema.place(&dotted), value.get_ref()) {
                (Place::Key(key), value) => self.value(&dotted, key, at, value),
                (Place::Above, DeValue::Table(inner)) => self.table(&dotted, inner),
                (Place::Above, other) => self.refuse(&dotted, at, describe(other), "a table"),
                (Place::Unknown, _) => self.unknown(&dotted, segment.span().start),
            }
        }
    }

    fn value(&mut self, dotted: &str, key: &Key, at: usize, value: &DeValue<'_>) {
        let setting = match (&key.ty, value) {
            (Type::Table, DeValue::Table(_)) | (Type::Tables, DeValue::Array(_)) => return,
            (Type::List { min, max, .. }, DeValue::Array(items)) => {
                if !(*min..=*max).contains(&items.len()) {
                    let found = format!("{} of them", items.len());
                    return self.refuse(dotted, at, found, &key.expected());
                }
                self.list(dotted, key, items).map(Setting::List)
            }
            _ => self.single(dotted, key, at, value).map(Setting::One),
        };
        if let Some(setting) = setting {
            self.settings.0.insert(dotted.to_owned(), setting);
        }
    }

    /// `None` if an element was refused.
    fn list(&mut self, dotted: &str, key: &Key, items: &DeArray<'_>) -> Option<Vec<SettingValue>> {
        let mut key = key.clone();
        let first = items.first().and_then(|item| SettingValue::read(item.get_ref()));
        if let (Type::List { of, .. }, Some(first)) = (&mut key.ty, first) {
            of.learn(first.kind());
        }
        let element = key.element();
        let values: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(i, item)| {
                let dotted = format!("{dotted}.{i}");
                self.single(&dotted, &element, item.span().start, item.get_ref())
            })
            .collect();
        values.into_iter().collect()
    }

    fn single(
        &mut self,
        dotted: &str,
        key: &Key,
        at: usize,
        value: &DeValue<'_>,
    ) -> Option<SettingValue> {
        let fitting = SettingValue::read(value).and_then(|value| fit(key, value));
        if fitting.is_none() {
            self.refuse(dotted, at, describe(value), &key.expected());
        }
        fitting
    }

    fn refuse(&mut self, dotted: &str, at: usize, found: String, expected: &str) {
        let key = within(self.path, dotted);
        self.problems.push(self.source.problem(at, &key, found, expected));
    }

    fn unknown(&mut self, dotted: &str, at: usize) {
        let nearest = nearest(dotted, self.schema.names());
        let (key, found) = (within(self.path, dotted), "an unknown key".to_owned());
        let problem = self.source.problem(at, &key, found, "no key at all");
        let nearest = nearest.map(|nearest| within(self.path, nearest));
        let problem = match nearest {
            Some(_) => Problem { expected: "a known key".to_owned(), nearest, ..problem },
            None => problem,
        };
        self.problems.push(problem);
    }
}

/// The value as the key takes it, if it does.
fn fit(key: &Key, value: SettingValue) -> Option<SettingValue> {
    let value = match (&key.ty, value) {
        (Type::Float { .. }, value) => value.widened(),
        (_, value) => value,
    };
    let fits = match (&key.ty, &value) {
        (Type::Text, SettingValue::Text(_)) | (Type::Bool, SettingValue::Bool(_)) => true,
        (Type::Form(form), SettingValue::Text(text)) => form.fits(text),
        (Type::Int { min, max }, SettingValue::Int(int)) => (min..=max).contains(&int),
        (Type::Float { min, max }, SettingValue::Float(float)) => (min..=max).contains(&float),
        (Type::Number, SettingValue::Int(_) | SettingValue::Float(_)) => true,
        _ => false,
    };
    let allowed = key.one_of.is_empty() || key.one_of.contains(&value);
    (fits && allowed).then_some(value)
}

/// Calls `missing` with each key that is not there and what it should hold.
pub(super) fn require<'k>(
    keys: impl Iterator<Item = (&'k str, &'k Key)>,
    is_there: impl Fn(&str) -> bool,
    mut missing: impl FnMut(&str, &str),
) {
    for (name, key) in keys.filter(|(name, _)| !is_there(name)) {
        missing(name, &key.expected());
    }
}

/// The dotted key `dotted` of the table `path`.
pub(super) fn within(path: &str, dotted: &str) -> String {
    match path {
        "" => dotted.to_owned(),
        path => format!("{path}.{dotted}"),
    }
}
