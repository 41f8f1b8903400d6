//! A whole datagram, decoded strictly.

use patchbay_abi::Level;

use crate::bytes::Take;
use crate::error::{DecodeError, Fault, KindName};
use crate::{
    BookState, Feature, Header, Heartbeat, Instrument, Kind, Levels, List, Name, Nbbo, Order,
    Quote, Signal, Trade, Venue,
};

/// What a datagram says. Texts and lists are read in place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Payload<'a> {
    /// Trades.
    Trade(List<'a, Trade>),
    /// Levels of a book.
    Book(Levels<'a>),
    /// Best bid and ask.
    Quote(Quote),
    /// Events of single orders.
    Order(List<'a, Order>),
    /// Best bid and offer over venues.
    Nbbo(Nbbo),
    /// Features.
    Features(List<'a, Feature>),
    /// A price signal.
    Signal(Signal),
    /// Definition of an instrument.
    Instrument(Instrument<'a>),
    /// A venue and its connections.
    Venue(Venue<'a>),
    /// Nothing else was sent.
    Heartbeat(Heartbeat),
    /// State of a book.
    BookState(BookState),
    /// The session ends.
    End,
    /// Name of a feature or model.
    Name(Name<'a>),
    /// A kind that this version does not know; to be skipped.
    Unknown(&'a [u8]),
}

/// A datagram whose checksum and fields are right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Datagram<'a> {
    /// Its header.
    pub header: Header,
    /// What it says.
    pub payload: Payload<'a>,
}

impl<'a> Datagram<'a> {
    /// Reads a binary datagram.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] at the first thing that the format does not allow.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let (header, payload) = Header::open(bytes)?;
        Ok(Self { header, payload: Payload::decode(&header, payload)? })
    }
}

impl<'a> Payload<'a> {
    /// Reads what follows a header that [`Header::open`] has found right.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Field`].
    pub fn decode(header: &Header, payload: &'a [u8]) -> Result<Self, DecodeError> {
        header.judge()?;
        let Some(kind) = header.kind() else {
            return Ok(Self::Unknown(payload));
        };
        let count = header.count;
        let (decoded, items) = match kind {
            Kind::Trade => (Self::Trade(List::decode(payload, count)?), count),
            Kind::Book => (Self::Book(Levels::decode(payload, count)?), count),
            Kind::Order => (Self::Order(List::decode(payload, count)?), count),
            Kind::Features => (Self::Features(List::decode(payload, count)?), count),
            Kind::Quote => (Self::Quote(Quote::decode(payload)?), 1),
            Kind::Nbbo => (Self::Nbbo(Nbbo::decode(payload)?), 1),
            Kind::Signal => (Self::Signal(Signal::decode(payload)?), 1),
            Kind::Instrument => (Self::Instrument(Instrument::decode(payload)?), 1),
            Kind::Venue => (Self::Venue(Venue::decode(payload)?), 1),
            Kind::Heartbeat => (Self::Heartbeat(Heartbeat::decode(payload)?), 1),
            Kind::BookState => (Self::BookState(BookState::decode(payload)?), 1),
            Kind::Name => (Self::Name(Name::decode(payload)?), 1),
            Kind::End => (Take::new(kind, payload).done(Self::End)?, 0),
        };
        if items != count {
            let fault = Fault::Count { stated: count, found: items.into() };
            return Err(wrong(kind, "count", 58, fault));
        }
        decoded.judge(header)?;
        Ok(decoded)
    }

    /// What the header must agree with.
    fn judge(&self, header: &Header) -> Result<(), DecodeError> {
        match self {
            Self::Instrument(about) if about.instrument != header.instrument => {
                let fault = Fault::Value(about.instrument.into());
                Err(wrong(Kind::Instrument, "instrument", crate::HEADER, fault))
            }
            Self::Heartbeat(Heartbeat { next, oldest })
                if *next <= header.sequence || oldest > next =>
            {
                let fault = Fault::Value(next.cast_signed());
                Err(wrong(Kind::Heartbeat, "next sequence", crate::HEADER, fault))
            }
            Self::Book(levels) if header.has(crate::SNAPSHOT) => {
                let empty = |level: Level| level.qty == 0;
                if levels.iter().any(empty) {
                    return Err(wrong(Kind::Book, "qty", crate::HEADER, Fault::Value(0)));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

const fn wrong(kind: Kind, field: &'static str, offset: usize, fault: Fault) -> DecodeError {
    DecodeError::Field { kind: KindName(kind as u8), field, offset, fault }
}
