//! What the numbers in headers mean: instruments and venues.

use patchbay_model::{self as model, Nanos};

use crate::bytes::{Put, Take};
use crate::{DecodeError, Kind};

/// Definition of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instrument<'a> {
    /// Its number in headers.
    pub instrument: u32,
    /// Its venue's number, 0 if consolidated.
    pub venue: u16,
    /// What it is.
    pub kind: model::Kind,
    /// Decimal exponent of its prices.
    pub price_exp: i8,
    /// Decimal exponent of its quantities.
    pub qty_exp: i8,
    /// Price step, mantissa; 0 if unknown.
    pub tick: i64,
    /// Quantity step, mantissa; 0 if unknown.
    pub lot: i64,
    /// What one contract stands for, mantissa at `contract_exp`.
    pub contract_size: i64,
    /// Decimal exponent of `contract_size`.
    pub contract_exp: i8,
    /// Expiry or delivery, 0 if none.
    pub expiry_ts: Nanos,
    /// The venue's own spelling.
    pub venue_symbol: &'a str,
    /// The same on all hosts; the venue's own where there is none.
    pub canonical_symbol: &'a str,
    /// What is bought and sold.
    pub base: &'a str,
    /// What prices are quoted in.
    pub quote: &'a str,
    /// What profit and margin are paid in; empty for spot.
    pub settle: &'a str,
}

impl<'a> Instrument<'a> {
    /// False if a text is too long.
    pub(crate) fn put(&self, payload: &mut Vec<u8>) -> bool {
        payload.put_u32(self.instrument);
        payload.put_u16(self.venue);
        payload.put_u8(self.kind.to_abi());
        payload.put_i8(self.price_exp);
        payload.put_i8(self.qty_exp);
        payload.put_reserved(7);
        payload.put_i64(self.tick);
        payload.put_i64(self.lot);
        payload.put_i64(self.contract_size);
        payload.put_i8(self.contract_exp);
        payload.put_reserved(7);
        payload.put_i64(self.expiry_ts);
        let texts = [self.venue_symbol, self.canonical_symbol, self.base, self.quote, self.settle];
        texts.into_iter().all(|text| payload.put_text(text))
    }

    pub(crate) fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Kind::Instrument, payload);
        let (instrument, venue) = (take.u32("instrument")?, take.u16("venue")?);
        // The numbers are those of the ABI, from spot to consolidated.
        let code = take.code("kind", model::Kind::Spot.to_abi(), 6)?;
        let kind = model::Kind::from_abi(code).unwrap_or(model::Kind::Consolidated);
        let (price_exp, qty_exp) = (take.i8("price_exp")?, take.i8("qty_exp")?);
        take.reserved(7)?;
        let (tick, lot) = (take.amount("tick")?, take.amount("lot")?);
        let contract_size = take.i64("contract_size")?;
        let contract_exp = take.i8("contract_exp")?;
        take.reserved(7)?;
        let about = Self {
            instrument,
            venue,
            kind,
            price_exp,
            qty_exp,
            tick,
            lot,
            contract_size,
            contract_exp,
            expiry_ts: take.i64("expiry_ts")?,
            venue_symbol: take.text("venue symbol")?,
            canonical_symbol: take.text("canonical symbol")?,
            base: take.text("base")?,
            quote: take.text("quote")?,
            settle: take.text("settle")?,
        };
        take.done(about)
    }
}

/// A venue and its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Venue<'a> {
    /// Its number in headers.
    pub venue: u16,
    /// Connections that are open.
    pub connected: u16,
    /// Connections that are wanted and not open.
    pub disconnected: u16,
    /// Both.
    pub total: u16,
    /// Its name.
    pub name: &'a str,
    /// What it trades, joined by commas.
    pub asset_types: &'a str,
}

impl<'a> Venue<'a> {
    /// False if a text is too long.
    pub(crate) fn put(&self, payload: &mut Vec<u8>) -> bool {
        payload.put_u16(self.venue);
        payload.put_u16(self.connected);
        payload.put_u16(self.disconnected);
        payload.put_u16(self.total);
        payload.put_text(self.name) && payload.put_text(self.asset_types)
    }

    pub(crate) fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Kind::Venue, payload);
        let venue = Self {
            venue: take.u16("venue")?,
            connected: take.u16("connected")?,
            disconnected: take.u16("disconnected")?,
            total: take.u16("total")?,
            name: take.text("name")?,
            asset_types: take.text("asset types")?,
        };
        take.done(venue)
    }
}
