//! Integers: times and ids.

use crate::Cursor;
use crate::text::{digit_values, first, non_digits, number, sixteen_digits};

impl Cursor<'_> {
    /// A JSON integer without sign, and the `,`, `}` or `]` that must follow it (not consumed).
    /// Declines signs, leading zeros, fractions, exponents, and what does not fit.
    #[inline(always)]
    pub fn u64(&mut self) -> Option<u64> {
        let text = self.text();
        let digits = first(non_digits(text));
        let values = digit_values(text);
        if digits == 16 {
            return self.long_u64();
        }
        // 0 itself may start with a zero.
        if digits == 0 || (values as u8 == 0 && digits > 1) {
            return None;
        }
        self.skip(digits)?;
        self.separator()?;
        Some(number(values, digits))
    }

    /// Sixteen digits (a time in microseconds) or more.
    #[inline(never)]
    fn long_u64(&mut self) -> Option<u64> {
        let digits = self.rest.iter().position(|byte| !byte.is_ascii_digit())?;
        if self.rest[0] == b'0' || digits > 20 {
            return None;
        }
        let head = sixteen_digits(digit_values(self.text()));
        let value = self.rest[16..digits]
            .iter()
            .try_fold(head, |value, digit| {
                value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
            })?;
        self.skip(digits)?;
        self.separator()?;
        Some(value)
    }

    /// What must follow a number; without it the digits may be the start of something else.
    #[inline(always)]
    fn separator(&self) -> Option<()> {
        matches!(self.peek()?, b',' | b'}' | b']').then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::POW10;

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
