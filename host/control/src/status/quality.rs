//! What was found out about the data of an instrument or venue.

use serde::{Deserialize, Serialize};

use super::Detector;

/// How often each detector found something, and what is not over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quality {
    /// Name of the venue.
    pub venue: String,
    /// The venue's symbol in its own spelling; empty of the venue itself.
    pub symbol: String,
    /// What the instrument is; empty of the venue itself.
    pub kind: String,
    /// Detectors whose incidents are not over.
    pub open: Vec<Detector>,
    /// Times or trade ids that went back.
    pub order: u64,
    /// Records that came later than usual.
    pub late: u64,
    /// Times that the clocks were found to be apart; of a venue.
    pub offset: u64,
    /// Times that a clock was set; of a venue.
    pub step: u64,
    /// Times that the clocks were found to run apart; of a venue.
    pub drift: u64,
    /// Prices far from the recent ones.
    pub price: u64,
    /// Updates with the best bid above the best ask.
    pub crossed: u64,
    /// Updates with the best bid equal to the best ask.
    pub locked: u64,
    /// Seconds with more volume than usual.
    pub volume: u64,
    /// Losses of a live book.
    pub gap: u64,
    /// Losses of trades.
    pub trade_gap: u64,
    /// Silences of a stream.
    pub silence: u64,
    /// Receive minus exchange time of the venue's fastest records, ns: offset of the clocks and least
    /// delay. 0 of an instrument, and before it is known.
    pub offset_ns: i64,
    /// Rate at which the clocks run apart, parts in a thousand millions; 0 where it cannot be told
    /// from noise.
    pub drift_ppb: i64,
}

impl Quality {
    /// The counts, each with its detector.
    pub fn counts(&self) -> [(Detector, u64); 12] {
        [
            (Detector::Order, self.order),
            (Detector::Late, self.late),
            (Detector::Offset, self.offset),
            (Detector::Step, self.step),
            (Detector::Drift, self.drift),
            (Detector::Price, self.price),
            (Detector::Crossed, self.crossed),
            (Detector::Locked, self.locked),
            (Detector::Volume, self.volume),
            (Detector::Gap, self.gap),
            (Detector::TradeGap, self.trade_gap),
            (Detector::Silence, self.silence),
        ]
    }

    /// Everything that was found.
    pub fn found(&self) -> u64 {
        self.counts().iter().map(|(_, count)| count).sum()
    }
}
