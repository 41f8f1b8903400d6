//! The schema that a plugin embeds, from its text.
//!
//! ```toml
//! [keys."depth.interval_ms"]
//! type = "integer"                # string, url, integer, float, bool or list
//! doc = "Interval of depth updates."
//! min = 1                         # of a list: fewest elements
//! max = 1000
//! one_of = [100, 1000]            # of a list: the elements allowed
//! ```

use toml::de::{DeTable, DeValue};

use super::check::{check, require, within};
use super::form::Form;
use super::problem::{ConfigError, Problem};
use super::schema::{Key, Of, Schema, Type};
use super::source::{Source, join};
use super::value::{Scalar, SettingValue, Settings, describe, quoted};

impl Schema {
    /// Reads the text of a schema; `file` is what problems call it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let schema = Self::read(&Source::new(file, text), &mut problems);
        ConfigError::unless_none(problems)?;
        Ok(schema)
    }

    /// The keys of which nothing is wrong.
    pub(super) fn read(source: &Source, problems: &mut Vec<Problem>) -> Self {
        let mut schema = Self::default();
        let Some(root) = source.parse(problems) else {
            return schema;
        };
        let known = Self::of([("keys", Type::Table, "A table for each key.")]);
        check(&known, source, "", &root, problems);
        let Some(DeValue::Table(keys)) = root.get("keys").map(|keys| keys.get_ref()) else {
            return schema;
        };
        let known = attributes();
        for (name, value) in keys {
            let (at, name) = (name.span().start, name.get_ref());
            let path = join("keys", name);
            let DeValue::Table(table) = value.get_ref() else {
                let found = describe(value.get_ref());
                problems.push(source.problem(value.span().start, &path, found, "a table"));
                continue;
            };
            let mut declaration = Declaration { source, path, at, table, known: &known, problems };
            if let Some(key) = declaration.key(name) {
                schema.keys.insert(name.to_string(), key);
            }
        }
        schema.refuse_nested(source, keys, problems);
        schema
    }

    /// A key cannot hold a value and a table at once.
    fn refuse_nested(&self, source: &Source, keys: &DeTable<'_>, problems: &mut Vec<Problem>) {
        for (name, _) in keys {
            let Some(below) = self.below(name.get_ref()).next() else {
                continue;
            };
            let found = format!("`{below}`, which makes a table of it");
            let key = join("keys", name.get_ref());
            problems.push(source.problem(name.span().start, &key, found, "no key below this one"));
        }
    }
}

/// What may stand in the table of a key.
fn attributes() -> Schema {
    let list = Type::List { of: Of::Any, min: 1, max: usize::MAX };
    let mut schema = Schema::of([
        ("type", Type::Text, "What the key holds."),
        ("doc", Type::Text, "One sentence for operators."),
        ("min", Type::Number, "Least value, or fewest elements."),
        ("max", Type::Number, "Greatest value, or most elements."),
        ("one_of", list, "The values allowed."),
    ]);
    let types = ["string", "url", "integer", "float", "bool", "list"];
    if let Some(ty) = schema.keys.get_mut("type") {
        ty.one_of = types.map(|ty| SettingValue::Text(ty.to_owned())).into();
    }
    schema
}

/// The table of one key.
struct Declaration<'d> {
    source: &'d Source,
    /// `keys.NAME`.
    path: String,
    /// Where the name stands.
    at: usize,
    table: &'d DeTable<'d>,
    known: &'d Schema,
    problems: &'d mut Vec<Problem>,
}

impl Declaration<'_> {
    /// `None` if anything is wrong with it.
    fn key(&mut self, name: &str) -> Option<Key> {
        let before = self.problems.len();
        if !name.split('.').all(is_bare) {
            self.refuse("", quoted(name), "a dotted key of A-Z, a-z, 0-9, - and _");
        }
        let found = check(self.known, self.source, &self.path, self.table, self.problems);
        let needed = self.known.keys().filter(|(name, _)| matches!(*name, "type" | "doc"));
        let table = self.table;
        let has = |name: &str| table.contains_key(name);
        require(needed, has, |name, expected| self.refuse(name, "nothing".to_owned(), expected));
        let doc = found.text("doc").unwrap_or_default().to_owned();
        let ty = self.ty(&found)?;
        let one_of = self.one_of(found.list("one_of"), &ty);
        let ty = with_elements(ty, &one_of);
        let sound = self.problems.len() == before;
        sound.then_some(Key { doc, ty, one_of })
    }

    /// `None` if it is missing or wrong.
    fn ty(&mut self, found: &Settings) -> Option<Type> {
        let ty = match found.text("type")? {
            "integer" => {
                let (min, max) = (self.int(found, "min"), self.int(found, "max"));
                Type::Int { min: min.unwrap_or(i64::MIN), max: max.unwrap_or(i64::MAX) }
            }
            "float" => {
                let (min, max) = (self.float(found, "min"), self.float(found, "max"));
                Type::Float { min: min.unwrap_or(f64::MIN), max: max.unwrap_or(f64::MAX) }
            }
            "list" => {
                let (min, max) = (self.count(found, "min"), self.count(found, "max"));
                Type::List { of: Of::Any, min: min.unwrap_or(0), max: max.unwrap_or(usize::MAX) }
            }
            "bool" => self.unbounded(found, Type::Bool),
            "url" => self.unbounded(found, Type::Form(Form::Url)),
            _ => self.unbounded(found, Type::Text),
        };
        let inverted = match ty {
            Type::Int { min, max } => min > max,
            Type::Float { min, max } => min > max,
            Type::List { min, max, .. } => min > max,
            _ => false,
        };
        if inverted {
            self.refuse("min", "a greater one".to_owned(), "a number not above `max`");
        }
        Some(ty)
    }

    /// Strings and booleans have no bounds.
    fn unbounded(&mut self, found: &Settings, ty: Type) -> Type {
        for bound in ["min", "max"] {
            if let Some(value) = found.one(bound) {
                self.refuse(bound, value.to_string(), &format!("no bound, as it is {ty}"));
            }
        }
        ty
    }

    fn int(&mut self, found: &Settings, bound: &str) -> Option<i64> {
        match found.one(bound)? {
            SettingValue::Int(int) => return Some(*int),
            other => self.refuse(bound, other.to_string(), "an integer"),
        }
        None
    }

    fn count(&mut self, found: &Settings, bound: &str) -> Option<usize> {
        let int = self.int(found, bound)?;
        let count = usize::try_from(int).ok();
        if count.is_none() {
            self.refuse(bound, int.to_string(), "a number of elements");
        }
        count
    }

    fn float(&mut self, found: &Settings, bound: &str) -> Option<f64> {
        match found.one(bound)?.clone().widened() {
            SettingValue::Float(float) => return Some(float),
            other => self.refuse(bound, other.to_string(), "a float"),
        }
        None
    }

    fn one_of(&mut self, values: &[SettingValue], ty: &Type) -> Vec<SettingValue> {
        let values = match ty {
            Type::Float { .. } => values.iter().cloned().map(SettingValue::widened).collect(),
            _ => values.to_vec(),
        };
        let Some(kind) = values.first().map(SettingValue::kind) else {
            return values;
        };
        let fits = match ty {
            Type::Text | Type::Form(_) => kind == Scalar::Text,
            Type::Int { .. } => kind == Scalar::Int,
            Type::Float { .. } => kind == Scalar::Float,
            Type::List { .. } => true,
            _ => false,
        };
        if !fits {
            let expected = format!("values that each are {ty}");
            self.refuse("one_of", kind.plural().to_owned(), &expected);
        }
        values
    }

    fn refuse(&mut self, attribute: &str, found: String, expected: &str) {
        let key = match attribute {
            "" => self.path.clone(),
            attribute => within(&self.path, attribute),
        };
        let value = self.table.get(attribute);
        let at = value.map_or(self.at, |value| value.span().start);
        self.problems.push(self.source.problem(at, &key, found, expected));
    }
}

/// A list of which the elements are given holds no others.
fn with_elements(ty: Type, one_of: &[SettingValue]) -> Type {
    match (ty, one_of.first()) {
        (Type::List { min, max, .. }, Some(first)) => {
            Type::List { of: Of::Scalar(first.kind()), min, max }
        }
        (ty, _) => ty,
    }
}

fn is_bare(segment: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !segment.is_empty() && segment.chars().all(allowed)
}
