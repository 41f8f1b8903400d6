//! Depth messages, written level by level into the host's buffer.

use patchbay_abi::{self as abi, Depth, Head, LEVELS_PER_SLOT, Level};

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
    /// The book is compared with it and not replaced: the answer to
    /// [`Adapter::audit`](crate::Adapter::audit).
    pub audit: bool,
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
        audit: false,
    };
}

/// A depth message being written: one side, then the other, then [`Self::finish`]. Dropped
/// unfinished, it leaves nothing behind: the cursor has not moved.
pub struct DepthWriter<'w, 'cx> {
    cx: &'w mut AdapterCx<'cx>,
    start: DepthStart,
    head: usize,
    levels: usize,
    /// Levels of the side that was written first.
    first: usize,
    /// That side is the asks.
    asks_first: bool,
}

impl<'w, 'cx> DepthWriter<'w, 'cx> {
    #[inline]
    pub(crate) fn new(cx: &'w mut AdapterCx<'cx>, start: DepthStart) -> Result<Self, Error> {
        cx.reserve(1)?;
        Ok(Self { head: cx.len(), cx, start, levels: 0, first: 0, asks_first: false })
    }

    /// Appends a level to the side being written.
    ///
    /// # Errors
    ///
    /// If the message would exceed [`abi::SLOTS_MAX`] slots.
    #[inline]
    pub fn level(&mut self, price: i64, qty: i64) -> Result<(), Error> {
        self.levels(&[[price, qty]])
    }

    /// Appends levels, each price and quantity.
    ///
    /// # Errors
    ///
    /// As [`Self::level`].
    #[inline]
    pub fn levels(&mut self, levels: &[[i64; 2]]) -> Result<(), Error> {
        let end = self.levels + levels.len();
        self.cx.reserve(1 + end.div_ceil(LEVELS_PER_SLOT))?;
        // SAFETY: room for the slots up to that of level `end` was reserved; levels lie in them one
        // behind the other.
        unsafe {
            let to = self.cx.slots().add(self.head + 1).cast::<Level>().add(self.levels);
            for (at, &[price, qty]) in levels.iter().enumerate() {
                to.add(at).write(Level { price, qty });
            }
        }
        self.levels = end;
        Ok(())
    }

    /// The levels so far were the bids; asks follow.
    #[inline]
    pub const fn asks(&mut self) {
        self.first = self.levels;
    }

    /// The levels so far were the asks; bids follow. For venues that send them so; the message has
    /// its bids first all the same.
    #[inline]
    pub const fn bids(&mut self) {
        (self.first, self.asks_first) = (self.levels, true);
    }

    /// What is known before the levels, for what a venue sends only after them.
    #[inline]
    pub const fn start(&mut self) -> &mut DepthStart {
        &mut self.start
    }

    /// Levels of the longer side so far.
    #[inline]
    pub const fn deepest(&self) -> usize {
        let second = self.levels - self.first;
        if self.first > second { self.first } else { second }
    }

    /// Completes the message.
    ///
    /// # Errors
    ///
    /// If a side has more levels than a message can count (65,535).
    #[inline]
    pub fn finish(mut self) -> Result<(), Error> {
        let (mut bids, mut asks) = (self.first, self.levels - self.first);
        if self.asks_first {
            (bids, asks) = (asks, bids);
            self.written().rotate_left(asks);
        }
        let slots = self.levels.div_ceil(LEVELS_PER_SLOT);
        let (Ok(bids), Ok(asks), Ok(slots)) =
            (u16::try_from(bids), u16::try_from(asks), u16::try_from(slots))
        else {
            return Err(Error::new("a depth message of more than 65,535 levels a side"));
        };
        let start = self.start;
        let depth = Depth {
            head: Head {
                kind: abi::SLOT_DEPTH,
                flags: if start.audit { abi::DEPTH_AUDIT } else { 0 },
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
        // SAFETY: the head slot was reserved in `new`, and the last slot of levels, whose unused
        // ones are zero, with the level that is in it.
        unsafe {
            let head = self.cx.slots().add(self.head);
            head.write(depth.into());
            let levels = head.add(1).cast::<Level>();
            for unused in self.levels..usize::from(slots) * LEVELS_PER_SLOT {
                levels.add(unused).write(Level { price: 0, qty: 0 });
            }
        }
        self.cx.set_len(self.head + 1 + usize::from(slots));
        Ok(())
    }

    /// The levels so far.
    const fn written(&mut self) -> &mut [Level] {
        const { assert!(size_of::<abi::Slot>() == LEVELS_PER_SLOT * size_of::<Level>()) };
        // SAFETY: the slots behind the head hold the levels without anything between (asserted),
        // were written by `level`, and are reachable only through `self.cx`, which is borrowed.
        unsafe {
            let levels = self.cx.slots().add(self.head + 1).cast::<Level>();
            std::slice::from_raw_parts_mut(levels, self.levels)
        }
    }
}
