//! Live books that are wrong, and books that are right, against snapshots that an independent replay
//! of the same recording makes: a corrupted digit is found, and nothing else ever is.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

mod crossed;
mod right;
mod run;
mod top;
mod wrong;
