//! Base64 with the standard alphabet and its padding, as format 2 writes bytes.

/// The bytes that `text` encodes, appended to `out`.
///
/// # Errors
///
/// Anything that an encoder does not write: another character, missing or misplaced padding, bits
/// set beyond the last byte. `out` is of no use then.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) -> Result<(), &'static str> {
    let (quads, rest) = text.as_chunks::<4>();
    if !rest.is_empty() {
        return Err("base64 whose length is no multiple of four");
    }
    let Some((last, quads)) = quads.split_last() else {
        return Ok(());
    };
    for quad in quads {
        out.extend_from_slice(&bytes(quad)?);
    }
    match last {
        [a, b, b'=', b'='] => short(&bytes(&[*a, *b, b'A', b'A'])?, 1, out),
        [a, b, c, b'='] => short(&bytes(&[*a, *b, *c, b'A'])?, 2, out),
        quad => short(&bytes(quad)?, 3, out),
    }
}

/// Three bytes of four characters.
fn bytes(quad: &[u8; 4]) -> Result<[u8; 3], &'static str> {
    let mut bits = 0u32;
    for &character in quad {
        bits = bits << 6 | u32::from(value(character).ok_or("base64 with another character")?);
    }
    let [_, a, b, c] = bits.to_be_bytes();
    Ok([a, b, c])
}

/// Appends the first `keep` bytes; the others must be zero.
fn short(bytes: &[u8; 3], keep: usize, out: &mut Vec<u8>) -> Result<(), &'static str> {
    if bytes[keep..].iter().any(|&byte| byte != 0) {
        return Err("base64 with bits beyond its last byte");
    }
    out.extend_from_slice(&bytes[..keep]);
    Ok(())
}

fn value(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character - b'A'),
        b'a'..=b'z' => Some(character - b'a' + 26),
        b'0'..=b'9' => Some(character - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        decode(text.as_bytes(), &mut out).ok().map(|()| out)
    }

    /// The vectors of RFC 4648, section 10, and the two characters that differ between alphabets.
    #[test]
    fn decodes() {
        let cases: [(&str, &[u8]); 8] = [
            ("", b""),
            ("Zg==", b"f"),
            ("Zm8=", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9vYg==", b"foob"),
            ("Zm9vYmE=", b"fooba"),
            ("Zm9vYmFy", b"foobar"),
            ("+/8=", b"\xfb\xff"),
        ];
        for (text, value) in cases {
            assert_eq!(decoded(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn refuses_what_no_encoder_writes() {
        for text in ["Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "-_8="] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
