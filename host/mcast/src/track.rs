//! What the publisher knows of one instrument.

use patchbay_abi::{BOOK_EMPTY, BOOK_LIVE, Head, Level};

use crate::{BookState, Header, Kind, STALE, WHOLE, wire_instrument};

/// Where an instrument's datagrams go and what stands in all their headers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    /// Index of the line; `None` keeps the instrument off the network.
    pub(crate) line: Option<usize>,
    pub(crate) venue: u16,
    pub(crate) price_exp: i8,
    pub(crate) qty_exp: i8,
}

/// What consumers have of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Nothing that they may use.
    Nothing,
    /// Nothing yet; the whole book waits for its turn to be sent.
    Due,
    /// The book as it was last published; updates follow it.
    Whole,
}

/// An instrument on its way out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Track {
    pub(crate) route: Option<Route>,
    /// As the publisher's book last said.
    pub(crate) said: BookState,
    pub(crate) hold: Hold,
    /// In this turn the book was replaced by another one, which goes out at its end.
    pub(crate) replaced: bool,
    /// Something of this turn may have changed the best levels.
    pub(crate) touched: bool,
    /// Best bid and ask as last published.
    pub(crate) top: Option<[Level; 2]>,
}

impl Track {
    pub(crate) const NEW: Self = Self {
        route: None,
        said: BookState { state: BOOK_EMPTY, evidence: 0, reason: 0 },
        hold: Hold::Nothing,
        replaced: false,
        touched: false,
        top: None,
    };

    /// The book is what it is no more: what was sent of it is void.
    pub(crate) const fn void(&mut self) {
        self.hold = Hold::Nothing;
        self.replaced = false;
        self.top = None;
    }

    /// [`STALE`] if the book was begun and is not live.
    pub(crate) const fn flags(&self) -> u8 {
        match self.said.state {
            BOOK_EMPTY | BOOK_LIVE => WHOLE,
            _ => WHOLE | STALE,
        }
    }

    /// Header of a record of the instrument with the host's id `id`.
    pub(crate) const fn header(&self, kind: Kind, id: u32, head: &Head) -> Header {
        let mut header = Header::of(kind);
        header.flags = self.flags();
        header.instrument = wire_instrument(id);
        header.exchange_ts = head.exchange_ns;
        header.receive_ts = head.receive_ns;
        header.venue_sequence = head.sequence;
        header.count = 1;
        if let Some(route) = self.route {
            header.venue = route.venue;
            header.price_exp = route.price_exp;
            header.qty_exp = route.qty_exp;
        }
        header
    }
}
