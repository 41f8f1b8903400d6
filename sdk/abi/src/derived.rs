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

/// A finding about the quality of an instrument's data.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Quality {
    /// Kind [`crate::SLOT_QUALITY`].
    pub head: Head,
    /// What was seen, in the detector's unit.
    pub value: f64,
    /// What was expected.
    pub expected: f64,
    /// Detector id.
    pub detector: u32,
    /// 1 note, 2 warning, 3 alarm.
    pub severity: u32,
    /// Zero.
    pub reserved: u64,
}
