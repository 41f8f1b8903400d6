//! Best bid and ask: of one venue, and over venues.

use patchbay_abi as abi;

use crate::bytes::{Put, Take};
use crate::{DecodeError, Kind};

/// `Quote::source`: the venue's own channel.
pub const SOURCE_VENUE: u8 = 1;

/// `Quote::source`: derived from the book.
pub const SOURCE_BOOK: u8 = 2;

/// Best bid and ask of one instrument. An empty side has price and quantity 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// [`SOURCE_VENUE`] or [`SOURCE_BOOK`].
    pub source: u8,
    /// Best bid price mantissa.
    pub bid_price: i64,
    /// Quantity at it.
    pub bid_qty: i64,
    /// Best ask price mantissa.
    pub ask_price: i64,
    /// Quantity at it.
    pub ask_qty: i64,
}

impl From<&abi::Quote> for Quote {
    fn from(quote: &abi::Quote) -> Self {
        let abi::Quote { head, bid_price, bid_qty, ask_price, ask_qty } = *quote;
        let derived = head.flags & abi::QUOTE_BOOK != 0;
        let source = if derived { SOURCE_BOOK } else { SOURCE_VENUE };
        Self { source, bid_price, bid_qty, ask_price, ask_qty }
    }
}

impl Quote {
    pub(crate) fn put(&self, payload: &mut Vec<u8>) {
        payload.put_u8(self.source);
        payload.put_reserved(7);
        payload.put_i64(self.bid_price);
        payload.put_i64(self.bid_qty);
        payload.put_i64(self.ask_price);
        payload.put_i64(self.ask_qty);
    }

    pub(crate) fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Kind::Quote, payload);
        let source = take.code("source", SOURCE_VENUE, SOURCE_BOOK)?;
        take.reserved(7)?;
        let quote = Self {
            source,
            bid_price: take.i64("bid price")?,
            bid_qty: take.amount("bid qty")?,
            ask_price: take.i64("ask price")?,
            ask_qty: take.amount("ask qty")?,
        };
        take.done(quote)
    }
}

/// Best bid and offer over venues, of a consolidated instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nbbo {
    /// Best bid price mantissa.
    pub bid_price: i64,
    /// Quantity at it.
    pub bid_qty: i64,
    /// Best ask price mantissa.
    pub ask_price: i64,
    /// Quantity at it.
    pub ask_qty: i64,
    /// Venue of the bid, 0 if there is none.
    pub bid_venue: u16,
    /// Venue of the ask, 0 if there is none.
    pub ask_venue: u16,
    /// Age of the bid in µs, 0 if not stated.
    pub bid_age_us: u32,
    /// Age of the ask in µs, 0 if not stated.
    pub ask_age_us: u32,
    /// 0 normal, 1 locked, 2 crossed, 3 one-sided, 4 none.
    pub state: u8,
}

impl From<&abi::Nbbo> for Nbbo {
    fn from(nbbo: &abi::Nbbo) -> Self {
        let packed = nbbo.head.sequence;
        Self {
            bid_price: nbbo.bid_price,
            bid_qty: nbbo.bid_qty,
            ask_price: nbbo.ask_price,
            ask_qty: nbbo.ask_qty,
            bid_venue: packed as u16,
            ask_venue: (packed >> 16) as u16,
            bid_age_us: 0,
            ask_age_us: 0,
            state: (packed >> 32) as u8,
        }
    }
}

impl Nbbo {
    pub(crate) fn put(&self, payload: &mut Vec<u8>) {
        payload.put_i64(self.bid_price);
        payload.put_i64(self.bid_qty);
        payload.put_i64(self.ask_price);
        payload.put_i64(self.ask_qty);
        payload.put_u16(self.bid_venue);
        payload.put_u16(self.ask_venue);
        payload.put_u32(self.bid_age_us);
        payload.put_u32(self.ask_age_us);
        payload.put_u8(self.state);
        payload.put_reserved(3);
    }

    pub(crate) fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Kind::Nbbo, payload);
        let nbbo = Self {
            bid_price: take.i64("bid price")?,
            bid_qty: take.amount("bid qty")?,
            ask_price: take.i64("ask price")?,
            ask_qty: take.amount("ask qty")?,
            bid_venue: take.u16("bid venue")?,
            ask_venue: take.u16("ask venue")?,
            bid_age_us: take.u32("bid_age_us")?,
            ask_age_us: take.u32("ask_age_us")?,
            state: take.code("state", 0, 4)?,
        };
        take.reserved(3)?;
        take.done(nbbo)
    }
}
