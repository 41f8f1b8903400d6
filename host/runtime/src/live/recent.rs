//! Quantiles of the last minute.

use hdrhistogram::{Counter, Histogram};
use patchbay_control::Latency;
use patchbay_model::Nanos;

/// Parts of the minute; the oldest gives way to the next.
const SLICES: usize = 6;
/// Length of a part.
const SLICE: Nanos = 10_000_000_000;
/// Longest span that is told apart, ns; a longer one counts as this.
const LONGEST: u64 = 60_000_000_000;
/// Significant digits.
const DIGITS: u8 = 2;

/// Spans of time of the last 50 to 60 s.
#[derive(Debug)]
pub(crate) struct Recent {
    slices: [Histogram<u32>; SLICES],
    /// Which part of time each slice holds.
    numbers: [i64; SLICES],
}

/// All spans since the start.
#[derive(Debug)]
pub(crate) struct Total(Histogram<u64>);

fn histogram<T: Counter>() -> Histogram<T> {
    Histogram::new_with_max(LONGEST, DIGITS).expect("the bounds are in range")
}

impl Recent {
    pub(crate) fn new() -> Self {
        Self { slices: std::array::from_fn(|_| histogram()), numbers: [i64::MIN; SLICES] }
    }

    /// Takes a span that ended at `at`.
    pub(crate) fn record(&mut self, at: Nanos, span: Nanos) {
        let number = at.div_euclid(SLICE);
        let place = number.rem_euclid(SLICES as i64) as usize;
        if self.numbers[place] != number {
            self.numbers[place] = number;
            self.slices[place].reset();
        }
        self.slices[place].saturating_record(span.max(0).unsigned_abs());
    }

    pub(crate) fn latency(&self, now: Nanos) -> Latency {
        let newest = now.div_euclid(SLICE);
        let mut sum = histogram::<u32>();
        for (slice, number) in self.slices.iter().zip(self.numbers) {
            if newest.saturating_sub(number) < SLICES as i64 && !slice.is_empty() {
                sum.add(slice).expect("they have the same bounds");
            }
        }
        latency(&sum)
    }
}

impl Total {
    pub(crate) fn new() -> Self {
        Self(histogram())
    }

    pub(crate) fn record(&mut self, span: Nanos) {
        self.0.saturating_record(span.max(0).unsigned_abs());
    }

    pub(crate) fn latency(&self) -> Latency {
        latency(&self.0)
    }
}

fn latency<T: Counter>(of: &Histogram<T>) -> Latency {
    let at = |share| of.value_at_quantile(share);
    Latency {
        count: of.len(),
        p50_ns: at(0.5),
        p99_ns: at(0.99),
        p999_ns: at(0.999),
        max_ns: of.max(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Nanos = 1_000_000_000;

    #[test]
    fn what_is_older_than_a_minute_is_forgotten() {
        let mut recent = Recent::new();
        for second in 0..100 {
            recent.record(second * SECOND, (second + 1) * 1_000);
        }
        let latency = recent.latency(99 * SECOND);
        assert_eq!(latency.count, 60);
        // Spans of 41 to 100 µs, to 1 %.
        assert!((69_000..=72_000).contains(&latency.p50_ns), "{latency:?}");
        assert!((100_000..=101_000).contains(&latency.max_ns), "{latency:?}");
        assert_eq!(recent.latency(120 * SECOND).count, 30);
        assert_eq!(recent.latency(1_000 * SECOND), Latency::default());
    }

    #[test]
    fn a_span_beyond_the_bound_counts_as_the_bound() {
        let mut total = Total::new();
        total.record(-5);
        total.record(Nanos::MAX);
        let latency = total.latency();
        assert_eq!(latency.count, 2);
        assert!((LONGEST..=LONGEST * 101 / 100).contains(&latency.max_ns), "{latency:?}");
    }
}
