//! Little-endian fields: put at the end of a buffer, taken from the front of a slice.

use crate::DecodeError;

/// Appends fields. Texts and bytes within a payload carry a `u32` length.
pub(crate) trait Put {
    fn put_u32(&mut self, value: u32);
    fn put_u64(&mut self, value: u64);
    fn put_i64(&mut self, value: i64);
    fn put_text(&mut self, value: &str);
    fn put_count(&mut self, count: usize);
}

impl Put for Vec<u8> {
    fn put_u32(&mut self, value: u32) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_u64(&mut self, value: u64) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_i64(&mut self, value: i64) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_text(&mut self, value: &str) {
        self.put_count(value.len());
        self.extend_from_slice(value.as_bytes());
    }

    // A count that does not fit belongs to a record far beyond any segment, which is refused for
    // its size before it is written.
    fn put_count(&mut self, count: usize) {
        self.put_u32(u32::try_from(count).unwrap_or(u32::MAX));
    }
}

/// What is left to read of a payload.
pub(crate) struct Take<'a> {
    left: &'a [u8],
}

impl<'a> Take<'a> {
    pub(crate) fn new(payload: &'a [u8]) -> Self {
        Self { left: payload }
    }

    pub(crate) fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, DecodeError> {
        self.array().map(i64::from_le_bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (head, rest) = self.left.split_first_chunk::<N>().ok_or(DecodeError::Short)?;
        self.left = rest;
        Ok(*head)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, DecodeError> {
        let len = self.u32()? as usize;
        let (head, rest) = self.left.split_at_checked(len).ok_or(DecodeError::Short)?;
        self.left = rest;
        std::str::from_utf8(head).map_err(|_| DecodeError::Text)
    }

    /// A list; room is made for no more elements of `least` bytes than can still follow.
    pub(crate) fn list<T>(
        &mut self,
        least: usize,
        element: impl Fn(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let count = self.u32()? as usize;
        if count > self.left.len() / least {
            return Err(DecodeError::Short);
        }
        (0..count).map(|_| element(self)).collect()
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.left)
    }

    /// `value`, if nothing is left.
    pub(crate) fn done<T>(self, value: T) -> Result<T, DecodeError> {
        if self.left.is_empty() { Ok(value) } else { Err(DecodeError::Long) }
    }
}
