//! Strategy instances, as the host calls them.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr;

use patchbay_abi::{
    self as abi, BookView, Bytes, Level, Slot, Status, Str, StrategyCx, StrategyHost,
    StrategyVtable,
};
use patchbay_model::{Instrument, InstrumentId, Kind, Nanos, Side};

use super::{BindError, Making, made};
use crate::instrument::lent;

/// Where a strategy's books and instruments come from during a call.
pub trait Books {
    /// Fills `view` with the book of `id`; false if there is no such instrument.
    fn view(&self, id: InstrumentId, view: &mut BookView) -> bool;
    /// Copies levels of a side, best first; how many. 0 unless the book is live.
    fn levels(&self, id: InstrumentId, side: Side, out: &mut [Level]) -> usize;

    /// The instrument that `venue` names so and that is of `kind`.
    fn find(&self, _venue: &str, _symbol: &str, _kind: Kind) -> Option<InstrumentId> {
        None
    }

    /// The definition of `id`.
    fn instrument(&self, _id: InstrumentId) -> Option<&Instrument> {
        None
    }
}

/// What came out of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the plugin answered.
    pub status: Status,
    /// When it wants `on_timer`, if it said so; 0 takes the wish back.
    pub wake: Option<Nanos>,
}

/// Saved state with the number of its layout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Layout.
    pub schema: u32,
    /// State.
    pub bytes: Vec<u8>,
}

struct Lent {
    turn: u64,
    present: bool,
    view: BookView,
}

/// What `ctx` leads to during a call.
struct Desk<'a> {
    books: &'a dyn Books,
    // Boxed one by one: a plugin keeps the address of a view until its call returns, while others
    // may be added.
    lent: &'a mut Vec<Option<Box<Lent>>>,
    // Boxed for the same reason; their texts belong to `books`.
    instruments: BTreeMap<u32, Box<abi::Instrument>>,
    wake: Option<Nanos>,
    call: u64,
}

/// One instance of a strategy.
pub struct StrategyInstance {
    table: StrategyVtable,
    instance: *mut c_void,
    lent: Vec<Option<Box<Lent>>>,
    calls: u64,
}

// SAFETY: an instance may move between threads; `&mut self` keeps calls apart ([instance] rule).
unsafe impl Send for StrategyInstance {}

impl std::fmt::Debug for StrategyInstance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StrategyInstance").finish_non_exhaustive()
    }
}

impl StrategyInstance {
    pub(super) fn new(table: StrategyVtable, about: &Making<'_>) -> Result<Self, BindError> {
        // SAFETY: `create` of a bound table.
        let instance = unsafe { made(table.create, about)? };
        Ok(Self { table, instance, lent: Vec::new(), calls: 0 })
    }

    /// Called once before the first turn.
    pub fn start(&mut self, now: Nanos, books: &dyn Books) -> Outcome {
        let start = self.table.start;
        self.call(now, books, |instance, cx| {
            // SAFETY: a bound table, its own instance, arguments alive for the call.
            start.map_or(abi::OK, |f| unsafe { f(instance, cx) })
        })
    }

    /// One turn.
    #[inline]
    pub fn turn(&mut self, now: Nanos, turn: u64, slots: &[Slot], books: &dyn Books) -> Outcome {
        let on_turn = self.table.on_turn;
        self.call(now, books, |instance, cx| {
            // SAFETY: as for `start`.
            on_turn.map_or(abi::UNSUPPORTED, |f| unsafe {
                f(instance, cx, turn, slots.as_ptr(), slots.len())
            })
        })
    }

    /// The time asked for has come.
    pub fn timer(&mut self, now: Nanos, books: &dyn Books) -> Outcome {
        let on_timer = self.table.on_timer;
        self.call(now, books, |instance, cx| {
            // SAFETY: as for `start`.
            on_timer.map_or(abi::OK, |f| unsafe { f(instance, cx) })
        })
    }

    /// A line from an operator.
    pub fn control(&mut self, now: Nanos, command: &str, books: &dyn Books) -> Outcome {
        let on_control = self.table.on_control;
        self.call(now, books, |instance, cx| {
            // SAFETY: as for `start`.
            on_control.map_or(abi::UNSUPPORTED, |f| unsafe { f(instance, cx, Str::new(command)) })
        })
    }

    /// The state.
    ///
    /// # Errors
    ///
    /// The plugin's status if it cannot save.
    pub fn save(&self) -> Result<Saved, Status> {
        unsafe extern "C" fn write(ctx: *mut c_void, bytes: Bytes) -> Status {
            // SAFETY: `ctx` is the vector below, alive for the call; the bytes are, too.
            unsafe { (*ctx.cast::<Vec<u8>>()).extend_from_slice(bytes.as_slice()) };
            abi::OK
        }
        let mut bytes = Vec::with_capacity(self.table.state_hint as usize);
        let save = self.table.save.ok_or(abi::UNSUPPORTED)?;
        // SAFETY: a bound table, its own instance.
        match unsafe { save(self.instance, write, (&raw mut bytes).cast()) } {
            abi::OK => Ok(Saved { schema: self.table.state_schema, bytes }),
            status => Err(status),
        }
    }

    /// Takes over state.
    ///
    /// # Errors
    ///
    /// The plugin's status; [`abi::SCHEMA`] if it cannot upgrade that layout.
    pub fn restore(&mut self, state: &Saved) -> Result<(), Status> {
        let restore = self.table.restore.ok_or(abi::UNSUPPORTED)?;
        // SAFETY: a bound table, its own instance, bytes alive for the call.
        match unsafe { restore(self.instance, state.schema, Bytes::new(&state.bytes)) } {
            abi::OK => Ok(()),
            status => Err(status),
        }
    }

    /// Hash over everything that decides; 0 if the plugin has none.
    pub fn digest(&self) -> u64 {
        // SAFETY: a bound table, its own instance.
        self.table.digest.map_or(0, |f| unsafe { f(self.instance) })
    }

    fn call(
        &mut self,
        now: Nanos,
        books: &dyn Books,
        run: impl FnOnce(*mut c_void, *mut StrategyCx) -> Status,
    ) -> Outcome {
        self.calls += 1;
        let mut desk = Desk {
            books,
            lent: &mut self.lent,
            instruments: BTreeMap::new(),
            wake: None,
            call: self.calls,
        };
        let mut cx = StrategyCx {
            struct_size: size_of::<StrategyCx>() as u32,
            outcome: 0,
            now_ns: now,
            host: &raw const HOST,
            ctx: (&raw mut desk).cast(),
        };
        let status = run(self.instance, &raw mut cx);
        let wake = if status == abi::OK { desk.wake } else { None };
        Outcome { status, wake }
    }
}

impl Drop for StrategyInstance {
    fn drop(&mut self) {
        if let Some(destroy) = self.table.destroy {
            // SAFETY: called once, with what `create` gave.
            let _status: Status = unsafe { destroy(self.instance) };
        }
    }
}

// No order entry before there is order management, and all records go to every strategy: those
// entries answer UNSUPPORTED.
static HOST: StrategyHost = StrategyHost {
    struct_size: size_of::<StrategyHost>() as u32,
    abi_minor: abi::ABI_MINOR,
    book: Some(book),
    levels: Some(levels),
    place: Some(no_place),
    amend: Some(no_amend),
    cancel: Some(no_cancel),
    cancel_all: Some(no_cancel_all),
    wake: Some(wake),
    subscribe: Some(no_subscribe),
    query: Some(query),
    find: Some(find),
    instrument: Some(instrument),
};

const NO_VIEW: BookView = BookView {
    struct_size: size_of::<BookView>() as u32,
    state: abi::BOOK_EMPTY,
    evidence: 0,
    levels: 0,
    instrument: 0,
    price_exp: 0,
    qty_exp: 0,
    reserved: 0,
    sequence: 0,
    exchange_ns: 0,
    receive_ns: 0,
    bids: [Level { price: 0, qty: 0 }; 10],
    asks: [Level { price: 0, qty: 0 }; 10],
};

/// # Safety
///
/// `ctx` is the context of a running call.
unsafe fn desk<'a>(ctx: *mut c_void) -> &'a mut Desk<'a> {
    // SAFETY: the caller's contract.
    unsafe { &mut *ctx.cast::<Desk<'a>>() }
}

unsafe extern "C" fn book(ctx: *mut c_void, instrument: u32) -> *const BookView {
    // SAFETY: the plugin follows the contract of `StrategyHost`.
    let desk = unsafe { desk(ctx) };
    let index = instrument as usize;
    if index >= desk.lent.len() {
        if !desk.books.view(InstrumentId(instrument), &mut NO_VIEW.clone()) {
            return ptr::null();
        }
        desk.lent.resize_with(index + 1, || None);
    }
    let lent = desk.lent[index]
        .get_or_insert_with(|| Box::new(Lent { turn: 0, present: false, view: NO_VIEW }));
    if lent.turn != desk.call {
        lent.turn = desk.call;
        lent.present = desk.books.view(InstrumentId(instrument), &mut lent.view);
    }
    if lent.present { &raw const lent.view } else { ptr::null() }
}

unsafe extern "C" fn levels(
    ctx: *mut c_void,
    instrument: u32,
    side: u8,
    out: *mut Level,
    cap: usize,
) -> usize {
    let side = match side {
        abi::SIDE_BUY => Side::Buy,
        abi::SIDE_SELL => Side::Sell,
        _ => return 0,
    };
    if out.is_null() || cap == 0 {
        return 0;
    }
    // SAFETY: the plugin's buffer is writable for `cap` levels; every bit pattern is a level.
    let out = unsafe { std::slice::from_raw_parts_mut(out, cap) };
    // SAFETY: the plugin follows the contract of `StrategyHost`.
    unsafe { desk(ctx) }.books.levels(InstrumentId(instrument), side, out)
}

unsafe extern "C" fn wake(ctx: *mut c_void, at_ns: i64) -> Status {
    // SAFETY: the plugin follows the contract of `StrategyHost`.
    unsafe { desk(ctx) }.wake = Some(at_ns);
    abi::OK
}

unsafe extern "C" fn query(_ctx: *mut c_void, _id: Str) -> *const c_void {
    ptr::null()
}

unsafe extern "C" fn find(ctx: *mut c_void, venue: Str, symbol: Str, kind: u32) -> u32 {
    // SAFETY: the plugin follows the contract of `StrategyHost`.
    let (desk, venue, symbol) = unsafe { (desk(ctx), venue.as_str(), symbol.as_str()) };
    let kind = u8::try_from(kind).ok().and_then(Kind::from_abi);
    let (Some(venue), Some(symbol), Some(kind)) = (venue, symbol, kind) else {
        return abi::NO_INSTRUMENT;
    };
    let found = desk.books.find(venue, symbol, kind);
    found.map_or(abi::NO_INSTRUMENT, |id| id.0)
}

unsafe extern "C" fn instrument(ctx: *mut c_void, instrument: u32) -> *const abi::Instrument {
    // SAFETY: the plugin follows the contract of `StrategyHost`.
    let desk = unsafe { desk(ctx) };
    if let Some(lent) = desk.instruments.get(&instrument) {
        return &raw const **lent;
    }
    let Some(from) = desk.books.instrument(InstrumentId(instrument)) else {
        return ptr::null();
    };
    let lent = Box::new(lent(instrument, from));
    &raw const **desk.instruments.entry(instrument).or_insert(lent)
}

unsafe extern "C" fn no_place(
    _: *mut c_void,
    _: *const abi::OrderIntent,
    _: *mut abi::ClientId,
) -> Status {
    abi::UNSUPPORTED
}

unsafe extern "C" fn no_amend(_: *mut c_void, _: *const abi::OrderAmend) -> Status {
    abi::UNSUPPORTED
}

unsafe extern "C" fn no_cancel(_: *mut c_void, _: *const abi::OrderRef) -> Status {
    abi::UNSUPPORTED
}

unsafe extern "C" fn no_cancel_all(_: *mut c_void, _: u32) -> Status {
    abi::UNSUPPORTED
}

unsafe extern "C" fn no_subscribe(_: *mut c_void, _: *const abi::StreamWish) -> Status {
    abi::UNSUPPORTED
}

unsafe extern "C" fn no_start(_: *mut c_void, _: *mut StrategyCx) -> Status {
    abi::OK
}

unsafe extern "C" fn no_control(_: *mut c_void, _: *mut StrategyCx, _: Str) -> Status {
    abi::UNSUPPORTED
}

pub(super) const STUBS: StrategyVtable = StrategyVtable {
    struct_size: size_of::<StrategyVtable>(),
    state_schema: 0,
    state_hint: 0,
    create: None,
    destroy: None,
    start: Some(no_start),
    on_turn: None,
    on_timer: Some(no_start),
    on_control: Some(no_control),
    save: None,
    restore: None,
    digest: None,
};

pub(super) fn require(table: &StrategyVtable, has_state: bool) -> Result<(), BindError> {
    let missing = |function| Err(BindError::Missing { function });
    match table {
        StrategyVtable { create: None, .. } => missing("create"),
        StrategyVtable { destroy: None, .. } => missing("destroy"),
        StrategyVtable { on_turn: None, .. } => missing("on_turn"),
        StrategyVtable { save: None, .. } if has_state => missing("save"),
        StrategyVtable { restore: None, .. } if has_state => missing("restore"),
        _ => Ok(()),
    }
}
