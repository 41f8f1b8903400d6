//! The only place that writes to the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use patchbay_abi as abi;

/// A result.
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// What a long command is doing; only for who looks.
pub(crate) fn progress(text: &str) {
    use std::io::{IsTerminal, Write};
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // A terminal that is gone is nobody's loss.
        let _written = write!(stderr, "\r\x1b[K{text}").and_then(|()| stderr.flush());
    }
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
