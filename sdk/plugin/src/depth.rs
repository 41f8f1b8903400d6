//! Depth messages, written level by level into the host's buffer.

use patchbay_abi::{self as abi, Depth, Head, LEVELS_PER_SLOT, Level, Slot};

use crate::{AdapterCx, Error};

/// What is known of a depth message before its levels; see [`Depth`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DepthStart {
    /// The adapter's instrument index.
    pub instrument: u32,
    /// Last update id covered.
    pub sequence: u64,
    /// First update id covered, with `DEPTH_FIRST`.
    pub first: u64,
    /// Last update id of the message before, with `DEPTH_PREVIOUS`.
    pub previous: u64,
    /// The venue's event time, ns; 0 if none.
    pub exchange_ns: i64,
    /// Checksum, with `DEPTH_CHECKSUM`.
    pub checksum: u32,
    /// Number of the chain, unless the scope is the instrument.
    pub chain: u32,
    /// `SCOPE_*`.
    pub scope: u8,
    /// `DEPTH_*`.
    pub flags: u8,
}

impl DepthStart {
    /// Nothing is known.
    pub const NONE: Self = Self {
        instrument: 0,
        sequence: 0,
        first: 0,
        previous: 0,
        exchange_ns: 0,
        checksum: 0,
        chain: 0,
        scope: abi::SCOPE_NONE,
        flags: 0,
    };
}

/// A depth message being written: bids, then asks, then [`Self::finish`]. Dropped unfinished, it
/// leaves nothing behind.
pub struct DepthWriter<'w, 'cx> {
    cx: &'w mut AdapterCx<'cx>,
    start: DepthStart,
    head: usize,
    levels: usize,
    bids: usize,
}

impl<'w, 'cx> DepthWriter<'w, 'cx> {
    #[inline]
    pub(crate) fn new(cx: &'w mut AdapterCx<'cx>, start: DepthStart) -> Result<Self, Error> {
        cx.reserve(1)?;
        Ok(Self { head: cx.len(), cx, start, levels: 0, bids: 0 })
    }

    /// Appends a level to the side being written.
    ///
    /// # Errors
    ///
    /// If the message would exceed [`abi::SLOTS_MAX`] slots.
    #[inline]
    pub fn level(&mut self, price: i64, qty: i64) -> Result<(), Error> {
        let (slot, lane) = (self.levels / LEVELS_PER_SLOT, self.levels % LEVELS_PER_SLOT);
        let at = self.head + 1 + slot;
        if lane == 0 {
            self.cx.set_len(at);
            self.cx.reserve(1)?;
            // SAFETY: `reserve` made room for the slot at `at`.
            unsafe { self.cx.slots().add(at).write(Slot::ZERO) };
        }
        // SAFETY: the slot at `at` was reserved and zeroed when its first lane was written, and
        // `[Level; 4]` is a member of it.
        unsafe { (*self.cx.slots().add(at)).levels[lane] = Level { price, qty } };
        self.levels += 1;
        Ok(())
    }

    /// The levels so far were the bids; asks follow.
    #[inline]
    pub const fn asks(&mut self) {
        self.bids = self.levels;
    }

    /// What is known before the levels, for what a venue sends only after them.
    #[inline]
    pub const fn start(&mut self) -> &mut DepthStart {
        &mut self.start
    }

    /// Levels of the longer side so far.
    #[inline]
    pub const fn deepest(&self) -> usize {
        let asks = self.levels - self.bids;
        if self.bids > asks { self.bids } else { asks }
    }

    /// Completes the message.
    ///
    /// # Errors
    ///
    /// If a side has more levels than a message can count (65,535).
    #[inline]
    pub fn finish(self) -> Result<(), Error> {
        let (bids, asks) = (self.bids, self.levels - self.bids);
        let slots = self.levels.div_ceil(LEVELS_PER_SLOT);
        let (Ok(bids), Ok(asks), Ok(slots)) =
            (u16::try_from(bids), u16::try_from(asks), u16::try_from(slots))
        else {
            self.cx.set_len(self.head);
            return Err(Error::new("a depth message of more than 65,535 levels a side"));
        };
        let start = self.start;
        let depth = Depth {
            head: Head {
                kind: abi::SLOT_DEPTH,
                flags: 0,
                instrument: start.instrument,
                sequence: start.sequence,
                exchange_ns: start.exchange_ns,
                receive_ns: self.cx.now(),
            },
            first: start.first,
            previous: start.previous,
            checksum: start.checksum,
            chain: start.chain,
            bids,
            asks,
            slots,
            scope: start.scope,
            flags: start.flags,
        };
        // SAFETY: the head slot was reserved in `new`.
        unsafe { self.cx.slots().add(self.head).write(depth.into()) };
        let end = self.head + 1 + usize::from(slots);
        self.cx.set_len(end);
        std::mem::forget(self);
        Ok(())
    }
}

impl Drop for DepthWriter<'_, '_> {
    fn drop(&mut self) {
        self.cx.set_len(self.head);
    }
}
