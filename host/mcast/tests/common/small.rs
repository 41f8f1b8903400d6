//! A host of a few instruments whose books the tests feed by hand.

use patchbay_abi::{
    BookState, DEPTH_DENSE, DEPTH_SNAPSHOT, Depth, Head, Level, SCOPE_INSTRUMENT, SLOT_DEPTH, Slot,
};
use patchbay_book::{Book, BookConfig, Message, State};
use patchbay_mcast::{AssetCount, Listed, Name, SPACE_MODEL, Source, VenueStatus};
use patchbay_model::{Instrument, Kind};

use super::frames::record;

/// Host time of everything.
pub const NOW: i64 = 1_000_000_000_000_000_000;

pub struct Small {
    pub about: Vec<Instrument>,
    pub books: Vec<Book>,
    pub link: (u16, u16),
    pub assets: Vec<AssetCount>,
    pub name: bool,
}

impl Small {
    /// `count` instruments of venue 1, with prices of two and quantities of three places.
    pub fn new(count: usize) -> Self {
        let about = (0..count).map(|at| {
            let symbol = format!("S{at}");
            Instrument { tick: 1, ..Instrument::provisional(&symbol, Kind::Linear, -2, -3) }
        });
        let assets = vec![AssetCount { kind: Kind::Linear, trades: 7, book_updates: 9 }];
        let books = (0..count).map(|_| Book::new(BookConfig::default())).collect();
        Self { about: about.collect(), books, link: (0, 0), assets, name: false }
    }

    /// A record for a book, applied to it, with the state record that came of it.
    pub fn apply(&mut self, id: u32, record: Vec<Slot>) -> Vec<Slot> {
        let book = &mut self.books[id as usize];
        let was_live = book.state() == State::Live;
        let applied = book.apply(&Message::parse(&record).unwrap());
        let is_snapshot = record[0].depth().flags & DEPTH_SNAPSHOT != 0;
        let passes = book.state() == State::Live && (was_live || is_snapshot);
        let mut slots = if passes { record } else { Vec::new() };
        if let Some(transition) = applied.transition {
            slots.push(Slot::from(book.record(id, &transition, NOW)));
        }
        slots
    }

    /// The instrument's own snapshot.
    pub fn snapshot(&mut self, id: u32, sequence: u64, levels: usize) -> Vec<Slot> {
        let bids: Vec<_> = (0..levels).map(|at| level(9_999 - at as i64, 5)).collect();
        let asks: Vec<_> = (0..levels).map(|at| level(10_001 + at as i64, 6)).collect();
        let depth = Depth { flags: DEPTH_SNAPSHOT, ..depth(id, sequence) };
        self.apply(id, record(depth, &bids, &asks))
    }

    /// A change of the bids.
    pub fn change(&mut self, id: u32, sequence: u64, bids: &[Level]) -> Vec<Slot> {
        self.apply(id, record(depth(id, sequence), bids, &[]))
    }

    /// The book's state as a record.
    pub fn state(&self, id: u32, state: u8, cause: u16) -> Slot {
        let head = Head { kind: patchbay_abi::SLOT_BOOK_STATE, ..depth(id, 0).head };
        let (expected, found, live_until_ns, reserved, evidence) = (0, 0, 0, 0, 0);
        BookState { head, expected, found, live_until_ns, state, evidence, cause, reserved }.into()
    }
}

pub fn level(price: i64, qty: i64) -> Level {
    Level { price, qty }
}

pub fn head(kind: u16, id: u32, sequence: u64) -> Head {
    Head { kind, flags: 0, instrument: id, sequence, exchange_ns: NOW - 2, receive_ns: NOW - 1 }
}

pub fn depth(id: u32, sequence: u64) -> Depth {
    Depth {
        head: head(SLOT_DEPTH, id, sequence),
        first: 0,
        previous: 0,
        checksum: 0,
        chain: 0,
        bids: 0,
        asks: 0,
        slots: 0,
        scope: SCOPE_INSTRUMENT,
        flags: DEPTH_DENSE,
    }
}

impl Source for Small {
    fn instruments(&self) -> u32 {
        self.about.len() as u32
    }

    fn instrument(&self, id: u32) -> Option<Listed<'_>> {
        let about = self.about.get(id as usize)?;
        Some(Listed { venue: 1, about, canonical: Some("s.usd") })
    }

    fn book(&self, id: u32) -> Option<&Book> {
        self.books.get(id as usize)
    }

    fn venues(&self) -> u16 {
        1
    }

    fn venue(&self, number: u16) -> Option<VenueStatus<'_>> {
        let (connected, disconnected) = self.link;
        let status = VenueStatus { name: "okx", connected, disconnected, assets: &self.assets };
        (number == 1).then_some(status)
    }

    fn channel(&self, _: u16) -> u8 {
        1
    }

    fn name(&self, index: usize) -> Option<Name<'_>> {
        let name = Name { space: SPACE_MODEL, id: 3, name: "m", unit: "bp" };
        (self.name && index == 0).then_some(name)
    }
}
