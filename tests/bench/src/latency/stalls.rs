//! What the machine does to a thread that never sleeps.

/// Longest stall that is told apart from longer ones, in steps of 100 ns.
const STEPS: usize = 200_000;
const STEP_NS: u64 = 100;

/// Times between two looks of a loop that does nothing but look.
pub(super) struct Stalls {
    last: u64,
    /// By length.
    counts: Vec<u64>,
}

impl Default for Stalls {
    fn default() -> Self {
        Self { last: 0, counts: vec![0; STEPS] }
    }
}

impl Stalls {
    /// The thread looked, and found nothing.
    pub(super) fn looked(&mut self, now: u64) {
        if self.last != 0 {
            let step = now.saturating_sub(self.last) / STEP_NS;
            self.counts[(step as usize).min(STEPS - 1)] += 1;
        }
        self.last = now;
    }

    /// It does something else now.
    pub(super) fn pause(&mut self) {
        self.last = 0;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(mine, theirs)| *mine += theirs);
    }

    /// How long the next look was away, seen from any moment: in `share` of the time no longer.
    pub(super) fn at(&self, share: f64) -> f64 {
        let length = |step: usize| (step as f64 + 0.5) * STEP_NS as f64;
        let gaps = || self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let all: f64 = gaps().map(|(step, count)| length(step) * *count as f64).sum();
        // Within a gap of length g a wait longer than x has the share (g - x) / g.
        let longer = |x: f64| {
            gaps().map(|(step, count)| (length(step) - x).max(0.0) * *count as f64).sum::<f64>()
        };
        let (mut low, mut high) = (0.0, length(STEPS));
        for _ in 0..40 {
            let middle = (low + high) / 2.0;
            if longer(middle) > (1.0 - share) * all {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}
