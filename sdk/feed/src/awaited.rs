//! Books that were subscribed and have not come.

use patchbay_model::Nanos;
use patchbay_plugin::abi::{DEPTH_SNAPSHOT, SLOT_DEPTH, Slot};

use crate::Stream;

const SECOND: Nanos = 1_000_000_000;

/// How long a book may take after the venue took its subscription, and after the request where no
/// answer has come: the host may hold a request back for a limit.
const TAKEN: Nanos = 5 * SECOND;
const ASKED: Nanos = 30 * SECOND;
/// Both double with each subscription that brought nothing, up to this.
const LONGEST: Nanos = 300 * SECOND;

#[derive(Debug)]
struct Book {
    conn: u32,
    instrument: u32,
    /// Its stream's place in [`Streams::STREAMS`](crate::Streams::STREAMS).
    place: u8,
    /// When it is subscribed again.
    due: Nanos,
    /// Subscriptions that brought nothing.
    attempt: u8,
}

/// Books that streams of open connections are to begin with: none, but for a moment after a
/// subscription.
#[derive(Debug, Default)]
pub(crate) struct Awaited(Vec<Book>);

impl Book {
    fn is(&self, conn: u32, stream: &Stream) -> bool {
        (self.conn, self.instrument, self.place) == (conn, stream.instrument, stream.place)
    }

    fn wait(&mut self, now: Nanos, first: Nanos) {
        self.due = now + (first << self.attempt.min(6)).min(LONGEST);
    }
}

impl Awaited {
    /// A book's stream was asked for at `now`.
    pub(crate) fn asked(&mut self, conn: u32, stream: &Stream, now: Nanos) {
        let known = self.0.iter().position(|book| book.is(conn, stream));
        let at = known.unwrap_or_else(|| {
            let Stream { instrument, place, .. } = *stream;
            self.0.push(Book { conn, instrument, place, due: 0, attempt: 0 });
            self.0.len() - 1
        });
        self.0[at].wait(now, ASKED);
    }

    /// The venue took the subscription of a stream at `now`.
    pub(crate) fn taken(&mut self, conn: u32, stream: &Stream, now: Nanos) {
        let mut books = self.0.iter_mut().filter(|book| book.is(conn, stream));
        books.by_ref().for_each(|book| book.wait(now, TAKEN));
    }

    /// The venue does not send the stream, or nobody wants it any more.
    pub(crate) fn give_up(&mut self, conn: u32, stream: &Stream) {
        self.0.retain(|book| !book.is(conn, stream));
    }

    /// The connection closed: the next one subscribes anew.
    pub(crate) fn close(&mut self, conn: u32) {
        self.0.retain(|book| book.conn != conn);
    }

    /// A frame of the connection was read to its end: these are its records.
    #[inline]
    pub(crate) fn read(&mut self, conn: u32, records: &[Slot]) {
        if !self.0.is_empty() {
            self.meet(conn, records);
        }
    }

    fn meet(&mut self, conn: u32, records: &[Slot]) {
        let mut rest = records;
        while let Some((head, after)) = rest.split_first() {
            if head.head().kind == SLOT_DEPTH && head.depth().flags & DEPTH_SNAPSHOT != 0 {
                let came = (conn, head.head().instrument);
                self.0.retain(|book| (book.conn, book.instrument) != came);
            }
            rest = after.get(head.continuation()..).unwrap_or_default();
        }
    }

    /// Instruments of a connection whose books are overdue at `now`; they are due again later.
    pub(crate) fn overdue(&mut self, conn: u32, now: Nanos) -> Vec<u32> {
        let late = self.0.iter_mut().filter(|book| book.conn == conn && book.due <= now);
        let again = |book: &mut Book| {
            book.attempt = book.attempt.saturating_add(1);
            book.wait(now, ASKED);
            book.instrument
        };
        late.map(again).collect()
    }

    /// When the next one is overdue.
    pub(crate) fn next(&self) -> Option<Nanos> {
        self.0.iter().map(|book| book.due).min()
    }
}

#[cfg(test)]
mod tests {
    use patchbay_plugin::abi::{Depth, Head};

    use super::*;

    fn stream(instrument: u32) -> Stream {
        Stream { instrument, place: 3, name: String::new() }
    }

    #[test]
    fn a_book_is_asked_for_ever_more_rarely_until_it_comes() {
        let mut awaited = Awaited::default();
        awaited.asked(1, &stream(7), 0);
        let mut now = 2 * SECOND;
        awaited.taken(1, &stream(7), now);
        awaited.taken(1, &Stream { place: 2, ..stream(7) }, now + SECOND);
        let mut waits = Vec::new();
        for _ in 0..9 {
            let due = awaited.next().expect("it has not come");
            assert_eq!((awaited.overdue(1, due - 1), awaited.overdue(2, due)), (vec![], vec![]));
            waits.push((due - now) / SECOND);
            now = due;
            assert_eq!(awaited.overdue(1, now), [7]);
            awaited.asked(1, &stream(7), now);
            awaited.taken(1, &stream(7), now);
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        let book = |instrument, flags| {
            let head = Head { kind: SLOT_DEPTH, instrument, ..*Slot::ZERO.head() };
            Slot::from(Depth { head, flags, ..*Slot::ZERO.depth() })
        };
        awaited.read(2, &[book(7, DEPTH_SNAPSHOT)]);
        awaited.read(1, &[book(8, DEPTH_SNAPSHOT), book(7, 0)]);
        assert!(awaited.next().is_some(), "another connection's, another book, a change");
        awaited.read(1, &[book(8, 0), book(7, DEPTH_SNAPSHOT)]);
        assert_eq!(awaited.next(), None);
    }

    #[test]
    fn nothing_is_awaited_of_a_connection_that_closed_or_a_stream_that_was_refused() {
        let mut awaited = Awaited::default();
        awaited.asked(1, &stream(7), 0);
        awaited.asked(2, &stream(7), 0);
        awaited.asked(2, &stream(8), 0);
        awaited.close(1);
        awaited.give_up(2, &stream(8));
        assert_eq!((awaited.overdue(1, ASKED), awaited.overdue(2, ASKED)), (vec![], vec![7]));
    }
}
