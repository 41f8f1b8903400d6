//! Records of books: what a venue says of one ([`Depth`]), and what the host makes of it
//! ([`BookState`]).

use crate::Head;

/// One message about a book: a snapshot or a change. `slots` slots of four [`Level`]s follow, bids
/// first, then asks, without a break between them; unused levels of the last slot are zero.
///
/// `head.sequence` is the last update id that the message covers. The adapter declares, the host
/// judges: which chain the ids belong to (`scope`, `chain`) and which of them mean something
/// (`flags`). Without instrument and levels it is a mark: it only advances its chain.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Depth {
    /// Kind [`crate::SLOT_DEPTH`]; `flags` is 0 or [`DEPTH_AUDIT`].
    pub head: Head,
    /// First update id that the message covers, with [`DEPTH_FIRST`].
    pub first: u64,
    /// Last update id of the message before, with [`DEPTH_PREVIOUS`].
    pub previous: u64,
    /// The venue's checksum after this message, with [`DEPTH_CHECKSUM`]. The instrument names the
    /// algorithm.
    pub checksum: u32,
    /// Number of the stream or connection whose ids these are, with [`SCOPE_STREAM`] or
    /// [`SCOPE_CONNECTION`]; chosen by the adapter.
    pub chain: u32,
    /// Bid levels that follow.
    pub bids: u16,
    /// Ask levels that follow.
    pub asks: u16,
    /// Slots that follow: `ceil((bids + asks) / 4)`.
    pub slots: u16,
    /// `SCOPE_*`.
    pub scope: u8,
    /// `DEPTH_*`.
    pub flags: u8,
}

/// `Depth::flags`: the levels replace the book.
pub const DEPTH_SNAPSHOT: u8 = 1;
/// `Depth::flags`: `first` is meaningful.
pub const DEPTH_FIRST: u8 = 2;
/// `Depth::flags`: `previous` is meaningful and must equal the last id of the chain.
pub const DEPTH_PREVIOUS: u8 = 4;
/// `Depth::flags`: ids count up by one without holes; `first` (or `sequence`, without
/// [`DEPTH_FIRST`]) must be one more than the last id of the chain.
pub const DEPTH_DENSE: u8 = 8;
/// `Depth::flags`: `checksum` is meaningful.
pub const DEPTH_CHECKSUM: u8 = 16;
/// `Depth::flags`: the venue sends whole books; of two, the one with the newer `exchange_ns` wins.
pub const DEPTH_NEWEST: u8 = 32;
/// `Depth::flags`: with [`DEPTH_SNAPSHOT`], the venue has started its ids again: they may be lower.
pub const DEPTH_RESET: u8 = 64;
/// `Depth::flags`: only the best levels of a deeper book; what lies beyond is unknown, not empty.
pub const DEPTH_PARTIAL: u8 = 128;
/// `Head::flags` of a [`Depth`] with [`DEPTH_SNAPSHOT`] and [`SCOPE_NONE`]: the book is compared
/// with it, never replaced by it.
pub const DEPTH_AUDIT: u16 = 1;

/// `Depth::scope`: the message has no ids to chain.
pub const SCOPE_NONE: u8 = 0;
/// `Depth::scope`: ids belong to the instrument.
pub const SCOPE_INSTRUMENT: u8 = 1;
/// `Depth::scope`: ids belong to one stream; `chain` is its number.
pub const SCOPE_STREAM: u8 = 2;
/// `Depth::scope`: ids run over everything on one connection; `chain` is its number.
pub const SCOPE_CONNECTION: u8 = 3;

/// A price level. Quantity is absolute; 0 removes the level.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Price mantissa at the instrument's price exponent.
    pub price: i64,
    /// Quantity mantissa at the instrument's quantity exponent.
    pub qty: i64,
}

/// A book changed its state. From the host only.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct BookState {
    /// Kind [`crate::SLOT_BOOK_STATE`]; `sequence` is the book's last update id.
    pub head: Head,
    /// Last id before the break, for a gap.
    pub expected: u64,
    /// Id that came instead, for a gap.
    pub found: u64,
    /// When the book was last right, 0 if never.
    pub live_until_ns: i64,
    /// `BOOK_*`.
    pub state: u8,
    /// `EVIDENCE_*`.
    pub evidence: u8,
    /// `CAUSE_*`.
    pub cause: u16,
    /// Zero.
    pub reserved: u32,
}

/// Nothing was received.
pub const BOOK_EMPTY: u8 = 0;
/// Changes are kept until a snapshot comes.
pub const BOOK_SYNCING: u8 = 1;
/// Right, by the evidence given.
pub const BOOK_LIVE: u8 = 2;
/// Was right; is not to be traded on.
pub const BOOK_STALE: u8 = 3;

/// The venue gives nothing to judge by.
pub const EVIDENCE_UNPROVEN: u8 = 0;
/// Whole books only; nothing to chain.
pub const EVIDENCE_SNAPSHOT: u8 = 1;
/// Update ids chain from the snapshot on.
pub const EVIDENCE_CHAINED: u8 = 2;
/// The venue's checksum agreed.
pub const EVIDENCE_CHECKSUMMED: u8 = 3;

/// No cause: a regular change of state.
pub const CAUSE_NONE: u16 = 0;
/// First data of the instrument.
pub const CAUSE_STARTED: u16 = 1;
/// Snapshot and changes fit together.
pub const CAUSE_SPLICED: u16 = 2;
/// An update id is missing.
pub const CAUSE_GAP: u16 = 3;
/// The venue's checksum disagreed.
pub const CAUSE_CHECKSUM: u16 = 4;
/// The venue's own best bid and ask disagreed at the same update id.
pub const CAUSE_QUOTE: u16 = 5;
/// A message could not be read.
pub const CAUSE_REJECTED: u16 = 6;
/// Changes waited too long for their snapshot and were dropped.
pub const CAUSE_OVERFLOW: u16 = 7;
/// The snapshot is older than the changes that were kept.
pub const CAUSE_OLD_SNAPSHOT: u16 = 8;
/// The connection closed.
pub const CAUSE_CLOSED: u16 = 9;
/// The plugin failed.
pub const CAUSE_FAULT: u16 = 10;
/// The venue started its ids again.
pub const CAUSE_RESET: u16 = 11;
/// Best bid above best ask for longer than allowed.
pub const CAUSE_CROSSED: u16 = 12;
/// A snapshot fetched for comparison disagreed.
pub const CAUSE_AUDIT: u16 = 13;
/// The message contradicts itself (`first` after `sequence`, a snapshot that repeats a price).
pub const CAUSE_INVALID: u16 = 14;

/// Four levels a slot.
pub const LEVELS_PER_SLOT: usize = 4;
