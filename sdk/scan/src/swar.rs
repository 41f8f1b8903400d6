//! Eight or sixteen bytes of text in one register.
//!
//! Text is loaded little-endian: its first byte is the lowest.

/// `byte` in all sixteen places.
#[inline]
const fn splat(byte: u8) -> u128 {
    u128::from_le_bytes([byte; 16])
}

/// 10^0 to 10^19: all that fit.
pub(crate) const POW10: [u64; 20] = {
    let mut powers = [1u64; 20];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// Sixteen bytes of `frame` from `at` on, NUL after its end. Never reads beyond it: near the end it
/// takes the last sixteen and shifts the earlier ones out.
#[inline]
pub(crate) fn window(frame: &[u8], at: usize) -> u128 {
    let rest = frame.get(at..).unwrap_or_default();
    match (rest.first_chunk(), frame.last_chunk()) {
        (Some(&chunk), _) => u128::from_le_bytes(chunk),
        (None, Some(&chunk)) if !rest.is_empty() => {
            u128::from_le_bytes(chunk) >> (8 * (16 - rest.len()))
        }
        _ => short_window(rest),
    }
}

/// The window of a frame that is shorter than a window.
#[cold]
fn short_window(rest: &[u8]) -> u128 {
    rest.iter()
        .rev()
        .fold(0, |word, &byte| (word << 8) | u128::from(byte))
}

/// Digits as 0 to 9; every other byte as something larger.
#[inline]
pub(crate) const fn digit_values(text: u128) -> u128 {
    text ^ splat(b'0')
}

/// The top bit of every byte of [`digit_values`] that is no digit. Exact: nothing carries.
#[inline]
pub(crate) const fn non_digits(values: u128) -> u128 {
    let low = values & splat(0x7f);
    ((low + splat(0x80 - 10)) | values) & splat(0x80)
}

/// The top bit of the first byte that equals `byte`; bits above it mean nothing.
#[inline]
pub(crate) const fn first_match(text: u128, byte: u8) -> u128 {
    let zero_if_equal = text ^ splat(byte);
    zero_if_equal.wrapping_sub(splat(1)) & !zero_if_equal & splat(0x80)
}

/// The top bit of the first byte that ends a plain string: a quote, a backslash, a control byte or
/// one beyond ASCII. Bits above it mean nothing.
#[inline]
pub(crate) const fn first_special(text: u128) -> u128 {
    let control = text.wrapping_sub(splat(0x20)) & splat(0x80);
    // A byte beyond ASCII may hide the one test or the other, never both: take its own top bit.
    first_match(text, b'"') | first_match(text, b'\\') | control | (text & splat(0x80))
}

/// Number of bytes before the first one marked by a top bit; 16 if none is.
#[inline]
pub(crate) const fn bytes_before(marks: u128) -> u32 {
    marks.trailing_zeros() / 8
}

/// The number that eight digit values make, the first byte being the most significant.
#[inline]
pub(crate) const fn eight_digits(values: u64) -> u64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    // Three multiplications instead of eight: pairs of digits, then pairs of pairs.
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let outer = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let inner = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    outer.wrapping_add(inner) >> 32
}

/// The number that sixteen digit values make.
#[inline]
pub(crate) const fn sixteen_digits(values: u128) -> u64 {
    eight_digits(values as u64) * 100_000_000 + eight_digits((values >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_end_with_the_frame() {
        let frame: Vec<u8> = (1..=40).collect();
        for len in 0..=frame.len() {
            for at in 0..=len + 1 {
                let mut expected = [0; 16];
                let rest = frame[..len].get(at..).unwrap_or_default();
                let shown = rest.len().min(16);
                expected[..shown].copy_from_slice(&rest[..shown]);
                assert_eq!(
                    window(&frame[..len], at).to_le_bytes(),
                    expected,
                    "{len} {at}"
                );
            }
        }
    }

    #[test]
    fn tells_every_byte_apart() {
        for byte in 0..=u8::MAX {
            for place in 0..16 {
                let mut text = *b"0918273645546372";
                text[place] = byte;
                let marks = non_digits(digit_values(u128::from_le_bytes(text)));
                let expected = if byte.is_ascii_digit() {
                    16
                } else {
                    place as u32
                };
                assert_eq!(bytes_before(marks), expected);
                assert!(marks.count_ones() <= 1);
                let mut text = [b'x'; 16];
                text[place] = byte;
                let expected = if byte == b'"' { place as u32 } else { 16 };
                assert_eq!(
                    bytes_before(first_match(u128::from_le_bytes(text), b'"')),
                    expected
                );
            }
        }
    }

    #[test]
    fn reads_sixteen_digits() {
        for text in [
            "0000000000000000",
            "9999999999999999",
            "1234567890123456",
            "0000000100000000",
        ] {
            let bytes: [u8; 16] = text.as_bytes().try_into().unwrap();
            let values = digit_values(u128::from_le_bytes(bytes));
            assert_eq!(sixteen_digits(values), text.parse::<u64>().unwrap());
        }
    }
}
