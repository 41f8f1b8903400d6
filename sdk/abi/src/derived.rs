//! Records that the host makes from market data. Adapters write none of them.

use crate::Head;

/// Best bid and offer over venues, of a consolidated instrument. `head.sequence` holds bid venue
/// (bits 0 to 15), ask venue (16 to 31) and state (32 to 39: 0 normal, 1 locked, 2 crossed, 3
/// one-sided, 4 none).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Nbbo {
    /// Kind [`crate::SLOT_NBBO`].
    pub head: Head,
    /// Best bid price mantissa.
    pub bid_price: i64,
    /// Quantity at it.
    pub bid_qty: i64,
    /// Best ask price mantissa.
    pub ask_price: i64,
    /// Quantity at it.
    pub ask_qty: i64,
}

/// One feature's new value.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Feature {
    /// Kind [`crate::SLOT_FEATURE`].
    pub head: Head,
    /// Value, in the feature's own unit.
    pub value: f64,
    /// Feature id.
    pub feature: u32,
    /// Zero.
    pub reserved: [u32; 5],
}

/// A price signal.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Signal {
    /// Kind [`crate::SLOT_SIGNAL`].
    pub head: Head,
    /// Model id.
    pub model: u32,
    /// How far ahead, in ms.
    pub horizon_ms: u32,
    /// Expected relative change of the mid price.
    pub value: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// Zero.
    pub reserved: u64,
}

/// An incident in the quality of data: one record when it begins and one when it ends. What is found
/// in between belongs to it and is counted.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Quality {
    /// Kind [`crate::SLOT_QUALITY`]; `flags` is [`QUALITY_BEGUN`] or [`QUALITY_ENDED`], and in bits 8
    /// to 15 the cause. Of a venue, `instrument` is [`crate::NO_INSTRUMENT`] and `sequence` the
    /// venue's number; otherwise `sequence` is the update id of the record that showed it.
    pub head: Head,
    /// At the beginning what was seen, in the detector's unit; at the end how long it lasted, in
    /// seconds.
    pub value: f64,
    /// At the beginning what was expected; at the end how often it was found.
    pub expected: f64,
    /// `QUALITY_*`, the detector.
    pub detector: u32,
    /// 1 note, 2 warning, 3 alarm.
    pub severity: u32,
    /// Zero.
    pub reserved: u64,
}

/// `Quality` head flags: the incident begins.
pub const QUALITY_BEGUN: u16 = 1;
/// `Quality` head flags: it is over.
pub const QUALITY_ENDED: u16 = 2;

/// `Quality::detector`: exchange time, receive time or trade id went back, s. The cause is the
/// stream's `SLOT_*`.
pub const QUALITY_ORDER: u32 = 1;
/// `Quality::detector`: a record came later than its stream's usual delay allows, s. The cause is the
/// stream's `SLOT_*`.
pub const QUALITY_LATE: u32 = 2;
/// `Quality::detector`, of a venue: receive minus exchange time is beyond what a network takes, s.
pub const QUALITY_OFFSET: u32 = 3;
/// `Quality::detector`, of a venue: one of the two clocks was set, s.
pub const QUALITY_STEP: u32 = 4;
/// `Quality::detector`, of a venue: the two clocks run at different rates, parts per million.
pub const QUALITY_DRIFT: u32 = 5;
/// `Quality::detector`: a price far from the instrument's recent ones. The cause is the `SLOT_*` that
/// had it.
pub const QUALITY_PRICE: u32 = 6;
/// `Quality::detector`: best bid (`value`) above best ask (`expected`). The cause is
/// `QUALITY_CAUSE_*`.
pub const QUALITY_CROSSED: u32 = 7;
/// `Quality::detector`: best bid equal to best ask. The cause is `QUALITY_CAUSE_*`.
pub const QUALITY_LOCKED: u32 = 8;
/// `Quality::detector`: more was traded in a second than the instrument's usual volume allows, in
/// units of quantity.
pub const QUALITY_VOLUME: u32 = 9;
/// `Quality::detector`: a live book was lost; ids that are missing, 0 if not known. The cause is the
/// book's `CAUSE_*`.
pub const QUALITY_GAP: u32 = 10;
/// `Quality::detector`: ids of trades that were without holes so far are missing; how many.
pub const QUALITY_TRADE_GAP: u32 = 11;
/// `Quality::detector`: a stream has been silent for longer than its cadence allows, s. The cause is
/// the stream's `SLOT_*`; of a venue, 0.
pub const QUALITY_SILENCE: u32 = 12;

/// Cause of a crossed or locked book: a call auction, in which it is legal.
pub const QUALITY_CAUSE_AUCTION: u16 = 1;
/// Cause of a crossed or locked book: updates may be missing: its chain broke lately, or nothing
/// proves that it did not.
pub const QUALITY_CAUSE_GAP: u16 = 2;
/// Cause of a crossed or locked book: the venue sends it so.
pub const QUALITY_CAUSE_VENUE: u16 = 3;
/// Cause of a crossed or locked book: book and quote contradict each other.
pub const QUALITY_CAUSE_QUOTE: u16 = 4;
