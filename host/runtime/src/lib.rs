//! Wiring: what joins plugins, engine and journal, and the drivers that feed them.
//!
//! [`Core`] is the one path that every input takes: journal, adapter, journal, engine, outputs,
//! strategies. [`replay_captures`] and [`replay_journal`] are drivers of it; the live host is
//! another.

mod clock;
pub mod config;
mod core;
mod cores;
mod digest;
mod error;
mod files;
mod folder;
mod limits;
pub mod live;
mod logs;
pub mod names;
mod outstanding;
mod probe;
mod replay;
mod report;
mod rerun;
mod seat;
mod shield;
mod strategies;

pub use crate::core::{AdapterSetup, Core, CoreConfig};
pub use clock::HostClock;
pub use cores::{Cores, on as on_cores};
pub use digest::Digest;
pub use error::RuntimeError;
pub use files::Files;
pub use folder::PluginFolder;
pub use logs::{LogThread, LogWriter};
pub use probe::takes;
pub use replay::replay_captures;
pub use report::{BookReport, Report};
pub use rerun::{JournalSource, replay_journal};
pub use seat::{Fault, Seat, SeatTally};
pub use shield::linker_variables;
