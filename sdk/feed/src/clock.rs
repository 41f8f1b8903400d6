//! Times of day without a date.

use patchbay_model::Nanos;

const SECOND: Nanos = 1_000_000_000;
const DAY: Nanos = 86_400 * SECOND;

/// A time of day `HHMMSS` in a zone `east` ns east of UTC, whatever follows it, on that day which
/// brings it nearest to `now`: shortly after midnight a time shortly before it is of the day before.
/// Unix time, ns; `None` if it is no time of day.
#[inline]
pub fn time_of_day(text: &[u8], east: Nanos, now: Nanos) -> Option<Nanos> {
    let two = |place: usize| match text.get(place..place + 2)? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(Nanos::from(tens - b'0') * 10 + Nanos::from(ones - b'0'))
        }
        _ => None,
    };
    let (hours, minutes, seconds) = (two(0)?, two(2)?, two(4)?);
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let time = (hours * 3_600 + minutes * 60 + seconds) * SECOND - east;
    // From half a day before now to half a day after it.
    let earliest = now.checked_sub(DAY / 2)?;
    earliest.checked_add((time - earliest).rem_euclid(DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of Korea, and of New York in winter.
    const ZONES: [Nanos; 2] = [9 * 3_600 * SECOND, -5 * 3_600 * SECOND];
    /// 2025-11-26 00:00 in Korea.
    const MIDNIGHT: Nanos = 1_764_082_800 * SECOND;

    #[test]
    fn the_day_is_the_nearest() {
        let at = |text: &str, now| time_of_day(text.as_bytes(), ZONES[0], now).unwrap();
        for (text, now, expected) in [
            ("101125", MIDNIGHT + 36_686 * SECOND, MIDNIGHT + 36_685 * SECOND),
            ("235959", MIDNIGHT + SECOND / 2, MIDNIGHT - SECOND),
            ("000000", MIDNIGHT - SECOND / 2, MIDNIGHT),
            ("000000", MIDNIGHT + SECOND, MIDNIGHT),
            ("10061477", MIDNIGHT + 36_374 * SECOND, MIDNIGHT + 36_374 * SECOND),
        ] {
            assert_eq!(at(text, now), expected, "{text}");
        }
        // 2025-11-25 19:30 in New York is 2025-11-26 00:30 UTC.
        let now = 1_764_117_000 * SECOND;
        assert_eq!(time_of_day(b"193000", ZONES[1], now), Some(now));
    }

    #[test]
    fn what_is_no_time_of_day_is_none() {
        for wrong in ["", "12", "12345", "240000", "126000", "120060", "K0257", "K02570", "-10000"]
        {
            assert_eq!(time_of_day(wrong.as_bytes(), ZONES[0], MIDNIGHT), None, "{wrong}");
        }
        assert_eq!(time_of_day(b"120000", ZONES[0], Nanos::MIN), None);
    }
}
