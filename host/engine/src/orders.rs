//! The orders of books, one by one: who carries them, and what judges them.

use patchbay_abi::{self as abi, CAUSE_CLOSED, CAUSE_FAULT, CAUSE_INVALID, CAUSE_REJECTED, Slot};
use patchbay_book::{Break, Message};
use patchbay_l3::{Book, BookConfig, Event};
use patchbay_model::InstrumentId;

use crate::splice;
use crate::{Engine, Listing, Turn};

/// An instrument's orders, and the connection that carries them. Nothing numbers their events, so that
/// what a second connection tells cannot be told from what the first one does: one carries them at a
/// time.
pub(crate) struct Flow {
    pub(crate) book: Book,
    conn: u32,
}

impl Flow {
    fn new() -> Self {
        Self { book: Book::new(&BookConfig::default()), conn: splice::NONE }
    }

    /// Whether an event of `conn` is the next one.
    fn takes(&mut self, conn: u32) -> bool {
        if matches!(self.conn, splice::NONE | splice::SUCCESSOR) {
            self.conn = conn;
        }
        self.conn == conn
    }

    /// Connection `conn` is gone. Where another one carries its streams on, some events may have been
    /// told by that one alone, and before; the orders stay until a whole book judges them.
    fn release(&mut self, conn: u32, replaced: bool) {
        let theirs = self.conn == conn || !replaced && self.conn == splice::SUCCESSOR;
        if theirs {
            self.book.stale(Break::of(CAUSE_CLOSED), !replaced);
            self.conn = if replaced { splice::SUCCESSOR } else { splice::NONE };
        }
    }
}

impl Listing {
    /// The orders of its book one by one; `None` if none was told of.
    pub fn orders(&self) -> Option<&Book> {
        self.orders.as_ref().map(|flow| &flow.book)
    }

    pub(crate) fn release_orders(&mut self, conn: u32, replaced: bool) {
        if let Some(flow) = &mut self.orders {
            flow.release(conn, replaced);
        }
    }

    /// A whole book of the venue's is what its orders add up to, or they are not all of them.
    pub(crate) fn judge_orders(&mut self, whole: &Message<'_>) {
        if let Some(flow) = &mut self.orders {
            flow.book.compare(whole);
        }
    }
}

impl Engine {
    /// Takes an event of one order; whether it is the next one.
    pub(crate) fn order(&mut self, id: InstrumentId, turn: &Turn<'_>, record: &Slot) -> bool {
        let Some(listing) = self.listings[id.index()].as_mut() else { return false };
        listing.tally.others += 1;
        let flow = listing.orders.get_or_insert_with(|| Box::new(Flow::new()));
        if !flow.takes(turn.conn) {
            listing.tally.repeated += 1;
            return false;
        }
        match Event::parse(record) {
            Ok(event) => flow.book.apply(&event),
            Err(_) => flow.book.stale(Break::of(CAUSE_INVALID), false),
        };
        true
    }

    /// A frame of the turn's connection could not be read: it may have held an event.
    pub(crate) fn reject_orders(&mut self, turn: &Turn<'_>) {
        for flow in self.flows(turn).filter(|flow| flow.conn == turn.conn) {
            flow.book.stale(Break::of(CAUSE_REJECTED), false);
        }
    }

    /// The turn's instance tells nothing more.
    pub(crate) fn end_orders(&mut self, turn: &Turn<'_>, cause: u16) {
        debug_assert!(matches!(cause, CAUSE_FAULT | abi::CAUSE_CLOSED));
        for flow in self.flows(turn) {
            flow.book.stale(Break::of(cause), true);
            flow.conn = splice::NONE;
        }
    }

    fn flows(&mut self, turn: &Turn<'_>) -> impl Iterator<Item = &mut Flow> {
        let instance = turn.instance;
        let listings = self.listings.iter_mut().flatten().filter(move |l| l.instance == instance);
        listings.filter_map(|listing| listing.orders.as_deref_mut())
    }
}
