//! Values of settings.

use std::collections::BTreeMap;
use std::fmt;

use patchbay_plugin::Value;
use toml::de::{DeInteger, DeValue};

/// Characters of a value that a message shows.
const SHOWN: usize = 60;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// UTF-8 text.
    Text(String),
    /// Integer.
    Int(i64),
    /// Finite double.
    Float(f64),
    /// Boolean.
    Bool(bool),
}

impl SettingValue {
    /// As a plugin is given it.
    pub fn lend(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(text),
            Self::Int(int) => Value::Int(*int),
            Self::Float(float) => Value::Float(*float),
            Self::Bool(bool) => Value::Bool(*bool),
        }
    }

    pub(super) const fn kind(&self) -> Scalar {
        match self {
            Self::Text(_) => Scalar::Text,
            Self::Int(_) => Scalar::Int,
            Self::Float(_) => Scalar::Float,
            Self::Bool(_) => Scalar::Bool,
        }
    }

    /// The value that stands in a file; `None` for a list, a table, a date and a number out of
    /// range.
    pub(super) fn read(value: &DeValue<'_>) -> Option<Self> {
        match value {
            DeValue::String(text) => Some(Self::Text(text.to_string())),
            DeValue::Integer(integer) => int(integer).map(Self::Int),
            DeValue::Float(float) => {
                let float: f64 = float.as_str().parse().ok()?;
                float.is_finite().then_some(Self::Float(float))
            }
            DeValue::Boolean(bool) => Some(Self::Bool(*bool)),
            DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
        }
    }

    /// An integer where a float is meant, if it loses nothing; anything else as it is.
    pub(super) fn widened(self) -> Self {
        match self {
            Self::Int(int) if int.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS => {
                Self::Float(int as f64)
            }
            other => other,
        }
    }
}

/// As TOML has it.
impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Int(int) => write!(f, "{int}"),
            Self::Float(float) => write!(f, "{float:?}"),
            Self::Bool(bool) => write!(f, "{bool}"),
        }
    }
}

/// What a single value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    Text,
    /// Integer.
    Int,
    /// Double.
    Float,
    /// Boolean.
    Bool,
}

impl Scalar {
    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Text => "strings",
            Self::Int => "integers",
            Self::Float => "floats",
            Self::Bool => "booleans",
        }
    }

    pub(super) const fn singular(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Int => "an integer",
            Self::Float => "a float",
            Self::Bool => "true or false",
        }
    }
}

/// The value of one key.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Setting {
    One(SettingValue),
    List(Vec<SettingValue>),
}

/// Values by dotted key, checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Settings(pub(super) BTreeMap<String, Setting>);

impl Settings {
    /// Lays `upper` over these: a key that it has, it decides; a list as a whole.
    pub(super) fn under(mut self, upper: Self) -> Self {
        self.0.extend(upper.0);
        self
    }

    /// As a plugin is given them: sorted, lists as numbered keys.
    pub(super) fn flatten(self) -> Vec<(String, SettingValue)> {
        let mut flat = Vec::new();
        for (key, setting) in self.0 {
            match setting {
                Setting::One(value) => flat.push((key, value)),
                Setting::List(values) => {
                    let numbered = values.into_iter().enumerate();
                    flat.extend(numbered.map(|(i, value)| (format!("{key}.{i}"), value)));
                }
            }
        }
        flat.sort_by(|(a, _), (b, _)| a.cmp(b));
        flat
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(Setting::One(SettingValue::Text(text))) => Some(text),
            _ => None,
        }
    }

    pub(super) fn one(&self, key: &str) -> Option<&SettingValue> {
        match self.0.get(key) {
            Some(Setting::One(value)) => Some(value),
            _ => None,
        }
    }

    pub(super) fn list(&self, key: &str) -> &[SettingValue] {
        match self.0.get(key) {
            Some(Setting::List(values)) => values,
            _ => &[],
        }
    }
}

/// The texts among values.
pub(super) fn texts(values: &[SettingValue]) -> impl Iterator<Item = &str> {
    values.iter().filter_map(|value| match value {
        SettingValue::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// What stands in a file, for a message.
pub(super) fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the string {}", quoted(text)),
        DeValue::Integer(integer) if int(integer).is_none() => {
            format!("{}, which 64 bits do not hold", shown(integer.as_str()))
        }
        DeValue::Integer(integer) => format!("the integer {}", shown(&integer.to_string())),
        DeValue::Float(float) => format!("the float {}", shown(float.as_str())),
        DeValue::Boolean(bool) => format!("{bool}"),
        DeValue::Datetime(date) => {
            format!("the date {date}, which no setting can be (as text it needs quotes)")
        }
        DeValue::Array(items) if items.is_empty() => "an empty list".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// A text in quotes, cut if it is long.
pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", shown(text))
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

fn int(integer: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<SettingValue> {
        SettingValue::read(DeValue::parse(text).unwrap().get_ref())
    }

    #[test]
    fn reads_single_values() {
        assert_eq!(read("0x10"), Some(SettingValue::Int(16)));
        assert_eq!(read("-9_223_372_036_854_775_808"), Some(SettingValue::Int(i64::MIN)));
        assert_eq!(read("1_0.5e1"), Some(SettingValue::Float(105.0)));
        for none in ["9223372036854775808", "nan", "inf", "1e999", "[1]", "{}", "07:32:00"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn an_integer_becomes_a_float_only_if_it_loses_nothing() {
        let most = 1_i64 << f64::MANTISSA_DIGITS;
        assert_eq!(SettingValue::Int(-3).widened(), SettingValue::Float(-3.0));
        assert_eq!(SettingValue::Int(most).widened(), SettingValue::Float(9_007_199_254_740_992.0));
        assert_eq!(SettingValue::Int(most + 1).widened(), SettingValue::Int(most + 1));
    }

    #[test]
    fn lists_become_numbered_keys_in_the_order_of_texts() {
        let list = (0..11).map(SettingValue::Int).collect();
        let mut settings = Settings::default();
        settings.0.insert("n".into(), Setting::List(list));
        settings.0.insert("n-x".into(), Setting::One(SettingValue::Bool(true)));
        let keys: Vec<String> = settings.flatten().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys[..4], ["n-x", "n.0", "n.1", "n.10"]);
        assert!(keys.is_sorted());
    }
}
