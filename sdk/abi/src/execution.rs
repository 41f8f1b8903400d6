//! The execution and account half of an adapter: extension `"patchbay.execution/0"`.
//!
//! Orders come in, reports go out as records ([`crate::OrderUpdate`], [`crate::Fill`],
//! [`crate::Balance`], [`crate::Position`], [`crate::ListEnd`]) from `on_frame` and `on_reply`.
//! [`crate::OK`] from a function here means only that the request was handed to the host for
//! sending. An adapter never resends and never decides an outcome that the venue has not proven.

use core::ffi::c_void;

use crate::{AdapterCx, ClientId, Status, Str};

/// Extension id of [`ExecutionVtable`].
pub const EXECUTION: &str = "patchbay.execution/0";

/// An order to place.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct OrderIntent {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// Instrument: the adapter's index in calls to it, the host's id in calls from a strategy.
    pub instrument: u32,
    /// Client order id; set by the host, zero from a strategy.
    pub client: ClientId,
    /// `SIDE_*`.
    pub side: u8,
    /// `ORDER_TYPE_*`.
    pub order_type: u8,
    /// `TIF_*`.
    pub time_in_force: u8,
    /// `INTENT_*`.
    pub flags: u8,
    /// Limit price mantissa; 0 for market orders.
    pub price: i64,
    /// Quantity mantissa.
    pub qty: i64,
    /// Trigger price mantissa; 0 if none.
    pub trigger_price: i64,
    /// End of a good-till-date order.
    pub expire_ns: i64,
    /// `STP_*`.
    pub self_trade: u32,
    /// Zero.
    pub reserved: u32,
}

/// Limit.
pub const ORDER_TYPE_LIMIT: u8 = 1;
/// Market.
pub const ORDER_TYPE_MARKET: u8 = 2;
/// Market once the trigger price trades.
pub const ORDER_TYPE_STOP_MARKET: u8 = 3;
/// Limit once the trigger price trades.
pub const ORDER_TYPE_STOP_LIMIT: u8 = 4;

/// Good till cancelled.
pub const TIF_GTC: u8 = 1;
/// Immediate or cancel.
pub const TIF_IOC: u8 = 2;
/// Fill or kill.
pub const TIF_FOK: u8 = 3;
/// Good till `expire_ns`.
pub const TIF_GTD: u8 = 4;
/// Good for the day's session.
pub const TIF_DAY: u8 = 5;

/// `OrderIntent::flags`: refuse rather than take.
pub const INTENT_POST_ONLY: u8 = 1;
/// `OrderIntent::flags`: may only make a position smaller.
pub const INTENT_REDUCE_ONLY: u8 = 2;
/// `OrderIntent::flags`: for the short leg of a hedged account.
pub const INTENT_SHORT_LEG: u8 = 4;

/// The venue's default.
pub const STP_DEFAULT: u32 = 0;
/// Cancel the resting order.
pub const STP_CANCEL_MAKER: u32 = 1;
/// Cancel the new order.
pub const STP_CANCEL_TAKER: u32 = 2;
/// Cancel both.
pub const STP_CANCEL_BOTH: u32 = 3;

/// Names one order.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrderRef {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// Instrument, as in [`OrderIntent`].
    pub instrument: u32,
    /// Client order id; zero for an order that the host did not place.
    pub client: ClientId,
    /// The venue's order id, empty if not known yet.
    pub venue_id: Str,
}

/// A change of price and quantity.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrderAmend {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// Which order.
    pub order: *const OrderRef,
    /// New limit price mantissa; 0 leaves it.
    pub price: i64,
    /// New total quantity mantissa; 0 leaves it.
    pub qty: i64,
}

/// Which fills are asked for.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FillsSince {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// Instrument index; [`crate::NO_INSTRUMENT`] for all.
    pub instrument: u32,
    /// Fills at or after this time.
    pub from_ns: i64,
    /// Fills after this trade id, 0 for by time only.
    pub from_trade_id: u64,
}

/// Functions of the execution half. All `[instance]`; a null entry answers
/// [`crate::UNSUPPORTED`], and the host then refuses intents that need it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ExecutionVtable {
    /// Bytes of this table.
    pub struct_size: usize,
    /// Places an order.
    pub place: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            order: *const OrderIntent,
        ) -> Status,
    >,
    /// Amends one; the venue's rules on priority apply.
    pub amend: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            amend: *const OrderAmend,
        ) -> Status,
    >,
    /// Cancels one.
    pub cancel: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            order: *const OrderRef,
        ) -> Status,
    >,
    /// Cancels all of an instrument, or of the account with [`crate::NO_INSTRUMENT`].
    pub cancel_all: Option<
        unsafe extern "C" fn(instance: *mut c_void, cx: *mut AdapterCx, instrument: u32) -> Status,
    >,
    /// Arms or refreshes the venue's dead-man switch; 0 disarms.
    pub dead_man: Option<
        unsafe extern "C" fn(instance: *mut c_void, cx: *mut AdapterCx, timeout_ns: i64) -> Status,
    >,
    /// Asks what became of an order; answered by an [`crate::OrderUpdate`].
    pub query_order: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            order: *const OrderRef,
        ) -> Status,
    >,
    /// Asks for all open orders of an instrument, or of the account.
    pub query_open_orders: Option<
        unsafe extern "C" fn(instance: *mut c_void, cx: *mut AdapterCx, instrument: u32) -> Status,
    >,
    /// Asks for fills.
    pub query_fills: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            since: *const FillsSince,
        ) -> Status,
    >,
    /// Asks for balances.
    pub query_balances:
        Option<unsafe extern "C" fn(instance: *mut c_void, cx: *mut AdapterCx) -> Status>,
    /// Asks for positions.
    pub query_positions:
        Option<unsafe extern "C" fn(instance: *mut c_void, cx: *mut AdapterCx) -> Status>,
    /// Opens the account's private streams, with the key named.
    pub open_account:
        Option<unsafe extern "C" fn(instance: *mut c_void, cx: *mut AdapterCx, key: Str) -> Status>,
}
