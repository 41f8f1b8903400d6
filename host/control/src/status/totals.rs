//! Everything counted since the start.

use serde::{Deserialize, Serialize};

/// Counts over all venues since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Frames given to adapters.
    pub frames: u64,
    /// Frames that could not be read.
    pub rejected: u64,
    /// Frames that the schema-directed scanner declined and the general parser read.
    pub fallback: u64,
    /// Trades on the tape.
    pub trades: u64,
    /// The venues' own best bids and asks.
    pub quotes: u64,
    /// Depth messages received.
    pub book_updates: u64,
    /// Turns of the engine.
    pub turns: u64,
    /// Chains that broke.
    pub gaps: u64,
    /// Times a book became live again.
    pub resyncs: u64,
    /// Updates that left a live book crossed.
    pub crossed: u64,
    /// Live books that the venue's own best bid and ask showed to be wrong.
    pub quote_convictions: u64,
    /// Comparisons of a live book with the venue's by REST.
    pub audits: u64,
    /// Those that showed a book to be wrong.
    pub audit_convictions: u64,
    /// Audits that proved nothing: unanswered, too old, overtaken.
    pub audits_lost: u64,
    /// Live books that were crossed or locked for longer than allowed.
    pub crossed_convictions: u64,
    /// Plugins that panicked.
    pub faults: u64,
}
