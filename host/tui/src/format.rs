//! Numbers as people read them, and none of them rounded up into something that it is not.

use patchbay_model::format_decimal;

/// With its thousands grouped: `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes with three digits: `1.23 MiB`.
pub(crate) fn bytes(number: u64) -> String {
    let units = [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(unit, _)| number >= *unit) {
        Some((unit, name)) => format!("{} {name}", three(number, unit)),
        None => format!("{number} B"),
    }
}

/// A span of nanoseconds: `834 ns`, `12.3 µs`, `4.56 s`, `12m03s`, `3h12m`, `5d04h`; `-` if there
/// is none (it is negative).
pub(crate) fn span(ns: i64) -> String {
    const SECOND: u64 = 1_000_000_000;
    let Ok(ns) = u64::try_from(ns) else { return "-".to_owned() };
    let seconds = ns / SECOND;
    match seconds {
        0 if ns < 1_000 => format!("{ns} ns"),
        0 if ns < 1_000_000 => format!("{} µs", three(ns, 1_000)),
        0 => format!("{} ms", three(ns, 1_000_000)),
        1..60 => format!("{} s", three(ns, SECOND)),
        60..3_600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// The same for an unsigned count of nanoseconds.
pub(crate) fn span_u(ns: u64) -> String {
    span(i64::try_from(ns).unwrap_or(i64::MAX))
}

/// How long before `now_ns` something was; `-` if it never was.
pub(crate) fn ago(at_ns: i64, now_ns: i64) -> String {
    if at_ns == 0 { "-".to_owned() } else { span(now_ns.saturating_sub(at_ns).max(0)) }
}

/// `number` in `unit`s, with three digits, the rest dropped.
fn three(number: u64, unit: u64) -> String {
    let whole = number / unit;
    let hundredths = u128::from(number % unit) * 100 / u128::from(unit);
    match whole {
        0..10 => format!("{whole}.{hundredths:02}"),
        10..100 => format!("{whole}.{}", hundredths / 10),
        _ => whole.to_string(),
    }
}

/// Time of day in UTC, with milliseconds if asked for.
pub(crate) fn time_of_day(at_ns: i64, millis: bool) -> String {
    let ms = at_ns.div_euclid(1_000_000).rem_euclid(86_400_000);
    let (h, m, s) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    if millis {
        format!("{h:02}:{m:02}:{s:02}.{:03}", ms % 1_000)
    } else {
        format!("{h:02}:{m:02}:{s:02}")
    }
}

/// Decimal numbers that stand in one column: exact, all with the same places, and no more of them
/// than one of the numbers needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    exp: i8,
    /// Digits that are zero in all of them.
    spare: u32,
}

impl Places {
    pub(crate) fn of(mantissas: impl Iterator<Item = i64> + Clone, exp: i8) -> Self {
        let decimals = u32::from(exp.min(0).unsigned_abs());
        let zeros = |spare: u32| {
            10_i64.checked_pow(spare).is_some_and(|unit| mantissas.clone().all(|m| m % unit == 0))
        };
        let spare = (1..=decimals).take_while(|spare| zeros(*spare)).last().unwrap_or(0);
        Self { exp, spare }
    }

    pub(crate) fn text(self, mantissa: i64) -> String {
        let unit = 10_i64.checked_pow(self.spare).unwrap_or(1);
        let exp = i16::from(self.exp) + i16::try_from(self.spare).unwrap_or(0);
        format_decimal(mantissa / unit, i8::try_from(exp).unwrap_or(self.exp))
    }
}

/// The distance from bid to ask in hundredths of a percent of their middle, cut to two places;
/// empty where there is no middle.
pub(crate) fn basis_points(bid: i64, ask: i64) -> String {
    let (bid, ask) = (i128::from(bid), i128::from(ask));
    let sum = bid + ask;
    if sum <= 0 {
        return String::new();
    }
    let hundredths = (ask - bid) * 2_000_000 / sum;
    let sign = if hundredths < 0 { "-" } else { "" };
    let hundredths = hundredths.abs();
    format!("{sign}{}.{:02} bp", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sizes() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        let sizes = [0, 1023, 1024, 12_900, 5_368_709_120, u64::MAX];
        let texts = ["0 B", "1023 B", "1.00 KiB", "12.5 KiB", "5.00 GiB", "16777215 TiB"];
        assert_eq!(sizes.map(bytes), texts);
    }

    #[test]
    fn spans() {
        let cases = [
            (-1, "-"),
            (0, "0 ns"),
            (999, "999 ns"),
            (12_345, "12.3 µs"),
            (999_999, "999 µs"),
            (1_239_999, "1.23 ms"),
            (59_999_999_999, "59.9 s"),
            (60_000_000_000, "1m00s"),
            (11_523_000_000_000, "3h12m"),
            (446_400_000_000_000, "5d04h"),
        ];
        for (ns, text) in cases {
            assert_eq!(span(ns), text);
        }
        assert_eq!(ago(0, 5), "-");
        assert_eq!(ago(9, 5), "0 ns");
    }

    #[test]
    fn the_day_begins_at_midnight() {
        assert_eq!(time_of_day(0, false), "00:00:00");
        assert_eq!(time_of_day(86_399_999_000_000, true), "23:59:59.999");
        assert_eq!(time_of_day(-1, false), "23:59:59");
    }

    #[test]
    fn columns_have_the_places_that_they_need() {
        let column = [6_180_020_000, 6_180_100_000, 0];
        let places = Places::of(column.into_iter(), -5);
        assert_eq!(column.map(|m| places.text(m)), ["61800.2", "61801.0", "0.0"]);
        let whole = Places::of([500, 1000].into_iter(), -2);
        assert_eq!(whole.text(500), "5");
        let large = Places::of([7].into_iter(), 3);
        assert_eq!(large.text(7), "7000");
        let extreme = Places::of([i64::MIN, i64::MAX].into_iter(), -18);
        assert_eq!(extreme.text(i64::MIN), "-9.223372036854775808");
        assert_eq!(Places::of([0].into_iter(), i8::MIN).text(0).trim_matches('0'), ".");
    }

    #[test]
    fn the_spread_is_of_the_middle() {
        assert_eq!(basis_points(9_999, 10_001), "2.00 bp");
        assert_eq!(basis_points(10_001, 9_999), "-2.00 bp");
        assert_eq!(basis_points(0, 0), "");
        assert_eq!(basis_points(i64::MAX, i64::MAX), "0.00 bp");
    }
}
