//! Incidents in the quality of data.
//!
//! A [`Monitor`] sees every record that the engine puts out and the book after it. Its detectors
//! watch time (order, delay, the venue's clock), prices, volumes, best levels, losses and silence,
//! each against what the same stream did before, measured robustly and in constant memory. What they
//! find is counted and gathered into incidents, which are records when they begin and when they end.
//! `docs/quality.md` says how well each detector does.
//!
//! Pure: time comes with the records, and the same records give the same incidents.
#![forbid(unsafe_code)]

mod clock;
mod config;
mod cross;
mod histogram;
mod incident;
mod median;
mod monitor;
mod price;
mod stream;
mod trades;
mod venue;
mod volume;
mod watch;

pub use config::QualityConfig;
pub use incident::{Counts, DETECTORS};
pub use monitor::{ClockFact, Monitor};
pub use watch::{Book, Instrument};
