//! The way of log lines and panics to the host.

use std::cell::Cell;

use patchbay_abi as abi;

/// Where lines go. The host's table lives as long as the process.
#[derive(Clone, Copy)]
pub(crate) struct Sink(Option<abi::Log>);

thread_local! {
    static CURRENT: Cell<Sink> = const { Cell::new(Sink(None)) };
}

impl Sink {
    pub(crate) const NONE: Self = Self(None);

    /// Takes over the host's table.
    ///
    /// # Safety
    ///
    /// `log` is null, or valid for the life of the process.
    pub(crate) const unsafe fn new(log: *const abi::Log) -> Self {
        if log.is_null() {
            return Self::NONE;
        }
        // SAFETY: not null, and valid by the caller's contract.
        Self(Some(unsafe { *log }))
    }

    pub(crate) fn write(self, level: u32, text: &str) {
        let Some(abi::Log { ctx, write: Some(write), .. }) = self.0 else {
            return;
        };
        // SAFETY: `write` may be called from any thread with its `ctx`; the text lives until it
        // returns.
        unsafe { write(ctx, level, abi::Str::new(text)) }
    }

    pub(crate) fn make_current(self) {
        CURRENT.set(self);
    }
}

pub(crate) fn current() -> Sink {
    CURRENT.get()
}
