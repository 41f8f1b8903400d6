//! The only place that writes to the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use patchbay_abi as abi;

/// A result.
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Why the command failed.
pub(crate) fn error(text: &str) {
    eprintln!("patchbay: {text}");
}

/// A line of a plugin's log.
pub(crate) fn plugin_log(level: u32, text: &str) {
    match level {
        abi::LOG_ERROR => eprintln!("plugin error: {text}"),
        abi::LOG_WARN => eprintln!("plugin warning: {text}"),
        abi::LOG_INFO => eprintln!("plugin: {text}"),
        _ => {}
    }
}
