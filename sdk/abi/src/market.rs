//! Records of market data but depth: what happened at a venue, and what it states of an instrument.

use crate::Head;

/// A trade.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Trade {
    /// Kind [`crate::SLOT_TRADE`].
    pub head: Head,
    /// Price mantissa.
    pub price: i64,
    /// Quantity mantissa.
    pub qty: i64,
    /// The venue's trade id if it is a decimal number that fits; otherwise the first 8 bytes,
    /// little-endian, of the BLAKE3 hash of its text, with `id_hashed` 1; 0 if the venue sends
    /// none.
    pub trade_id: u64,
    /// Fills that the venue merged into this record, 0 if it does not say.
    pub fills: u32,
    /// `SIDE_*`: the side that took liquidity.
    pub aggressor: u8,
    /// 1 if `trade_id` is a hash.
    pub id_hashed: u8,
    /// `TRADE_*`.
    pub flags: u16,
}

/// `Trade::flags`: not a match in the book (block trade, insurance fund, auto-deleveraging); keep
/// it off the tape.
pub const TRADE_OFF_BOOK: u16 = 1;
/// `Trade::flags`: several fills of one taker order in one record.
pub const TRADE_AGGREGATED: u16 = 2;
/// `Trade::flags`: matched in an auction.
pub const TRADE_AUCTION: u16 = 4;
/// `Trade::flags`: the taker was liquidated.
pub const TRADE_LIQUIDATION: u16 = 8;

/// Not known.
pub const SIDE_NONE: u8 = 0;
/// Buy; bid.
pub const SIDE_BUY: u8 = 1;
/// Sell; ask.
pub const SIDE_SELL: u8 = 2;

/// Best bid and ask. An empty side has price and quantity 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Quote {
    /// Kind [`crate::SLOT_QUOTE`]; `flags` is `QUOTE_*`, or-ed.
    pub head: Head,
    /// Best bid price mantissa.
    pub bid_price: i64,
    /// Quantity at it.
    pub bid_qty: i64,
    /// Best ask price mantissa.
    pub ask_price: i64,
    /// Quantity at it.
    pub ask_qty: i64,
}

/// `Quote` head flags: from the venue's own channel.
pub const QUOTE_VENUE: u16 = 1;
/// `Quote` head flags: derived from the book.
pub const QUOTE_BOOK: u16 = 2;
/// `Quote` head flags: `sequence` counts like the book's ids, so that a book at the same id must
/// agree; with [`QUOTE_VENUE`].
pub const QUOTE_SAME_IDS: u16 = 4;

/// One event of one order in the book (L3). Head flags hold `action | side << 4 | inferred << 6`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Order {
    /// Kind [`crate::SLOT_ORDER`].
    pub head: Head,
    /// The venue's order id, or its hash as for trades.
    pub order_id: u64,
    /// Price mantissa.
    pub price: i64,
    /// Quantity mantissa: what was added, or what remains.
    pub qty: i64,
    /// Trade that executed it, 0 if none.
    pub trade_id: u64,
}

/// `Order` action: the order entered the book.
pub const ORDER_ADD: u16 = 1;
/// `Order` action: its quantity shrank; `qty` remains.
pub const ORDER_REDUCE: u16 = 2;
/// `Order` action: it left the book.
pub const ORDER_DELETE: u16 = 3;
/// `Order` action: it was (partly) executed; `qty` remains.
pub const ORDER_EXECUTE: u16 = 4;

/// Mark, index and estimated settlement price. They carry more digits than the instrument's prices
/// and so an exponent of their own. 0 where the venue sends none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Mark {
    /// Kind [`crate::SLOT_MARK`].
    pub head: Head,
    /// Mark price mantissa at `exp`.
    pub mark: i64,
    /// Index price mantissa at `exp`.
    pub index: i64,
    /// Estimated settlement price mantissa at `exp`.
    pub settle: i64,
    /// Decimal exponent of the three.
    pub exp: i8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// Funding of a perpetual.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Funding {
    /// Kind [`crate::SLOT_FUNDING`].
    pub head: Head,
    /// Rate mantissa at `rate_exp`, as a fraction of notional per interval; longs pay if positive.
    pub rate: i64,
    /// When it is next charged.
    pub next_ns: i64,
    /// Interval in ns, 0 if the venue does not say.
    pub interval_ns: i64,
    /// Decimal exponent of `rate`.
    pub rate_exp: i8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// Open interest.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OpenInterest {
    /// Kind [`crate::SLOT_OPEN_INTEREST`].
    pub head: Head,
    /// Open contracts, mantissa at `qty_exp`.
    pub qty: i64,
    /// Their value in quote currency, mantissa at `value_exp`; 0 if the venue does not say.
    pub value: i64,
    /// Decimal exponent of `qty`.
    pub qty_exp: i8,
    /// Decimal exponent of `value`.
    pub value_exp: i8,
    /// Zero.
    pub reserved: [u8; 14],
}

/// A liquidation order, as far as the venue publishes it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Liquidation {
    /// Kind [`crate::SLOT_LIQUIDATION`].
    pub head: Head,
    /// Order price mantissa at `exp`.
    pub price: i64,
    /// Order quantity mantissa at the instrument's quantity exponent.
    pub qty: i64,
    /// Average fill price mantissa at `exp`, 0 if not filled.
    pub average_price: i64,
    /// Decimal exponent of the two prices.
    pub exp: i8,
    /// `SIDE_*` of the liquidation order: [`SIDE_SELL`] closes a long.
    pub side: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

/// Session state of an instrument, or of the venue with [`crate::NO_INSTRUMENT`].
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SessionStatus {
    /// Kind [`crate::SLOT_STATUS`].
    pub head: Head,
    /// When the state began, 0 if not said.
    pub since_ns: i64,
    /// When it ends, 0 if not said.
    pub until_ns: i64,
    /// The venue's own code, 0 if none.
    pub code: u32,
    /// `SESSION_*`.
    pub state: u8,
    /// Zero.
    pub reserved: [u8; 11],
}

/// Not known.
pub const SESSION_UNKNOWN: u8 = 0;
/// Orders match continuously.
pub const SESSION_CONTINUOUS: u8 = 1;
/// A call auction collects orders; a crossed book is legal.
pub const SESSION_AUCTION: u8 = 2;
/// Halted; nothing matches.
pub const SESSION_HALT: u8 = 3;
/// Closed.
pub const SESSION_CLOSED: u8 = 4;
/// Only cancels are taken.
pub const SESSION_CANCEL_ONLY: u8 = 5;
/// Only post-only orders are taken.
pub const SESSION_POST_ONLY: u8 = 6;
/// Listed, not yet trading.
pub const SESSION_PRE_OPEN: u8 = 7;
/// Delivering or settling.
pub const SESSION_SETTLING: u8 = 8;
