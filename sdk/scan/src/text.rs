//! The next bytes of a frame: what each of them is, and what number the digits make.

/// As many bytes as are looked at together. The first sixteen are classified; eight more can be
/// loaded from behind any of those.
pub(crate) type Text = [u8; 24];

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

/// The place of the first byte that `marks` (one bit a byte) marks; 16 if it marks none.
#[inline(always)]
pub(crate) const fn first(marks: u32) -> usize {
    (marks | 1 << 16).trailing_zeros() as usize
}

/// The number that the first `digits` (1 to 15) bytes of `text` make.
#[inline(always)]
pub(crate) fn number(text: &Text, digits: usize) -> u64 {
    if digits <= 8 {
        return eight_digits(right_aligned(text, 0, digits));
    }
    let head = eight_digits(right_aligned(text, 0, 8));
    head * POW10[digits - 8] + eight_digits(right_aligned(text, 8, digits - 8))
}

/// The digits at `from` (at most 16) as 0 to 9 in the last `digits` (1 to 8) bytes of a word, after
/// zeros: what lies behind them is shifted out. The first byte is the lowest.
#[inline(always)]
pub(crate) fn right_aligned(text: &Text, from: usize, digits: usize) -> u64 {
    let bytes = text.get(from..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    (u64::from_le_bytes(bytes) ^ 0x3030_3030_3030_3030) << (64 - 8 * digits)
}

/// The number that eight digits make, the first byte being the most significant.
#[inline(always)]
pub(crate) const fn eight_digits(digits: u64) -> u64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    // Three multiplications instead of eight: pairs of digits, then pairs of pairs.
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let outer = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let inner = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    outer.wrapping_add(inner) >> 32
}

/// One bit a byte, without vector instructions: for other processors, and the twin of
/// `simd::masks` in tests.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(crate) mod portable {
    use super::Text;

    pub(crate) fn non_digits(text: &Text) -> u32 {
        mask(text, |byte| !byte.is_ascii_digit())
    }

    pub(crate) fn quotes(text: &Text) -> u32 {
        mask(text, |byte| byte == b'"')
    }

    /// What ends a plain string: a quote, a backslash, a control byte or one beyond ASCII.
    pub(crate) fn specials(text: &Text) -> u32 {
        mask(text, |byte| !matches!(byte, 0x20..0x80) || byte == b'"' || byte == b'\\')
    }

    /// Without branches, so that the compiler may use whatever vectors there are.
    fn mask(text: &Text, is: impl Fn(u8) -> bool) -> u32 {
        text[..16].iter().rev().fold(0, |mask, &byte| mask << 1 | u32::from(is(byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte at every place, whatever its neighbours are.
    #[test]
    fn twins_tell_every_byte_apart() {
        for ground in [*b"0918273645546372", [b'x'; 16], [0; 16], [0xff; 16], [b'"'; 16]] {
            for (byte, place) in (0..=u8::MAX).flat_map(|byte| (0..24).map(move |at| (byte, at))) {
                let mut text = [0; 24];
                text[..16].copy_from_slice(&ground);
                text[place] = byte;
                assert_eq!(non_digits(&text), portable::non_digits(&text), "{text:?}");
                assert_eq!(quotes(&text), portable::quotes(&text), "{text:?}");
                assert_eq!(specials(&text), portable::specials(&text), "{text:?}");
            }
        }
    }

    #[test]
    fn reads_numbers_of_every_length() {
        for digits in ["000000000000000", "999999999999999", "123456789012345", "000000010000000"] {
            for len in 1..=15 {
                let mut text = [b'x'; 24];
                text[..len].copy_from_slice(&digits.as_bytes()[..len]);
                assert_eq!(number(&text, len), digits[..len].parse::<u64>().unwrap());
            }
        }
    }
}
