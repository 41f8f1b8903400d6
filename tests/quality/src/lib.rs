//! Faults put into recordings by a seed: which of them each detector finds, and what it finds beside.
//!
//! A [`Tape`] is what an adapter made of a recording. [`faults`] damages a copy of it and says what it
//! did; [`play`] gives either to an engine and answers with the incidents; [`Score`] compares.
#![allow(clippy::print_stderr, clippy::unwrap_used, clippy::missing_panics_doc)]

mod damage;
mod fault;
mod play;
mod random;
mod report;
mod score;
mod tape;

pub use fault::{Fault, Kind, faults};
pub use play::{ANSWER, Incident, Played, play};
pub use report::{report, rewrite};
pub use score::{Score, Scores, clean, score};
pub use tape::{Moment, Tape};
