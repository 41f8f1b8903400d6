//! Integers: times and ids.

use crate::Cursor;
use crate::text::{Text, first, non_digits, number};

impl Cursor<'_> {
    /// A JSON integer without sign, and the `,`, `}` or `]` that must follow it (not consumed).
    /// Declines signs, leading zeros, fractions, exponents, and what does not fit.
    #[inline(always)]
    pub fn u64(&mut self) -> Option<u64> {
        let (value, digits) = match self.common_integer() {
            Some(read) => read,
            None => long(self.rest)?,
        };
        self.skip(digits)?;
        self.separator()?;
        Some(value)
    }

    #[inline(always)]
    fn common_integer(&self) -> Option<(u64, usize)> {
        #[cfg(target_arch = "x86_64")]
        if self.inlined {
            return crate::simd::integer(self);
        }
        self.text(short)
    }

    /// What must follow a number; without it the digits may be the start of something else.
    #[inline(always)]
    fn separator(&self) -> Option<()> {
        matches!(self.peek()?, b',' | b'}' | b']').then_some(())
    }
}

/// Value and length of 1 to 15 digits. `None` decides nothing.
#[inline(always)]
fn short(text: &Text) -> Option<(u64, usize)> {
    let digits = first(non_digits(text));
    // 0 itself may start with a zero.
    if digits == 0 || digits == 16 || (text[0] == b'0' && digits > 1) {
        return None;
    }
    Some((number(text, digits), digits))
}

/// Value and length of sixteen digits (a time in microseconds) or more, and of what is wrong.
#[inline(never)]
fn long(rest: &[u8]) -> Option<(u64, usize)> {
    let digits = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    if digits == 0 || rest[0] == b'0' {
        return None;
    }
    let value = rest[..digits].iter().try_fold(0u64, |value, digit| {
        value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    })?;
    Some((value, digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::inlined;
    use crate::text::POW10;

    fn read(text: &str, tail: &str) -> Option<u64> {
        let frame = format!("{text}{tail}");
        let values = [Cursor::new(frame.as_bytes()), inlined(frame.as_bytes())].map(|mut scan| {
            let value = scan.u64();
            if value.is_some() {
                assert_eq!(scan.rest(), tail.as_bytes());
            }
            value
        });
        assert_eq!(values[0], values[1], "{frame}");
        values[0]
    }

    #[test]
    fn reads_every_length() {
        for text in
            (1..=19).flat_map(|n| ["1234567890123456789", "9999999999999999999"].map(|t| &t[..n]))
        {
            for tail in [",", "}", "]", ",\"and more text than a window\"", "}}", "]]}}"] {
                assert_eq!(read(text, tail), text.parse().ok(), "{text}{tail}");
            }
            for tail in ["", " ", "\"", ".0,", "e1,", "x,", "\0"] {
                assert_eq!(read(text, tail), None, "{text}{tail}");
            }
        }
        assert_eq!(read("0", ","), Some(0));
        assert_eq!(read("18446744073709551615", ","), Some(u64::MAX));
    }

    #[test]
    fn declines_what_is_no_plain_integer() {
        let long = "1".repeat(60);
        for text in ["", "-1", "-0", "+1", "00", "01", "0123456789012345678", "x", "\"1\"", &long] {
            assert_eq!(read(text, ","), None, "{text}");
        }
        for text in ["18446744073709551616", "99999999999999999999", "100000000000000000000"] {
            assert_eq!(read(text, ","), None, "{text} does not fit");
        }
    }

    #[test]
    fn agrees_with_std_on_powers_and_neighbours() {
        for power in POW10 {
            for value in [power - 1, power, power + 1, power / 3] {
                assert_eq!(read(&value.to_string(), "]"), Some(value));
            }
        }
    }
}
