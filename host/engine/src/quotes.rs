//! The venue's own best bid and ask as a witness against the book.
//!
//! Where quotes count with the same update ids as the book (Binance: "`u` order book updateId", Web
//! Socket Streams, Individual Symbol Book Ticker Streams), a book at the same id must show the same
//! best levels. Quotes are sent at once and changes in batches, so that most quotes wait here for
//! their book.

use patchbay_abi::Quote;

/// Quotes that wait for a book of their id; older ones are overwritten.
const WAITING: usize = 256;

/// Quotes of one instrument, by rising id.
pub(crate) struct Witness {
    /// Made by the first quote.
    waiting: Box<[Option<Quote>]>,
    next: usize,
}

impl Witness {
    pub(crate) fn new() -> Self {
        Self { waiting: Box::default(), next: 0 }
    }

    /// Keeps a quote whose id the book has not reached.
    pub(crate) fn keep(&mut self, quote: &Quote) {
        if self.waiting.is_empty() {
            self.waiting = vec![None; WAITING].into();
        }
        self.waiting[self.next % WAITING] = Some(*quote);
        self.next += 1;
    }

    /// The last quote with the id that the book has reached.
    pub(crate) fn at(&self, sequence: u64) -> Option<&Quote> {
        let newest_first = (0..WAITING.min(self.next)).map(|back| self.next - 1 - back);
        newest_first
            .map_while(|at| self.waiting[at % WAITING].as_ref())
            .take_while(|quote| quote.head.sequence >= sequence)
            .find(|quote| quote.head.sequence == sequence)
    }
}
