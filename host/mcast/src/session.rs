//! The line itself: heartbeats.

use crate::bytes::{Put, Take};
use crate::{DecodeError, Kind};

/// Nothing else was sent for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// Sequence of the datagram that comes next.
    pub next: u64,
    /// Oldest sequence that can be asked for again; `next` if none can.
    pub oldest: u64,
}

impl Heartbeat {
    pub(crate) fn put(self, payload: &mut Vec<u8>) {
        payload.put_u64(self.next);
        payload.put_u64(self.oldest);
    }

    pub(crate) fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Kind::Heartbeat, payload);
        let heartbeat = Self {
            next: take.u64("next sequence")?,
            oldest: take.u64("oldest retransmittable sequence")?,
        };
        take.done(heartbeat)
    }
}
