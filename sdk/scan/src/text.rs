//! Sixteen bytes of text in one register: what each byte is, and what the digits make.

/// Little-endian: the first byte is the lowest.
pub(crate) type Text = u128;

#[cfg(target_arch = "x86_64")]
pub(crate) use crate::simd::masks::{non_digits, quotes, specials};
#[cfg(not(target_arch = "x86_64"))]
pub(crate) use portable::{non_digits, quotes, specials};

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

/// `byte` in all sixteen places.
#[inline]
const fn splat(byte: u8) -> Text {
    Text::from_le_bytes([byte; 16])
}

/// Digits as 0 to 9; every other byte as something larger.
#[inline(always)]
pub(crate) const fn digit_values(text: Text) -> Text {
    text ^ splat(b'0')
}

/// The place of the first byte that `marks` (one bit a byte) marks; 16 if it marks none.
#[inline(always)]
pub(crate) const fn first(marks: u32) -> usize {
    (marks | 1 << 16).trailing_zeros() as usize
}

/// The number that eight digit values make, the first byte being the most significant.
#[inline(always)]
pub(crate) const fn eight_digits(values: u64) -> u64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    // Three multiplications instead of eight: pairs of digits, then pairs of pairs.
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let outer = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let inner = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    outer.wrapping_add(inner) >> 32
}

/// The number that sixteen digit values make.
#[inline(always)]
pub(crate) const fn sixteen_digits(values: Text) -> u64 {
    eight_digits(values as u64) * 100_000_000 + eight_digits((values >> 64) as u64)
}

/// The number that the first `digits` (1 to 15) digit values make.
#[inline(always)]
pub(crate) const fn number(values: Text, digits: usize) -> u64 {
    // Right-aligned: what lies behind is shifted out, and zeros come in before.
    if digits <= 8 {
        return eight_digits((values as u64) << (64 - 8 * digits));
    }
    let tail = ((values >> 64) as u64) << (128 - 8 * digits);
    eight_digits(values as u64) * POW10[digits - 8] + eight_digits(tail)
}

/// One bit a byte, without vector instructions: for other processors, and the twin of
/// `simd::masks` in tests.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(crate) mod portable {
    use super::{Text, digit_values, splat};

    pub(crate) fn non_digits(text: Text) -> u32 {
        let values = digit_values(text);
        let low = values & splat(0x7f);
        bits((low + splat(0x80 - 10)) | values)
    }

    pub(crate) fn quotes(text: Text) -> u32 {
        equal(text, b'"')
    }

    /// What ends a plain string: a quote, a backslash, a control byte or one beyond ASCII.
    pub(crate) fn specials(text: Text) -> u32 {
        let control = !bits((text & splat(0x7f)) + splat(0x80 - 0x20));
        equal(text, b'"') | equal(text, b'\\') | (control & 0xffff) | bits(text)
    }

    fn equal(text: Text, byte: u8) -> u32 {
        let difference = text ^ splat(byte);
        !bits(((difference & splat(0x7f)) + splat(0x7f)) | difference) & 0xffff
    }

    /// Gathers the top bit of every byte.
    fn bits(text: Text) -> u32 {
        let half = |half: u64| {
            ((half >> 7) & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
        };
        (half(text as u64) | half((text >> 64) as u64) << 8) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte at every place: exact, whatever its neighbours are.
    #[test]
    fn twins_tell_every_byte_apart() {
        for ground in [
            *b"0918273645546372",
            [b'x'; 16],
            [0; 16],
            [0xff; 16],
            [b'"'; 16],
        ] {
            for (byte, place) in (0..=u8::MAX).flat_map(|byte| (0..16).map(move |at| (byte, at))) {
                let mut bytes = ground;
                bytes[place] = byte;
                let text = Text::from_le_bytes(bytes);
                let mask = |is: fn(&u8) -> bool| {
                    bytes
                        .iter()
                        .rev()
                        .fold(0, |mask, byte| mask << 1 | u32::from(is(byte)))
                };
                let expected = mask(|byte| !byte.is_ascii_digit());
                assert_eq!(
                    (non_digits(text), portable::non_digits(text)),
                    (expected, expected)
                );
                let expected = mask(|byte| *byte == b'"');
                assert_eq!((quotes(text), portable::quotes(text)), (expected, expected));
                let expected = mask(|byte| matches!(byte, b'"' | b'\\' | 0..0x20 | 0x80..));
                assert_eq!(
                    (specials(text), portable::specials(text)),
                    (expected, expected)
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
            let values = digit_values(Text::from_le_bytes(text.as_bytes().try_into().unwrap()));
            assert_eq!(sixteen_digits(values), text.parse::<u64>().unwrap());
        }
    }
}
