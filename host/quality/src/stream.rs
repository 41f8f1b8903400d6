//! One kind of records of one instrument: its order in time and its cadence.

use patchbay_abi::Head;
use patchbay_model::Nanos;

use crate::histogram::Histogram;

/// Arrivals from which on cadence and delays are known.
const KNOWN: u32 = 32;

/// Share of the times between arrivals, percent, and how many times that is too long. Six times what
/// 98 of 100 do not exceed: arrivals at random (a Poisson process) stay below it for e²³ of them.
const USUAL: u32 = 98;
const TIMES: Nanos = 6;

/// The same of delays.
const USUAL_DELAY: u32 = 99;
const TIMES_DELAY: Nanos = 2;

/// Times between arrivals.
#[derive(Clone, Debug)]
pub(crate) struct Cadence {
    last: Nanos,
    /// In units of 1024 ns.
    between: Histogram<2>,
}

impl Cadence {
    pub(crate) const fn new() -> Self {
        Self { last: 0, between: Histogram::new() }
    }

    /// Something came. What comes at once counts as one.
    #[inline]
    pub(crate) fn seen(&mut self, at: Nanos) {
        if at > self.last {
            if self.last != 0 {
                self.between.add(((at - self.last) >> 10) as u64);
            }
            self.last = at;
        }
    }

    /// For how long nothing came, and how long that may be, if it is longer than that and than
    /// `least`.
    pub(crate) fn silence(&self, at: Nanos, least: Nanos) -> Option<(Nanos, Nanos)> {
        let silent = at - self.last;
        if silent < least || self.between.len() < KNOWN {
            return None;
        }
        let limit =
            ((self.between.quantile(USUAL) as Nanos) << 10).saturating_mul(TIMES).max(least);
        (silent >= limit).then_some((silent, limit))
    }
}

/// The times of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    exchange_ns: Nanos,
    receive_ns: Nanos,
    pub(crate) cadence: Cadence,
    /// Delays beyond the venue's fastest records, in units of 1024 ns.
    delays: Histogram<2>,
    /// It is silent, and that was said.
    pub(crate) silent: bool,
}

impl Stream {
    pub(crate) const fn new() -> Self {
        Self {
            exchange_ns: 0,
            receive_ns: 0,
            cadence: Cadence::new(),
            delays: Histogram::new(),
            silent: false,
        }
    }

    /// How far a record lies before the one before it, in exchange time or else in receive time, ns;
    /// 0 if it does not. `timed` says that its exchange time means something.
    #[inline]
    pub(crate) fn back(&mut self, head: &Head, timed: bool) -> Nanos {
        let mut back = self.receive_ns - head.receive_ns;
        self.receive_ns = head.receive_ns;
        if timed {
            // After the last one, not after the latest: one stamp from the future is one fault.
            back = back.max(self.exchange_ns - head.exchange_ns);
            self.exchange_ns = head.exchange_ns;
        }
        back.max(0)
    }

    /// Takes the delay of a record beyond the venue's fastest ones; how late it may be, if it is
    /// later than that and than `least`.
    #[inline]
    pub(crate) fn late(&mut self, beyond: Nanos, least: Nanos) -> Option<Nanos> {
        let limit = if beyond < least { None } else { self.exceeded(beyond, least) };
        self.delays.add((beyond.max(0) >> 10) as u64);
        limit
    }

    #[cold]
    fn exceeded(&self, beyond: Nanos, least: Nanos) -> Option<Nanos> {
        let usual = (self.delays.quantile(USUAL_DELAY) as Nanos) << 10;
        let limit = usual.saturating_mul(TIMES_DELAY).max(least);
        (self.delays.len() >= KNOWN && beyond > limit).then_some(limit)
    }
}
