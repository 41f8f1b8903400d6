//! What is left of one rate limit.

use std::collections::VecDeque;

use patchbay_model::Nanos;
use patchbay_plugin::Bucket;

/// Parts into which a window is divided: spends within one part come back together, at its end.
const PARTS: Nanos = 32;

/// Tokens of one bucket.
///
/// If the whole capacity comes back at once, the venue counts in windows whose edges we do not know.
/// A token therefore comes back one period after it was spent, rounded up to the next part of the
/// period, so that no window of the venue's, however it lies, sees more than the capacity. Otherwise
/// tokens come back evenly.
pub(super) struct Level {
    limit: Limit,
    /// Spent tokens and when they come back, in windows.
    spent: VecDeque<(Nanos, i64)>,
    /// Tokens in `spent`.
    out: i64,
    /// Tokens times period, if they come back evenly. Negative after a forced charge.
    credit: i128,
    /// When `credit` was right.
    at: Nanos,
}

#[derive(Clone, Copy)]
struct Limit {
    capacity: i64,
    refill: i64,
    period: Nanos,
}

impl Limit {
    fn of(bucket: &Bucket) -> Self {
        Self {
            capacity: bucket.capacity.into(),
            refill: bucket.refill.into(),
            period: bucket.period_ns.max(1),
        }
    }

    const fn full(self) -> i128 {
        self.capacity as i128 * self.period as i128
    }
}

impl Level {
    pub(super) fn full(bucket: &Bucket, now: Nanos) -> Self {
        let limit = Limit::of(bucket);
        Self { limit, spent: VecDeque::new(), out: 0, credit: limit.full(), at: now }
    }

    /// Other numbers for the same bucket; what was spent stays spent.
    pub(super) fn redefine(&mut self, bucket: &Bucket, now: Nanos) {
        let limit = Limit::of(bucket);
        let held = self.available(now);
        let missing = i128::from((self.limit.capacity - held).max(0));
        if self.in_windows() != (limit.refill == limit.capacity) {
            self.spent.clear();
            self.out = 0;
            if limit.refill == limit.capacity && missing > 0 {
                let missing = i64::try_from(missing).unwrap_or(i64::MAX);
                self.spent.push_back((now + limit.period, missing));
                self.out = missing;
            }
        }
        self.credit = limit.full() - missing * i128::from(limit.period);
        (self.limit, self.at) = (limit, now);
    }

    const fn in_windows(&self) -> bool {
        self.limit.refill == self.limit.capacity
    }

    /// Whole tokens at `now`; negative after a forced charge.
    pub(super) fn available(&mut self, now: Nanos) -> i64 {
        if self.in_windows() {
            while let Some(&(back, tokens)) = self.spent.front().filter(|(back, _)| *back <= now) {
                let _: Nanos = back;
                self.out -= tokens;
                self.spent.pop_front();
            }
            return self.limit.capacity - self.out;
        }
        let elapsed = i128::from((now - self.at).max(0));
        self.credit += elapsed * i128::from(self.limit.refill);
        self.credit = self.credit.min(self.limit.full());
        self.at = self.at.max(now);
        let whole = self.credit.div_euclid(i128::from(self.limit.period));
        i64::try_from(whole).unwrap_or(i64::MIN)
    }

    /// Takes tokens, whether there are enough or not.
    pub(super) fn charge(&mut self, tokens: u32, now: Nanos) {
        let left = self.available(now);
        if !self.in_windows() {
            self.credit -= i128::from(tokens) * i128::from(self.limit.period);
            return;
        }
        let tokens = i64::from(tokens);
        let part = (self.limit.period / PARTS).max(1);
        let back = (now + self.limit.period).div_euclid(part) * part + part;
        // A debt is paid by a window of its own.
        let debts = (tokens - left).max(0).div_euclid(self.limit.capacity.max(1));
        let back = back + debts * self.limit.period;
        match self.spent.back_mut() {
            Some((last, sum)) if *last >= back => *sum += tokens,
            _ => self.spent.push_back((back, tokens)),
        }
        self.out += tokens;
    }

    /// When there will be `tokens`, if nobody takes any before; at least `now`.
    pub(super) fn when(&mut self, tokens: i64, now: Nanos) -> Nanos {
        let tokens = tokens.min(self.limit.capacity);
        let mut missing = tokens - self.available(now);
        if missing <= 0 {
            return now;
        }
        if self.in_windows() {
            for &(back, sum) in &self.spent {
                missing -= sum;
                if missing <= 0 {
                    return back;
                }
            }
            return now + self.limit.period;
        }
        let needed = i128::from(tokens) * i128::from(self.limit.period) - self.credit;
        let refill = i128::from(self.limit.refill.max(1));
        let wait = (needed + refill - 1) / refill;
        now.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX))
    }

    pub(super) const fn capacity(&self) -> i64 {
        self.limit.capacity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Nanos = 1_000_000_000;

    fn bucket(capacity: u32, refill: u32) -> Bucket {
        let (id, scope, name) = (1, 1, "x".to_owned());
        Bucket { id, capacity, refill, period_ns: SECOND, scope, name }
    }

    #[test]
    fn no_window_sees_more_than_the_capacity() {
        let mut level = Level::full(&bucket(10, 10), 0);
        let (mut now, mut sent) = (0, Vec::new());
        // One each 37 ms, as fast as it is let.
        while now < 20 * SECOND {
            if level.available(now) >= 1 {
                level.charge(1, now);
                sent.push(now);
            }
            now += 37_000_000;
        }
        for (place, start) in sent.iter().enumerate() {
            let within = sent[place..].iter().take_while(|t| **t < start + SECOND).count();
            assert!(within <= 10, "{within} from {start}");
        }
        assert!(sent.len() > 180, "{}", sent.len());
    }

    #[test]
    fn evenly() {
        let mut level = Level::full(&bucket(4, 2), 0);
        level.charge(4, 0);
        assert_eq!(level.available(0), 0);
        assert_eq!(level.when(1, 0), SECOND / 2);
        assert_eq!(level.available(SECOND / 2 - 1), 0);
        assert_eq!(level.available(SECOND / 2), 1);
        assert_eq!(level.when(4, SECOND / 2), 2 * SECOND);
        assert_eq!(level.available(60 * SECOND), 4);
    }

    #[test]
    fn a_forced_charge_is_paid_back() {
        for refill in [2, 1] {
            let mut level = Level::full(&bucket(2, refill), 0);
            level.charge(3, 0);
            assert_eq!(level.available(0), -1);
            let when = level.when(1, 0);
            assert!(level.available(when - 1) < 1 && level.available(when) >= 1, "{refill}");
        }
    }

    #[test]
    fn when_is_when() {
        let mut level = Level::full(&bucket(5, 5), 0);
        for now in [0, SECOND / 4, SECOND / 2] {
            level.charge(1, now);
        }
        for wanted in 3..=5 {
            let when = level.when(wanted, SECOND / 2);
            assert!(level.available(when - 1) < wanted && level.available(when) >= wanted);
        }
        assert_eq!(level.when(99, 9 * SECOND), 9 * SECOND);
    }

    #[test]
    fn redefined_tokens_stay_spent() {
        let mut level = Level::full(&bucket(5, 5), 0);
        level.charge(4, 0);
        level.redefine(&bucket(10, 10), 0);
        assert_eq!(level.available(0), 6);
        level.redefine(&bucket(10, 5), 0);
        assert_eq!(level.available(0), 6);
        level.redefine(&bucket(20, 20), 0);
        assert_eq!(level.available(0), 16);
        assert_eq!(level.available(3 * SECOND), 20);
    }
}
