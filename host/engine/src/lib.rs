//! The core: a pure function of its turns.
//!
//! [`Engine::step`] takes one [`Turn`] and fills one [`Out`]. It owns the order of the stages and
//! nothing of what they do: books judge themselves (`patchbay-book`), and those of single
//! orders are judged by them (`patchbay-l3`); later stages (features, risk,
//! orders) join here one line each. It cannot fail, reads no clock, and gives the same outputs for
//! the same turns, byte for byte.
#![forbid(unsafe_code)]

mod audits;
mod chains;
mod convict;
mod engine;
mod handover;
mod history;
mod listing;
mod orders;
mod quality;
mod quotes;
mod registry;
mod splice;
mod turn;

pub use audits::AuditConfig;
pub use engine::{Engine, EngineConfig};
pub use history::{History, HistoryConfig, HistoryReader};
pub use listing::{Listing, Tally};
pub use registry::{Identity, Registry, RegistryError};
pub use turn::{Action, Event, Incident, Out, Proof, Turn};
