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

/// Year, month and day of days since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date
/// algorithms").
const fn civil(days: i64) -> (i64, i64, i64) {
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
}
