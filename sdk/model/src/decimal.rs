//! Decimal text and mantissas, without loss in either direction.

use std::fmt;

/// Why a decimal text has no mantissa at an exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// Not `-?digits(.digits)?`.
    #[error("not a decimal number")]
    Syntax,
    /// A digit other than zero lies beyond the exponent.
    #[error("more decimals than the exponent holds")]
    Inexact,
    /// Does not fit `i64` at this exponent.
    #[error("too large for 64 bits at this exponent")]
    Range,
}

/// Parses `text` to a mantissa at `exp`: `"61800.20"` at -2 is 6180020. Zeros beyond the exponent
/// are no digits lost; exponent notation and a leading `+` or `.` are not decimal text.
///
/// # Errors
///
/// [`DecimalError`]: never a rounding.
pub fn parse_decimal(text: &[u8], exp: i8) -> Result<i64, DecimalError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let point = digits.iter().position(|&b| b == b'.');
    let (whole, fraction) = match point {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, &digits[digits.len()..]),
    };
    if whole.is_empty() || (point.is_some() && fraction.is_empty()) {
        return Err(DecimalError::Syntax);
    }
    if !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return Err(DecimalError::Syntax);
    }
    let places = -i32::from(exp);
    let mut mantissa: i64 = 0;
    let push =
        |mantissa: i64, digit: u8| mantissa.checked_mul(10)?.checked_add(i64::from(digit - b'0'));
    // With a positive exponent the last digits of the whole part must be zeros, too.
    let kept = (whole.len() as i32 + places.min(0)).max(0) as usize;
    for &digit in &whole[..kept] {
        mantissa = push(mantissa, digit).ok_or(DecimalError::Range)?;
    }
    if whole[kept..].iter().any(|&d| d != b'0') {
        return Err(DecimalError::Inexact);
    }
    let kept = fraction.len().min(places.max(0) as usize);
    for &digit in &fraction[..kept] {
        mantissa = push(mantissa, digit).ok_or(DecimalError::Range)?;
    }
    if fraction[kept..].iter().any(|&d| d != b'0') {
        return Err(DecimalError::Inexact);
    }
    for _ in kept..places.max(0) as usize {
        if mantissa == 0 {
            break;
        }
        mantissa = mantissa.checked_mul(10).ok_or(DecimalError::Range)?;
    }
    Ok(if negative { -mantissa } else { mantissa })
}

/// `mantissa` at `exp` with all its places: 6180020 at -2 is `61800.20`.
pub fn format_decimal(mantissa: i64, exp: i8) -> String {
    Decimal { mantissa, exp }.to_string()
}

/// The same value without trailing zeros: `61800.2`; `0` for zero.
pub fn trimmed(mantissa: i64, exp: i8) -> String {
    let mut text = format_decimal(mantissa, exp);
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    text
}

/// A mantissa with its exponent; displays with all its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// Digits.
    pub mantissa: i64,
    /// Power of ten.
    pub exp: i8,
}

impl Decimal {
    /// Orders by value; exact for any two exponents (compares at the finer one in `i128`).
    pub fn compare(self, other: Self) -> std::cmp::Ordering {
        let fine = self.exp.min(other.exp);
        match (self.widened(fine), other.widened(fine)) {
            (Some(a), Some(b)) => a.cmp(&b),
            // Only a non-zero value can overflow, and then it is larger in magnitude.
            (None, _) => self.mantissa.cmp(&0),
            (_, None) => 0.cmp(&other.mantissa),
        }
    }

    fn widened(self, exp: i8) -> Option<i128> {
        if self.mantissa == 0 {
            return Some(0);
        }
        let power = u32::try_from(i32::from(self.exp) - i32::from(exp)).ok()?;
        10i128.checked_pow(power)?.checked_mul(i128::from(self.mantissa))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs();
        if self.exp >= 0 {
            let zeros = if digits == 0 { 0 } else { self.exp as usize };
            return write!(f, "{sign}{digits}{:0<zeros$}", "");
        }
        let places = usize::from(self.exp.unsigned_abs());
        let text = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = text.split_at(text.len() - places);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    #[test]
    fn keeps_every_digit_or_says_why_not() {
        assert_eq!(parse_decimal(b"61800.20", -2), Ok(6_180_020));
        assert_eq!(parse_decimal(b"61800.20", -1), Ok(618_002));
        assert_eq!(parse_decimal(b"61800.25", -1), Err(DecimalError::Inexact));
        assert_eq!(parse_decimal(b"0.00000001", -8), Ok(1));
        assert_eq!(parse_decimal(b"-0.5", -8), Ok(-50_000_000));
        assert_eq!(parse_decimal(b"1200", 2), Ok(12));
        assert_eq!(parse_decimal(b"1250", 2), Err(DecimalError::Inexact));
        assert_eq!(parse_decimal(b"5", 2), Err(DecimalError::Inexact));
        assert_eq!(parse_decimal(b"0", 2), Ok(0));
        assert_eq!(parse_decimal(b"9223372036854775807", 0), Ok(i64::MAX));
        assert_eq!(parse_decimal(b"9223372036854775808", 0), Err(DecimalError::Range));
        assert_eq!(parse_decimal(b"92233720368547758.08", -2), Err(DecimalError::Range));
        assert_eq!(parse_decimal(b"0", -100), Ok(0));
        for bad in ["", "-", ".", "1.", ".5", "+1", "1e3", "1.2.3", " 1", "1 ", "NaN", "--1"] {
            assert_eq!(parse_decimal(bad.as_bytes(), -8), Err(DecimalError::Syntax), "{bad:?}");
        }
    }

    #[test]
    fn prints_what_it_read() {
        for (text, exp) in [("61800.20", -2), ("0.00000001", -8), ("-0.50", -2), ("12", 0)] {
            assert_eq!(format_decimal(parse_decimal(text.as_bytes(), exp).unwrap(), exp), text);
        }
        assert_eq!(format_decimal(12, 2), "1200");
        assert_eq!(trimmed(6_180_020, -2), "61800.2");
        assert_eq!(trimmed(6_180_000, -2), "61800");
        assert_eq!(trimmed(0, -8), "0");
        assert_eq!(trimmed(1200, 0), "1200");
        assert_eq!(format_decimal(i64::MIN, -18), "-9.223372036854775808");
    }

    #[test]
    fn compares_across_exponents_exactly() {
        let d = |mantissa, exp| Decimal { mantissa, exp };
        assert_eq!(d(1, 0).compare(d(100, -2)), Ordering::Equal);
        assert_eq!(d(1, 0).compare(d(101, -2)), Ordering::Less);
        assert_eq!(d(i64::MAX, 100).compare(d(i64::MAX, -8)), Ordering::Greater);
        assert_eq!(d(-1, 100).compare(d(i64::MIN, -8)), Ordering::Less);
        assert_eq!(d(i64::MIN, -8).compare(d(-1, 100)), Ordering::Greater);
        assert_eq!(d(0, 100).compare(d(0, -100)), Ordering::Equal);
    }
}
