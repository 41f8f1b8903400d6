//! Log files: written by a thread of their own, turned over at a bound.
//!
//! `patchbay.log` is being written; `patchbay.log.1` was before it, and so on. Whoever logs never
//! waits: a line for which there is no room is counted, and the count is written instead.

mod rotating;
mod thread;

pub use thread::{LogThread, LogWriter};
