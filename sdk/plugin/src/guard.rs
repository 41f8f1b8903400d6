//! Panics end where they began: inside the plugin.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use patchbay_abi::{self as abi, Status};

use crate::{Error, log};

/// An instance with its poison flag: after a panic its state may be half-updated, and nothing but
/// `destroy` runs on it.
pub(crate) struct Guarded<T> {
    pub(crate) inner: T,
    pub(crate) poisoned: bool,
    pub(crate) log: log::Sink,
}

impl<T> Guarded<T> {
    /// Runs `call` unless poisoned; a panic poisons, an `Err` is logged.
    pub(crate) fn run(&mut self, call: impl FnOnce(&mut T) -> Result<(), Error>) -> Status {
        if self.poisoned {
            return abi::POISONED;
        }
        let inner = &mut self.inner;
        match catch(self.log, || call(inner)) {
            Some(Ok(())) => abi::OK,
            Some(Err(error)) => {
                self.log.write(abi::LOG_WARN, &error.to_string());
                abi::ERROR
            }
            None => {
                self.poisoned = true;
                abi::PANIC
            }
        }
    }
}

/// Runs `call`; `None` if it panicked. Message and place go to `log`, not to standard error.
pub(crate) fn catch<R>(log: log::Sink, call: impl FnOnce() -> R) -> Option<R> {
    static HOOK: Once = Once::new();
    HOOK.call_once(install_hook);
    match log.during(|| panic::catch_unwind(AssertUnwindSafe(call))) {
        Ok(value) => Some(value),
        Err(payload) => {
            // Dropping a payload can panic again; then it is leaked.
            if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(second);
            }
            None
        }
    }
}

/// Each library has its own std and so its own hook. Panics outside of guarded calls (tests of a
/// statically linked plugin) go to the hook that was there before.
fn install_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !log::is_inside() {
            return before(info);
        }
        let payload = info.payload();
        let message = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("a value that is no text");
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        log::current().write(abi::LOG_ERROR, &format!("panic at {place}: {message}"));
    }));
}
