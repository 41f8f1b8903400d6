//! Best bids that are not below best asks, and why.

use patchbay_abi as abi;
use patchbay_model::Nanos;

/// For how long book and quote may contradict each other: they come by different streams.
const APART: Nanos = 1_000_000_000;
/// A quote that is older says nothing of the book.
const FRESH: Nanos = 1_000_000_000;
/// A break of the chain explains a crossed book for so long.
const BROKEN: Nanos = 10_000_000_000;

/// Best bid and ask, mantissas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Best {
    pub(crate) bid: i64,
    pub(crate) ask: i64,
    at: Nanos,
    /// Both sides are there.
    whole: bool,
}

impl Best {
    const fn crosses(&self, other: &Self) -> bool {
        self.whole && other.whole && self.bid >= other.ask
    }
}

/// A bid that is not below an ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crossing {
    /// [`abi::QUALITY_CROSSED`] or [`abi::QUALITY_LOCKED`].
    pub(crate) detector: u32,
    /// `QUALITY_CAUSE_*`.
    pub(crate) cause: u16,
    pub(crate) bid: i64,
    pub(crate) ask: i64,
}

/// What book and quotes of an instrument say of its best levels.
#[derive(Clone, Debug)]
pub(crate) struct Cross {
    book: Best,
    quote: Best,
    /// Since when one contradicts the other, 0 while it does not.
    apart: Nanos,
    /// When the chain last broke.
    pub(crate) broke: Nanos,
    /// `SESSION_*`.
    pub(crate) session: u8,
    /// Something proves that no update is missing.
    proven: bool,
}

impl Cross {
    pub(crate) const fn new() -> Self {
        let none = Best { bid: 0, ask: 0, at: 0, whole: false };
        let session = abi::SESSION_UNKNOWN;
        Self { book: none, quote: none, apart: 0, broke: 0, session, proven: true }
    }

    /// The book's best levels; `None` for a side that is empty or not known.
    #[inline]
    pub(crate) fn book(&mut self, at: Nanos, bid: Option<i64>, ask: Option<i64>, proven: bool) {
        self.book = best(at, bid, ask);
        self.proven = proven;
        self.compare(at);
    }

    /// The venue's own best levels.
    #[inline]
    pub(crate) fn quote(&mut self, at: Nanos, bid: Option<i64>, ask: Option<i64>) {
        self.quote = best(at, bid, ask);
        self.compare(at);
    }

    #[inline]
    fn compare(&mut self, at: Nanos) {
        let apart = self.book.crosses(&self.quote) || self.quote.crosses(&self.book);
        self.apart = match apart {
            false => 0,
            true if self.apart == 0 => at,
            true => self.apart,
        };
    }

    /// How it stands.
    #[inline]
    pub(crate) fn crossing(&self, at: Nanos) -> Option<Crossing> {
        let book = self.book.crosses(&self.book);
        let quote = self.quote.crosses(&self.quote);
        let apart = self.apart != 0 && at - self.apart >= APART;
        (book || quote || apart).then(|| self.explain(at, book, quote))
    }

    #[cold]
    fn explain(&self, at: Nanos, book: bool, quote: bool) -> Crossing {
        let (bid, ask) = match (book, quote) {
            (true, _) => (self.book.bid, self.book.ask),
            (false, true) => (self.quote.bid, self.quote.ask),
            (false, false) if self.book.bid >= self.quote.ask => (self.book.bid, self.quote.ask),
            (false, false) => (self.quote.bid, self.book.ask),
        };
        let fresh = self.quote.whole && at - self.quote.at < FRESH;
        let doubted = !self.proven || (self.broke != 0 && at - self.broke < BROKEN);
        let cause = if self.session == abi::SESSION_AUCTION {
            abi::QUALITY_CAUSE_AUCTION
        } else if quote {
            abi::QUALITY_CAUSE_VENUE
        } else if doubted {
            abi::QUALITY_CAUSE_GAP
        } else if fresh {
            abi::QUALITY_CAUSE_QUOTE
        } else {
            abi::QUALITY_CAUSE_VENUE
        };
        let detector = if bid > ask { abi::QUALITY_CROSSED } else { abi::QUALITY_LOCKED };
        Crossing { detector, cause, bid, ask }
    }
}

const fn best(at: Nanos, bid: Option<i64>, ask: Option<i64>) -> Best {
    match (bid, ask) {
        (Some(bid), Some(ask)) => Best { bid, ask, at, whole: true },
        _ => Best { bid: 0, ask: 0, at, whole: false },
    }
}
