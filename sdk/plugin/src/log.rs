//! The way of log lines and panics to the host.

use std::cell::Cell;

use patchbay_abi as abi;

/// Where lines go. The host's table lives as long as the process.
#[derive(Clone, Copy)]
pub(crate) struct Sink(Option<&'static abi::Log>);

thread_local! {
    // Of the guarded call that runs, if one does. Const-initialised and without a destructor, so that
    // the library could be unloaded.
    static CURRENT: Cell<Option<Sink>> = const { Cell::new(None) };
}

impl Sink {
    pub(crate) const NONE: Self = Self(None);

    /// Takes over the host's table.
    ///
    /// # Safety
    ///
    /// `log` is null, or valid for the life of the process.
    pub(crate) const unsafe fn new(log: *const abi::Log) -> Self {
        // SAFETY: null or valid by the caller's contract.
        Self(unsafe { log.as_ref() })
    }

    pub(crate) fn write(self, level: u32, text: &str) {
        let Some(&abi::Log { ctx, write: Some(write), .. }) = self.0 else {
            return;
        };
        // SAFETY: `write` may be called from any thread with its `ctx`; the text lives until it
        // returns.
        unsafe { write(ctx, level, abi::Str::new(text)) }
    }

    /// Runs `call`, which does not unwind, with this as the current one. (One look for the variable
    /// of the thread: in a library that was mapped later it is a call.)
    #[inline]
    pub(crate) fn during<R>(self, call: impl FnOnce() -> R) -> R {
        CURRENT.with(|current| {
            let outer = current.replace(Some(self));
            let result = call();
            current.set(outer);
            result
        })
    }
}

/// Of the guarded call that runs.
pub(crate) fn current() -> Sink {
    CURRENT.get().unwrap_or(Sink::NONE)
}

/// Whether a guarded call runs.
pub(crate) fn is_inside() -> bool {
    CURRENT.get().is_some()
}
