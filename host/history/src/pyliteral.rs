//! Python's bytes literal, `b'...'`, back to bytes: what `ast.literal_eval` makes of one line.

/// The value of the bytes literal `text`, appended to `out`.
///
/// # Errors
///
/// What Python would call a syntax or value error. `out` is of no use then.
pub(crate) fn unescape(text: &[u8], out: &mut Vec<u8>) -> Result<(), &'static str> {
    let (quote, mut rest) = match text {
        [b'b', quote @ (b'\'' | b'"'), inner @ .., end] if quote == end => (*quote, inner),
        _ => return Err("a bytes literal that does not end"),
    };
    while let [byte, tail @ ..] = rest {
        rest = match byte {
            b'\\' => escape(tail, out)?,
            b'\r' => return Err("a bytes literal with a line break"),
            0 | 0x80.. => return Err("a bytes literal with a character that is not ASCII"),
            _ if *byte == quote => return Err("a bytes literal that ends early"),
            _ => {
                let run = plain_run(rest, quote);
                out.extend_from_slice(&rest[..run]);
                &rest[run..]
            }
        };
    }
    Ok(())
}

/// Whether `text` starts as a bytes literal does. No venue sends text that does.
pub(crate) fn is_literal(text: &[u8]) -> bool {
    text.starts_with(b"b'") || text.starts_with(b"b\"")
}

/// How many bytes stand for themselves; at least one.
fn plain_run(text: &[u8], quote: u8) -> usize {
    let plain =
        |&byte: &u8| byte != b'\\' && byte != quote && (1..0x80).contains(&byte) && byte != b'\r';
    text.iter().position(|byte| !plain(byte)).unwrap_or(text.len())
}

/// One escape, after its backslash; returns what follows it.
fn escape<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], &'static str> {
    let [kind, rest @ ..] = text else {
        // The closing quote was escaped: `b'\'`.
        return Err("a bytes literal that does not end");
    };
    let byte = match kind {
        b'\\' | b'\'' | b'"' => *kind,
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'x' => return hex(rest, out),
        b'0'..=b'7' => return Ok(octal(text, out)),
        _ => {
            // Not an escape (not even \u and \N, in bytes): the backslash stays.
            out.push(b'\\');
            return Ok(text);
        }
    };
    out.push(byte);
    Ok(rest)
}

fn hex<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], &'static str> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let [high, low, rest @ ..] = text else {
        return Err("a bytes literal with a cut \\x escape");
    };
    let (Some(high), Some(low)) = (digit(*high), digit(*low)) else {
        return Err("a bytes literal with a \\x escape of other than two hex digits");
    };
    out.push((high * 16 + low) as u8);
    Ok(rest)
}

/// One to three digits, of which Python keeps the low eight bits.
fn octal<'a>(text: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let digits = text.iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    let value =
        text[..digits].iter().fold(0u32, |value, digit| value * 8 + u32::from(digit - b'0'));
    out.push(value as u8);
    &text[digits..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eval(text: &str) -> Option<Vec<u8>> {
        assert!(is_literal(text.as_bytes()), "{text}");
        let mut out = Vec::new();
        unescape(text.as_bytes(), &mut out).ok().map(|()| out)
    }

    /// Each case with what `ast.literal_eval` of Python 3.11 gives.
    #[test]
    fn agrees_with_python() {
        let cases: [(&str, &[u8]); 17] = [
            (r"b''", b""),
            (r#"b"""#, b""),
            (r#"b'{"a":1}'"#, br#"{"a":1}"#),
            (r#"b"it's""#, b"it's"),
            (r#"b'it\'s "it"'"#, br#"it's "it""#),
            (r"b'\xed\x95\x9c'", "한".as_bytes()),
            (r"b'\x00\xFf\xfF'", b"\x00\xff\xff"),
            (r"b'\n\r\t\\'", b"\n\r\t\\"),
            (r"b'\a\b\f\v'", b"\x07\x08\x0c\x0b"),
            (r"b'\0\18\1234'", b"\x00\x018\x534"),
            (r"b'\377\400\777'", b"\xff\x00\xff"),
            (r"b'\q\u1234\N{DASH}\U00'", br"\q\u1234\N{DASH}\U00"),
            (r"b'\\x41'", br"\x41"),
            (r"b'\\\''", br"\'"),
            (r"b'\/'", br"\/"),
            (r#"b'\"'"#, b"\""),
            ("b'\t \x7f'", b"\t \x7f"),
        ];
        for (text, value) in cases {
            assert_eq!(eval(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn refuses_what_python_refuses() {
        for text in [
            r"b'", r"b'a", r#"b'a""#, r"b'\'", r"b'\x4'", r"b'\x'", r"b'\xg0'", r"b'a'b'", "b'한'",
            "b'a\rb'", "b'a\0'",
        ] {
            assert_eq!(eval(text), None, "{text}");
        }
    }

    /// Python would read these. Its `repr`, which wrote the file, never writes them.
    #[test]
    fn refuses_what_repr_does_not_write() {
        for text in [r"b'a' ", r"b'a' b'b'", r"b'''a'''"] {
            assert_eq!(eval(text), None, "{text}");
        }
    }
}
