//! Records of an account: orders, fills, balances, positions, and the ends of lists of them.

use crate::Head;

/// State of an order. `slots` slots follow: first an [`OrderDetail`], then [`crate::TextSlot`]s: the
/// venue's order id, then the reason in pieces.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrderUpdate {
    /// Kind [`crate::SLOT_ORDER_UPDATE`].
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
    /// Slots that follow: 0, or 1 for the [`OrderDetail`] and one for each [`crate::TextSlot`].
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
    /// Kind [`crate::SLOT_FILL`]; `flags` is the `SIDE_*` of our order.
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
    /// Kind [`crate::SLOT_BALANCE`]; `flags` is the decimal exponent as an `i16`.
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
    /// Kind [`crate::SLOT_POSITION`]; `flags`: 0 net, 1 long leg, 2 short leg of a hedged account.
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

/// The end of a list that the host asked for: its lines were reported before this record.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ListEnd {
    /// Kind [`crate::SLOT_LIST_END`]; `instrument` is the one asked about, [`crate::NO_INSTRUMENT`] for the
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
