//! The general parser, for what the scanner declines.

use patchbay_plugin::Error;
use simd_json::tape::Value;
use simd_json::{Buffers, Tape};

use crate::Frames;

/// Parses any JSON, with buffers that stay.
pub struct Parser {
    nodes: Tape<'static>,
    buffers: Buffers,
    quoted: Vec<u8>,
}

impl Default for Parser {
    fn default() -> Self {
        Self { nodes: Tape(Vec::new()), buffers: Buffers::default(), quoted: Vec::new() }
    }
}

impl Parser {
    /// Parses `text`, overwriting it, and gives the result to `read`. Bare numbers become 64-bit
    /// integers or doubles.
    ///
    /// # Errors
    ///
    /// If it is no JSON, and what `read` answers.
    pub fn parse<R>(
        &mut self,
        text: &mut [u8],
        read: impl FnOnce(Value<'_, '_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut tape = std::mem::replace(&mut self.nodes, Tape(Vec::new())).reset();
        let parsed = simd_json::fill_tape(text, &mut self.buffers, &mut tape)
            .map_err(|e| Error::new(format!("expected JSON: {e}")));
        let result = parsed.and_then(|()| read(tape.as_value()));
        self.nodes = tape.reset();
        result
    }

    /// As the frames and answers of a venue are parsed: exactly, or not.
    pub(crate) fn parse_for<V: Frames, R>(
        &mut self,
        text: &mut [u8],
        read: impl FnOnce(Value<'_, '_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        match V::EXACT {
            true => self.parse_exact(text, read),
            false => self.parse(text, read),
        }
    }

    /// The same with bare numbers as texts, to the last digit: for venues that send prices so.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`].
    pub fn parse_exact<R>(
        &mut self,
        text: &[u8],
        read: impl FnOnce(Value<'_, '_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut quoted = std::mem::take(&mut self.quoted);
        quote_numbers(text, &mut quoted);
        let result = self.parse(&mut quoted, read);
        self.quoted = quoted;
        result
    }
}

/// Copies `text` with quotation marks round bare numbers.
fn quote_numbers(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.reserve(text.len() + text.len() / 4);
    let (mut inside, mut number) = (false, false);
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        let digit = matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        match (inside, number) {
            (true, _) => {
                inside = byte != b'"';
                if byte == b'\\' {
                    out.push(byte);
                    out.extend(bytes.next());
                    continue;
                }
            }
            (false, true) if !digit => {
                number = false;
                out.push(b'"');
                inside = byte == b'"';
            }
            (false, true) => {}
            (false, false) if byte.is_ascii_digit() || byte == b'-' => {
                number = true;
                out.push(b'"');
            }
            (false, false) => inside = byte == b'"',
        }
        out.push(byte);
    }
    if number {
        out.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_text_and_nothing_else_changes() {
        let mut out = Vec::new();
        for (text, expected) in [
            (
                r#"{"a":1.50,"b":[-2e-7,"3\"4",true,null]}"#,
                r#"{"a":"1.50","b":["-2e-7","3\"4",true,null]}"#,
            ),
            ("12", r#""12""#),
            ("false", "false"),
            (r#"["\\",7]"#, r#"["\\","7"]"#),
        ] {
            quote_numbers(text.as_bytes(), &mut out);
            assert_eq!(str::from_utf8(&out), Ok(expected));
        }
    }
}
