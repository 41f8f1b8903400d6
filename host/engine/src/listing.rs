//! One instrument as the engine holds it.

use patchbay_abi::{self as abi, Slot};
use patchbay_book::{Book, BookConfig, Counters, LevelsConfig};
use patchbay_model::{Canonical, Instrument, Nanos};

use crate::orders::Flow;
use crate::quotes::Witness;
use crate::splice::{self, Carrier, SeenTrades};

/// Kinds of records that are taken from one connection at a time.
const CARRIED: usize = 5;

/// An instrument with its book and its counts.
pub struct Listing {
    /// Venue number.
    pub venue: u16,
    /// Adapter instance that defined it.
    pub instance: u32,
    /// The adapter's index of it.
    pub index: u32,
    /// Definition.
    pub about: Instrument,
    /// Its canonical name, if its venue has told enough.
    pub canonical: Option<String>,
    /// Its book.
    pub book: Book,
    /// What came of it.
    pub tally: Tally,
    /// `CAUSE_*` of what its book last said of its state.
    pub cause: u16,
    /// When its chain last broke, 0 if it never did.
    pub last_gap_ns: Nanos,
    pub(crate) witness: Witness,
    /// Its orders one by one, once there are any.
    pub(crate) orders: Option<Box<Flow>>,
    /// Connection of the last depth message that was taken.
    pub(crate) conn: u32,
    pub(crate) seen_trades: SeenTrades,
    /// Of quotes, marks, funding, open interest and liquidations.
    pub(crate) carriers: [Carrier; CARRIED],
    /// Scope and number of the chain that its changes belong to, if it is not its own.
    pub(crate) shared: Option<(u8, u32)>,
    /// Host time since which the book has been crossed or locked, if it is.
    pub(crate) crossed_since: Option<Nanos>,
}

/// Counts of one instrument, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Trades on the tape.
    pub trades: u64,
    /// Trades off the book.
    pub off_book_trades: u64,
    /// The venue's own best bids and asks.
    pub quotes: u64,
    /// Depth messages received, snapshots from beside the stream not counted.
    pub book_updates: u64,
    /// Other records.
    pub others: u64,
    /// Comparisons of book and quote at the same update id.
    pub quote_checks: u64,
    /// Those that disagreed.
    pub quote_convictions: u64,
    /// Comparisons of the book with a snapshot fetched for it.
    pub audits: u64,
    /// Those that disagreed.
    pub audit_convictions: u64,
    /// Audits that proved nothing: unanswered, too old, overtaken.
    pub audits_lost: u64,
    /// Times that the book was crossed or locked for longer than allowed.
    pub crossed_convictions: u64,
    /// Book messages applied, snapshots from beside the stream not counted.
    pub applied: u64,
    /// Chains that broke.
    pub gaps: u64,
    /// Times a book became live again.
    pub resyncs: u64,
    /// Updates that left a live book with its best bid not below its best ask.
    pub crossed: u64,
    /// Records that two connections delivered, taken once.
    pub repeated: u64,
}

impl Tally {
    /// Times that a live book was found to be wrong.
    pub const fn convictions(&self) -> u64 {
        self.quote_convictions + self.audit_convictions + self.crossed_convictions
    }
}

impl Listing {
    pub(crate) fn new(venue: u16, instance: u32, index: u32, about: Instrument) -> Self {
        // Where the step depends on the price, the book finds that of the prices that there are.
        let tick = if about.bands.is_empty() { about.tick } else { 0 };
        let book = Book::new(BookConfig {
            levels: LevelsConfig { tick, ..LevelsConfig::default() },
            price_exp: about.price_exp,
            qty_exp: about.qty_exp,
            checksum: about.checksum,
            ..BookConfig::default()
        });
        Self {
            venue,
            instance,
            index,
            canonical: canonical(&about),
            about,
            book,
            tally: Tally::default(),
            cause: abi::CAUSE_NONE,
            last_gap_ns: 0,
            witness: Witness::new(),
            orders: None,
            conn: splice::NONE,
            seen_trades: SeenTrades::default(),
            carriers: [Carrier::default(); CARRIED],
            shared: None,
            crossed_since: None,
        }
    }

    /// Takes another definition of the same instrument.
    pub(crate) fn redefine(&mut self, about: &Instrument) {
        self.canonical = canonical(about);
        self.about = about.clone();
    }

    /// Whether a record of a kind without a chain repeats what another connection delivers.
    pub(crate) fn repeats(&mut self, conn: u32, at_ns: Nanos, record: &Slot) -> bool {
        let repeated = match carried(record.head().kind) {
            Some(kind) => self.carriers[kind].repeats(conn, at_ns, record),
            None if record.head().kind == abi::SLOT_TRADE => {
                self.seen_trades.repeats(record.trade())
            }
            None => false,
        };
        self.tally.repeated += u64::from(repeated);
        repeated
    }

    /// Connection of the last depth message that was taken; `None` if it is gone.
    pub const fn conn(&self) -> Option<u32> {
        match self.conn {
            splice::NONE | splice::SUCCESSOR => None,
            conn => Some(conn),
        }
    }

    /// Whether its chain of ids runs over other books, too.
    pub const fn shares_chain(&self) -> bool {
        self.shared.is_some()
    }

    /// Connection `conn` is gone; `replaced` says that another one carries its streams on.
    pub(crate) fn release(&mut self, conn: u32, replaced: bool) {
        self.release_orders(conn, replaced);
        self.carriers.iter_mut().for_each(|carrier| carrier.release(conn, replaced));
        if self.conn == conn {
            self.conn = if replaced { splice::SUCCESSOR } else { splice::NONE };
        }
    }

    /// What a resync of this book has to ask for: `SCOPE_*` and the adapter's number.
    pub(crate) fn scope(&self) -> (u32, u32) {
        let own = (abi::SCOPE_INSTRUMENT, self.index);
        let (kind, number) = self.shared.unwrap_or(own);
        (u32::from(kind), number)
    }

    /// Counts with those that the book keeps itself. Gaps of a shared chain are counted once, by
    /// the engine.
    pub fn tally(&self) -> Tally {
        let Counters { applied, gaps, resyncs, crossed, .. } = *self.book.counters();
        let gaps = if self.shared.is_some() { 0 } else { gaps };
        Tally { applied, gaps, resyncs, crossed, ..self.tally }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.trades += other.trades;
        self.off_book_trades += other.off_book_trades;
        self.quotes += other.quotes;
        self.book_updates += other.book_updates;
        self.others += other.others;
        self.quote_checks += other.quote_checks;
        self.quote_convictions += other.quote_convictions;
        self.audits += other.audits;
        self.audit_convictions += other.audit_convictions;
        self.audits_lost += other.audits_lost;
        self.crossed_convictions += other.crossed_convictions;
        self.applied += other.applied;
        self.gaps += other.gaps;
        self.resyncs += other.resyncs;
        self.crossed += other.crossed;
        self.repeated += other.repeated;
    }
}

fn canonical(about: &Instrument) -> Option<String> {
    Canonical::of(about).map(|name| name.to_string())
}

const fn carried(kind: u16) -> Option<usize> {
    match kind {
        abi::SLOT_QUOTE => Some(0),
        abi::SLOT_MARK => Some(1),
        abi::SLOT_FUNDING => Some(2),
        abi::SLOT_OPEN_INTEREST => Some(3),
        abi::SLOT_LIQUIDATION => Some(4),
        _ => None,
    }
}
