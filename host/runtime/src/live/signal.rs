//! What the plugin thread and an I/O thread say to each other.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

const STAYS: u8 = 0;

/// How an instance ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Retirement {
    /// What it carried ends with it.
    Ended = 1,
    /// Another instance carries on what it did.
    Succeeded = 2,
}

/// Of one instance.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    /// The input with which the instance had everything that it is to take over; 0 before.
    ready: AtomicU64,
    retirement: AtomicU8,
}

impl Signal {
    /// The instance has everything that it is to take over, as of its input number `ordinal`.
    pub(crate) fn set_ready(&self, ordinal: u64) {
        self.ready.store(ordinal, Ordering::Release);
    }

    /// As of which input it has everything, if it has.
    pub(crate) fn ready(&self) -> Option<u64> {
        Some(self.ready.load(Ordering::Acquire)).filter(|ordinal| *ordinal != 0)
    }

    /// The instance is to go.
    pub(crate) fn retire(&self, how: Retirement) {
        self.retirement.store(how as u8, Ordering::Release);
    }

    /// Whether it is to go, and how.
    pub(crate) fn retirement(&self) -> Option<Retirement> {
        match self.retirement.load(Ordering::Acquire) {
            STAYS => None,
            how if how == Retirement::Ended as u8 => Some(Retirement::Ended),
            _ => Some(Retirement::Succeeded),
        }
    }
}
