//! Which keys a table may have, and what each may hold.

use std::collections::BTreeMap;
use std::fmt;

use super::form::Form;
use super::value::{Scalar, Setting, SettingValue, Settings};

/// The keys of a table. A plugin's is read from the text that it embeds ([`Schema::parse`]), the
/// host's is [`host_schema`](super::host_schema).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    pub(super) keys: BTreeMap<String, Key>,
}

/// A key.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// One sentence for operators.
    pub doc: String,
    /// What it holds.
    pub ty: Type,
    /// The only values (of a list: elements) that it takes; empty if there is no such choice.
    pub one_of: Vec<SettingValue>,
}

/// What a key holds. [`fmt::Display`] gives it as an operator reads it: `an integer from 1 to 9`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Type {
    /// Text.
    Text,
    /// Text of a certain form.
    Form(Form),
    /// Integer within bounds.
    Int {
        /// Least.
        min: i64,
        /// Greatest.
        max: i64,
    },
    /// Double within bounds; an integer will do.
    Float {
        /// Least.
        min: f64,
        /// Greatest.
        max: f64,
    },
    /// Integer or double.
    Number,
    /// Boolean.
    Bool,
    /// Single values, all of one kind.
    List {
        /// Their kind.
        of: Of,
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
    },
    /// A table with keys of its own, checked apart.
    Table,
    /// A list of such tables.
    Tables,
}

/// What the elements of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Whatever the first is.
    Any,
    /// Single values of one kind.
    Scalar(Scalar),
    /// Texts of a certain form.
    Form(Form),
}

/// What a dotted key is in a schema.
pub(super) enum Place<'s> {
    Key(&'s Key),
    /// A table that holds known keys.
    Above,
    Unknown,
}

impl Schema {
    /// The keys and what is known of them, in alphabetical order.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &Key)> {
        self.keys.iter().map(|(name, key)| (name.as_str(), key))
    }

    pub(super) fn key(&self, name: &str) -> Option<&Key> {
        self.keys.get(name)
    }

    pub(super) fn of<const N: usize>(keys: [(&str, Type, &str); N]) -> Self {
        let keys = keys.map(|(name, ty, doc)| {
            let (doc, one_of) = (doc.to_owned(), Vec::new());
            (name.to_owned(), Key { doc, ty, one_of })
        });
        Self { keys: keys.into() }
    }

    pub(super) fn place(&self, dotted: &str) -> Place<'_> {
        match self.keys.get(dotted) {
            Some(key) => Place::Key(key),
            None if self.below(dotted).next().is_some() => Place::Above,
            None => Place::Unknown,
        }
    }

    /// Names that a key could be meant for: keys and the tables that hold them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().flat_map(|key| {
            let tables = key.match_indices('.').map(|(dot, _)| &key[..dot]);
            tables.chain([key.as_str()])
        })
    }

    /// Known keys in the table `dotted`.
    pub(super) fn below<'s>(&'s self, dotted: &str) -> impl Iterator<Item = &'s str> {
        let table = format!("{dotted}.");
        let keys = self.keys.range(table.clone()..).map(|(key, _)| key.as_str());
        keys.take_while(move |key| key.starts_with(&table))
    }

    /// From now on a list holds what it holds in `defaults`.
    pub(super) fn learn_lists(&mut self, defaults: &Settings) {
        for (name, setting) in &defaults.0 {
            let Setting::List(values) = setting else { continue };
            let (Some(key), Some(first)) = (self.keys.get_mut(name), values.first()) else {
                continue;
            };
            if let Type::List { of, .. } = &mut key.ty {
                of.learn(first.kind());
            }
        }
    }
}

impl Key {
    /// What an operator may write.
    pub(super) fn expected(&self) -> String {
        let choice: Vec<String> = self.one_of.iter().map(SettingValue::to_string).collect();
        let choice = choice.join(", ");
        match (&self.ty, self.one_of.len()) {
            (ty, 0) => ty.to_string(),
            (Type::List { .. }, _) => format!("{} out of {choice}", self.ty),
            (_, 1) => choice,
            _ => format!("one of {choice}"),
        }
    }

    /// What one element of a list may be.
    pub(super) fn element(&self) -> Self {
        let ty = match self.ty {
            Type::List { of: Of::Scalar(Scalar::Int), .. } => {
                Type::Int { min: i64::MIN, max: i64::MAX }
            }
            Type::List { of: Of::Scalar(Scalar::Float), .. } => {
                Type::Float { min: f64::MIN, max: f64::MAX }
            }
            Type::List { of: Of::Scalar(Scalar::Bool), .. } => Type::Bool,
            Type::List { of: Of::Form(form), .. } => Type::Form(form),
            _ => Type::Text,
        };
        Self { ty, ..self.clone() }
    }
}

impl Of {
    /// What was open is decided by an element.
    pub(super) const fn learn(&mut self, kind: Scalar) {
        if matches!(self, Self::Any) {
            *self = Self::Scalar(kind);
        }
    }

    const fn plural(self) -> &'static str {
        match self {
            Self::Any => "values of one kind",
            Self::Scalar(scalar) => scalar.plural(),
            Self::Form(form) => form.plural(),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str(Scalar::Text.singular()),
            Self::Form(form) => form.fmt(f),
            Self::Number => f.write_str("a number"),
            Self::Bool => f.write_str(Scalar::Bool.singular()),
            Self::Table => f.write_str("a table"),
            Self::Tables => f.write_str("tables that begin with [[plugin]]"),
            Self::Int { min, max } => {
                let (min, max) = ((*min, i64::MIN), (*max, i64::MAX));
                bounded(f, Scalar::Int, min, max)
            }
            Self::Float { min, max } => {
                let (min, max) = ((*min, f64::MIN), (*max, f64::MAX));
                bounded(f, Scalar::Float, min, max)
            }
            Self::List { of, min, max } => {
                let what = of.plural();
                match (*min, *max) {
                    (0, usize::MAX) => write!(f, "a list of {what}"),
                    (0, max) => write!(f, "a list of at most {max} {what}"),
                    (min, usize::MAX) => write!(f, "a list of at least {min} {what}"),
                    (min, max) => write!(f, "a list of {min} to {max} {what}"),
                }
            }
        }
    }
}

/// Each bound beside the one that is none.
fn bounded<T: PartialOrd + fmt::Debug>(
    f: &mut fmt::Formatter<'_>,
    scalar: Scalar,
    (min, least): (T, T),
    (max, most): (T, T),
) -> fmt::Result {
    f.write_str(scalar.singular())?;
    match (min > least, max < most) {
        (false, false) => Ok(()),
        (true, false) => write!(f, " of at least {min:?}"),
        (false, true) => write!(f, " of at most {max:?}"),
        (true, true) => write!(f, " from {min:?} to {max:?}"),
    }
}
