//! Median, and median distance from it, of the last values.

/// Values that are kept.
const KEPT: usize = 31;

/// The last values in the order of their coming and in their own.
#[derive(Clone, Debug)]
pub(crate) struct Median {
    recent: [i64; KEPT],
    sorted: [i64; KEPT],
    len: usize,
    next: usize,
}

impl Median {
    pub(crate) const fn new() -> Self {
        Self { recent: [0; KEPT], sorted: [0; KEPT], len: 0, next: 0 }
    }

    /// Takes a value in the place of the oldest one.
    pub(crate) fn push(&mut self, value: i64) {
        if self.len == KEPT {
            let at = self.sorted.partition_point(|other| *other < self.recent[self.next]);
            self.sorted.copy_within(at + 1.., at);
            self.len -= 1;
        }
        let at = self.sorted[..self.len].partition_point(|other| *other < value);
        self.sorted.copy_within(at..self.len, at + 1);
        self.sorted[at] = value;
        self.len += 1;
        self.recent[self.next] = value;
        self.next = (self.next + 1) % KEPT;
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// The middle one, the lower of two; 0 without values.
    pub(crate) fn median(&self) -> i64 {
        self.sorted[..self.len].get(self.len.saturating_sub(1) / 2).copied().unwrap_or(0)
    }

    /// The median of the distances from the median: from both sides of it inwards out, as merging
    /// does.
    pub(crate) fn deviation(&self) -> i64 {
        let median = self.median();
        let sorted = &self.sorted[..self.len];
        let middle = self.len.saturating_sub(1) / 2;
        let (mut low, mut high, mut distance) = (middle, middle, 0);
        for _ in 0..middle {
            let down = low.checked_sub(1).map(|at| median.saturating_sub(sorted[at]));
            let up = sorted.get(high + 1).map(|value| value.saturating_sub(median));
            match (down, up) {
                (Some(down), up) if up.is_none_or(|up| down <= up) => {
                    (low, distance) = (low - 1, down);
                }
                (_, Some(up)) => (high, distance) = (high + 1, up),
                _ => {}
            }
        }
        distance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against sorting the last values and their distances.
    #[test]
    fn both_equal_what_sorting_gives() {
        let (mut state, mut values, mut median) = (7_u64, Vec::new(), Median::new());
        for _ in 0..2000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let value = (state >> 40) as i64 % 50 - 20;
            values.push(value);
            median.push(value);
            let last = &values[values.len().saturating_sub(KEPT)..];
            let middle = |mut of: Vec<i64>| {
                of.sort_unstable();
                of[(of.len() - 1) / 2]
            };
            let expected = middle(last.to_vec());
            assert_eq!(median.median(), expected);
            let distances = last.iter().map(|value| (value - expected).abs()).collect();
            assert_eq!(median.deviation(), middle(distances));
        }
    }
}
