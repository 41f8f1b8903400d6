//! A whole book, copied at one moment and sent part by part.

use patchbay_abi::Level;
use patchbay_book::Book;
use patchbay_model::{Nanos, Side};

use crate::book::{BOOK_PREFIX, LEVEL};
use crate::line::Line;
use crate::{FIRST, Header, Item, LAST, Levels, SNAPSHOT, Sink};

/// Levels of one event and how far they are sent. Its buffer is used again for the next.
#[derive(Debug)]
pub(crate) struct Image {
    /// Host id of the instrument; `None` if nothing is on its way.
    id: Option<u32>,
    line: usize,
    header: Header,
    bids: usize,
    levels: Vec<Level>,
    at: usize,
}

impl Image {
    pub(crate) fn new() -> Self {
        let header = Header::of(crate::Kind::Book);
        let levels = Vec::with_capacity(16_384);
        Self { id: None, line: 0, header, bids: 0, levels, at: 0 }
    }

    /// Host id of the instrument whose book is on its way.
    pub(crate) const fn id(&self) -> Option<u32> {
        self.id
    }

    /// Gives the rest up. Without LAST the parts that were sent mean nothing.
    pub(crate) const fn abort(&mut self) {
        self.id = None;
    }

    /// Copies a live book; false if it is not live.
    pub(crate) fn copy(&mut self, id: u32, line: usize, header: Header, book: &Book) -> bool {
        let Some(levels) = book.levels() else {
            return false;
        };
        let header = Header { flags: SNAPSHOT, ..header };
        let best = [Side::Buy, Side::Sell].map(|side| levels.iter(side));
        let bids = levels.len(Side::Buy);
        self.start(id, line, header, bids, best.into_iter().flatten());
        true
    }

    /// Takes the levels of an event, bids first.
    pub(crate) fn start(
        &mut self,
        id: u32,
        line: usize,
        header: Header,
        bids: usize,
        levels: impl Iterator<Item = Level>,
    ) {
        self.levels.clear();
        self.levels.extend(levels);
        (self.id, self.line, self.header, self.bids, self.at) = (Some(id), line, header, bids, 0);
    }

    /// Sends the next part; false if nothing is left.
    pub(crate) fn part(&mut self, lines: &mut [Line], now: Nanos, sink: &mut dyn Sink) -> bool {
        if self.id.is_none() {
            return false;
        }
        let line = &mut lines[self.line];
        let most = (line.room() - BOOK_PREFIX) / LEVEL;
        let end = self.levels.len().min(self.at + most);
        let bids = self.bids.clamp(self.at, end) - self.at;
        let asks = end - self.at - bids;
        let mut flags = self.header.flags;
        flags |= if self.at == 0 { FIRST } else { 0 };
        flags |= if end == self.levels.len() { LAST } else { 0 };
        let payload = line.begin();
        // At most 4096 levels fit into the longest datagram.
        Levels::put_prefix(bids as u16, asks as u16, payload);
        self.levels[self.at..end].iter().for_each(|level| level.put(payload));
        line.send(Header { flags, count: (bids + asks) as u16, ..self.header }, now, sink);
        self.at = end;
        if flags & LAST != 0 {
            self.id = None;
        }
        true
    }
}
