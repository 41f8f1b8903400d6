//! The market data half of an adapter.

use core::ffi::c_void;

use crate::{Bucket, Connect, Create, Header, Http, Instrument, Send, Slot, Status, Str};

/// What an adapter sees of the host during one call. The host owns it; the plugin keeps its cursor
/// in locals and stores `len` once.
#[repr(C)]
pub struct AdapterCx {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// Out: `OUTCOME_*`, how the frame was read. 0 before each call.
    pub outcome: u32,
    /// Host time of this call. The only clock an adapter has.
    pub now_ns: i64,
    /// The venue's clock minus host time as far as known, 0 if not.
    pub wall_offset_ns: i64,
    /// Buffer for records.
    pub slots: *mut Slot,
    /// In and out: slots written.
    pub len: usize,
    /// Slots that fit.
    pub cap: usize,
    /// The host's functions.
    pub host: *const AdapterHost,
    /// First argument of each of them.
    pub ctx: *mut c_void,
}

/// The frame held nothing for the host (acknowledgements, channels not consumed).
pub const OUTCOME_IGNORED: u32 = 1;
/// The frame was read by the general parser because the schema-directed one declined it.
pub const OUTCOME_FALLBACK: u32 = 2;

/// The host's functions for adapters. `[instance]` all: only during a call into the instance, with
/// that call's `ctx`. What they are given is copied. If the call answers anything but
/// [`crate::OK`], nothing that it asked for is done, except for `fail`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct AdapterHost {
    /// Bytes of this table.
    pub struct_size: u32,
    /// Host minor.
    pub abi_minor: u32,
    /// Makes room for `more` slots beyond `cx.len`, moving the buffer if need be (`cx.slots`,
    /// `cx.cap` change). [`crate::FULL`] beyond 65,536 slots a call.
    pub reserve: Option<unsafe extern "C" fn(cx: *mut AdapterCx, more: usize) -> Status>,
    /// See [`Connect`].
    pub connect: Option<unsafe extern "C" fn(ctx: *mut c_void, request: *const Connect) -> Status>,
    /// See [`Send`].
    pub send: Option<unsafe extern "C" fn(ctx: *mut c_void, request: *const Send) -> Status>,
    /// Closes a connection for good; `reason` is for operators.
    pub close: Option<unsafe extern "C" fn(ctx: *mut c_void, conn: u32, reason: Str) -> Status>,
    /// See [`Http`].
    pub http: Option<unsafe extern "C" fn(ctx: *mut c_void, request: *const Http) -> Status>,
    /// `on_timer` is wanted at `at_ns`; replaces the wish before. 0 for none.
    pub wake: Option<unsafe extern "C" fn(ctx: *mut c_void, at_ns: i64) -> Status>,
    /// Defines or redefines an instrument; must precede its first record.
    pub define_instrument:
        Option<unsafe extern "C" fn(ctx: *mut c_void, instrument: *const Instrument) -> Status>,
    /// Declares a rate limit, during the first `plan`.
    pub define_bucket:
        Option<unsafe extern "C" fn(ctx: *mut c_void, bucket: *const Bucket) -> Status>,
    /// The adapter cannot go on as configured; an operator is needed. `code` is `FAIL_*`. Counts
    /// whatever the call answers.
    pub fail: Option<unsafe extern "C" fn(ctx: *mut c_void, code: u32, text: Str) -> Status>,
    /// Finds a host extension; null if there is none.
    pub query: Option<unsafe extern "C" fn(ctx: *mut c_void, id: Str) -> *const c_void>,
    /// The venue's clock as read from the answer to request `id` ([`crate::PURPOSE_TIME`]); the
    /// host, which knows when it asked and when it was answered, derives the offset.
    pub server_time:
        Option<unsafe extern "C" fn(ctx: *mut c_void, id: u64, server_ns: i64) -> Status>,
}

/// The configuration cannot work.
pub const FAIL_CONFIG: u32 = 1;
/// The venue refused our key or address.
pub const FAIL_PERMISSION: u32 = 2;
/// The venue speaks another protocol version.
pub const FAIL_PROTOCOL: u32 = 3;
/// The venue banned us; `text` says until when if known.
pub const FAIL_BANNED: u32 = 4;

/// One stream that the host wants live.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct StreamWish {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// `CHANNEL_*`, or-ed.
    pub channels: u32,
    /// The venue's symbol.
    pub symbol: Str,
    /// `INSTRUMENT_*`.
    pub kind: u32,
    /// Levels a side, 0 for all that the venue has.
    pub depth: u32,
    /// Slowest acceptable update interval in ms, 0 for the fastest.
    pub interval_ms: u32,
    /// Zero.
    pub reserved: u32,
    /// From a strategy: the venue's name, empty for every venue. To an adapter: empty.
    pub venue: Str,
}

/// Trades.
pub const CHANNEL_TRADES: u32 = 1;
/// Order book.
pub const CHANNEL_DEPTH: u32 = 2;
/// Best bid and ask.
pub const CHANNEL_QUOTES: u32 = 4;
/// Mark and index price.
pub const CHANNEL_MARK: u32 = 8;
/// Funding rate.
pub const CHANNEL_FUNDING: u32 = 16;
/// Open interest.
pub const CHANNEL_OPEN_INTEREST: u32 = 32;
/// Liquidations.
pub const CHANNEL_LIQUIDATIONS: u32 = 64;
/// Session status.
pub const CHANNEL_STATUS: u32 = 128;
/// Order by order (L3).
pub const CHANNEL_ORDERS: u32 = 256;

/// The answer to one [`Http`].
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Reply {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// HTTP status; 0 if there was no answer, then `error` says why.
    pub status: u32,
    /// `Http::id`; 0 if nobody asked (recorded reference data).
    pub id: u64,
    /// `REPLY_*`.
    pub error: u32,
    /// Headers, names in lower case.
    pub headers: *const Header,
    /// Entries in `headers`.
    pub headers_len: usize,
    /// Body; the plugin may overwrite it.
    pub body: *mut u8,
    /// Bytes of `body`; [`FRAME_PADDING`] readable zero bytes follow.
    pub body_len: usize,
    /// URL that was answered, without secrets.
    pub url: Str,
}

/// There was an answer.
pub const REPLY_OK: u32 = 0;
/// No answer in time: what became of the request is unknown.
pub const REPLY_TIMEOUT: u32 = 1;
/// The connection failed before the request was sent.
pub const REPLY_NOT_SENT: u32 = 2;
/// The connection failed after: what became of the request is unknown.
pub const REPLY_LOST: u32 = 3;
/// The host refused: rate limit, ban, or no such key.
pub const REPLY_REFUSED: u32 = 4;

/// Functions of an adapter. Required: `create`, `destroy`, `plan`, `on_frame`; the host fills the
/// others, if null or beyond `struct_size`, with stubs that answer [`crate::OK`] (`on_*`) or
/// [`crate::UNSUPPORTED`]. All `[instance]`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct AdapterVtable {
    /// Bytes of this table.
    pub struct_size: usize,
    /// Makes an instance. No command may be given yet.
    pub create:
        Option<unsafe extern "C" fn(create: *const Create, instance: *mut *mut c_void) -> Status>,
    /// Ends an instance; called once, also after a panic.
    pub destroy: Option<unsafe extern "C" fn(instance: *mut c_void) -> Status>,
    /// The streams now wanted, all of them; called again whenever the wish changes. The adapter
    /// answers with `connect`, `send`, `close`, `http`. Called with none before replay.
    pub plan: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            wishes: *const StreamWish,
            wishes_len: usize,
        ) -> Status,
    >,
    /// A connection opened, or reopened under a new number. `tag` is `Connect::tag`; `url` is empty
    /// in a replay that does not know it.
    pub on_open: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            conn: u32,
            tag: u32,
            url: Str,
        ) -> Status,
    >,
    /// One frame. `data` may be overwritten; 64 bytes after `len` are readable and zero.
    /// [`crate::ERROR`] rejects it: nothing it wrote is used, and the host decides which books
    /// that puts in doubt.
    pub on_frame: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            conn: u32,
            opcode: u32,
            data: *mut u8,
            len: usize,
        ) -> Status,
    >,
    /// A connection is gone. `code` is the websocket close code, 0 if there was none.
    pub on_close: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            conn: u32,
            code: u32,
            reason: Str,
        ) -> Status,
    >,
    /// An answer.
    pub on_reply: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            reply: *const Reply,
        ) -> Status,
    >,
    /// The time asked for with `wake` has come.
    pub on_timer: Option<unsafe extern "C" fn(instance: *mut c_void, cx: *mut AdapterCx) -> Status>,
    /// The books of a scope need a snapshot: `scope_kind` is `SCOPE_*`, `scope` the instrument
    /// index, stream or connection. The adapter asks for it with `http`, or resubscribes.
    pub resync: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            scope_kind: u32,
            scope: u32,
        ) -> Status,
    >,
    /// The host wants to compare the books of a scope with the venue's: as `resync`, but the books
    /// stay as they are. The adapter asks for a snapshot with `http` and
    /// [`crate::PURPOSE_AUDIT`], and marks its record with [`crate::DEPTH_AUDIT`].
    pub audit: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            cx: *mut AdapterCx,
            scope_kind: u32,
            scope: u32,
        ) -> Status,
    >,
}

/// Zero bytes that follow every frame and reply body.
pub const FRAME_PADDING: usize = 64;
/// Most slots that one call may emit.
pub const SLOTS_MAX: usize = 65_536;
