//! Little-endian fields: put at the end of a buffer, taken from the front of a payload by name.

use crate::error::{DecodeError, Fault, KindName};
use crate::{HEADER, Kind};

/// Appends fields.
pub(crate) trait Put {
    fn put_u8(&mut self, value: u8);
    fn put_i8(&mut self, value: i8);
    fn put_u16(&mut self, value: u16);
    fn put_u32(&mut self, value: u32);
    fn put_u64(&mut self, value: u64);
    fn put_i64(&mut self, value: i64);
    fn put_f64(&mut self, value: f64);
    fn put_reserved(&mut self, bytes: usize);
    /// A string with its length; false, and nothing put, if it is longer than 255 bytes.
    fn put_text(&mut self, text: &str) -> bool;
}

impl Put for Vec<u8> {
    fn put_u8(&mut self, value: u8) {
        self.push(value);
    }

    fn put_i8(&mut self, value: i8) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_u16(&mut self, value: u16) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_u32(&mut self, value: u32) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_u64(&mut self, value: u64) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_i64(&mut self, value: i64) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_f64(&mut self, value: f64) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_reserved(&mut self, bytes: usize) {
        self.resize(self.len() + bytes, 0);
    }

    fn put_text(&mut self, text: &str) -> bool {
        let Ok(length) = u8::try_from(text.len()) else {
            return false;
        };
        self.push(length);
        self.extend_from_slice(text.as_bytes());
        true
    }
}

/// What is left to read of a payload.
pub(crate) struct Take<'a> {
    kind: Kind,
    payload: &'a [u8],
    at: usize,
}

impl<'a> Take<'a> {
    pub(crate) const fn new(kind: Kind, payload: &'a [u8]) -> Self {
        Self { kind, payload, at: 0 }
    }

    /// An error about a field that begins at `at` in the payload.
    pub(crate) const fn wrong(&self, field: &'static str, at: usize, fault: Fault) -> DecodeError {
        DecodeError::Field { kind: KindName(self.kind as u8), field, offset: HEADER + at, fault }
    }

    pub(crate) fn bytes(
        &mut self,
        field: &'static str,
        count: usize,
    ) -> Result<&'a [u8], DecodeError> {
        let rest = self.payload.get(self.at..).unwrap_or_default();
        let taken = rest.get(..count).ok_or_else(|| self.wrong(field, self.at, Fault::Missing))?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], DecodeError> {
        let missing = self.wrong(field, self.at, Fault::Missing);
        self.bytes(field, N)?.first_chunk().copied().ok_or(missing)
    }

    pub(crate) fn u8(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        self.array(field).map(u8::from_le_bytes)
    }

    pub(crate) fn i8(&mut self, field: &'static str) -> Result<i8, DecodeError> {
        self.array(field).map(i8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        self.array(field).map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        self.array(field).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self, field: &'static str) -> Result<u64, DecodeError> {
        self.array(field).map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self, field: &'static str) -> Result<i64, DecodeError> {
        self.array(field).map(i64::from_le_bytes)
    }

    pub(crate) fn f64(&mut self, field: &'static str) -> Result<f64, DecodeError> {
        self.array(field).map(f64::from_le_bytes)
    }

    /// A number from `least` to `most`.
    pub(crate) fn code(
        &mut self,
        field: &'static str,
        least: u8,
        most: u8,
    ) -> Result<u8, DecodeError> {
        let at = self.at;
        let value = self.u8(field)?;
        if (least..=most).contains(&value) {
            return Ok(value);
        }
        Err(self.wrong(field, at, Fault::Value(value.into())))
    }

    /// An amount that cannot be negative.
    pub(crate) fn amount(&mut self, field: &'static str) -> Result<i64, DecodeError> {
        let at = self.at;
        let value = self.i64(field)?;
        if value >= 0 { Ok(value) } else { Err(self.wrong(field, at, Fault::Value(value))) }
    }

    pub(crate) fn reserved(&mut self, bytes: usize) -> Result<(), DecodeError> {
        let at = self.at;
        if self.bytes("reserved", bytes)?.iter().all(|&byte| byte == 0) {
            return Ok(());
        }
        Err(self.wrong("reserved", at, Fault::Reserved))
    }

    pub(crate) fn text(&mut self, field: &'static str) -> Result<&'a str, DecodeError> {
        let at = self.at;
        let length = self.u8(field)?;
        let bytes = self.bytes(field, length.into())?;
        std::str::from_utf8(bytes).map_err(|_| self.wrong(field, at, Fault::Utf8))
    }

    /// `value`, if nothing is left.
    pub(crate) fn done<T>(self, value: T) -> Result<T, DecodeError> {
        if self.at == self.payload.len() {
            return Ok(value);
        }
        Err(self.wrong("payload", self.at, Fault::Excess))
    }
}
