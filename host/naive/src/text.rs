//! Decimals as text.

/// Decimal places of a scaled number.
pub(crate) const PLACES: usize = 18;

/// A decimal as a number of [`PLACES`]; `None` if it is none, or has more places or digits.
pub(crate) fn scaled(text: &str) -> Option<i128> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let zeros = PLACES as i32 + exponent - fraction.len() as i32;
    let number: i128 = digits.parse().ok()?;
    let ten = 10_i128.checked_pow(zeros.unsigned_abs())?;
    let number = match zeros >= 0 {
        true => number.checked_mul(ten)?,
        false if number % ten == 0 => number / ten,
        false => return None,
    };
    Some(sign * number)
}

/// A scaled number as decimal text without zeros at the end.
pub(crate) fn unscaled(number: i128) -> String {
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = PLACES + 1);
    let (whole, fraction) = digits.split_at(digits.len() - PLACES);
    let sign = if number < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{fraction}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A decimal as text without exponent and without zeros at the end; `None` if it is none.
pub fn plain(text: &str) -> Option<String> {
    scaled(text).map(unscaled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_every_form() {
        for (text, expected) in [
            ("30240.00", Some("30240")),
            ("0.0795", Some("0.0795")),
            ("1e-05", Some("0.00001")),
            ("1.5E3", Some("1500")),
            ("-0.000212", Some("-0.000212")),
            ("100", Some("100")),
            ("0", Some("0")),
            ("", None),
            ("null", None),
            ("1.2.3", None),
            ("0.0000000000000000001", None),
        ] {
            assert_eq!(plain(text).as_deref(), expected, "{text}");
        }
    }
}
