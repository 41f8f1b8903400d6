//! The records of one turn.

use patchbay_abi::{self as abi, BOOK_LIVE, Level, NO_INSTRUMENT, Slot};
use patchbay_book::{Book, Message};
use patchbay_model::{Nanos, Side};

use super::Publisher;
use crate::line::Port;
use crate::quote::SOURCE_BOOK;
use crate::track::{Hold, Track};
use crate::{
    BookState, FIRST, Feature, Header, Item, Kind, LAST, Nbbo, Order, Quote, Signal, Sink, Source,
    Trade,
};

/// Channel of what belongs to no venue.
const COMMON: u8 = 1;

impl Publisher {
    /// Publishes the records that a turn put out. `source` stands right after that turn.
    pub fn turn(&mut self, now: Nanos, slots: &[Slot], source: &dyn Source, sink: &mut dyn Sink) {
        let port = &mut Port { now, source, sink };
        let mut rest = slots;
        while let Some(head) = rest.first() {
            let length = match head.head().kind {
                abi::SLOT_TRADE | abi::SLOT_ORDER | abi::SLOT_FEATURE => alike(rest),
                _ => (1 + head.continuation()).min(rest.len()),
            };
            let (record, after) = rest.split_at(length);
            self.record(record, port);
            rest = after;
        }
        self.settle(port);
    }

    /// One record, or several of one kind that share their header.
    fn record(&mut self, record: &[Slot], port: &mut Port<'_>) {
        let slot = &record[0];
        match slot.head().kind {
            abi::SLOT_DEPTH => self.depth(record, port),
            abi::SLOT_BOOK_STATE => self.book_state(slot, port),
            abi::SLOT_TRADE => self.trades(record, port),
            abi::SLOT_ORDER => {
                let orders = record.iter().map(|slot| Order::from(slot.order()));
                self.list(slot, orders, port);
            }
            abi::SLOT_FEATURE => self.features(record, port),
            abi::SLOT_QUOTE => {
                let quote = Quote::from(slot.quote());
                self.single(Kind::Quote, slot, port, |payload| quote.put(payload));
            }
            abi::SLOT_NBBO => {
                let nbbo = Nbbo::from(slot.nbbo());
                self.single(Kind::Nbbo, slot, port, |payload| nbbo.put(payload));
            }
            abi::SLOT_SIGNAL => {
                let signal = Signal::from(slot.signal());
                self.single(Kind::Signal, slot, port, |payload| signal.put(payload));
            }
            _ => self.counters.no_kind += 1,
        }
    }

    /// Line and header of a record.
    fn address(&mut self, kind: Kind, slot: &Slot, port: &mut Port<'_>) -> Option<(usize, Header)> {
        let head = slot.head();
        let common = matches!(kind, Kind::Features | Kind::Signal);
        let found = if common && head.instrument == NO_INSTRUMENT {
            self.line_of(COMMON).map(|line| (line, &Track::NEW))
        } else {
            let line = self.route(head.instrument, port);
            line.zip(self.tracks.get(head.instrument as usize))
        };
        let Some((line, track)) = found else {
            self.counters.no_route += 1;
            return None;
        };
        let mut header = track.header(kind, head.instrument, head);
        if kind == Kind::Nbbo {
            // Venues and state stand there.
            header.venue_sequence = 0;
        }
        Some((line, header))
    }

    fn single(
        &mut self,
        kind: Kind,
        slot: &Slot,
        port: &mut Port<'_>,
        put: impl FnOnce(&mut Vec<u8>),
    ) {
        if let Some((line, header)) = self.address(kind, slot, port) {
            put(self.lines[line].begin());
            self.send(line, header, true, port);
        }
    }

    /// Sends items of one header, as many in a datagram as fit.
    fn list<T: Item>(
        &mut self,
        slot: &Slot,
        mut items: impl Iterator<Item = T>,
        port: &mut Port<'_>,
    ) {
        let Some((line, header)) = self.address(T::KIND, slot, port) else {
            return;
        };
        let most = self.lines[line].room() / T::SIZE;
        loop {
            let mut count = 0;
            let payload = self.lines[line].begin();
            for item in items.by_ref() {
                let from = payload.len();
                item.put(payload);
                if T::take(&payload[from..]).is_ok() {
                    count += 1;
                } else {
                    payload.truncate(from);
                    self.counters.unfit += 1;
                }
                if usize::from(count) == most {
                    break;
                }
            }
            if count == 0 {
                return;
            }
            self.send(line, Header { count, ..header }, true, port);
        }
    }

    fn trades(&mut self, run: &[Slot], port: &mut Port<'_>) {
        let on_book = |slot: &&Slot| slot.trade().flags & abi::TRADE_OFF_BOOK == 0;
        let trades = run.iter().filter(on_book);
        let count = trades.clone().count();
        self.counters.off_book += (run.len() - count) as u64;
        if count != 0 {
            self.list(&run[0], trades.map(|slot| Trade::from(slot.trade())), port);
        }
    }

    fn features(&mut self, run: &[Slot], port: &mut Port<'_>) {
        let feature = |slot: &Slot| {
            let abi::Feature { feature, value, .. } = *slot.feature();
            Some(Feature { feature: u16::try_from(feature).ok()?, value })
        };
        let fit = run.iter().filter_map(feature);
        let count = fit.clone().count();
        self.counters.unfit += (run.len() - count) as u64;
        if count != 0 {
            self.list(&run[0], fit, port);
        }
    }

    /// Levels of a book. The engine puts them out for live books only, in order.
    fn depth(&mut self, record: &[Slot], port: &mut Port<'_>) {
        let Some((line, header)) = self.address(Kind::Book, &record[0], port) else {
            return;
        };
        let Ok(message) = Message::parse(record) else {
            self.counters.unfit += 1;
            return;
        };
        let id = message.instrument();
        let track = &mut self.tracks[id as usize];
        track.said.state = BOOK_LIVE;
        if message.is_snapshot() && track.hold == Hold::Whole {
            // Sent at the end of the turn, best first. What this turn changes is in it.
            track.replaced = true;
        }
        if track.hold != Hold::Whole || track.replaced {
            self.counters.folded += u64::from(!message.is_snapshot());
            self.want(id);
            return self.touch(id);
        }
        let levels = message.bids().chain(message.asks());
        let header = Header { flags: header.flags & !(FIRST | LAST), ..header };
        self.event.start(id, line, header, message.bids().len(), levels);
        while self.event.part(&mut self.lines, port.now, port.sink) {}
        self.touch(id);
    }

    fn book_state(&mut self, slot: &Slot, port: &mut Port<'_>) {
        let abi::BookState { head, state, evidence, cause, .. } = *slot.book_state();
        if self.route(head.instrument, port).is_none() {
            self.counters.no_route += 1;
            return;
        }
        let at = head.instrument as usize;
        self.tracks[at].said = BookState { state, evidence, reason: cause };
        if state == BOOK_LIVE {
            self.want(head.instrument);
            self.touch(head.instrument);
        } else {
            self.hold(at, Hold::Nothing);
            self.tracks[at].void();
            if self.paced.id() == Some(head.instrument) {
                self.paced.abort();
            }
        }
        let said = self.tracks[at].said;
        self.single(Kind::BookState, slot, port, |payload| said.put(payload));
    }

    /// A live book that consumers do not have: it is to be sent whole.
    fn want(&mut self, id: u32) {
        if self.tracks[id as usize].hold == Hold::Nothing {
            self.hold(id as usize, Hold::Due);
            self.due.push_back(id);
        }
    }

    fn touch(&mut self, id: u32) {
        if !std::mem::replace(&mut self.tracks[id as usize].touched, true) {
            self.touched.push(id);
        }
    }

    /// The end of a turn: books that were replaced, best levels that changed.
    fn settle(&mut self, port: &mut Port<'_>) {
        while let Some(id) = self.touched.pop() {
            let track = &mut self.tracks[id as usize];
            track.touched = false;
            if std::mem::replace(&mut track.replaced, false) {
                self.replace(id, port);
            }
            if self.config.derived_quotes
                && let Some(book) = port.source.book(id)
            {
                self.quote(id, book, port);
            }
        }
    }

    /// Sends a book that took the place of the one that consumers hold, in one go: nothing of this
    /// instrument may come between, for it would not fit the book before.
    fn replace(&mut self, id: u32, port: &mut Port<'_>) {
        if self.paced.id() == Some(id) {
            self.paced.abort();
        }
        if self.copy(id, port, false) {
            while self.event.part(&mut self.lines, port.now, port.sink) {}
        }
    }

    /// Copies a book as it stands now, to be sent part by part if `paced`; false if it is not live.
    pub(super) fn copy(&mut self, id: u32, port: &Port<'_>, paced: bool) -> bool {
        let track = &self.tracks[id as usize];
        let (Some(book), Some(line)) =
            (port.source.book(id), track.route.and_then(|route| route.line))
        else {
            return false;
        };
        let header = track.header(Kind::Book, id, &book_head(id, book));
        let image = if paced { &mut self.paced } else { &mut self.event };
        let copied = image.copy(id, line, header, book);
        self.counters.snapshots += u64::from(copied);
        copied
    }

    /// Publishes the best levels of a live book if they are others than last time.
    fn quote(&mut self, id: u32, book: &Book, port: &mut Port<'_>) {
        let track = &mut self.tracks[id as usize];
        let Some(levels) = book.levels() else {
            return;
        };
        let none = Level { price: 0, qty: 0 };
        let top = [Side::Buy, Side::Sell].map(|side| levels.best(side).unwrap_or(none));
        if track.top.replace(top) == Some(top) {
            return;
        }
        let [bid, ask] = top;
        let head = book_head(id, book);
        let header = track.header(Kind::Quote, id, &head);
        let Some(line) = track.route.and_then(|route| route.line) else {
            return;
        };
        let quote = Quote {
            source: SOURCE_BOOK,
            bid_price: bid.price,
            bid_qty: bid.qty,
            ask_price: ask.price,
            ask_qty: ask.qty,
        };
        quote.put(self.lines[line].begin());
        self.send(line, header, true, port);
    }
}

/// Sequence and times of a book's last message.
pub(super) fn book_head(id: u32, book: &Book) -> abi::Head {
    abi::Head {
        kind: 0,
        flags: 0,
        instrument: id,
        sequence: book.sequence(),
        exchange_ns: book.exchange_ns(),
        receive_ns: book.receive_ns(),
    }
}

/// How many records at the start of `slots` are of one kind and would have the same header.
fn alike(slots: &[Slot]) -> usize {
    let key = |slot: &Slot| {
        let head = slot.head();
        (head.kind, head.instrument, head.sequence, head.exchange_ns, head.receive_ns)
    };
    let first = key(&slots[0]);
    slots.iter().take_while(|slot| key(slot) == first).count()
}
