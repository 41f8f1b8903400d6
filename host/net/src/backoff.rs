//! How long to wait before the next attempt.

use std::time::Duration;

use crate::random::SplitMix64;

/// Delays that double from `base` to `cap`; each is drawn from the upper half of its step, so that
/// many connections which fell together do not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// First step.
    pub base: Duration,
    /// Greatest step.
    pub cap: Duration,
    /// A connection that lived this long starts again at `base`.
    pub forgiven_after: Duration,
}

impl Backoff {
    /// The delay after `failures` failures in a row, from 0.
    pub fn delay(&self, failures: u32, random: &mut SplitMix64) -> Duration {
        let step = self.base.saturating_mul(1 << failures.min(20)).min(self.cap);
        let half = step / 2;
        let spread = u64::try_from(half.as_nanos()).unwrap_or(u64::MAX);
        half + Duration::from_nanos(random.below(spread))
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(250),
            cap: Duration::from_secs(30),
            forgiven_after: Duration::from_secs(60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_the_cap_with_jitter() {
        let (backoff, mut random) = (Backoff::default(), SplitMix64::new(7));
        let steps = [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
        for (failures, step) in (0..).zip(steps) {
            let delay = backoff.delay(failures, &mut random).as_millis();
            assert!((step / 2..=step).contains(&delay), "{failures}: {delay}");
        }
        assert!(backoff.delay(u32::MAX, &mut random) <= backoff.cap);
    }

    #[test]
    fn the_seed_decides() {
        let delays = |seed| {
            let mut random = SplitMix64::new(seed);
            (0..8).map(|n| Backoff::default().delay(n, &mut random)).collect::<Vec<_>>()
        };
        assert_eq!(delays(1), delays(1));
        assert_ne!(delays(1), delays(2));
    }
}
