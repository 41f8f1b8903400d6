//! Values of the market: exact prices and quantities, sides, times, ids.
#![forbid(unsafe_code)]

mod canonical;
mod decimal;
mod instrument;
mod time;

pub use canonical::{Canonical, Term};
pub use decimal::{Decimal, DecimalError, format_decimal, parse_decimal, trimmed};
pub use instrument::{Instrument, InstrumentId, Kind, OptionSide, Side, TickBand};
pub use time::{iso8601, parse_iso8601};

/// Nanoseconds since the Unix epoch, UTC. 0 where there is none.
pub type Nanos = i64;
