//! One order book as a reader sees it.

use serde::{Deserialize, Serialize};

use super::{BookState, Cause, Evidence};

/// Levels of a side that a status holds at most.
pub const MAX_LEVELS: usize = 25;

/// One order book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Book {
    /// The venue's symbol in its own spelling.
    pub symbol: String,
    /// Name of the venue.
    pub venue: String,
    /// What the instrument is: `spot`, `linear`, `inverse`, `option`, `equity`, `consolidated`.
    pub kind: String,
    /// How far it can be trusted.
    pub state: BookState,
    /// What that rests on.
    pub evidence: Evidence,
    /// What it last said of its state.
    pub cause: Cause,
    /// Number of the connection that carries it, 0 if it is not known.
    pub connection: u32,
    /// Last update id applied, 0 if none was.
    pub sequence: u64,
    /// Nanoseconds since the last message of this book; -1 if there was none.
    pub age_ns: i64,
    /// Messages applied in the last second.
    pub updates_per_s: u64,
    /// Messages applied since the start.
    pub updates: u64,
    /// Chains that broke.
    pub gaps: u64,
    /// When the last one broke.
    pub last_gap_ns: i64,
    /// Its place in the snapshot cycle of its line, from 1; 0 while it is not in it.
    pub cycle_place: u32,
    /// Times it became live again.
    pub resyncs: u64,
    /// Updates that left it with its best bid not below its best ask.
    pub crossed: u64,
    /// Comparisons with the venue's book by REST.
    pub audits: u64,
    /// Times that it was live and found to be wrong: by a quote, an audit, or crossed for too long.
    pub convictions: u64,
    /// Decimal exponent of prices.
    pub price_exp: i8,
    /// Decimal exponent of quantities.
    pub qty_exp: i8,
    /// Best bids as pairs of price and quantity mantissa, best first. Empty unless live.
    pub bids: Vec<[i64; 2]>,
    /// Best asks.
    pub asks: Vec<[i64; 2]>,
}

impl Book {
    /// With at most `levels` of a side.
    pub(crate) fn cut(&self, levels: usize) -> Self {
        let side = |side: &[[i64; 2]]| side[..side.len().min(levels)].to_vec();
        Self {
            symbol: self.symbol.clone(),
            venue: self.venue.clone(),
            kind: self.kind.clone(),
            bids: side(&self.bids),
            asks: side(&self.asks),
            ..*self
        }
    }
}
