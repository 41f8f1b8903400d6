//! Seconds in which more was traded than usual.
//!
//! Volumes are spread over orders of magnitude (Gopikrishnan, Plerou, Gabaix, Stanley: "Statistical
//! properties of share volume traded in financial markets", Physical Review E 62, 2000), so that a
//! mean and a variance say little of them. The measure is the volume that nine of ten seconds with a
//! trade do not exceed.

use patchbay_model::Nanos;

use crate::histogram::Histogram;

const SECOND: Nanos = 1_000_000_000;
/// Seconds with a trade from which on volumes are judged.
const KNOWN: u32 = 16;
/// Percent of the seconds.
const USUAL: u32 = 90;

/// The volume of an instrument by seconds.
#[derive(Clone, Debug)]
pub(crate) struct Volume {
    until: Nanos,
    sum: i64,
    /// What is too much in this second.
    limit: i64,
    usual: i64,
    seconds: Histogram<1>,
}

impl Volume {
    pub(crate) const fn new() -> Self {
        Self { until: 0, sum: 0, limit: i64::MAX, usual: 0, seconds: Histogram::new() }
    }

    /// The volume of this second and the usual one, if this trade makes it too much; then not again
    /// in the same second.
    #[inline]
    pub(crate) fn trade(&mut self, at: Nanos, qty: i64, times: i64) -> Option<(i64, i64)> {
        if at >= self.until {
            self.close(at, times);
        }
        self.sum = self.sum.saturating_add(qty);
        (self.sum > self.limit).then(|| {
            self.limit = i64::MAX;
            (self.sum, self.usual)
        })
    }

    fn close(&mut self, at: Nanos, times: i64) {
        if self.sum > 0 {
            self.seconds.add(self.sum as u64);
        }
        self.until = at - at % SECOND + SECOND;
        self.sum = 0;
        self.limit = i64::MAX;
        if self.seconds.len() >= KNOWN {
            self.usual = i64::try_from(self.seconds.quantile(USUAL)).unwrap_or(i64::MAX);
            self.limit = self.usual.saturating_mul(times);
        }
    }
}
