//! Times as recorders write them, to nanoseconds, exactly.

/// 2001-09-09. Before it, Unix seconds have fewer than ten digits, and nothing was recorded; a
/// smaller number at the start of a line is something else than a time.
const MIN_NS: i64 = 1_000_000_000 * 1_000_000_000;

/// Unix seconds as decimal text, `1617646620.849474`, to nanoseconds. `None` for anything else:
/// an exponent, a digit other than zero beyond the ninth decimal, a time before 2001.
pub(crate) fn seconds_to_ns(text: &[u8]) -> Option<i64> {
    let ns = patchbay_model::parse_decimal(text, -9).ok()?;
    (ns >= MIN_NS).then_some(ns)
}

/// A whole number that is Unix time in nanoseconds (19 digits) or microseconds (16 digits), to
/// nanoseconds.
pub(crate) fn digits_to_ns(text: &[u8]) -> Option<i64> {
    let exponent = match text.len() {
        19 => 0,
        16 => -3,
        _ => return None,
    };
    if !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let ns = patchbay_model::parse_decimal(text, exponent).ok()?;
    (ns >= MIN_NS).then_some(ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_exact() {
        let cases: [(&str, i64); 6] = [
            ("1617646620.849474", 1_617_646_620_849_474_000),
            ("1626916403.8469708", 1_626_916_403_846_970_800),
            ("1626916407.62674", 1_626_916_407_626_740_000),
            ("1617646620", 1_617_646_620_000_000_000),
            ("1617646620.0", 1_617_646_620_000_000_000),
            // Through a double this one would end in 680.
            ("1786310819.123456789", 1_786_310_819_123_456_789),
        ];
        for (text, ns) in cases {
            assert_eq!(seconds_to_ns(text.as_bytes()), Some(ns), "{text}");
        }
    }

    #[test]
    fn other_text_is_no_time() {
        for text in [
            "",
            "12",
            "999999999.9",
            "1.7e9",
            "-1617646620",
            "1617646620.",
            "NaN",
            "9999999999999",
            "1617646620.8494740001",
        ] {
            assert_eq!(seconds_to_ns(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn magnitude_decides_the_unit() {
        assert_eq!(digits_to_ns(b"1723161256172216566"), Some(1_723_161_256_172_216_566));
        assert_eq!(digits_to_ns(b"1680652800004107"), Some(1_680_652_800_004_107_000));
        for text in [
            "1680652800004",
            "0000000000000000",
            "0000000000000000001",
            "9999999999999999999",
            "168065280000410a",
        ] {
            assert_eq!(digits_to_ns(text.as_bytes()), None, "{text}");
        }
    }
}
