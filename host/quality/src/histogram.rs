//! Quantiles of a stream of counts in constant time and memory.
//!
//! Buckets whose width is a fixed share of their value, as in DDSketch (Masson, Rim, Lee: "DDSketch:
//! A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", PVLDB 12, 2019,
//! section 2), cut out of the bits of an integer so that no logarithm is taken. What is old counts
//! less and less: all buckets are halved whenever so many values have come.

/// Buckets.
const BUCKETS: usize = 128;

/// Values after which all buckets are halved: quantiles are of the last two thousand or so.
const HALVED_AT: u32 = 2048;

/// Counts of values, `2^SUB` buckets an octave. A value below `2^SUB` has a bucket of its own.
#[derive(Clone, Debug)]
pub(crate) struct Histogram<const SUB: u32> {
    counts: [u16; BUCKETS],
    total: u32,
}

impl<const SUB: u32> Histogram<SUB> {
    pub(crate) const fn new() -> Self {
        Self { counts: [0; BUCKETS], total: 0 }
    }

    /// Counts a value; one beyond the last bucket counts in it.
    #[inline]
    pub(crate) fn add(&mut self, value: u64) {
        let at = bucket::<SUB>(value).min(BUCKETS - 1);
        self.counts[at] += 1;
        self.total += 1;
        if self.total >= HALVED_AT {
            self.halve();
        }
    }

    #[cold]
    fn halve(&mut self) {
        self.counts.iter_mut().for_each(|count| *count /= 2);
        self.total = self.counts.iter().map(|count| u32::from(*count)).sum();
    }

    /// Values that count.
    pub(crate) const fn len(&self) -> u32 {
        self.total
    }

    /// A value that `share` percent of the others do not exceed: the upper edge of its bucket, so at
    /// most one part in `2^SUB` too high. 0 without values.
    pub(crate) fn quantile(&self, share: u32) -> u64 {
        let wanted = (self.total * share).div_ceil(100);
        let mut below = 0;
        for (at, count) in self.counts.iter().enumerate() {
            below += u32::from(*count);
            if below >= wanted && below > 0 {
                return edge::<SUB>(at);
            }
        }
        0
    }
}

#[inline]
const fn bucket<const SUB: u32>(value: u64) -> usize {
    let octave = 63 - (value | 1).leading_zeros();
    if octave < SUB {
        return value as usize;
    }
    let part = (value >> (octave - SUB)) - (1 << SUB);
    ((octave - SUB + 1) << SUB) as usize + part as usize
}

/// The greatest value of a bucket.
const fn edge<const SUB: u32>(at: usize) -> u64 {
    let (row, part) = (at as u32 >> SUB, at as u64 & ((1 << SUB) - 1));
    match row {
        0 => part,
        row => (((1 << SUB) + part + 1) << (row - 1)).wrapping_sub(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_without_holes() {
        let mut at = 0;
        for value in 0..100_000 {
            let next = bucket::<2>(value);
            assert!(next == at || next == at + 1, "{value}: {at} then {next}");
            assert!(value <= edge::<2>(next) && (next == 0 || value > edge::<2>(next - 1)));
            at = next;
        }
        assert_eq!(edge::<1>(bucket::<1>(u64::MAX)), u64::MAX);
    }

    /// Against sorting.
    #[test]
    fn quantiles_are_exact_to_a_quarter() {
        let mut state = 1_u64;
        let mut values: Vec<u64> = (0..1500)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                // Over many octaves, as times between arrivals are.
                (state >> 33) >> ((state >> 7) % 20)
            })
            .collect();
        let mut histogram = Histogram::<2>::new();
        values.iter().for_each(|value| histogram.add(*value));
        values.sort_unstable();
        for share in [1, 25, 50, 90, 99, 100] {
            let exact = values[(values.len() * share).div_ceil(100) - 1] as f64;
            let found = histogram.quantile(share as u32) as f64;
            assert!(exact <= found && found <= exact * 1.25 + 1.0, "{share}: {exact} {found}");
        }
    }

    #[test]
    fn what_is_old_is_forgotten() {
        let mut histogram = Histogram::<2>::new();
        (0..10_000).for_each(|_| histogram.add(1_000_000));
        (0..10_000).for_each(|_| histogram.add(10));
        assert!(histogram.quantile(99) < 13, "{}", histogram.quantile(99));
        assert!(histogram.len() < HALVED_AT);
    }
}
