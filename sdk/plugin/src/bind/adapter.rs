//! Adapter instances, as the host calls them.

use std::ffi::c_void;

use patchbay_abi::{self as abi, AdapterCx, AdapterVtable, Slot, Status, Str};
use patchbay_model::{Instrument, Nanos};

use super::host::{Desk, HOST};
use super::{BindError, Making, made};
use crate::{Bucket, Connect, FrameBuf, Http, Open, Scope, Send, Wish};

/// What an adapter asked for during a call, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open a websocket.
    Connect(Connect),
    /// Send a frame.
    Send(Send),
    /// Close a connection for good.
    Close {
        /// Connection.
        conn: u32,
        /// For operators.
        reason: String,
    },
    /// Make an HTTPS request.
    Http(Http),
    /// Call `on_timer` at this time; 0 for not at all.
    Wake(Nanos),
    /// Define an instrument.
    Define {
        /// The adapter's index.
        index: u32,
        /// Definition.
        instrument: Box<Instrument>,
    },
    /// Declare a rate limit.
    Bucket(Bucket),
    /// The venue's clock, as an answer stated it.
    ServerTime {
        /// `Http::id` of the request that was answered.
        id: u64,
        /// Venue time.
        server_ns: Nanos,
    },
    /// An operator is needed.
    Fail {
        /// `FAIL_*`.
        code: u32,
        /// Why.
        text: String,
    },
}

/// An answer to a request, as given to the adapter.
#[derive(Debug)]
pub struct Answer<'a> {
    /// `Http::id`; 0 if nobody asked.
    pub id: u64,
    /// HTTP status; 0 if there was none.
    pub status: u32,
    /// `REPLY_*`.
    pub error: u32,
    /// URL that was answered.
    pub url: &'a str,
    /// Headers, names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    /// Body.
    pub body: &'a mut FrameBuf,
}

/// What came out of one call.
#[derive(Debug)]
pub struct Call<'a> {
    /// What the plugin answered.
    pub status: Status,
    /// `OUTCOME_*`.
    pub outcome: u32,
    /// Records; each head with its continuation slots, complete. None unless the status is `OK`.
    pub slots: &'a [Slot],
    /// Requests; only [`Command::Fail`] unless the status is `OK`.
    pub commands: std::vec::Drain<'a, Command>,
}

/// One instance of an adapter.
pub struct AdapterInstance {
    table: AdapterVtable,
    instance: *mut c_void,
    // Boxed, since calls carry its address.
    desk: Box<Desk>,
    wall_offset: Nanos,
}

// SAFETY: an instance may move between threads; `&mut self` keeps calls apart ([instance] rule).
unsafe impl std::marker::Send for AdapterInstance {}

impl std::fmt::Debug for AdapterInstance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AdapterInstance").finish_non_exhaustive()
    }
}

impl AdapterInstance {
    pub(super) fn new(table: AdapterVtable, about: &Making<'_>) -> Result<Self, BindError> {
        // SAFETY: `create` of a bound table.
        let instance = unsafe { made(table.create, about)? };
        let desk =
            Box::new(Desk { slots: vec![Slot::ZERO; 256], commands: Vec::with_capacity(64) });
        Ok(Self { table, instance, desk, wall_offset: 0 })
    }

    /// Tells the adapter from now on how far the venue's clock is ahead of host time, ns.
    pub const fn set_wall_offset(&mut self, offset: Nanos) {
        self.wall_offset = offset;
    }

    /// The streams now wanted.
    pub fn plan(&mut self, now: Nanos, wishes: &[Wish<'_>]) -> Call<'_> {
        let wishes: Vec<_> = wishes
            .iter()
            .map(|w| abi::StreamWish {
                struct_size: size_of::<abi::StreamWish>() as u32,
                channels: w.channels,
                symbol: Str::new(w.symbol),
                kind: u32::from(w.kind.to_abi()),
                depth: w.depth,
                interval_ms: w.interval_ms,
                reserved: 0,
                venue: Str::EMPTY,
            })
            .collect();
        let plan = self.table.plan;
        self.call(now, |instance, cx| {
            // SAFETY: a bound table, its own instance, arguments alive for the call.
            plan.map_or(abi::UNSUPPORTED, |f| unsafe {
                f(instance, cx, wishes.as_ptr(), wishes.len())
            })
        })
    }

    /// A connection opened.
    pub fn open(&mut self, now: Nanos, open: Open<'_>) -> Call<'_> {
        let on_open = self.table.on_open;
        self.call(now, |instance, cx| {
            // SAFETY: as for `plan`.
            on_open.map_or(abi::OK, |f| unsafe {
                f(instance, cx, open.conn, open.tag, Str::new(open.url))
            })
        })
    }

    /// One frame; the adapter may overwrite the buffer.
    #[inline]
    pub fn frame(&mut self, now: Nanos, conn: u32, opcode: u32, frame: &mut FrameBuf) -> Call<'_> {
        let on_frame = self.table.on_frame;
        let bytes = frame.content_mut();
        let (data, len) = (bytes.as_mut_ptr(), bytes.len());
        self.call(now, |instance, cx| {
            // SAFETY: as for `plan`; `FrameBuf` pads its content as promised.
            on_frame
                .map_or(abi::UNSUPPORTED, |f| unsafe { f(instance, cx, conn, opcode, data, len) })
        })
    }

    /// A connection is gone.
    pub fn close(&mut self, now: Nanos, conn: u32, code: u32, reason: &str) -> Call<'_> {
        let on_close = self.table.on_close;
        self.call(now, |instance, cx| {
            // SAFETY: as for `plan`.
            on_close.map_or(abi::OK, |f| unsafe { f(instance, cx, conn, code, Str::new(reason)) })
        })
    }

    /// An answer.
    pub fn reply(&mut self, now: Nanos, answer: Answer<'_>) -> Call<'_> {
        let headers: Vec<_> = answer
            .headers
            .iter()
            .map(|(name, value)| abi::Header { name: Str::new(name), value: Str::new(value) })
            .collect();
        let body = answer.body.content_mut();
        let reply = abi::Reply {
            struct_size: size_of::<abi::Reply>() as u32,
            status: answer.status,
            id: answer.id,
            error: answer.error,
            headers: headers.as_ptr(),
            headers_len: headers.len(),
            body: body.as_mut_ptr(),
            body_len: body.len(),
            url: Str::new(answer.url),
        };
        let on_reply = self.table.on_reply;
        self.call(now, |instance, cx| {
            // SAFETY: as for `plan`.
            on_reply.map_or(abi::OK, |f| unsafe { f(instance, cx, &raw const reply) })
        })
    }

    /// The time asked for has come.
    pub fn timer(&mut self, now: Nanos) -> Call<'_> {
        let on_timer = self.table.on_timer;
        self.call(now, |instance, cx| {
            // SAFETY: as for `plan`.
            on_timer.map_or(abi::OK, |f| unsafe { f(instance, cx) })
        })
    }

    /// The books of `scope` need a snapshot.
    pub fn resync(&mut self, now: Nanos, scope: Scope) -> Call<'_> {
        let resync = self.table.resync;
        let (kind, number) = scope.to_abi();
        self.call(now, |instance, cx| {
            // SAFETY: as for `plan`.
            resync.map_or(abi::UNSUPPORTED, |f| unsafe { f(instance, cx, kind, number) })
        })
    }

    /// The books of `scope` are to be compared with the venue's.
    pub fn audit(&mut self, now: Nanos, scope: Scope) -> Call<'_> {
        let audit = self.table.audit;
        let (kind, number) = scope.to_abi();
        self.call(now, |instance, cx| {
            // SAFETY: as for `plan`.
            audit.map_or(abi::UNSUPPORTED, |f| unsafe { f(instance, cx, kind, number) })
        })
    }

    #[inline]
    fn call(
        &mut self,
        now: Nanos,
        run: impl FnOnce(*mut c_void, *mut AdapterCx) -> Status,
    ) -> Call<'_> {
        let (slots, cap) = (self.desk.slots.as_mut_ptr(), self.desk.slots.len());
        // Taken last, and `self.desk` left alone until the call is over: the plugin works through
        // this pointer.
        let desk = &raw mut *self.desk;
        let mut cx = AdapterCx {
            struct_size: size_of::<AdapterCx>() as u32,
            outcome: 0,
            now_ns: now,
            wall_offset_ns: self.wall_offset,
            slots,
            len: 0,
            cap,
            host: &raw const HOST,
            ctx: desk.cast(),
        };
        let mut status = run(self.instance, &raw mut cx);
        let Desk { slots, commands } = &mut *self.desk;
        let written = slots.get(..cx.len).filter(|slots| complete(slots));
        if status == abi::OK && written.is_none() {
            status = abi::INVALID;
        }
        if status != abi::OK {
            commands.retain(|command| matches!(command, Command::Fail { .. }));
        }
        Call {
            status,
            outcome: cx.outcome,
            slots: written.filter(|_| status == abi::OK).unwrap_or_default(),
            commands: commands.drain(..),
        }
    }
}

/// Whether every head has its continuation slots.
fn complete(slots: &[Slot]) -> bool {
    let mut at = 0;
    while at < slots.len() {
        at += 1 + slots[at].continuation();
    }
    at == slots.len()
}

impl Drop for AdapterInstance {
    fn drop(&mut self) {
        if let Some(destroy) = self.table.destroy {
            // SAFETY: called once, with what `create` gave.
            let _status: Status = unsafe { destroy(self.instance) };
        }
    }
}

unsafe extern "C" fn no_open(_: *mut c_void, _: *mut AdapterCx, _: u32, _: u32, _: Str) -> Status {
    abi::OK
}

unsafe extern "C" fn no_reply(_: *mut c_void, _: *mut AdapterCx, _: *const abi::Reply) -> Status {
    abi::OK
}

unsafe extern "C" fn no_timer(_: *mut c_void, _: *mut AdapterCx) -> Status {
    abi::OK
}

unsafe extern "C" fn no_resync(_: *mut c_void, _: *mut AdapterCx, _: u32, _: u32) -> Status {
    abi::UNSUPPORTED
}

pub(super) const STUBS: AdapterVtable = AdapterVtable {
    struct_size: size_of::<AdapterVtable>(),
    create: None,
    destroy: None,
    plan: None,
    on_open: Some(no_open),
    on_frame: None,
    on_close: Some(no_open),
    on_reply: Some(no_reply),
    on_timer: Some(no_timer),
    resync: Some(no_resync),
    audit: Some(no_resync),
};

pub(super) fn require(table: &AdapterVtable) -> Result<(), BindError> {
    let missing = |function| Err(BindError::Missing { function });
    match table {
        AdapterVtable { create: None, .. } => missing("create"),
        AdapterVtable { destroy: None, .. } => missing("destroy"),
        AdapterVtable { plan: None, .. } => missing("plan"),
        AdapterVtable { on_frame: None, .. } => missing("on_frame"),
        _ => Ok(()),
    }
}
