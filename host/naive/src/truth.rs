//! What a recording says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::{Book, Orders};

/// An instrument: the venue's symbol, and what it is where one symbol is several things.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The venue's symbol.
    pub symbol: String,
    /// `spot`, `linear`, `inverse`, `option`; empty where the symbol alone is unique.
    pub category: &'static str,
}

impl Key {
    /// A symbol that is unique.
    pub fn unique(symbol: &str) -> Self {
        Self { symbol: symbol.to_owned(), category: "" }
    }

    /// Whether this is what an instrument of that symbol and kind would be.
    pub fn is(&self, symbol: &str, kind: &str) -> bool {
        self.symbol == symbol && (self.category.is_empty() || self.category == kind)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.category {
            "" => f.write_str(&self.symbol),
            category => write!(f, "{} ({category})", self.symbol),
        }
    }
}

/// One trade on the tape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trade {
    /// The venue's id, as text.
    pub id: String,
    /// Decimal text, without zeros at the end.
    pub price: String,
    /// Decimal text.
    pub qty: String,
    /// The buyer took; `None` where it was not told who did.
    pub buy: Option<bool>,
    /// When, ms since the Unix epoch.
    pub at_ms: u64,
}

/// A best bid and ask as the venue stated them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quote {
    /// Price and quantity of the best bid; empty texts if there is none.
    pub bid: [String; 2],
    /// Of the best ask.
    pub ask: [String; 2],
}

/// A figure beside book and tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Mark price.
    Mark,
    /// Index price.
    Index,
    /// Funding rate.
    Funding,
    /// Open interest.
    OpenInterest,
}

/// What the venue's list of instruments says of one. `None`: the list does not say, or not in a way
/// that is the same for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instrument {
    /// What is bought and sold.
    pub base: Option<String>,
    /// What prices are quoted in.
    pub quote: Option<String>,
    /// What profit and margin are paid in.
    pub settle: Option<String>,
    /// `spot`, `linear`, `inverse` or `option`.
    pub kind: Option<&'static str>,
    /// Price step.
    pub tick: Option<String>,
    /// Quantity step.
    pub lot: Option<String>,
    /// Smallest quantity.
    pub min_qty: Option<String>,
    /// What one contract stands for.
    pub contract_size: Option<String>,
    /// Strike of an option.
    pub strike: Option<String>,
    /// Expiry or delivery; `None` if it never ends.
    pub expiry_ms: Option<u64>,
    /// Whether an option is a call.
    pub call: Option<bool>,
}

/// Comparisons that the recording itself allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// Made.
    pub made: u64,
    /// Disagreed.
    pub failed: u64,
}

/// Everything that a recording says.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// Frames received.
    pub frames: u64,
    /// Frames and answers that no rule reads: acknowledgements, channels that are not followed.
    pub unread: u64,
    /// Books, by instrument; one that is only known by trades or quotes has received nothing.
    pub books: BTreeMap<Key, Book>,
    /// The orders of books, one by one, by instrument.
    pub orders: BTreeMap<Key, Orders>,
    /// Trades on the book, in order.
    pub tape: BTreeMap<Key, Vec<Trade>>,
    /// Trades off the book.
    pub off_book: u64,
    /// Best bids and asks as the venue stated them, in order.
    pub quotes: BTreeMap<Key, Vec<Quote>>,
    /// Broken chains.
    pub gaps: u64,
    /// Checksums of books.
    pub checksums: Checks,
    /// Every text that the venue printed for a figure.
    pub figures: BTreeMap<(Key, Figure), BTreeSet<String>>,
    /// The lists of instruments.
    pub instruments: BTreeMap<Key, Instrument>,
}

impl Truth {
    /// Trades on the book.
    pub fn trades(&self) -> u64 {
        self.tape.values().map(|tape| tape.len() as u64).sum()
    }

    /// Best bids and asks stated.
    pub fn quote_count(&self) -> u64 {
        self.quotes.values().map(|quotes| quotes.len() as u64).sum()
    }

    /// A book, made if it is the first that is heard of it.
    pub(crate) fn book(&mut self, key: &Key) -> &mut Book {
        self.books.entry(key.clone()).or_default()
    }

    pub(crate) fn figure(&mut self, key: &Key, figure: Figure, text: Option<String>) {
        let texts = self.figures.entry((key.clone(), figure)).or_default();
        texts.extend(text);
    }
}
