//! Times as text.

use crate::Nanos;

/// ISO 8601 in UTC with milliseconds: `2020-12-08T09:08:57.715Z`. Digits beyond are cut.
pub fn iso8601(wall: Nanos) -> String {
    let (millis, days) = (wall.div_euclid(1_000_000), wall.div_euclid(86_400_000_000_000));
    let of_day = millis.rem_euclid(86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1000 % 60, of_day % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// The time that ISO 8601 in UTC says, with up to nine digits of a fraction:
/// `2026-08-09T21:05:48.228568804Z`. `None` if it says none, or one that no [`Nanos`] holds.
pub fn parse_iso8601(text: &[u8]) -> Option<Nanos> {
    let (whole, rest) = text.split_at_checked(19)?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    separators.iter().all(|&(at, byte)| whole[at] == byte).then_some(())?;
    let part = |from: usize, to: usize| digits(&whole[from..to]);
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    let days = days(year, month, day);
    let valid = civil(days) == (year, month, day) && hour < 24 && minute < 60 && second < 60;
    let fraction = match rest {
        b"Z" => 0,
        [b'.', fraction @ .., b'Z'] if (1..=9).contains(&fraction.len()) => {
            digits(fraction)? * 10_i64.pow(9 - fraction.len() as u32)
        }
        _ => return None,
    };
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
    seconds.checked_mul(1_000_000_000)?.checked_add(fraction).filter(|_| valid)
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
    })
}

/// Days since 1970-01-01: [`civil`] backwards.
pub(crate) const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of days since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date
/// algorithms").
pub(crate) const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_all_kinds() {
        let second = 1_000_000_000;
        assert_eq!(iso8601(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso8601(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(iso8601(951_782_400 * second), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso8601(1_607_418_537_715_999_999), "2020-12-08T09:08:57.715Z");
    }

    #[test]
    fn times_are_read_to_the_nanosecond() {
        let parse = |text: &str| parse_iso8601(text.as_bytes());
        assert_eq!(parse("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse("1969-12-31T23:59:59.999Z"), Some(-1_000_000));
        assert_eq!(parse("2000-02-29T00:00:00.5Z"), Some(951_782_400_500_000_000));
        assert_eq!(parse("2020-12-08T09:08:57.715999999Z"), Some(1_607_418_537_715_999_999));
        for day in 0..60_000 {
            let wall = day * 86_400_000_000_000 + 1_000_000;
            assert_eq!(parse(&iso8601(wall)), Some(wall));
        }
        for wrong in [
            "",
            "2020-12-08T09:08:57",
            "2020-12-08 09:08:57Z",
            "2021-02-29T00:00:00Z",
            "2020-13-01T00:00:00Z",
            "2020-12-08T24:00:00Z",
            "2020-12-08T09:08:57.Z",
            "2020-12-08T09:08:57.1234567890Z",
            "2020-12-08T09:08:57.+15Z",
            "2300-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
