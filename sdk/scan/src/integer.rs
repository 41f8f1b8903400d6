//! Integers: times and ids.

use crate::Cursor;
use crate::swar::{POW10, bytes_before, digit_values, eight_digits, non_digits, window};

impl Cursor<'_> {
    /// A JSON integer without sign, and the `,`, `}` or `]` that must follow it (not consumed).
    /// Declines signs, leading zeros, fractions, exponents, and what does not fit.
    #[inline]
    pub fn u64(&mut self) -> Option<u64> {
        let values = digit_values(window(self.frame, self.at));
        let digits = bytes_before(non_digits(values));
        let value = match digits {
            0 => return None,
            1..=8 => eight_digits((values as u64) << (64 - 8 * digits)),
            9..=15 => long(values, digits),
            _ => return self.long_u64(),
        };
        // 0 itself may start with a zero.
        if values as u8 == 0 && digits > 1 {
            return None;
        }
        self.at += digits as usize;
        self.separator()?;
        Some(value)
    }

    /// Sixteen digits (a time in microseconds) or more.
    #[inline(never)]
    fn long_u64(&mut self) -> Option<u64> {
        let rest = self.rest();
        let digits = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        if rest[0] == b'0' || digits > 20 {
            return None;
        }
        let head = long(digit_values(window(self.frame, self.at)), 16);
        let value = rest[16..digits].iter().try_fold(head, |value, digit| {
            value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        })?;
        self.at += digits;
        self.separator()?;
        Some(value)
    }

    /// What must follow a number; without it the digits may be the start of something else.
    #[inline]
    fn separator(&self) -> Option<()> {
        matches!(self.peek()?, b',' | b'}' | b']').then_some(())
    }
}

/// The number that the first `digits` (9 to 16) digit values make.
#[inline]
fn long(values: u128, digits: u32) -> u64 {
    let head = eight_digits(values as u64);
    let tail = eight_digits(((values >> 64) as u64) << (128 - 8 * digits));
    head * POW10[digits as usize - 8] + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, tail: &str) -> Option<u64> {
        let frame = format!("{text}{tail}");
        let mut scan = Cursor::new(frame.as_bytes());
        let value = scan.u64();
        if value.is_some() {
            assert_eq!(scan.rest(), tail.as_bytes());
        }
        value
    }

    #[test]
    fn reads_every_length() {
        for text in
            (1..=19).flat_map(|n| ["1234567890123456789", "9999999999999999999"].map(|t| &t[..n]))
        {
            for tail in [
                ",",
                "}",
                "]",
                ",\"and more text than a window\"",
                "}}",
                "]]}}",
            ] {
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
        for text in [
            "",
            "-1",
            "-0",
            "+1",
            "00",
            "01",
            "0123456789012345678",
            "x",
            "\"1\"",
            &long,
        ] {
            assert_eq!(read(text, ","), None, "{text}");
        }
        for text in [
            "18446744073709551616",
            "99999999999999999999",
            "100000000000000000000",
        ] {
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
