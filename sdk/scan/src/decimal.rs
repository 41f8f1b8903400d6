//! Decimals: prices and quantities, sent as strings.

use crate::Cursor;
use crate::swar::{
    POW10, bytes_before, digit_values, first_match, non_digits, sixteen_digits, window,
};
use patchbay_model::parse_decimal;

/// `.` among [`digit_values`].
const POINT: u8 = b'.' ^ b'0';

impl Cursor<'_> {
    /// The content of a string whose opening quote was consumed, as a mantissa at `exp`; consumes
    /// the closing quote. Declines what [`parse_decimal`] refuses: nothing is ever rounded.
    #[inline]
    pub fn decimal(&mut self, exp: i8) -> Option<i64> {
        let Some((mantissa, len)) = short(window(self.frame, self.at), exp) else {
            return self.long_decimal(exp);
        };
        self.at += len + 1;
        Some(mantissa)
    }

    /// Everything that [`short`] leaves: signs, long texts, odd exponents, and what is wrong.
    #[cold]
    #[inline(never)]
    fn long_decimal(&mut self, exp: i8) -> Option<i64> {
        let rest = self.rest();
        let len = rest.iter().position(|&byte| byte == b'"')?;
        let mantissa = parse_decimal(&rest[..len], exp).ok()?;
        self.at += len + 1;
        Some(mantissa)
    }
}

/// Mantissa and length of a text of at most fifteen bytes, `digits` or `digits.digits`, that starts
/// `text` and is closed by a quote. `None` decides nothing.
#[inline]
fn short(text: u128, exp: i8) -> Option<(i64, usize)> {
    let places = u32::from(exp.checked_neg()?.cast_unsigned());
    let quote = first_match(text, b'"');
    if quote == 0 || quote.trailing_zeros() == 7 || places > 18 {
        return None;
    }
    let len = bytes_before(quote);
    // Right-aligned: what lies behind the quote is shifted out, and zeros come in before.
    let values = digit_values(text) << (128 - 8 * len);
    let marks = non_digits(values);
    let (values, scale) = if marks == 0 {
        (values, places)
    } else {
        let point = bytes_before(marks);
        let decimals = 15 - point;
        let only = marks & (marks - 1) == 0 && (values >> (8 * point)) as u8 == POINT;
        if !only || decimals == 0 || point == 16 - len {
            return None;
        }
        fit(without(values, point), decimals, places)?
    };
    let mantissa = sixteen_digits(values).checked_mul(POW10[scale as usize])?;
    Some((i64::try_from(mantissa).ok()?, len as usize))
}

/// `values` with the byte at `point` taken out and what is before it moved up.
#[inline]
const fn without(values: u128, point: u32) -> u128 {
    let below = (1 << (8 * point)) - 1;
    let from = !below << 8;
    ((values & below) << 8) | (values & from)
}

/// Drops decimals beyond `places`, which must be zeros; else says how many places are missing.
#[inline]
const fn fit(values: u128, decimals: u32, places: u32) -> Option<(u128, u32)> {
    if decimals <= places {
        return Some((values, places - decimals));
    }
    let excess = 8 * (decimals - places);
    if values >> (128 - excess) != 0 {
        return None;
    }
    Some((values << excess, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text, closed and followed by various tails, must read as `parse_decimal` does.
    fn agree(text: &str) {
        for tail in ["", ",", "\"", "],[\"61800.20\",\"0.001\"]]}}"] {
            let frame = format!("{text}\"{tail}");
            for exp in [
                -128, -30, -20, -19, -18, -16, -15, -9, -8, -5, -3, -2, -1, 0, 1, 2, 8, 127,
            ] {
                let mut scan = Cursor::new(frame.as_bytes());
                let value = scan.decimal(exp);
                assert_eq!(
                    value,
                    parse_decimal(text.as_bytes(), exp).ok(),
                    "{text:?} at {exp}"
                );
                if value.is_some() {
                    assert_eq!(scan.rest(), tail.as_bytes());
                }
            }
        }
    }

    #[test]
    fn agrees_with_the_model_on_edges() {
        let fits = [
            "0",
            "00",
            "007",
            "0.0",
            "1",
            "61800.20",
            "0.00000001",
            "-0.5",
            "-0",
            "1200",
        ];
        let wrong = [
            "",
            "-",
            ".",
            "..",
            "1.",
            ".5",
            "+1",
            "1e3",
            "1E3",
            "1.2.3",
            " 1",
            "1 ",
            "NaN",
            "--1",
            "-.5",
            "0x1",
            "1,5",
            "1/2",
            "1:2",
            "12345678.",
            ".12345678",
            "1..2",
            "\\u0031",
            "１",
            "1\u{0}",
            "Infinity",
            "-1.",
            "1-",
            "1.-5",
        ];
        fits.into_iter().chain(wrong).for_each(agree);
        for range in [
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
        ] {
            for places in 0..range.len() {
                let (whole, fraction) = range.split_at(range.len() - places);
                agree(&format!("{whole}.{fraction}"));
                agree(&format!("{whole}.{fraction}000"));
            }
        }
    }

    #[test]
    fn agrees_with_the_model_on_every_shape() {
        let digits = "9081726354019283746500";
        for whole in 0..=digits.len() {
            agree(&digits[..whole]);
            for decimals in 0..=digits.len() {
                agree(&format!("{}.{}", &digits[..whole], &digits[..decimals]));
                agree(&format!(
                    "{}.{:0<decimals$}",
                    &digits[..whole],
                    &digits[..decimals.min(2)]
                ));
                agree(&format!("{:0<whole$}.{:0>decimals$}", "", "1"));
            }
        }
    }

    #[test]
    fn declines_every_foreign_byte_at_every_place() {
        for byte in (0..=u8::MAX).filter(|&byte| byte != b'"') {
            for place in 0..8 {
                let mut text = *b"61800.20";
                text[place] = byte;
                let mut frame = text.to_vec();
                frame.extend(br#"","2.507"]"#);
                let expected = parse_decimal(&text, -8).ok();
                assert_eq!(
                    Cursor::new(&frame).decimal(-8),
                    expected,
                    "{byte:#x} at {place}"
                );
            }
        }
        assert_eq!(Cursor::new(b"61800.20").decimal(-2), None, "never closed");
        assert_eq!(Cursor::new(b"").decimal(-2), None);
    }
}
