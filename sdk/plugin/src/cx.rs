//! What an adapter sees of the host during one call.

use patchbay_abi::{self as abi, Slot, Status};
use patchbay_model::{Instrument, Nanos};

use crate::{Bucket, Connect, DepthStart, DepthWriter, Error, Http, Send, instrument};

/// Records out, requests out, time in. Lives for one call.
pub struct AdapterCx<'a> {
    raw: &'a mut abi::AdapterCx,
    // The cursor is kept here and stored once: a store through the shared pointer at every record
    // costs as much as the record.
    len: usize,
    start: usize,
}

impl<'a> AdapterCx<'a> {
    /// # Safety
    ///
    /// `raw` follows the contract of [`abi::AdapterCx`] for all of `'a`; `raw.host` leads to a
    /// table without null entries.
    pub(crate) const unsafe fn new(raw: &'a mut abi::AdapterCx) -> Self {
        Self { len: raw.len, start: raw.len, raw }
    }

    /// Stores the cursor, or takes back all records if the input was rejected.
    pub(crate) const fn finish(self, accepted: bool) {
        self.raw.len = if accepted { self.len } else { self.start };
    }

    /// Host time of this call.
    pub const fn now(&self) -> Nanos {
        self.raw.now_ns
    }

    /// The venue's clock minus host time as far as known, ns; 0 if not.
    pub const fn wall_offset(&self) -> Nanos {
        self.raw.wall_offset_ns
    }

    /// The input held nothing for the host (an acknowledgement, a channel that is not consumed).
    pub const fn ignore(&mut self) {
        self.raw.outcome = abi::OUTCOME_IGNORED;
    }

    /// The frame had to be read by the general parser; counted by the host.
    pub const fn fell_back(&mut self) {
        self.raw.outcome = abi::OUTCOME_FALLBACK;
    }

    /// Emits a record of one slot.
    ///
    /// # Errors
    ///
    /// If the call has emitted [`abi::SLOTS_MAX`] slots.
    #[inline]
    pub fn push(&mut self, slot: impl Into<Slot>) -> Result<(), Error> {
        self.reserve(1)?;
        // SAFETY: `reserve` made room for one slot at `len`.
        unsafe { self.raw.slots.add(self.len).write(slot.into()) };
        self.len += 1;
        Ok(())
    }

    /// Slots emitted so far, for [`take_back`](Self::take_back).
    #[inline]
    pub const fn records(&self) -> usize {
        self.len
    }

    /// Slots of the records that this call has emitted so far.
    pub const fn pushed(&self) -> &[Slot] {
        if self.len == self.start {
            return &[];
        }
        // SAFETY: the slots from `start` to `len` were written by this call, and are reachable only
        // through `self`, which is borrowed.
        unsafe { std::slice::from_raw_parts(self.raw.slots.add(self.start), self.len - self.start) }
    }

    /// Takes back all records since there were `records` slots: a reader that failed half-way
    /// leaves the frame to another.
    #[inline]
    pub fn take_back(&mut self, records: usize) {
        self.len = self.len.min(records.max(self.start));
    }

    /// Turns round the records since there were `records` slots, for venues that tell the newest
    /// first. Each must be one slot, as all but depth messages are.
    pub fn turn_round(&mut self, records: usize) {
        let from = records.clamp(self.start, self.len);
        // SAFETY: the slots below `len` were written by this call, and are reachable only through
        // `self`, which is borrowed.
        let slots =
            unsafe { std::slice::from_raw_parts_mut(self.raw.slots.add(from), self.len - from) };
        slots.reverse();
    }

    /// Begins a depth message; levels are written straight into the host's buffer.
    ///
    /// # Errors
    ///
    /// As [`Self::push`].
    #[inline]
    pub fn depth(&mut self, start: DepthStart) -> Result<DepthWriter<'_, 'a>, Error> {
        DepthWriter::new(self, start)
    }

    /// Asks for a connection.
    ///
    /// # Errors
    ///
    /// If the host refuses the request as invalid.
    pub fn connect(&mut self, request: &Connect) -> Result<(), Error> {
        let ctx = self.raw.ctx;
        // SAFETY: the table has no null entries; the request lives until the call returns.
        let status = request.lend(|r| unsafe { call(self.host().connect, |f| f(ctx, r)) });
        outcome(status, "connect")
    }

    /// Sends a frame.
    ///
    /// # Errors
    ///
    /// If the host refuses the request as invalid.
    pub fn send(&mut self, request: &Send) -> Result<(), Error> {
        let ctx = self.raw.ctx;
        // SAFETY: as for `connect`.
        let status = request.lend(|r| unsafe { call(self.host().send, |f| f(ctx, r)) });
        outcome(status, "send")
    }

    /// Closes a connection for good.
    ///
    /// # Errors
    ///
    /// If there is no such connection.
    pub fn close(&mut self, conn: u32, reason: &str) -> Result<(), Error> {
        let (ctx, reason) = (self.raw.ctx, abi::Str::new(reason));
        // SAFETY: as for `connect`.
        outcome(unsafe { call(self.host().close, |f| f(ctx, conn, reason)) }, "close")
    }

    /// Makes an HTTPS request.
    ///
    /// # Errors
    ///
    /// If the host refuses the request as invalid.
    pub fn http(&mut self, request: &Http) -> Result<(), Error> {
        let ctx = self.raw.ctx;
        // SAFETY: as for `connect`.
        let status = request.lend(|r| unsafe { call(self.host().http, |f| f(ctx, r)) });
        outcome(status, "http")
    }

    /// Asks to be called at `at`; replaces the wish before, 0 takes it back.
    pub fn wake(&mut self, at: Nanos) {
        let ctx = self.raw.ctx;
        // SAFETY: as for `connect`.
        let _status: Status = unsafe { call(self.host().wake, |f| f(ctx, at)) };
    }

    /// Defines or redefines instrument number `index`.
    ///
    /// # Errors
    ///
    /// If the definition contradicts itself.
    pub fn define_instrument(&mut self, index: u32, instrument: &Instrument) -> Result<(), Error> {
        let ctx = self.raw.ctx;
        let status = instrument::lend(index, instrument, |i| {
            // SAFETY: as for `connect`.
            unsafe { call(self.host().define_instrument, |f| f(ctx, i)) }
        });
        outcome(status, "define_instrument")
    }

    /// Declares a rate limit.
    ///
    /// # Errors
    ///
    /// If it contradicts itself.
    pub fn define_bucket(&mut self, bucket: &Bucket) -> Result<(), Error> {
        let ctx = self.raw.ctx;
        // SAFETY: as for `connect`.
        let status = bucket.lend(|b| unsafe { call(self.host().define_bucket, |f| f(ctx, b)) });
        outcome(status, "define_bucket")
    }

    /// Reports the venue's clock as read from the answer to request `id`.
    pub fn server_time(&mut self, id: u64, server_ns: Nanos) {
        let ctx = self.raw.ctx;
        // SAFETY: as for `connect`.
        let _status: Status = unsafe { call(self.host().server_time, |f| f(ctx, id, server_ns)) };
    }

    /// Says that an operator is needed; `code` is `FAIL_*`.
    pub fn fail(&mut self, code: u32, text: &str) {
        let (ctx, text) = (self.raw.ctx, abi::Str::new(text));
        // SAFETY: as for `connect`.
        let _status: Status = unsafe { call(self.host().fail, |f| f(ctx, code, text)) };
    }

    /// Writes a line to the host's log at `LOG_*` level.
    pub fn log(&self, level: u32, text: &str) {
        crate::log::current().write(level, text);
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) const fn set_len(&mut self, len: usize) {
        self.len = len;
    }

    pub(crate) const fn slots(&self) -> *mut Slot {
        self.raw.slots
    }

    #[inline]
    pub(crate) fn reserve(&mut self, more: usize) -> Result<(), Error> {
        if self.raw.cap - self.len >= more {
            return Ok(());
        }
        self.grow(more)
    }

    #[cold]
    fn grow(&mut self, more: usize) -> Result<(), Error> {
        self.raw.len = self.len;
        let reserve = self.host().reserve;
        // SAFETY: the table has no null entries; `raw` is the context of this call.
        outcome(unsafe { call(reserve, |f| f(self.raw, more)) }, "emit more records")
    }

    fn host(&self) -> abi::AdapterHost {
        // SAFETY: valid for the call by the contract of `new`.
        unsafe { *self.raw.host }
    }
}

/// Calls a table entry; a null one answers UNSUPPORTED.
pub(crate) fn call<F>(entry: Option<F>, run: impl FnOnce(F) -> Status) -> Status {
    entry.map_or(abi::UNSUPPORTED, run)
}

pub(crate) fn outcome(status: Status, what: &str) -> Result<(), Error> {
    match status {
        abi::OK => Ok(()),
        abi::FULL => Err(Error::new(format!("cannot {what}: the host's bound is reached"))),
        abi::UNSUPPORTED => Err(Error::new(format!("cannot {what}: this host does not offer it"))),
        other => Err(Error::new(format!("cannot {what}: the host refused it (status {other})"))),
    }
}
