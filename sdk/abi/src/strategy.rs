//! A strategy: turns in, intents out.

use core::ffi::c_void;

use crate::{
    Bytes, ClientId, Create, Instrument, Level, OrderAmend, OrderIntent, OrderRef, Slot, Status,
    Str, StreamWish, WriteFn,
};

/// A book as lent to a strategy; refreshed once a turn, valid until the call returns.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct BookView {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// `BOOK_*`. Levels are present only in [`crate::BOOK_LIVE`].
    pub state: u8,
    /// `EVIDENCE_*`.
    pub evidence: u8,
    /// Bid levels in `bids` (bits 0 to 7) and ask levels in `asks` (bits 8 to 15).
    pub levels: u16,
    /// Host instrument id.
    pub instrument: u32,
    /// Decimal exponent of prices.
    pub price_exp: i8,
    /// Decimal exponent of quantities.
    pub qty_exp: i8,
    /// Zero.
    pub reserved: u16,
    /// Last update id applied.
    pub sequence: u64,
    /// The venue's event time of it.
    pub exchange_ns: i64,
    /// Host time at which it was received; age is `cx.now_ns` minus this.
    pub receive_ns: i64,
    /// Best 10 bids, best first.
    pub bids: [Level; 10],
    /// Best 10 asks, best first.
    pub asks: [Level; 10],
}

/// What a strategy sees of the host during one call.
#[repr(C)]
pub struct StrategyCx {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// Zero.
    pub outcome: u32,
    /// Host time of the turn. The only clock a strategy has.
    pub now_ns: i64,
    /// The host's functions.
    pub host: *const StrategyHost,
    /// First argument of each of them.
    pub ctx: *mut c_void,
}

/// The host's functions for strategies. `[instance]` all: only during a call into the instance,
/// with that call's `ctx`. If the call answers anything but [`crate::OK`], nothing that it asked
/// for is done.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct StrategyHost {
    /// Bytes of this table.
    pub struct_size: u32,
    /// Host minor.
    pub abi_minor: u32,
    /// The book of an instrument; null if there is no such instrument.
    pub book: Option<unsafe extern "C" fn(ctx: *mut c_void, instrument: u32) -> *const BookView>,
    /// Copies up to `cap` levels of a side (`SIDE_*`), best first, into `out`; answers how many.
    /// 0 unless the book is live.
    pub levels: Option<
        unsafe extern "C" fn(
            ctx: *mut c_void,
            instrument: u32,
            side: u8,
            out: *mut Level,
            cap: usize,
        ) -> usize,
    >,
    /// Asks for an order; writes its client id to `id`. Risk may still refuse it: that comes as an
    /// [`crate::OrderUpdate`].
    pub place: Option<
        unsafe extern "C" fn(
            ctx: *mut c_void,
            order: *const OrderIntent,
            id: *mut ClientId,
        ) -> Status,
    >,
    /// Asks for an amendment.
    pub amend: Option<unsafe extern "C" fn(ctx: *mut c_void, amend: *const OrderAmend) -> Status>,
    /// Asks for a cancel.
    pub cancel: Option<unsafe extern "C" fn(ctx: *mut c_void, order: *const OrderRef) -> Status>,
    /// Asks for the cancel of all own orders of an instrument, or of all.
    pub cancel_all: Option<unsafe extern "C" fn(ctx: *mut c_void, instrument: u32) -> Status>,
    /// `on_timer` is wanted at `at_ns`; replaces the wish before. 0 for none.
    pub wake: Option<unsafe extern "C" fn(ctx: *mut c_void, at_ns: i64) -> Status>,
    /// Adds to or, with `channels` 0, removes from the instruments whose records are delivered.
    /// Before the first call, all are; the first call leaves only what it names.
    pub subscribe:
        Option<unsafe extern "C" fn(ctx: *mut c_void, wish: *const StreamWish) -> Status>,
    /// Finds a host extension; null if there is none.
    pub query: Option<unsafe extern "C" fn(ctx: *mut c_void, id: Str) -> *const c_void>,
    /// The host's id of the instrument that `venue` names so and that is of `kind`
    /// (`INSTRUMENT_*`); [`crate::NO_INSTRUMENT`] if there is none.
    pub find:
        Option<unsafe extern "C" fn(ctx: *mut c_void, venue: Str, symbol: Str, kind: u32) -> u32>,
    /// The definition of an instrument, with the host's id as `index`; null if there is none.
    /// Lent, with all that it points to, until the call into the strategy returns.
    pub instrument:
        Option<unsafe extern "C" fn(ctx: *mut c_void, instrument: u32) -> *const Instrument>,
}

/// Functions of a strategy. Required: `create`, `destroy`, `on_turn`, and with
/// [`crate::FLAG_HAS_STATE`] `save` and `restore`; the others are filled as for adapters. All
/// `[instance]`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct StrategyVtable {
    /// Bytes of this table.
    pub struct_size: usize,
    /// Number of the layout of the saved state; changes with it.
    pub state_schema: u32,
    /// Bytes that saved state is expected to take.
    pub state_hint: u32,
    /// Makes an instance. No command may be given yet.
    pub create:
        Option<unsafe extern "C" fn(create: *const Create, instance: *mut *mut c_void) -> Status>,
    /// Ends an instance; called once, also after a panic.
    pub destroy: Option<unsafe extern "C" fn(instance: *mut c_void) -> Status>,
    /// Called once before the first turn, after `restore` if there is one.
    pub start: Option<unsafe extern "C" fn(instance: *mut c_void, cx: *mut StrategyCx) -> Status>,
    /// One turn: number, and its records, valid for the call. Books already stand after it.
    pub on_turn: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut StrategyCx,
            turn: u64,
            slots: *const Slot,
            slots_len: usize,
        ) -> Status,
    >,
    /// The time asked for with `wake` has come.
    pub on_timer:
        Option<unsafe extern "C" fn(instance: *mut c_void, cx: *mut StrategyCx) -> Status>,
    /// A line from an operator. The answer goes to the log.
    pub on_control: Option<
        unsafe extern "C" fn(instance: *mut c_void, cx: *mut StrategyCx, command: Str) -> Status,
    >,
    /// Writes the state.
    pub save: Option<
        unsafe extern "C" fn(instance: *mut c_void, write: WriteFn, ctx: *mut c_void) -> Status,
    >,
    /// Takes over state of `schema`; [`crate::SCHEMA`] if it cannot be upgraded.
    pub restore:
        Option<unsafe extern "C" fn(instance: *mut c_void, schema: u32, state: Bytes) -> Status>,
    /// Hash over everything that decides, to compare two instances; 0 for none.
    pub digest: Option<unsafe extern "C" fn(instance: *mut c_void) -> u64>,
}
