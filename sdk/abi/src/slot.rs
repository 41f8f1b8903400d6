//! Records: 64-byte slots, the unit in which market data and reports travel.
//!
//! A record is one head slot, followed by `slots` continuation slots where its kind has them
//! (levels after [`Depth`], an [`OrderDetail`] and [`TextSlot`]s after [`OrderUpdate`], a
//! [`FillDetail`] after [`Fill`]).
//! Readers skip kinds they do not know; a continuation slot never stands alone.

use crate::{
    Balance, BookState, Depth, Feature, Fill, FillDetail, Funding, LEVELS_PER_SLOT, Level,
    Liquidation, ListEnd, Mark, Nbbo, OpenInterest, Order, OrderDetail, OrderUpdate, Position,
    Quality, Quote, SessionStatus, Signal, Trade,
};

/// First half of every head slot.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// `SLOT_*`.
    pub kind: u16,
    /// Meaning depends on `kind`; 0 where the kind states none.
    pub flags: u16,
    /// From an adapter: its own dense index. To a strategy: the host's id. [`NO_INSTRUMENT`] if the
    /// record belongs to none.
    pub instrument: u32,
    /// The venue's update id of this record, 0 if it sends none.
    pub sequence: u64,
    /// The venue's event time, 0 if it sends none.
    pub exchange_ns: i64,
    /// Host time at which the frame was read from its socket.
    pub receive_ns: i64,
}

/// `Head::instrument` of a record without instrument.
pub const NO_INSTRUMENT: u32 = u32::MAX;

/// Continuation with text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TextSlot {
    /// Bytes used of `bytes`.
    pub len: u8,
    /// UTF-8, cut at a character.
    pub bytes: [u8; 63],
}

/// [`Depth`].
pub const SLOT_DEPTH: u16 = 1;
/// [`Trade`].
pub const SLOT_TRADE: u16 = 2;
/// [`Quote`].
pub const SLOT_QUOTE: u16 = 3;
/// [`Order`].
pub const SLOT_ORDER: u16 = 4;
/// [`Nbbo`].
pub const SLOT_NBBO: u16 = 5;
/// [`Feature`].
pub const SLOT_FEATURE: u16 = 6;
/// [`Signal`].
pub const SLOT_SIGNAL: u16 = 7;
/// [`Mark`].
pub const SLOT_MARK: u16 = 8;
/// [`Funding`].
pub const SLOT_FUNDING: u16 = 9;
/// [`OpenInterest`].
pub const SLOT_OPEN_INTEREST: u16 = 10;
/// [`Liquidation`].
pub const SLOT_LIQUIDATION: u16 = 11;
/// [`SessionStatus`].
pub const SLOT_STATUS: u16 = 12;
/// [`Quality`].
pub const SLOT_QUALITY: u16 = 13;
/// [`OrderUpdate`].
pub const SLOT_ORDER_UPDATE: u16 = 14;
/// [`Fill`].
pub const SLOT_FILL: u16 = 15;
/// [`Balance`].
pub const SLOT_BALANCE: u16 = 16;
/// [`Position`].
pub const SLOT_POSITION: u16 = 17;
/// [`BookState`].
pub const SLOT_BOOK_STATE: u16 = 18;
/// [`ListEnd`].
pub const SLOT_LIST_END: u16 = 19;

/// 64 bytes: a head slot or a continuation slot.
///
/// Every member is made of integers and floats without padding, so that any bits are a valid value
/// of any member; what a reader makes of them is decided by `head.kind`.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
pub union Slot {
    /// Head of every record.
    pub head: Head,
    /// [`SLOT_DEPTH`].
    pub depth: Depth,
    /// Continuation of [`Depth`].
    pub levels: [Level; 4],
    /// [`SLOT_TRADE`].
    pub trade: Trade,
    /// [`SLOT_QUOTE`].
    pub quote: Quote,
    /// [`SLOT_ORDER`].
    pub order: Order,
    /// [`SLOT_NBBO`].
    pub nbbo: Nbbo,
    /// [`SLOT_FEATURE`].
    pub feature: Feature,
    /// [`SLOT_SIGNAL`].
    pub signal: Signal,
    /// [`SLOT_MARK`].
    pub mark: Mark,
    /// [`SLOT_FUNDING`].
    pub funding: Funding,
    /// [`SLOT_OPEN_INTEREST`].
    pub open_interest: OpenInterest,
    /// [`SLOT_LIQUIDATION`].
    pub liquidation: Liquidation,
    /// [`SLOT_STATUS`].
    pub status: SessionStatus,
    /// [`SLOT_QUALITY`].
    pub quality: Quality,
    /// [`SLOT_ORDER_UPDATE`].
    pub order_update: OrderUpdate,
    /// First continuation of [`OrderUpdate`].
    pub order_detail: OrderDetail,
    /// [`SLOT_FILL`].
    pub fill: Fill,
    /// Continuation of [`Fill`].
    pub fill_detail: FillDetail,
    /// [`SLOT_BALANCE`].
    pub balance: Balance,
    /// [`SLOT_POSITION`].
    pub position: Position,
    /// [`SLOT_BOOK_STATE`].
    pub book_state: BookState,
    /// [`SLOT_LIST_END`].
    pub list_end: ListEnd,
    /// Continuation with text.
    pub text: TextSlot,
    /// The bits.
    pub words: [u64; 8],
}

macro_rules! views {
    ($($name:ident: $ty:ty),* $(,)?) => {
        impl Slot {
            $(
                #[doc = concat!("This slot seen as [`", stringify!($ty), "`]; look at `head().kind` first.")]
                #[inline]
                pub const fn $name(&self) -> &$ty {
                    // SAFETY: 64 initialised bytes; any bits are a valid value (see `Slot`).
                    unsafe { &self.$name }
                }
            )*
        }
        $(
            impl From<$ty> for Slot {
                #[inline]
                fn from($name: $ty) -> Self {
                    const { assert!(size_of::<$ty>() == 64) };
                    Self { $name }
                }
            }
        )*
    };
}

views! {
    depth: Depth, trade: Trade, quote: Quote, order: Order, nbbo: Nbbo, feature: Feature,
    signal: Signal, mark: Mark, funding: Funding, open_interest: OpenInterest,
    liquidation: Liquidation, status: SessionStatus, quality: Quality,
    order_update: OrderUpdate, order_detail: OrderDetail, fill: Fill, fill_detail: FillDetail,
    balance: Balance, position: Position, book_state: BookState, list_end: ListEnd,
    text: TextSlot, levels: [Level; 4], words: [u64; 8],
}

impl Slot {
    /// All bits zero: no kind.
    pub const ZERO: Self = Self { words: [0; 8] };

    /// The head; meaningless in a continuation slot.
    #[inline]
    pub const fn head(&self) -> &Head {
        // SAFETY: as for the views above; `Head` is the first half of the slot.
        unsafe { &self.head }
    }

    /// The head, to be changed in place.
    #[inline]
    pub const fn head_mut(&mut self) -> &mut Head {
        // SAFETY: any bits written through it leave every member valid.
        unsafe { &mut self.head }
    }

    /// The levels in continuation slots of [`Depth`], one behind the other.
    #[inline]
    pub const fn levels_of(slots: &[Self]) -> &[Level] {
        const { assert!(size_of::<Self>() == LEVELS_PER_SLOT * size_of::<Level>()) };
        let (first, count) = (slots.as_ptr().cast::<Level>(), slots.len() * LEVELS_PER_SLOT);
        // SAFETY: as for the views above; nothing lies between the levels (asserted).
        unsafe { core::slice::from_raw_parts(first, count) }
    }

    /// Slots of continuation that follow this head slot, as it states itself.
    #[inline]
    pub const fn continuation(&self) -> usize {
        match self.head().kind {
            SLOT_DEPTH => self.depth().slots as usize,
            SLOT_ORDER_UPDATE => self.order_update().slots as usize,
            SLOT_FILL => 1,
            _ => 0,
        }
    }
}

impl PartialEq for Slot {
    fn eq(&self, other: &Self) -> bool {
        self.words() == other.words()
    }
}

impl core::fmt::Debug for Slot {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Slot").field(self.words()).finish()
    }
}
