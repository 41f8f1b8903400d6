//! Records: 64-byte slots, the unit in which market data and reports travel.
//!
//! A record is one head slot, followed by `slots` continuation slots where its kind has them
//! (levels after [`Depth`], an [`OrderDetail`] and [`TextSlot`]s after [`OrderUpdate`], a
//! [`FillDetail`] after [`Fill`]).
//! Readers skip kinds they do not know; a continuation slot never stands alone.

/// First half of every head slot.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// `SLOT_*`.
    pub kind: u16,
    /// Meaning depends on `kind`; 0 where the kind states none.
    pub flags: u16,
    /// From an adapter: its own dense index. To a strategy: the host's id. [`NO_INSTRUMENT`] if the
    /// record belongs to none.
    pub instrument: u32,
    /// The venue's update id of this record, 0 if it sends none.
    pub sequence: u64,
    /// The venue's event time, 0 if it sends none.
    pub exchange_ns: i64,
    /// Host time at which the frame was read from its socket.
    pub receive_ns: i64,
}

/// `Head::instrument` of a record without instrument.
pub const NO_INSTRUMENT: u32 = u32::MAX;

/// One message about a book: a snapshot or a change. `slots` slots of four [`Level`]s follow, bids
/// first, then asks, without a break between them; unused levels of the last slot are zero.
///
/// `head.sequence` is the last update id that the message covers. The adapter declares, the host
/// judges: which chain the ids belong to (`scope`, `chain`) and which of them mean something
/// (`flags`). Without instrument and levels it is a mark: it only advances its chain.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Depth {
    /// Kind [`SLOT_DEPTH`]; `flags` is 0 or [`DEPTH_AUDIT`].
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

/// A trade.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Trade {
    /// Kind [`SLOT_TRADE`].
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
    /// Kind [`SLOT_QUOTE`]; `flags` is `QUOTE_*`, or-ed.
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
    /// Kind [`SLOT_ORDER`].
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

/// Best bid and offer over venues, of a consolidated instrument. `head.sequence` holds bid venue
/// (bits 0 to 15), ask venue (16 to 31) and state (32 to 39: 0 normal, 1 locked, 2 crossed, 3
/// one-sided, 4 none).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Nbbo {
    /// Kind [`SLOT_NBBO`].
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

/// One feature's new value.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Feature {
    /// Kind [`SLOT_FEATURE`].
    pub head: Head,
    /// Value, in the feature's own unit.
    pub value: f64,
    /// Feature id.
    pub feature: u32,
    /// Zero.
    pub reserved: [u32; 5],
}

/// A price signal.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Signal {
    /// Kind [`SLOT_SIGNAL`].
    pub head: Head,
    /// Model id.
    pub model: u32,
    /// How far ahead, in ms.
    pub horizon_ms: u32,
    /// Expected relative change of the mid price.
    pub value: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// Zero.
    pub reserved: u64,
}

/// Mark, index and estimated settlement price. They carry more digits than the instrument's prices
/// and so an exponent of their own. 0 where the venue sends none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Mark {
    /// Kind [`SLOT_MARK`].
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
    /// Kind [`SLOT_FUNDING`].
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
    /// Kind [`SLOT_OPEN_INTEREST`].
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
    /// Kind [`SLOT_LIQUIDATION`].
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

/// Session state of an instrument, or of the venue with [`NO_INSTRUMENT`].
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SessionStatus {
    /// Kind [`SLOT_STATUS`].
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

/// A finding about the quality of an instrument's data.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Quality {
    /// Kind [`SLOT_QUALITY`].
    pub head: Head,
    /// What was seen, in the detector's unit.
    pub value: f64,
    /// What was expected.
    pub expected: f64,
    /// Detector id.
    pub detector: u32,
    /// 1 note, 2 warning, 3 alarm.
    pub severity: u32,
    /// Zero.
    pub reserved: u64,
}

/// State of an order. `slots` slots follow: first an [`OrderDetail`], then [`TextSlot`]s: the
/// venue's order id, then the reason in pieces.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrderUpdate {
    /// Kind [`SLOT_ORDER_UPDATE`].
    pub head: Head,
    /// Client order id; zero for an order that the host did not place.
    pub client: ClientId,
    /// Filled so far in total, mantissa.
    pub filled_qty: i64,
    /// The venue's code, 0 if none.
    pub code: i32,
    /// `ORDER_STATE_*`.
    pub state: u8,
    /// `REASON_*`: the adapter's classification of the venue's reason.
    pub reason: u8,
    /// Slots that follow: 0, or 1 for the [`OrderDetail`] and one for each [`TextSlot`].
    pub slots: u8,
    /// 1 if the host did not place it.
    pub external: u8,
}

/// First continuation of [`OrderUpdate`]: the order as the venue states it. 0 for what it does not
/// state.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrderDetail {
    /// Limit price mantissa.
    pub price: i64,
    /// Quantity mantissa, what is filled included.
    pub qty: i64,
    /// Average price of the fills so far, mantissa at `average_exp`.
    pub average_price: i64,
    /// Trigger price mantissa.
    pub trigger_price: i64,
    /// The venue's order id, or its hash as for trades.
    pub order_id: u64,
    /// Decimal exponent of `average_price`.
    pub average_exp: i8,
    /// `SIDE_*`.
    pub side: u8,
    /// `ORDER_TYPE_*`.
    pub order_type: u8,
    /// `TIF_*`.
    pub time_in_force: u8,
    /// 0 net, 1 long leg, 2 short leg of a hedged account.
    pub leg: u8,
    /// 1 if `order_id` is a hash.
    pub id_hashed: u8,
    /// Zero.
    pub reserved: [u8; 18],
}

/// Client order id: host (bits 48 to 63 of `high`), epoch (0 to 47 of `high`), counter (`low`, 48
/// bits).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientId {
    /// `host << 48 | epoch`.
    pub high: u64,
    /// Counter.
    pub low: u64,
}

/// On its way; nothing is proven.
pub const ORDER_STATE_PENDING: u8 = 1;
/// In the venue's book.
pub const ORDER_STATE_OPEN: u8 = 2;
/// Partly filled and open.
pub const ORDER_STATE_PARTIAL: u8 = 3;
/// Filled.
pub const ORDER_STATE_FILLED: u8 = 4;
/// Cancelled; no more fills will come.
pub const ORDER_STATE_CANCELED: u8 = 5;
/// Refused by the venue.
pub const ORDER_STATE_REJECTED: u8 = 6;
/// Ended by its time in force or by the venue.
pub const ORDER_STATE_EXPIRED: u8 = 7;
/// The venue answered a query: it never had this order.
pub const ORDER_STATE_NOT_FOUND: u8 = 8;
/// Nobody knows; only the venue's proof ends it.
pub const ORDER_STATE_UNKNOWN: u8 = 9;
/// An amendment took effect.
pub const ORDER_STATE_REPLACED: u8 = 10;

/// No reason given.
pub const REASON_NONE: u8 = 0;
/// Balance or margin too small.
pub const REASON_FUNDS: u8 = 1;
/// Price or quantity breaks the instrument's rules.
pub const REASON_FILTER: u8 = 2;
/// A post-only order would have taken.
pub const REASON_WOULD_TAKE: u8 = 3;
/// The client order id is in use.
pub const REASON_DUPLICATE: u8 = 4;
/// A limit of the venue is reached.
pub const REASON_RATE_LIMIT: u8 = 5;
/// The request's time was outside the venue's window.
pub const REASON_CLOCK: u8 = 6;
/// Key, address or permission.
pub const REASON_PERMISSION: u8 = 7;
/// The venue or the instrument does not trade now.
pub const REASON_CLOSED: u8 = 8;
/// Self-trade prevention.
pub const REASON_SELF_TRADE: u8 = 9;
/// Liquidation or auto-deleveraging by the venue.
pub const REASON_LIQUIDATION: u8 = 10;
/// Anything else; see the text.
pub const REASON_OTHER: u8 = 255;

/// A fill of one of our orders. One [`FillDetail`] follows.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Fill {
    /// Kind [`SLOT_FILL`]; `flags` is the `SIDE_*` of our order.
    pub head: Head,
    /// Client order id; zero for an order that the host did not place.
    pub client: ClientId,
    /// Price mantissa.
    pub price: i64,
    /// Quantity mantissa.
    pub qty: i64,
}

/// Continuation of [`Fill`].
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FillDetail {
    /// The venue's trade id, or its hash as for trades.
    pub trade_id: u64,
    /// The venue's order id, or its hash.
    pub order_id: u64,
    /// Fee mantissa at `fee_exp`; negative is a rebate.
    pub fee: i64,
    /// Currency of the fee, zero-padded.
    pub fee_asset: [u8; 16],
    /// Decimal exponent of `fee`.
    pub fee_exp: i8,
    /// 1 maker, 2 taker, 0 unknown.
    pub liquidity: u8,
    /// 1 if `trade_id` is a hash.
    pub id_hashed: u8,
    /// 1 if `order_id` is a hash.
    pub order_id_hashed: u8,
    /// Zero.
    pub reserved: [u8; 20],
}

/// Balance of one currency.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Balance {
    /// Kind [`SLOT_BALANCE`]; `flags` is the decimal exponent as an `i16`.
    pub head: Head,
    /// Currency, zero-padded.
    pub asset: [u8; 16],
    /// Free, mantissa.
    pub free: i64,
    /// Locked in orders, mantissa.
    pub locked: i64,
}

/// Position in one instrument.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Position {
    /// Kind [`SLOT_POSITION`]; `flags`: 0 net, 1 long leg, 2 short leg of a hedged account.
    pub head: Head,
    /// Signed quantity, mantissa at the instrument's quantity exponent.
    pub qty: i64,
    /// Average entry price, mantissa at `entry_exp`.
    pub entry_price: i64,
    /// Unrealised profit in settlement currency, mantissa at `profit_exp`.
    pub profit: i64,
    /// Decimal exponent of `entry_price`.
    pub entry_exp: i8,
    /// Decimal exponent of `profit`.
    pub profit_exp: i8,
    /// Zero.
    pub reserved: [u8; 6],
}

/// A book changed its state. From the host only.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct BookState {
    /// Kind [`SLOT_BOOK_STATE`]; `sequence` is the book's last update id.
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

/// The end of a list that the host asked for: its lines were reported before this record.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ListEnd {
    /// Kind [`SLOT_LIST_END`]; `instrument` is the one asked about, [`NO_INSTRUMENT`] for the
    /// account.
    pub head: Head,
    /// `LIST_*`.
    pub list: u32,
    /// 1 if nothing is missing from the list, so that what it does not name is not there; 0 if it
    /// was cut.
    pub complete: u32,
    /// Earliest time that the list covers, with [`LIST_FILLS`]; 0 if it reaches back to the start.
    pub from_ns: i64,
    /// Zero.
    pub reserved: [u64; 2],
}

/// `ListEnd::list`: open orders, as [`OrderUpdate`]s.
pub const LIST_OPEN_ORDERS: u32 = 1;
/// `ListEnd::list`: fills, as [`Fill`]s.
pub const LIST_FILLS: u32 = 2;
/// `ListEnd::list`: balances, as [`Balance`]s.
pub const LIST_BALANCES: u32 = 3;
/// `ListEnd::list`: positions, as [`Position`]s.
pub const LIST_POSITIONS: u32 = 4;

/// Continuation with text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TextSlot {
    /// Bytes used of `bytes`.
    pub len: u8,
    /// UTF-8, cut at a character.
    pub bytes: [u8; 63],
}

/// [`Depth`].
pub const SLOT_DEPTH: u16 = 1;
/// [`Trade`].
pub const SLOT_TRADE: u16 = 2;
/// [`Quote`].
pub const SLOT_QUOTE: u16 = 3;
/// [`Order`].
pub const SLOT_ORDER: u16 = 4;
/// [`Nbbo`].
pub const SLOT_NBBO: u16 = 5;
/// [`Feature`].
pub const SLOT_FEATURE: u16 = 6;
/// [`Signal`].
pub const SLOT_SIGNAL: u16 = 7;
/// [`Mark`].
pub const SLOT_MARK: u16 = 8;
/// [`Funding`].
pub const SLOT_FUNDING: u16 = 9;
/// [`OpenInterest`].
pub const SLOT_OPEN_INTEREST: u16 = 10;
/// [`Liquidation`].
pub const SLOT_LIQUIDATION: u16 = 11;
/// [`SessionStatus`].
pub const SLOT_STATUS: u16 = 12;
/// [`Quality`].
pub const SLOT_QUALITY: u16 = 13;
/// [`OrderUpdate`].
pub const SLOT_ORDER_UPDATE: u16 = 14;
/// [`Fill`].
pub const SLOT_FILL: u16 = 15;
/// [`Balance`].
pub const SLOT_BALANCE: u16 = 16;
/// [`Position`].
pub const SLOT_POSITION: u16 = 17;
/// [`BookState`].
pub const SLOT_BOOK_STATE: u16 = 18;
/// [`ListEnd`].
pub const SLOT_LIST_END: u16 = 19;

/// 64 bytes: a head slot or a continuation slot.
///
/// Every member is made of integers and floats without padding, so that any bits are a valid value
/// of any member; what a reader makes of them is decided by `head.kind`.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
pub union Slot {
    /// Head of every record.
    pub head: Head,
    /// [`SLOT_DEPTH`].
    pub depth: Depth,
    /// Continuation of [`Depth`].
    pub levels: [Level; 4],
    /// [`SLOT_TRADE`].
    pub trade: Trade,
    /// [`SLOT_QUOTE`].
    pub quote: Quote,
    /// [`SLOT_ORDER`].
    pub order: Order,
    /// [`SLOT_NBBO`].
    pub nbbo: Nbbo,
    /// [`SLOT_FEATURE`].
    pub feature: Feature,
    /// [`SLOT_SIGNAL`].
    pub signal: Signal,
    /// [`SLOT_MARK`].
    pub mark: Mark,
    /// [`SLOT_FUNDING`].
    pub funding: Funding,
    /// [`SLOT_OPEN_INTEREST`].
    pub open_interest: OpenInterest,
    /// [`SLOT_LIQUIDATION`].
    pub liquidation: Liquidation,
    /// [`SLOT_STATUS`].
    pub status: SessionStatus,
    /// [`SLOT_QUALITY`].
    pub quality: Quality,
    /// [`SLOT_ORDER_UPDATE`].
    pub order_update: OrderUpdate,
    /// First continuation of [`OrderUpdate`].
    pub order_detail: OrderDetail,
    /// [`SLOT_FILL`].
    pub fill: Fill,
    /// Continuation of [`Fill`].
    pub fill_detail: FillDetail,
    /// [`SLOT_BALANCE`].
    pub balance: Balance,
    /// [`SLOT_POSITION`].
    pub position: Position,
    /// [`SLOT_BOOK_STATE`].
    pub book_state: BookState,
    /// [`SLOT_LIST_END`].
    pub list_end: ListEnd,
    /// Continuation with text.
    pub text: TextSlot,
    /// The bits.
    pub words: [u64; 8],
}

macro_rules! views {
    ($($name:ident: $ty:ty),* $(,)?) => {
        impl Slot {
            $(
                #[doc = concat!("This slot seen as [`", stringify!($ty), "`]; look at `head().kind` first.")]
                #[inline]
                pub const fn $name(&self) -> &$ty {
                    // SAFETY: 64 initialised bytes; any bits are a valid value (see `Slot`).
                    unsafe { &self.$name }
                }
            )*
        }
        $(
            impl From<$ty> for Slot {
                #[inline]
                fn from($name: $ty) -> Self {
                    const { assert!(size_of::<$ty>() == 64) };
                    Self { $name }
                }
            }
        )*
    };
}

views! {
    depth: Depth, trade: Trade, quote: Quote, order: Order, nbbo: Nbbo, feature: Feature,
    signal: Signal, mark: Mark, funding: Funding, open_interest: OpenInterest,
    liquidation: Liquidation, status: SessionStatus, quality: Quality,
    order_update: OrderUpdate, order_detail: OrderDetail, fill: Fill, fill_detail: FillDetail,
    balance: Balance, position: Position, book_state: BookState, list_end: ListEnd,
    text: TextSlot, levels: [Level; 4], words: [u64; 8],
}

impl Slot {
    /// All bits zero: no kind.
    pub const ZERO: Self = Self { words: [0; 8] };

    /// The head; meaningless in a continuation slot.
    #[inline]
    pub const fn head(&self) -> &Head {
        // SAFETY: as for the views above; `Head` is the first half of the slot.
        unsafe { &self.head }
    }

    /// The head, to be changed in place.
    #[inline]
    pub const fn head_mut(&mut self) -> &mut Head {
        // SAFETY: any bits written through it leave every member valid.
        unsafe { &mut self.head }
    }

    /// Slots of continuation that follow this head slot, as it states itself.
    #[inline]
    pub const fn continuation(&self) -> usize {
        match self.head().kind {
            SLOT_DEPTH => self.depth().slots as usize,
            SLOT_ORDER_UPDATE => self.order_update().slots as usize,
            SLOT_FILL => 1,
            _ => 0,
        }
    }
}

impl PartialEq for Slot {
    fn eq(&self, other: &Self) -> bool {
        self.words() == other.words()
    }
}

impl core::fmt::Debug for Slot {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Slot").field(self.words()).finish()
    }
}

/// Four levels a slot.
pub const LEVELS_PER_SLOT: usize = 4;
