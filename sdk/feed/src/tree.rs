//! The reader that takes any order, and says what is wrong.

use patchbay_model::parse_decimal;
use patchbay_plugin::Error;
use simd_json::prelude::*;
use simd_json::tape::Value;

use crate::decimal::{parse_digits, parse_figure, parse_number};
use crate::fields::{Cell, Fields};

/// Objects within objects; no venue nests deeper.
const DEPTH: usize = 6;

/// Reads by key.
#[derive(Clone)]
pub struct Tree<'t, 'f> {
    object: Value<'t, 'f>,
    value: Value<'t, 'f>,
    key: &'static str,
    /// The value should have quotation marks.
    quoted: bool,
    /// Objects around `object`.
    outer: [Value<'t, 'f>; DEPTH],
    depth: usize,
}

impl<'t, 'f> Tree<'t, 'f> {
    /// Over the fields of `object`.
    pub fn new(object: Value<'t, 'f>) -> Self {
        Self { object, value: object, key: "", quoted: false, outer: [object; DEPTH], depth: 0 }
    }

    fn find(&mut self, key: &'static str) -> bool {
        let value = self.object.as_object().and_then(|o| o.get(key));
        (self.key, self.value) = (key, value.unwrap_or(Value::NULL));
        value.is_some()
    }

    fn wrong(&self, expected: &str) -> Error {
        let found: String = self.value.encode().chars().take(60).collect();
        Error::new(format!("field `{}`: expected {expected}, found {found}", self.key))
    }

    fn exact(&self, value: Option<Value<'t, 'f>>, exp: i8) -> Result<i64, Error> {
        let text = value.and_then(|value| value.into_string());
        let text = text.ok_or_else(|| self.wrong("decimal text"))?;
        let mantissa = match self.quoted {
            true => parse_decimal(text.as_bytes(), exp),
            false => parse_number(text.as_bytes(), exp),
        };
        mantissa.map_err(|e| Error::new(format!("field `{}`: {text:?} at 1e{exp}: {e}", self.key)))
    }

    fn list(&self) -> Result<impl Iterator<Item = Value<'t, 'f>> + use<'t, 'f>, Error> {
        let list = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        Ok((0..list.len()).map_while(move |place| list.get(place)))
    }
}

impl<'t, 'f> Fields<'f> for Tree<'t, 'f> {
    type Stop = Error;

    fn at<const N: usize>(&mut self, text: &'static [u8; N]) -> bool {
        self.quoted = text[N - 1] == b'"';
        let text = str::from_utf8(text).unwrap_or_default();
        self.find(text.split('"').nth(1).unwrap_or_default())
    }

    fn missing(&self) -> Error {
        Error::new(format!("field `{}` is missing", self.key))
    }

    fn number(&mut self) -> Result<u64, Error> {
        // In a frame parsed exactly, bare numbers are text, too.
        let number = match (self.quoted, self.value.into_string()) {
            (_, Some(text)) => parse_digits(text.as_bytes()),
            (false, None) => self.value.as_u64(),
            (true, None) => None,
        };
        number.ok_or_else(|| self.wrong("an unsigned integer"))
    }

    fn flag(&mut self) -> Result<bool, Error> {
        let flag = self.value.as_bool();
        flag.ok_or_else(|| self.wrong("true or false"))
    }

    fn text(&mut self) -> Result<&'f [u8], Error> {
        let text = self.value.into_string().map(str::as_bytes);
        text.ok_or_else(|| self.wrong("text"))
    }

    fn decimal(&mut self, exp: i8) -> Result<i64, Error> {
        self.exact(Some(self.value), exp)
    }

    fn maybe(&mut self, exp: i8) -> Result<Option<i64>, Error> {
        match self.value.as_str() {
            Some("") => Ok(None),
            None if self.value.is_null() => Ok(None),
            _ => self.decimal(exp).map(Some),
        }
    }

    fn figure(&mut self) -> Result<(i64, i8), Error> {
        let text = self.value.into_string().ok_or_else(|| self.wrong("decimal text"))?;
        parse_figure(text.as_bytes()).map_err(|e| Error::new(format!("field `{}`: {e}", self.key)))
    }

    fn levels(
        &mut self,
        exps: (i8, i8),
        mut sink: impl FnMut(&[[i64; 2]]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let form = [Cell::Decimal(exps.0), Cell::Decimal(exps.1)];
        self.rows(form, |level| sink(&[level]))
    }

    fn unordered<const N: usize>(
        &mut self,
        keys: [&'static str; N],
        needed: usize,
        mut read: impl FnMut(&mut Self, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for (place, key) in keys.into_iter().enumerate() {
            if self.find(key) {
                self.quoted = false;
                read(self, place)?;
            } else if place < needed {
                return Err(self.missing());
            }
        }
        Ok(())
    }

    fn rows<const N: usize>(
        &mut self,
        form: [Cell; N],
        mut sink: impl FnMut([i64; N]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for row in self.list()? {
            let mut read = [0; N];
            for (place, (to, cell)) in read.iter_mut().zip(form).enumerate() {
                let value = row.as_array().and_then(|row| row.get(place));
                match cell {
                    Cell::Decimal(exp) => *to = self.exact(value, exp)?,
                    Cell::Is(text) => {
                        *to = i64::from(value.and_then(|v| v.into_string()) == Some(text))
                    }
                    Cell::Either(yes, no) => {
                        let text = value.and_then(|value| value.into_string());
                        let found = [no, yes].iter().position(|one| Some(*one) == text);
                        *to = found.ok_or_else(|| self.wrong(&format!("{yes} or {no}")))? as i64;
                    }
                    Cell::Skip => {}
                }
            }
            sink(read)?;
        }
        Ok(())
    }

    fn each(&mut self, mut read: impl FnMut(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        for value in self.list()? {
            self.value = value;
            self.enter()?;
            read(self)?;
            self.leave()?;
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), Error> {
        let outer = self.outer.get_mut(self.depth);
        *outer.ok_or_else(|| Error::new("objects nested too deeply"))? = self.object;
        self.object = self.value;
        self.depth += 1;
        Ok(())
    }

    fn leave(&mut self) -> Result<(), Error> {
        self.depth = self.depth.saturating_sub(1);
        self.object = self.outer[self.depth];
        Ok(())
    }

    fn skip<const N: usize>(&mut self, _: &'static [u8; N]) -> Result<(), Error> {
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
