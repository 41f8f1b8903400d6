//! Records as they lie in slots: heads with their continuation.

use patchbay_plugin::abi::{
    self, Balance, Depth, Fill, Funding, Head, Level, Liquidation, ListEnd, Mark, OpenInterest,
    Order, OrderUpdate, Position, Quote, SessionStatus, Slot, Trade,
};

/// One record: a head slot and the slots that continue it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record<'a> {
    /// Its head.
    pub slot: &'a Slot,
    /// What follows: as many slots as the head states.
    pub rest: &'a [Slot],
}

/// The records in `slots`. A last one that is cut short has what there is; the boundary lets none
/// through.
pub fn of(slots: &[Slot]) -> impl Iterator<Item = Record<'_>> {
    let mut left = slots;
    std::iter::from_fn(move || {
        let (slot, after) = left.split_first()?;
        let (rest, after) = after.split_at(slot.continuation().min(after.len()));
        left = after;
        Some(Record { slot, rest })
    })
}

macro_rules! views {
    ($($name:ident: $ty:ty = $kind:path,)*) => {
        $(
            #[doc = concat!("The record as [`", stringify!($ty), "`], if it is one.")]
            pub const fn $name(&self) -> Option<&'a $ty> {
                match self.slot.head().kind {
                    $kind => Some(self.slot.$name()),
                    _ => None,
                }
            }
        )*
    };
}

impl<'a> Record<'a> {
    /// The head that all kinds share.
    pub const fn head(&self) -> &'a Head {
        self.slot.head()
    }

    /// `SLOT_*`.
    pub const fn kind(&self) -> u16 {
        self.slot.head().kind
    }

    /// Its kind in words.
    pub const fn name(&self) -> &'static str {
        match self.kind() {
            abi::SLOT_DEPTH => "depth",
            abi::SLOT_TRADE => "trade",
            abi::SLOT_QUOTE => "quote",
            abi::SLOT_ORDER => "order",
            abi::SLOT_NBBO => "nbbo",
            abi::SLOT_FEATURE => "feature",
            abi::SLOT_SIGNAL => "signal",
            abi::SLOT_MARK => "mark",
            abi::SLOT_FUNDING => "funding",
            abi::SLOT_OPEN_INTEREST => "open interest",
            abi::SLOT_LIQUIDATION => "liquidation",
            abi::SLOT_STATUS => "status",
            abi::SLOT_QUALITY => "quality",
            abi::SLOT_ORDER_UPDATE => "order update",
            abi::SLOT_FILL => "fill",
            abi::SLOT_BALANCE => "balance",
            abi::SLOT_POSITION => "position",
            abi::SLOT_BOOK_STATE => "book state",
            abi::SLOT_LIST_END => "end of list",
            _ => "unknown",
        }
    }

    views! {
        depth: Depth = abi::SLOT_DEPTH,
        trade: Trade = abi::SLOT_TRADE,
        quote: Quote = abi::SLOT_QUOTE,
        order: Order = abi::SLOT_ORDER,
        mark: Mark = abi::SLOT_MARK,
        funding: Funding = abi::SLOT_FUNDING,
        open_interest: OpenInterest = abi::SLOT_OPEN_INTEREST,
        liquidation: Liquidation = abi::SLOT_LIQUIDATION,
        status: SessionStatus = abi::SLOT_STATUS,
        order_update: OrderUpdate = abi::SLOT_ORDER_UPDATE,
        fill: Fill = abi::SLOT_FILL,
        balance: Balance = abi::SLOT_BALANCE,
        position: Position = abi::SLOT_POSITION,
        list_end: ListEnd = abi::SLOT_LIST_END,
    }

    /// Levels of a depth message, bids first, both in the order written; none of another kind.
    pub fn levels(&self) -> impl Iterator<Item = Level> + use<'a> {
        let rest = if self.depth().is_some() { self.rest } else { &[] };
        let count = self.depth().map_or(0, |d| usize::from(d.bids) + usize::from(d.asks));
        rest.iter().flat_map(|slot| *slot.levels()).take(count)
    }

    /// Bids of a depth message: price and quantity, in the order written.
    pub fn bids(&self) -> Vec<(i64, i64)> {
        let bids = self.depth().map_or(0, |depth| usize::from(depth.bids));
        self.levels().take(bids).map(|level| (level.price, level.qty)).collect()
    }

    /// Asks of a depth message: price and quantity, in the order written.
    pub fn asks(&self) -> Vec<(i64, i64)> {
        let bids = self.depth().map_or(0, |depth| usize::from(depth.bids));
        self.levels().skip(bids).map(|level| (level.price, level.qty)).collect()
    }
}
