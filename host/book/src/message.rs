//! One depth record, looked at once and then trusted.

use patchbay_abi::{
    DEPTH_CHECKSUM, DEPTH_DENSE, DEPTH_FIRST, DEPTH_NEWEST, DEPTH_PARTIAL, DEPTH_PREVIOUS,
    DEPTH_RESET, DEPTH_SNAPSHOT, Depth, LEVELS_PER_SLOT, Level, NO_INSTRUMENT, SCOPE_CONNECTION,
    SCOPE_INSTRUMENT, SCOPE_NONE, SLOT_DEPTH, Slot,
};
use patchbay_model::{Nanos, Side};

/// What makes a depth record unusable (`CAUSE_INVALID`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invalid {
    /// No head slot, or one of another kind.
    NotDepth,
    /// `slots` is not `ceil((bids + asks) / 4)`.
    Slots,
    /// Fewer slots are there than the head states.
    Truncated,
    /// `scope` is none of `SCOPE_*`.
    Scope,
    /// `first` lies after the last id.
    Order,
    /// Levels of no instrument.
    NoInstrument,
    /// A negative quantity.
    Quantity,
    /// The price `i64::MIN`, which has no mirror image. Other negative prices are legal: spreads.
    Price,
    /// A snapshot states a price twice.
    Repeated,
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotDepth => "not a depth record",
            Self::Slots => "number of slots does not fit the levels",
            Self::Truncated => "slots are missing",
            Self::Scope => "unknown scope",
            Self::Order => "first id after last id",
            Self::NoInstrument => "levels without instrument",
            Self::Quantity => "negative quantity",
            Self::Price => "price out of range",
            Self::Repeated => "snapshot repeats a price",
        })
    }
}

impl std::error::Error for Invalid {}

/// A validated view of one depth record: the head slot and its levels.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Exactly the record: head, then `slots` slots of levels.
    slots: &'a [Slot],
}

impl<'a> Message<'a> {
    /// Looks at the record that starts `slots`; what follows it is left alone.
    ///
    /// # Errors
    ///
    /// [`Invalid`], for everything that can be told without a book ([`Invalid::Repeated`] cannot).
    pub fn parse(slots: &'a [Slot]) -> Result<Self, Invalid> {
        let head = slots.first().ok_or(Invalid::NotDepth)?;
        if head.head().kind != SLOT_DEPTH {
            return Err(Invalid::NotDepth);
        }
        let depth = head.depth();
        let levels = usize::from(depth.bids) + usize::from(depth.asks);
        if usize::from(depth.slots) != levels.div_ceil(LEVELS_PER_SLOT) {
            return Err(Invalid::Slots);
        }
        let slots = slots.get(..=usize::from(depth.slots)).ok_or(Invalid::Truncated)?;
        if depth.scope > SCOPE_CONNECTION {
            return Err(Invalid::Scope);
        }
        if depth.flags & DEPTH_FIRST != 0 && depth.first > depth.head.sequence {
            return Err(Invalid::Order);
        }
        if levels != 0 && depth.head.instrument == NO_INSTRUMENT {
            return Err(Invalid::NoInstrument);
        }
        let message = Self { slots };
        message.judge_levels()?;
        Ok(message)
    }

    /// All levels in one pass without a branch: padding is zero and does no harm.
    fn judge_levels(&self) -> Result<(), Invalid> {
        let (mut negative, mut least) = (0, 0);
        for level in Slot::levels_of(&self.slots[1..]) {
            negative |= level.qty;
            // Only what is least changes its sign when one is taken away from below zero.
            least |= level.price & !level.price.wrapping_sub(1);
        }
        if negative < 0 {
            return Err(Invalid::Quantity);
        }
        if least < 0 { Err(Invalid::Price) } else { Ok(()) }
    }

    /// The record itself.
    pub const fn slots(&self) -> &'a [Slot] {
        self.slots
    }

    fn depth(&self) -> &'a Depth {
        self.slots[0].depth()
    }

    fn has(&self, flag: u8) -> bool {
        self.depth().flags & flag != 0
    }

    /// The instrument's number, [`NO_INSTRUMENT`] for a mark.
    pub fn instrument(&self) -> u32 {
        self.depth().head.instrument
    }

    /// Last update id that the message covers.
    pub fn sequence(&self) -> u64 {
        self.depth().head.sequence
    }

    /// First update id that it covers; its only one if it states no first.
    pub fn first(&self) -> u64 {
        if self.has(DEPTH_FIRST) { self.depth().first } else { self.sequence() }
    }

    /// Whether it states a first id.
    pub(crate) fn states_first(&self) -> bool {
        self.has(DEPTH_FIRST)
    }

    /// Last update id of the message before, if stated.
    pub fn previous(&self) -> Option<u64> {
        self.has(DEPTH_PREVIOUS).then(|| self.depth().previous)
    }

    /// The venue's checksum after this message, if stated.
    pub fn checksum(&self) -> Option<u32> {
        self.has(DEPTH_CHECKSUM).then(|| self.depth().checksum)
    }

    /// The venue's event time, 0 if it sent none.
    pub fn exchange_ns(&self) -> Nanos {
        self.depth().head.exchange_ns
    }

    /// Host time of its frame.
    pub fn receive_ns(&self) -> Nanos {
        self.depth().head.receive_ns
    }

    /// `SCOPE_*`: what its ids belong to.
    pub fn scope(&self) -> u8 {
        self.depth().scope
    }

    /// Number of its stream or connection.
    pub fn chain(&self) -> u32 {
        self.depth().chain
    }

    /// Ids count up by one without holes.
    pub fn is_dense(&self) -> bool {
        self.has(DEPTH_DENSE)
    }

    /// The levels replace the book.
    pub fn is_snapshot(&self) -> bool {
        self.has(DEPTH_SNAPSHOT)
    }

    /// The venue sends whole books and the newer one wins.
    pub fn is_newest_wins(&self) -> bool {
        self.has(DEPTH_NEWEST)
    }

    /// The venue has started its ids again.
    pub fn is_reset(&self) -> bool {
        self.has(DEPTH_RESET)
    }

    /// Only the best levels of a deeper book.
    pub fn is_partial(&self) -> bool {
        self.has(DEPTH_PARTIAL)
    }

    /// Only advances its chain: no instrument, no levels.
    pub fn is_mark(&self) -> bool {
        self.instrument() == NO_INSTRUMENT
    }

    /// Its ids form a chain that somebody can judge: they belong to something and say how they
    /// continue.
    pub fn is_chained(&self) -> bool {
        self.scope() != SCOPE_NONE && (self.is_dense() || self.has(DEPTH_PREVIOUS))
    }

    /// A change whose ids chain within its instrument: the kind that can wait for a snapshot.
    pub(crate) fn is_spliceable(&self) -> bool {
        !self.is_snapshot() && self.scope() == SCOPE_INSTRUMENT && self.is_chained()
    }

    /// A snapshot fetched beside the stream (REST): it has an id, but no place in a chain.
    ///
    /// An adapter tells it so: `SCOPE_NONE` and a sequence. A snapshot that the stream itself
    /// brings has the scope of the stream's changes, or no sequence where they have none.
    pub fn is_outside(&self) -> bool {
        self.is_snapshot()
            && self.scope() == SCOPE_NONE
            && self.sequence() != 0
            && !self.is_newest_wins()
    }

    /// Number of levels, both sides.
    pub fn len(&self) -> usize {
        usize::from(self.depth().bids) + usize::from(self.depth().asks)
    }

    /// Whether it has no level.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bid levels, as sent.
    pub fn bids(&self) -> MessageLevels<'a> {
        self.side(Side::Buy).iter().copied()
    }

    /// Ask levels, as sent.
    pub fn asks(&self) -> MessageLevels<'a> {
        self.side(Side::Sell).iter().copied()
    }

    /// The levels of `side`, as sent.
    pub fn levels(&self, side: Side) -> MessageLevels<'a> {
        self.side(side).iter().copied()
    }

    #[inline]
    pub(crate) fn side(&self, side: Side) -> &'a [Level] {
        let (bids, levels) = (usize::from(self.depth().bids), Slot::levels_of(&self.slots[1..]));
        match side {
            Side::Buy => &levels[..bids],
            Side::Sell => &levels[bids..self.len()],
        }
    }
}

/// Levels of one side of a [`Message`].
pub type MessageLevels<'a> = std::iter::Copied<std::slice::Iter<'a, Level>>;
