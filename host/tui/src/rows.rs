//! Which rows a pane shows, in which order, and how each is called.

use std::cmp::Reverse;

use patchbay_control::{
    Book, BookState, Channel, Connection, ConnectionState, LogLine, Quality, Status, Tape,
};

use crate::view::{Pane, Rows, View};

/// A book's name among all books.
pub(crate) fn book_id(book: &Book) -> String {
    format!("{} {} {}", book.symbol, book.venue, book.kind)
}

/// The name of a venue's or instrument's findings among all.
pub(crate) fn quality_id(row: &Quality) -> String {
    format!("{} {} {}", row.symbol, row.venue, row.kind)
}

/// Names of the rows of the view's pane, in the order shown.
pub(crate) fn ids(status: &Status, view: &View) -> Vec<String> {
    match view.pane {
        Pane::Overview | Pane::Books => books(status, view).into_iter().map(book_id).collect(),
        Pane::Tape => {
            let tape = selected_book(status, view).and_then(|book| tape_of(status, book));
            let messages = tape.map_or(&[][..], |tape| &tape.messages);
            messages.iter().map(|message| message.number.to_string()).collect()
        }
        Pane::Connections => {
            connections(status, view).iter().map(|conn| conn.id.to_string()).collect()
        }
        Pane::Quality => quality(status, view).into_iter().map(quality_id).collect(),
        Pane::Multicast => channels(status, view).iter().map(|line| line.name.clone()).collect(),
        Pane::Log => log(status, view).iter().map(|line| line.seq.to_string()).collect(),
    }
}

/// The books that pass the filter.
pub(crate) fn books<'a>(status: &'a Status, view: &View) -> Vec<&'a Book> {
    let text =
        |book: &Book| format!("{} {} {}", book_id(book), book.state.word(), book.evidence.word());
    let mut books: Vec<_> = status.books.iter().filter(|book| view.passes(|| text(book))).collect();
    let name = |book: &&Book| (book.symbol.clone(), book.venue.clone(), book.kind.clone());
    match Pane::Books.sorts()[view.books.sort] {
        "venue" => books.sort_by_cached_key(|book| (book.venue.clone(), name(book))),
        "state" => books.sort_by_cached_key(|book| (book_urgency(book.state), name(book))),
        "updates" => books.sort_by_cached_key(|book| (Reverse(book.updates_per_s), name(book))),
        "age" => books.sort_by_cached_key(|book| (Reverse(book.age_ns), name(book))),
        "gaps" => books.sort_by_cached_key(|book| (Reverse(book.gaps), name(book))),
        _ => books.sort_by_cached_key(name),
    }
    turned(books, &view.books)
}

/// The one of them that somebody is at.
pub(crate) fn selected_book<'a>(status: &'a Status, view: &View) -> Option<&'a Book> {
    let books = books(status, view);
    let ids: Vec<_> = books.iter().map(|book| book_id(book)).collect();
    books.get(view.books.position(&ids, false)).copied()
}

/// The messages, if they are those of `book`.
pub(crate) fn tape_of<'a>(status: &'a Status, book: &Book) -> Option<&'a Tape> {
    let name = |tape: &Tape| format!("{} {} {}", tape.symbol, tape.venue, tape.kind);
    status.tape.as_ref().filter(|tape| name(tape) == book_id(book))
}

/// The connections that pass the filter.
pub(crate) fn connections<'a>(status: &'a Status, view: &View) -> Vec<&'a Connection> {
    let text = |conn: &Connection| {
        let words = [conn.venue.as_str(), &conn.url, conn.state.word(), conn.evidence.word()];
        format!("{} {}", words.join(" "), conn.symbols.join(" "))
    };
    let passing = status.connections.iter().filter(|conn| view.passes(|| text(conn)));
    let mut found: Vec<_> = passing.collect();
    match Pane::Connections.sorts()[view.connections.sort] {
        "venue" => found.sort_by_cached_key(|conn| (conn.venue.clone(), conn.id)),
        "state" => found.sort_by_key(|conn| (connection_urgency(conn.state), conn.id)),
        "frames" => found.sort_by_key(|conn| (Reverse(conn.frames_per_s), conn.id)),
        "age" => found.sort_by_key(|conn| (Reverse(conn.age_ns), conn.id)),
        "reconnects" => found.sort_by_key(|conn| (Reverse(conn.reconnects), conn.id)),
        _ => found.sort_by_key(|conn| conn.id),
    }
    turned(found, &view.connections)
}

/// What was found out about venues and instruments that pass the filter; venues come first.
pub(crate) fn quality<'a>(status: &'a Status, view: &View) -> Vec<&'a Quality> {
    let words = |row: &Quality| row.open.iter().map(|open| open.word()).collect::<Vec<_>>();
    let text = |row: &Quality| format!("{} {}", quality_id(row), words(row).join(" "));
    let mut found: Vec<_> = status.quality.iter().filter(|row| view.passes(|| text(row))).collect();
    let name = |row: &&Quality| (!row.symbol.is_empty(), row.symbol.clone(), row.venue.clone());
    match Pane::Quality.sorts()[view.quality.sort] {
        "symbol" => found.sort_by_cached_key(name),
        "venue" => found.sort_by_cached_key(|row| (row.venue.clone(), name(row))),
        "found" => found.sort_by_cached_key(|row| (Reverse(row.found()), name(row))),
        _ => found.sort_by_cached_key(|row| {
            (!row.symbol.is_empty(), row.open.is_empty(), Reverse(row.found()), name(row))
        }),
    }
    turned(found, &view.quality)
}

/// The multicast lines that pass the filter.
pub(crate) fn channels<'a>(status: &'a Status, view: &View) -> Vec<&'a Channel> {
    let text = |line: &Channel| format!("{} {}", line.name, line.group);
    let lines = status.channels.iter().filter(|line| view.passes(|| text(line)));
    turned(lines.collect(), &view.multicast)
}

/// The lines of the log that pass the filter, oldest first.
pub(crate) fn log<'a>(status: &'a Status, view: &View) -> Vec<&'a LogLine> {
    let text = |line: &LogLine| format!("{} {} {}", line.level.word(), line.source, line.text);
    status.log.iter().filter(|line| view.passes(|| text(line))).collect()
}

fn turned<T>(mut rows: Vec<T>, by: &Rows) -> Vec<T> {
    if by.reversed {
        rows.reverse();
    }
    rows
}

/// What needs a look comes first.
const fn book_urgency(state: BookState) -> u8 {
    match state {
        BookState::Stale => 0,
        BookState::Syncing => 1,
        BookState::Empty => 2,
        BookState::Live => 3,
        BookState::Unknown => 4,
    }
}

const fn connection_urgency(state: ConnectionState) -> u8 {
    match state {
        ConnectionState::Banned => 0,
        ConnectionState::Backoff | ConnectionState::Limited => 1,
        ConnectionState::Live => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status() -> Status {
        let book = |symbol: &str, state, gaps| Book {
            symbol: symbol.to_owned(),
            state,
            gaps,
            ..Book::default()
        };
        Status {
            books: vec![
                book("C", BookState::Live, 2),
                book("A", BookState::Live, 0),
                book("B", BookState::Stale, 1),
            ],
            ..Status::default()
        }
    }

    fn order(view: &View) -> Vec<String> {
        books(&status(), view).iter().map(|book| book.symbol.clone()).collect()
    }

    #[test]
    fn books_are_ordered_and_filtered() {
        let mut view = View { pane: Pane::Books, ..View::default() };
        assert_eq!(order(&view), ["A", "B", "C"]);
        view.books.sort = 2;
        assert_eq!(order(&view), ["B", "A", "C"]);
        view.books.sort = 5;
        assert_eq!(order(&view), ["C", "B", "A"]);
        view.books.reversed = true;
        assert_eq!(order(&view), ["A", "B", "C"]);
        view.filter = "stale".to_owned();
        assert_eq!(order(&view), ["B"]);
        assert_eq!(ids(&status(), &view), [book_id(&status().books[2])]);
    }
}
