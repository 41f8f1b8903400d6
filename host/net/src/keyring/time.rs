//! Wall time as venues want it.

use patchbay_abi::{ENCODE_ISO8601, ENCODE_MICROS, ENCODE_MILLIS, ENCODE_SECONDS};
use patchbay_model::{Nanos, iso8601};

/// `wall` by `ENCODE_*`, or `None` for an encoding that is not for times.
pub(super) fn encode(wall: Nanos, encoding: u32) -> Option<String> {
    Some(match encoding {
        ENCODE_SECONDS => wall.div_euclid(1_000_000_000).to_string(),
        ENCODE_MILLIS => wall.div_euclid(1_000_000).to_string(),
        ENCODE_MICROS => wall.div_euclid(1000).to_string(),
        ENCODE_ISO8601 => iso8601(wall),
        _ => return None,
    })
}

/// `wall` and so many seconds.
pub(super) fn later(wall: Nanos, seconds: usize) -> Nanos {
    let more = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000_000);
    wall.saturating_add(more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_added_and_never_wrap() {
        assert_eq!(encode(later(5_000_000_000, 120), ENCODE_SECONDS).unwrap(), "125");
        assert_eq!(later(1, usize::MAX), i64::MAX);
    }

    #[test]
    fn all_encodings() {
        let wall = 1_607_418_537_715_999_999;
        let text = |encoding| encode(wall, encoding).unwrap();
        assert_eq!(text(ENCODE_ISO8601), "2020-12-08T09:08:57.715Z");
        assert_eq!(text(ENCODE_MILLIS), "1607418537715");
        assert_eq!(text(ENCODE_SECONDS), "1607418537");
        assert_eq!(text(ENCODE_MICROS), "1607418537715999");
        assert_eq!(encode(wall, 0), None);
    }
}
