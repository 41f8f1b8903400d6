//! Levels of a book, and the state that it says it is in.

use patchbay_abi::Level;

use crate::bytes::{Put, Take};
use crate::error::{DecodeError, Fault};
use crate::{Item, Kind, List};

/// Bytes in front of the levels.
pub(crate) const BOOK_PREFIX: usize = 8;

/// Bytes of a level.
pub(crate) const LEVEL: usize = 16;

impl Item for Level {
    const KIND: Kind = Kind::Book;
    const SIZE: usize = LEVEL;

    fn put(&self, payload: &mut Vec<u8>) {
        payload.put_i64(self.price);
        payload.put_i64(self.qty);
    }

    fn take(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Self::KIND, bytes);
        let level = Self { price: take.i64("price")?, qty: take.amount("qty")? };
        take.done(level)
    }
}

/// A part of a book event: levels of both sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels<'a> {
    /// Bid levels among them; they come first.
    pub bids: u16,
    /// Ask levels.
    pub asks: u16,
    levels: Option<List<'a, Level>>,
}

impl<'a> Levels<'a> {
    /// Puts what stands in front of the levels.
    pub(crate) fn put_prefix(bids: u16, asks: u16, payload: &mut Vec<u8>) {
        payload.put_u16(bids);
        payload.put_u16(asks);
        payload.put_reserved(4);
    }

    pub(crate) fn decode(payload: &'a [u8], count: u16) -> Result<Self, DecodeError> {
        let mut take = Take::new(Kind::Book, payload);
        let (bids, asks) = (take.u16("bids")?, take.u16("asks")?);
        take.reserved(4)?;
        let found = u64::from(bids) + u64::from(asks);
        if found != u64::from(count) {
            return Err(take.wrong("bids", 0, Fault::Count { stated: count, found }));
        }
        if count == 0 {
            return take.done(Self { bids, asks, levels: None });
        }
        let rest = &payload[BOOK_PREFIX..];
        let levels = List::decode(rest, count).map_err(|error| error.moved(BOOK_PREFIX))?;
        Ok(Self { bids, asks, levels: Some(levels) })
    }

    /// All levels, bids first.
    pub fn iter(&self) -> impl Iterator<Item = Level> + use<'a> {
        self.levels.into_iter().flat_map(|levels| levels.iter())
    }

    /// Bid levels.
    pub fn bids(&self) -> impl Iterator<Item = Level> + use<'a> {
        self.iter().take(self.bids.into())
    }

    /// Ask levels.
    pub fn asks(&self) -> impl Iterator<Item = Level> + use<'a> {
        self.iter().skip(self.bids.into())
    }
}

/// What the publisher's book says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookState {
    /// 0 empty, 1 syncing, 2 live, 3 stale.
    pub state: u8,
    /// 0 unproven, 1 snapshot-only, 2 chained, 3 checksummed.
    pub evidence: u8,
    /// Why, a `CAUSE_*` of the host; 0 if it stands as before.
    pub reason: u16,
}

impl BookState {
    pub(crate) fn put(self, payload: &mut Vec<u8>) {
        payload.put_u8(self.state);
        payload.put_u8(self.evidence);
        payload.put_u16(self.reason);
        payload.put_reserved(4);
    }

    pub(crate) fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Kind::BookState, payload);
        let (state, evidence) = (take.code("state", 0, 3)?, take.code("evidence", 0, 3)?);
        let reason = take.u16("reason")?;
        take.reserved(4)?;
        take.done(Self { state, evidence, reason })
    }
}
