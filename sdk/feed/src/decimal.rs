//! Bare JSON numbers, exactly.

use patchbay_model::{DecimalError, parse_decimal};

/// The mantissa of a JSON number at `exp`: as [`parse_decimal`], and with an exponent (`1.5e-5`),
/// as some venues print small prices.
///
/// # Errors
///
/// [`DecimalError`]: never a rounding.
pub fn parse_number(text: &[u8], exp: i8) -> Result<i64, DecimalError> {
    let Some(mark) = text.iter().position(|b| matches!(b, b'e' | b'E')) else {
        return parse_decimal(text, exp);
    };
    let power = str::from_utf8(&text[mark + 1..]).ok().and_then(|p| p.parse::<i8>().ok());
    let power = power.ok_or(DecimalError::Syntax)?;
    let exp = exp.checked_sub(power).ok_or(DecimalError::Range)?;
    parse_decimal(&text[..mark], exp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_exponents_and_loses_nothing() {
        assert_eq!(parse_number(b"42500.0", -1), Ok(425_000));
        assert_eq!(parse_number(b"1.5e-5", -6), Ok(15));
        assert_eq!(parse_number(b"1.5e-5", -5), Err(DecimalError::Inexact));
        assert_eq!(parse_number(b"1E+3", 0), Ok(1000));
        assert_eq!(parse_number(b"-2e0", -1), Ok(-20));
        assert_eq!(parse_number(b"0.0e-300", -1), Err(DecimalError::Syntax));
        for wrong in [&b"e5"[..], b"1e", b"1e1.5", b"", b"1ee1"] {
            assert!(parse_number(wrong, 0).is_err(), "{}", wrong.escape_ascii());
        }
    }
}
