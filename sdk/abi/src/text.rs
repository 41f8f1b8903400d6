//! Borrowed text and bytes.

use core::{slice, str};

/// UTF-8 text, borrowed for the call. `len` is in bytes; no terminator. `ptr` may be null if `len`
/// is 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    /// First byte.
    pub ptr: *const u8,
    /// Bytes.
    pub len: usize,
}

/// Bytes, borrowed for the call. `ptr` may be null if `len` is 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Bytes {
    /// First byte.
    pub ptr: *const u8,
    /// Bytes.
    pub len: usize,
}

/// One header of an HTTP request or of a websocket handshake.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Header {
    /// Name, as sent.
    pub name: Str,
    /// Value, as sent; may hold secret slots.
    pub value: Str,
}

impl Str {
    /// No text.
    pub const EMPTY: Self = Self { ptr: core::ptr::null(), len: 0 };

    /// Lends `text`; the caller keeps it alive for the call.
    pub const fn new(text: &str) -> Self {
        Self { ptr: text.as_ptr(), len: text.len() }
    }

    /// The text, or `None` if it is not UTF-8.
    ///
    /// # Safety
    ///
    /// `ptr` must be readable for `len` bytes for all of `'a`, or `len` must be 0.
    pub unsafe fn as_str<'a>(self) -> Option<&'a str> {
        // SAFETY: the caller's contract is the one of `Bytes::as_slice`.
        let bytes = unsafe { Bytes { ptr: self.ptr, len: self.len }.as_slice() };
        str::from_utf8(bytes).ok()
    }
}

impl Bytes {
    /// No bytes.
    pub const EMPTY: Self = Self { ptr: core::ptr::null(), len: 0 };

    /// Lends `bytes`; the caller keeps them alive for the call.
    pub const fn new(bytes: &[u8]) -> Self {
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }

    /// The bytes.
    ///
    /// # Safety
    ///
    /// `ptr` must be readable for `len` bytes for all of `'a`, or `len` must be 0.
    pub unsafe fn as_slice<'a>(self) -> &'a [u8] {
        if self.len == 0 || self.ptr.is_null() {
            return &[];
        }
        // SAFETY: not null, and readable for `len` bytes by the caller's contract.
        unsafe { slice::from_raw_parts(self.ptr, self.len) }
    }
}

/// Copies `text` into a fixed, zero-padded field; what does not fit is cut at a byte.
pub const fn fixed<const N: usize>(text: &str) -> [u8; N] {
    let bytes = text.as_bytes();
    let mut out = [0; N];
    let mut i = 0;
    while i < N && i < bytes.len() {
        out[i] = bytes[i];
        i += 1;
    }
    out
}

/// The text of a fixed, zero-padded field, or `""` if it is not UTF-8.
pub fn unfixed(field: &[u8]) -> &str {
    let end = field.iter().position(|&b| b == 0).unwrap_or(field.len());
    str::from_utf8(&field[..end]).unwrap_or("")
}
