//! Bare JSON numbers, exactly.

use patchbay_model::{DecimalError, format_decimal, parse_decimal};
use patchbay_plugin::Error;

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

/// An integer of digits alone.
pub(crate) fn parse_digits(text: &[u8]) -> Option<u64> {
    let digit = |number: u64, byte: &u8| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    };
    (!text.is_empty()).then(|| text.iter().try_fold(0, digit))?
}

/// A JSON number as decimal text without exponent or zeros at the end of a fraction; `None` if it
/// is no number, or finer than 1e-18.
pub fn plain_number(text: &str) -> Option<String> {
    (0..=18).find_map(|places: i8| {
        let mantissa = parse_number(text.as_bytes(), -places).ok()?;
        Some(format_decimal(mantissa, -places))
    })
}

/// A figure as printed, cut after its 18th digit if it has a point by then.
pub(crate) fn parse_figure(text: &[u8]) -> Result<(i64, i8), Error> {
    let point = text.iter().position(|b| *b == b'.').unwrap_or(text.len());
    let kept = &text[..text.len().min(if point < 18 { 19 } else { text.len() })];
    let exp = -(kept.len().saturating_sub(point + 1) as i8);
    match parse_decimal(kept, exp) {
        Ok(mantissa) => Ok((mantissa, exp)),
        Err(e) => Err(Error::new(format!("{:?}: {e}", String::from_utf8_lossy(text)))),
    }
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
        for (text, expected) in [("5.0e-4", "0.0005"), ("1.0e6", "1000000"), ("0.5", "0.5")] {
            assert_eq!(plain_number(text).as_deref(), Some(expected));
        }
        assert_eq!(plain_number("1e-19"), None);
        for wrong in [&b"e5"[..], b"1e", b"1e1.5", b"", b"1ee1"] {
            assert!(parse_number(wrong, 0).is_err(), "{}", wrong.escape_ascii());
        }
    }

    #[test]
    fn figures_keep_what_fits() {
        let figure = |text: &str| parse_figure(text.as_bytes()).ok();
        assert_eq!(figure("2216113.01000000309"), Some((221_611_301_000_000_309, -11)));
        assert_eq!(figure("1939251795.54769270396321"), Some((193_925_179_554_769_270, -8)));
        assert_eq!(figure("-0.0001875391284828"), Some((-1_875_391_284_828, -16)));
        assert_eq!((figure("84660.10"), figure("7")), (Some((8_466_010, -2)), Some((7, 0))));
        assert_eq!(
            (figure(""), figure("1.2.3"), figure("99999999999999999999")),
            (None, None, None)
        );
    }

    #[test]
    fn digits_are_digits_alone() {
        assert_eq!(parse_digits(b"18446744073709551615"), Some(u64::MAX));
        for wrong in [&b""[..], b"+1", b"-1", b"1.0", b"18446744073709551616"] {
            assert_eq!(parse_digits(wrong), None, "{}", wrong.escape_ascii());
        }
    }
}
