//! The lines that a plugin logs during a call.

use std::cell::RefCell;

use patchbay_plugin::abi::{LOG_DEBUG, LOG_ERROR, LOG_INFO, LOG_WARN};

thread_local! {
    // The host's log function has no context, and a plugin logs on the thread that calls it: what
    // stands here after a call belongs to that call.
    static LINES: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs `call` and answers what was logged meanwhile: a line each, `warn: text`.
pub(crate) fn during<R>(call: impl FnOnce() -> R) -> (R, String) {
    // What an instance said while it was dropped is nobody's.
    LINES.take();
    let result = call();
    (result, LINES.take())
}

/// Where instances log.
pub(crate) fn write(level: u32, text: &str) {
    let level = match level {
        LOG_ERROR => "error",
        LOG_WARN => "warn",
        LOG_INFO => "info",
        LOG_DEBUG => "debug",
        _ => "unknown level",
    };
    LINES.with_borrow_mut(|lines| {
        for part in [level, ": ", text, "\n"] {
            lines.push_str(part);
        }
    });
}
