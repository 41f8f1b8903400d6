//! Decimals: prices and quantities, sent as strings.

use crate::Cursor;
use crate::text::{POW10, Text, eight_digits, first, non_digits, number, quotes, right_aligned};
use patchbay_model::parse_decimal;

impl Cursor<'_> {
    /// The content of a string whose opening quote was consumed, as a mantissa at `exp`; consumes
    /// the closing quote. Declines what [`parse_decimal`] refuses: nothing is ever rounded.
    #[inline(always)]
    pub fn decimal(&mut self, exp: i8) -> Option<i64> {
        let (mantissa, len) = match self.common_decimal(exp) {
            Some(read) => read,
            None => long(self.rest, exp)?,
        };
        self.skip(len + 1)?;
        Some(mantissa)
    }

    #[inline(always)]
    fn common_decimal(&self, exp: i8) -> Option<(i64, usize)> {
        #[cfg(target_arch = "x86_64")]
        if self.inlined {
            return crate::simd::decimal(self, exp);
        }
        self.text(|text| short(text, exp))
    }
}

/// Everything that [`short`] leaves: signs, long texts, odd exponents, and what is wrong.
#[cold]
#[inline(never)]
fn long(rest: &[u8], exp: i8) -> Option<(i64, usize)> {
    let len = rest.iter().position(|&byte| byte == b'"')?;
    Some((parse_decimal(&rest[..len], exp).ok()?, len))
}

/// Mantissa and length of at most fifteen bytes before a quote: `digits`, or `digits.digits` with
/// at most eight decimals. `None` decides nothing.
#[inline(always)]
fn short(text: &Text, exp: i8) -> Option<(i64, usize)> {
    let len = first(quotes(text));
    if len == 0 || len > 15 || !(-18..=0).contains(&exp) {
        return None;
    }
    let places = usize::from(exp.unsigned_abs());
    let marks = non_digits(text) & ((1 << len) - 1);
    if marks == 0 {
        return Some((scaled(number(text, len), 0, places)?, len));
    }
    let point = first(marks);
    let decimals = len - 1 - point;
    let only = marks & (marks - 1) == 0 && text[point] == b'.';
    if !only || point == 0 || !(1..=8).contains(&decimals) {
        return None;
    }
    let fraction = fit(right_aligned(text, point + 1, decimals), decimals, places)?;
    Some((scaled(number(text, point), fraction, places)?, len))
}

/// The value of right-aligned digits, of which `decimals` count, at `places`: zeros
/// come behind, and what is beyond the places must be zeros.
#[inline(always)]
fn fit(fraction: u64, decimals: usize, places: usize) -> Option<u64> {
    if decimals <= places {
        return Some(eight_digits(fraction) * POW10[places - decimals]);
    }
    let excess = 8 * (decimals - places) as u32;
    let kept = fraction.checked_shl(excess).unwrap_or(0);
    // Nothing but zeros may have been shifted out.
    let same = kept.checked_shr(excess).unwrap_or(0) == fraction;
    same.then(|| eight_digits(kept))
}

#[inline(always)]
fn scaled(whole: u64, fraction: u64, places: usize) -> Option<i64> {
    let mantissa = whole.checked_mul(POW10[places])?.checked_add(fraction)?;
    i64::try_from(mantissa).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::inlined;

    /// Every text, closed and followed by various tails, must read as `parse_decimal` does.
    fn agree(text: &str) {
        for tail in ["", ",", "\"", "],[\"61800.20\",\"0.001\"]]}}"] {
            let frame = format!("{text}\"{tail}");
            for exp in [-128, -30, -20, -19, -18, -16, -15, -9, -8, -5, -3, -2, -1, 0, 1, 2, 8, 127]
            {
                for mut scan in [Cursor::new(frame.as_bytes()), inlined(frame.as_bytes())] {
                    let value = scan.decimal(exp);
                    let expected = parse_decimal(text.as_bytes(), exp).ok();
                    assert_eq!(value, expected, "{text:?} at {exp}");
                    if value.is_some() {
                        assert_eq!(scan.rest(), tail.as_bytes());
                    }
                }
            }
        }
    }

    #[test]
    fn agrees_with_the_model_on_edges() {
        let fits = ["0", "00", "007", "0.0", "1", "61800.20", "0.00000001", "-0.5", "-0", "1200"];
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
        for range in ["9223372036854775807", "9223372036854775808", "-9223372036854775808"] {
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
                agree(&format!("{}.{:0<decimals$}", &digits[..whole], &digits[..decimals.min(2)]));
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
                assert_eq!(Cursor::new(&frame).decimal(-8), expected, "{byte:#x} at {place}");
                assert_eq!(inlined(&frame).decimal(-8), expected, "{byte:#x} at {place}");
            }
        }
        assert_eq!(Cursor::new(b"61800.20").decimal(-2), None, "never closed");
        assert_eq!(Cursor::new(b"").decimal(-2), None);
    }
}
