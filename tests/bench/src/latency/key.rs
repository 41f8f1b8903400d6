//! By what a frame is known again: the venue's id in it.

use patchbay_mcast::{Datagram, LAST, Payload, SNAPSHOT, SOURCE_VENUE};

/// One message of the market, of those that share a connection: trades come by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// Last update id of a change.
    Book(u64),
    /// Update id of a best bid and ask.
    Quote(u64),
}

impl Key {
    /// Of a frame of Binance's combined streams.
    pub(super) fn of_frame(frame: &[u8]) -> Option<Self> {
        let frame: serde_json::Value = serde_json::from_slice(frame).ok()?;
        let data = &frame["data"];
        match data["e"].as_str()? {
            "depthUpdate" => Some(Self::Book(data["u"].as_u64()?)),
            "bookTicker" => Some(Self::Quote(data["u"].as_u64()?)),
            _ => None,
        }
    }

    /// Of the datagram that ends an event; snapshots and quotes from books are nobody's frames.
    pub(super) fn of_datagram(datagram: &Datagram<'_>) -> Option<Self> {
        let header = &datagram.header;
        if header.flags & LAST == 0 || header.flags & SNAPSHOT != 0 {
            return None;
        }
        match &datagram.payload {
            Payload::Book(_) => Some(Self::Book(header.venue_sequence)),
            Payload::Quote(quote) if quote.source == SOURCE_VENUE => {
                Some(Self::Quote(header.venue_sequence))
            }
            _ => None,
        }
    }
}
