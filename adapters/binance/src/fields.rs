//! One description of a frame, two readers.
//!
//! A description walks down the fields in the venue's order and names each by the text before its
//! value: `,"p":"`. [`Scan`] consumes exactly that text and declines at the first deviation;
//! [`Tree`] takes the key out of it and looks the field up, so that neither order nor unknown
//! fields matter, and words what is wrong.

use patchbay_plugin::Error;
use patchbay_plugin::model::parse_decimal;
use patchbay_scan::Cursor;
use simd_json::prelude::*;
use simd_json::tape::Value;

/// Values by name. Readers of a value read the one that [`at`](Self::at) went to.
pub(crate) trait Fields<'f>: Sized {
    /// What ends the reading.
    type Stop: From<Error>;

    /// Goes to the field whose value follows `text`; whether it is there.
    fn at<const N: usize>(&mut self, text: &'static [u8; N]) -> bool;
    fn missing(&self) -> Self::Stop;
    fn number(&mut self) -> Result<u64, Self::Stop>;
    fn flag(&mut self) -> Result<bool, Self::Stop>;
    fn text(&mut self) -> Result<&'f [u8], Self::Stop>;
    fn decimal(&mut self, exp: i8) -> Result<i64, Self::Stop>;
    fn levels(
        &mut self,
        exps: (i8, i8),
        sink: impl FnMut(i64, i64) -> Result<(), Error>,
    ) -> Result<(), Self::Stop>;
    /// Goes into the object; the next field is its first.
    fn enter(&mut self) -> Result<(), Self::Stop>;
    /// Passes over a field that is not consumed, if it is here.
    fn skip<const N: usize>(&mut self, text: &'static [u8; N]) -> Result<(), Self::Stop>;
    fn end(&mut self) -> Result<(), Self::Stop>;

    /// Goes to a field that must be there.
    #[inline(always)]
    fn key<const N: usize>(&mut self, text: &'static [u8; N]) -> Result<&mut Self, Self::Stop> {
        if self.at(text) {
            return Ok(self);
        }
        Err(self.missing())
    }

    /// Milliseconds, as ns.
    #[inline]
    fn time(&mut self) -> Result<i64, Self::Stop> {
        let ns = i64::try_from(self.number()?).ok().and_then(|ms| ms.checked_mul(1_000_000));
        Ok(ns.ok_or_else(|| Error::new("a time beyond the year 2262"))?)
    }
}

/// The scanner declined; the frame is for the [`Tree`].
pub(crate) struct Declined;

impl From<Error> for Declined {
    fn from(_: Error) -> Self {
        Self
    }
}

/// Reads in the order of the description.
pub(crate) struct Scan<'f> {
    pub(crate) cursor: Cursor<'f>,
    open: u32,
}

impl<'f> Scan<'f> {
    pub(crate) fn new(frame: &'f [u8]) -> Self {
        let cursor = Cursor::new(frame);
        Self { cursor, open: 1 }
    }
}

impl<'f> Fields<'f> for Scan<'f> {
    type Stop = Declined;

    #[inline(always)]
    fn at<const N: usize>(&mut self, text: &'static [u8; N]) -> bool {
        self.cursor.literal(text).is_some()
    }

    fn missing(&self) -> Declined {
        Declined
    }

    #[inline(always)]
    fn number(&mut self) -> Result<u64, Declined> {
        self.cursor.u64().ok_or(Declined)
    }

    #[inline(always)]
    fn flag(&mut self) -> Result<bool, Declined> {
        self.cursor.boolean().ok_or(Declined)
    }

    #[inline(always)]
    fn text(&mut self) -> Result<&'f [u8], Declined> {
        self.cursor.plain_text().ok_or(Declined)
    }

    #[inline(always)]
    fn decimal(&mut self, exp: i8) -> Result<i64, Declined> {
        self.cursor.decimal(exp).ok_or(Declined)
    }

    #[inline(always)]
    fn levels(
        &mut self,
        exps: (i8, i8),
        mut sink: impl FnMut(i64, i64) -> Result<(), Error>,
    ) -> Result<(), Declined> {
        let sink = |price, qty| sink(price, qty).ok();
        let count = self.cursor.levels(exps.0, exps.1, sink);
        count.map(drop).ok_or(Declined)
    }

    fn enter(&mut self) -> Result<(), Declined> {
        self.open += 1;
        Ok(())
    }

    #[inline(always)]
    fn skip<const N: usize>(&mut self, text: &'static [u8; N]) -> Result<(), Declined> {
        if !self.at(text) {
            return Ok(());
        }
        match (text.last(), self.cursor.peek()) {
            (Some(b'"'), _) => self.text().map(drop),
            (_, Some(b't' | b'f')) => self.flag().map(drop),
            _ => self.number().map(drop),
        }
    }

    #[inline]
    fn end(&mut self) -> Result<(), Declined> {
        for _ in 0..self.open {
            self.cursor.literal(b"}").ok_or(Declined)?;
        }
        self.cursor.end().ok_or(Declined)
    }
}

/// Reads by key.
pub(crate) struct Tree<'t, 'f> {
    object: Value<'t, 'f>,
    value: Value<'t, 'f>,
    key: &'static str,
}

impl<'t, 'f> Tree<'t, 'f> {
    pub(crate) fn new(object: Value<'t, 'f>) -> Self {
        Self { object, value: object, key: "" }
    }

    fn wrong(&self, expected: &str) -> Error {
        let found: String = self.value.encode().chars().take(60).collect();
        Error::new(format!("field `{}`: expected {expected}, found {found}", self.key))
    }

    fn exact(&self, value: Option<Value<'t, 'f>>, exp: i8) -> Result<i64, Error> {
        let text = value.and_then(|value| value.into_string());
        let text = text.ok_or_else(|| self.wrong("decimal text"))?;
        parse_decimal(text.as_bytes(), exp)
            .map_err(|e| Error::new(format!("field `{}`: {text:?} at 1e{exp}: {e}", self.key)))
    }
}

impl<'t, 'f> Fields<'f> for Tree<'t, 'f> {
    type Stop = Error;

    fn at<const N: usize>(&mut self, text: &'static [u8; N]) -> bool {
        let text = str::from_utf8(text).unwrap_or_default();
        self.key = text.split('"').nth(1).unwrap_or_default();
        let value = self.object.as_object().and_then(|o| o.get(self.key));
        self.value = value.unwrap_or(Value::NULL);
        value.is_some()
    }

    fn missing(&self) -> Error {
        Error::new(format!("field `{}` is missing", self.key))
    }

    fn number(&mut self) -> Result<u64, Error> {
        let number = self.value.as_u64();
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

    fn levels(
        &mut self,
        exps: (i8, i8),
        mut sink: impl FnMut(i64, i64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let levels = self.value.as_array();
        let levels = levels.ok_or_else(|| self.wrong("a list of levels"))?;
        for level in &levels {
            let part = |i| level.as_array().and_then(|level| level.get(i));
            sink(self.exact(part(0), exps.0)?, self.exact(part(1), exps.1)?)?;
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), Error> {
        self.object = self.value;
        Ok(())
    }

    fn skip<const N: usize>(&mut self, _: &'static [u8; N]) -> Result<(), Error> {
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
