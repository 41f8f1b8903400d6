//! `Retry-After` (RFC 9110, section 10.2.3).

use patchbay_model::Nanos;

const SECOND: Nanos = 1_000_000_000;

/// Longest wait that is believed: a week. Venues ban for up to three days.
const LONGEST: Nanos = 7 * 86_400 * SECOND;

/// How long a venue wants nothing, from the time its answer came at. A date is counted from the
/// answer's own `Date`, so that the venue's clock decides, or else from `wall`.
pub(crate) fn read(retry_after: &str, date: Option<&str>, wall: Nanos) -> Option<Nanos> {
    let text = retry_after.trim();
    let wait = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse::<i64>().unwrap_or(i64::MAX).saturating_mul(SECOND)
    } else {
        let until = http_date(text)?;
        until - date.and_then(http_date).unwrap_or(wall)
    };
    Some(wait.clamp(0, LONGEST))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Nanos> {
    let mut words = text.split_ascii_whitespace().skip(1);
    let day: i64 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = months.find(month).filter(|at| at % 3 == 0 && month.len() == 3)? as i64 / 3 + 1;
    let year: i64 = words.next()?.parse().ok()?;
    let mut clock = words.next()?.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let valid = (1970..=9999).contains(&year)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    if !valid || words.next() != Some("GMT") {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(seconds * SECOND)
}

/// Days since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates() {
        assert_eq!(read("120", None, 0), Some(120 * SECOND));
        assert_eq!(read(" 0 ", None, 0), Some(0));
        assert_eq!(read("99999999999999999999", None, 0), Some(LONGEST));
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(http_date(date), Some(784_111_777 * SECOND));
        assert_eq!(read("Sun, 06 Nov 1994 08:50:37 GMT", Some(date), 0), Some(60 * SECOND));
        assert_eq!(read(date, None, 784_111_770 * SECOND), Some(7 * SECOND));
        assert_eq!(read(date, None, 784_111_999 * SECOND), Some(0));
    }

    #[test]
    fn nonsense_is_nothing() {
        for text in ["", "-1", "soon", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8 GMT"] {
            assert_eq!(read(text, None, 0), None, "{text}");
        }
    }
}
