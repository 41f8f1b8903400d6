//! What counts as out of the ordinary.

use patchbay_model::Nanos;

/// Bounds of every detector; one whose bound is 0 is off. By default all are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QualityConfig {
    /// Exchange time of a stream may go back by less than this, ns.
    pub order_ns: Nanos,
    /// A record that comes less than this beyond the fastest ones is never late, ns.
    pub late_ns: Nanos,
    /// Receive minus exchange time of the fastest records that no network explains, ns.
    pub offset_ns: Nanos,
    /// Least change of it that is a clock being set, ns.
    pub step_ns: Nanos,
    /// Least rate at which it changes that is a clock running wrong, parts per million.
    pub drift_ppm: i64,
    /// Least distance of a price from the recent ones that is one too far, hundredths of a percent.
    pub price_bps: i64,
    /// Least multiple of the usual volume of a second that is a spike.
    pub volume_times: i64,
    /// Least silence of a stream that is one too long, ns.
    pub silence_ns: Nanos,
    /// Whether crossed and locked books, and losses of live books and of trades, are reported.
    pub books: bool,
    /// An incident is over when nothing of its kind was found for so long, ns.
    pub quiet_ns: Nanos,
}

impl QualityConfig {
    /// What a host uses unless it is told otherwise.
    pub const USUAL: Self = Self {
        order_ns: 1_000_000,
        late_ns: 500_000_000,
        offset_ns: 500_000_000,
        step_ns: 100_000_000,
        drift_ppm: 200,
        price_bps: 100,
        volume_times: 20,
        silence_ns: 5_000_000_000,
        books: true,
        quiet_ns: 5_000_000_000,
    };

    /// Whether any detector is on.
    pub fn is_on(&self) -> bool {
        *self != Self { quiet_ns: self.quiet_ns, ..Self::default() }
    }
}
