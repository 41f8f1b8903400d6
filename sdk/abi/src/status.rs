//! What a call across the boundary answers.

/// Result of a call: one of the constants below, never a Rust enum, so that an unknown value is
/// data and not undefined behaviour.
pub type Status = i32;

/// Done.
pub const OK: Status = 0;
/// An ordinary failure, already logged; the instance goes on.
pub const ERROR: Status = 1;
/// The plugin panicked in this call; the instance is poisoned.
pub const PANIC: Status = 2;
/// This side does not know the function or the extension.
pub const UNSUPPORTED: Status = 3;
/// Saved state of a schema that the plugin cannot upgrade.
pub const SCHEMA: Status = 4;
/// The instance panicked before; only `destroy` runs.
pub const POISONED: Status = 5;
/// Not now; ask again.
pub const RETRY: Status = 6;
/// An argument is out of its domain; the message is in the log.
pub const INVALID: Status = 7;
/// A stated bound is reached; nothing was done.
pub const FULL: Status = 8;

/// `level` of a log line: something failed and needs a person.
pub const LOG_ERROR: u32 = 1;
/// `level` of a log line: something is wrong and was dealt with.
pub const LOG_WARN: u32 = 2;
/// `level` of a log line: a change of state worth a line.
pub const LOG_INFO: u32 = 3;
/// `level` of a log line: for the author of the plugin.
pub const LOG_DEBUG: u32 = 4;
