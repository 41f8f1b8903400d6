//! What a run ends with, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;

use patchbay_abi::Level;
use patchbay_book::{Evidence, State};
use patchbay_engine::Listing;
use patchbay_model::{Instrument, Side, trimmed};
use serde::Serialize;

use crate::Core;

/// Levels of a side that a report shows.
const LEVELS: usize = 20;

/// Counts and books at the end of a run. Serialises to the object of `--json`.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Report {
    /// Frames given to adapters.
    pub frames: u64,
    /// Frames that could not be read.
    pub rejected_frames: u64,
    /// Frames that the schema-directed scanner declined and the general parser read.
    pub fallback_frames: u64,
    /// Frames that held nothing for the host.
    pub ignored_frames: u64,
    /// Trades on the tape.
    pub trades: u64,
    /// Trades off the book.
    pub off_book_trades: u64,
    /// Depth messages received; snapshots from beside the stream not counted.
    pub book_updates: u64,
    /// Depth messages applied; snapshots from beside the stream not counted.
    pub applied: u64,
    /// The venue's own best bids and asks.
    pub quotes: u64,
    /// Other records.
    pub others: u64,
    /// Chains that broke.
    pub gaps: u64,
    /// Times a book became live again after it was not.
    pub resyncs: u64,
    /// Updates that left a live book with its best bid not below its best ask.
    pub crossed: u64,
    /// Comparisons of a book with the venue's best bid and ask at the same update id.
    pub quote_checks: u64,
    /// Those that disagreed.
    pub quote_convictions: u64,
    /// Comparisons of a book with a snapshot fetched for that.
    pub audits: u64,
    /// Those that disagreed.
    pub audit_convictions: u64,
    /// Audits that proved nothing.
    pub audits_lost: u64,
    /// Times that a live book was crossed or locked for longer than allowed.
    pub crossed_convictions: u64,
    /// Records of instruments that were never defined.
    pub undefined: u64,
    /// Turns of the engine.
    pub turns: u64,
    /// Plugins that panicked.
    pub faults: u64,
    /// SHA-256 over all outputs of the engine.
    pub hash: String,
    /// Digest of each strategy.
    pub strategies: BTreeMap<String, String>,
    /// Books by venue symbol. Where two instruments share one, the later ones carry their kind
    /// (`BTCUSDT.linear`).
    pub instruments: BTreeMap<String, BookReport>,
}

/// One book.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct BookReport {
    /// `Empty`, `Syncing`, `Live` or `Stale`.
    pub state: &'static str,
    /// `unproven`, `snapshot-only`, `chained` or `checksummed`.
    pub evidence: &'static str,
    /// Last update id applied, 0 if none was.
    pub last_sequence: u64,
    /// Decimal exponent of prices.
    pub price_exp: i8,
    /// Decimal exponent of quantities.
    pub qty_exp: i8,
    /// Best bids, best first: price and quantity as decimal text. Empty unless live.
    pub bids: Vec<[String; 2]>,
    /// Best asks.
    pub asks: Vec<[String; 2]>,
    /// Its orders one by one, where they were told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders: Option<OrdersReport>,
}

/// The orders of a book, one by one.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct OrdersReport {
    /// `Empty`, `Syncing`, `Live` or `Stale`.
    pub state: &'static str,
    /// Orders that were told of and have not left, whether or not all others are known.
    pub seen: usize,
    /// Orders that came.
    pub added: u64,
    /// Orders that had left before they came, or came twice.
    pub repeated: u64,
    /// Events of orders that never came.
    pub unknown: u64,
    /// Whole books of the venue's that the orders were compared with.
    pub compared: u64,
    /// Those that they were, as far as those reach, and those that they were at the best prices only.
    pub whole: u64,
    /// See `whole`.
    pub part: u64,
    /// Times that an order which was about to be matched left the book crossed.
    pub crossed: u64,
    /// Times that a live book was found not to be the venue's.
    pub convicted: u64,
    /// Orders taken for gone: that they left was lost.
    pub gone: u64,
    /// Best bids that are known: price, quantity, number of orders. Empty unless live.
    pub bids: Vec<(String, String, u32)>,
    /// Best asks.
    pub asks: Vec<(String, String, u32)>,
}

impl Report {
    /// As `core` stands now.
    pub fn of(core: &Core) -> Self {
        let tally = core.engine().tally();
        let sum = |count: fn(&crate::SeatTally) -> u64| {
            core.seats().iter().map(|seat| count(&seat.tally)).sum()
        };
        Self {
            frames: sum(|seat| seat.frames),
            rejected_frames: sum(|seat| seat.rejected_frames),
            fallback_frames: sum(|seat| seat.fallback_frames),
            ignored_frames: sum(|seat| seat.ignored_frames),
            trades: tally.trades,
            off_book_trades: tally.off_book_trades,
            book_updates: tally.book_updates,
            applied: tally.applied,
            quotes: tally.quotes,
            others: tally.others,
            gaps: tally.gaps,
            resyncs: tally.resyncs,
            crossed: tally.crossed,
            quote_checks: tally.quote_checks,
            quote_convictions: tally.quote_convictions,
            audits: tally.audits,
            audit_convictions: tally.audit_convictions,
            audits_lost: tally.audits_lost,
            crossed_convictions: tally.crossed_convictions,
            undefined: core.engine().undefined(),
            turns: core.turns(),
            faults: core.seats().iter().filter(|seat| seat.fault.is_some()).count() as u64,
            hash: core.hash().unwrap_or_default(),
            strategies: core
                .strategy_digests()
                .map(|(name, digest)| (name.to_owned(), format!("{digest:016x}")))
                .collect(),
            instruments: books(core),
        }
    }
}

/// Those of which anything was received.
fn books(core: &Core) -> BTreeMap<String, BookReport> {
    let mut books = BTreeMap::new();
    for (_, listing) in core.engine().listings() {
        let tally = listing.tally();
        let received = tally.trades + tally.off_book_trades + tally.quotes + tally.others;
        if received + tally.book_updates == 0 && listing.book.state() == State::Empty {
            continue;
        }
        let mut key = listing.about.symbol.clone();
        if books.contains_key(&key) {
            key = format!("{key}.{}", listing.about.kind);
        }
        books.insert(key, BookReport::of(listing));
    }
    books
}

impl BookReport {
    fn of(listing: &Listing) -> Self {
        let (book, about) = (&listing.book, &listing.about);
        let side = |side| {
            let mut levels = [Level { price: 0, qty: 0 }; LEVELS];
            let count = book.top(side, &mut levels);
            let text = |level: &Level| {
                [trimmed(level.price, about.price_exp), trimmed(level.qty, about.qty_exp)]
            };
            levels[..count].iter().map(text).collect()
        };
        Self {
            state: state(book.state()),
            evidence: match book.evidence() {
                Evidence::Unproven => "unproven",
                Evidence::Snapshot => "snapshot-only",
                Evidence::Chained => "chained",
                Evidence::Checksummed => "checksummed",
            },
            last_sequence: book.sequence(),
            price_exp: about.price_exp,
            qty_exp: about.qty_exp,
            bids: side(Side::Buy),
            asks: side(Side::Sell),
            orders: listing.orders().map(|orders| OrdersReport::of(orders, about)),
        }
    }
}

impl OrdersReport {
    fn of(book: &patchbay_l3::Book, about: &Instrument) -> Self {
        let side = |side| {
            let text = |(level, orders): (Level, u32)| {
                let price = trimmed(level.price, about.price_exp);
                (price, trimmed(level.qty, about.qty_exp), orders)
            };
            book.levels(side).take(LEVELS).map(text).collect()
        };
        let counters = book.counters();
        Self {
            state: state(book.state()),
            seen: book.seen().len(),
            added: counters.added,
            repeated: counters.repeated,
            unknown: counters.unknown,
            compared: counters.compared,
            whole: counters.whole,
            part: counters.part,
            crossed: counters.crossed,
            convicted: counters.convicted,
            gone: counters.gone,
            bids: side(Side::Buy),
            asks: side(Side::Sell),
        }
    }
}

const fn state(state: State) -> &'static str {
    match state {
        State::Empty => "Empty",
        State::Syncing => "Syncing",
        State::Live => "Live",
        State::Stale => "Stale",
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} frames ({} rejected, {} by the general parser, {} ignored), {} turns",
            self.frames,
            self.rejected_frames,
            self.fallback_frames,
            self.ignored_frames,
            self.turns,
        )?;
        writeln!(
            f,
            "{} trades, {} quotes, {} book updates ({} applied), {} other records",
            self.trades, self.quotes, self.book_updates, self.applied, self.others,
        )?;
        writeln!(
            f,
            "{} gaps, {} resyncs, {} crossed; {} comparisons with the venue's quote, {} disagreed",
            self.gaps, self.resyncs, self.crossed, self.quote_checks, self.quote_convictions,
        )?;
        if self.audits + self.audits_lost + self.crossed_convictions > 0 {
            writeln!(
                f,
                "{} audits, {} disagreed, {} proved nothing; {} crossed for too long",
                self.audits, self.audit_convictions, self.audits_lost, self.crossed_convictions,
            )?;
        }
        for (symbol, book) in &self.instruments {
            write!(
                f,
                "\n{symbol}  {} ({}), update {}",
                book.state, book.evidence, book.last_sequence
            )?;
            for at in 0..book.bids.len().max(book.asks.len()).min(5) {
                let cell = |side: &[[String; 2]]| side.get(at).cloned().unwrap_or_default();
                let ([bid, bid_qty], [ask, ask_qty]) = (cell(&book.bids), cell(&book.asks));
                write!(f, "\n  {bid_qty:>16} {bid:>14} | {ask:<14} {ask_qty:<16}")?;
            }
            if let Some(orders) = &book.orders {
                write!(
                    f,
                    "\n  {} orders one by one ({}); {} of {} whole books are theirs, {} at the best",
                    orders.seen, orders.state, orders.whole, orders.compared, orders.part
                )?;
            }
            writeln!(f)?;
        }
        write!(f, "\nhash {}", self.hash)
    }
}
