//! Books: the list, and the depth of the selected one.

use patchbay_control::{Book, BookState, Status};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::format::{Places, ago, count, span};
use crate::rows::{self, book_id};
use crate::screen::connections::evidence;
use crate::screen::{WIDE, depth, order, shown};
use crate::table::{self, Cell, Column, nothing, page, section};
use crate::theme::{Theme, book_mood};
use crate::view::{Pane, View};

const COLUMNS: [Column; 16] = [
    Column::text("Symbol", 11, 0),
    Column::text("Venue", 7, 0),
    Column::word("Kind", 3),
    Column::word("State", 0),
    Column::word("Evidence", 0),
    Column::number("Bid", 9, 1),
    Column::number("Ask", 9, 1),
    Column::number("Age", 7, 0),
    Column::number("Upd/s", 6, 2),
    Column::number("Gaps", 4, 4),
    Column::number("Resyncs", 7, 5),
    Column::number("Last gap", 8, 7),
    Column::number("Crossed", 7, 8),
    Column::number("Sequence", 12, 9),
    Column::number("Cycle", 5, 10),
    Column::word("Cause", 6),
];

/// Lines of a depth with 25 levels: title, two of words, spread.
const DEPTH: u16 = 29;

/// Beside each other where there is room, otherwise the list above.
pub(crate) fn draw(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    let (list_area, depth_area) = if area.width >= WIDE {
        let width = area.width * 55 / 100;
        let right = Rect { x: area.x + width + 1, width: area.width - width - 1, ..area };
        (Rect { width, ..area }, right)
    } else {
        let depth = (area.height * 2 / 3).min(DEPTH);
        let height = area.height - depth;
        let below = Rect { y: area.y + height, height: depth, ..area };
        (Rect { height, ..area }, below)
    };
    if let Some(book) = list(status, view, theme, list_area, buf) {
        depth::draw(book, theme, depth_area, buf);
    }
}

/// As many as fit; returns the selected one.
pub(crate) fn list<'a>(
    status: &'a Status,
    view: &View,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<&'a Book> {
    let found = rows::books(status, view);
    let ids: Vec<_> = found.iter().map(|book| book_id(book)).collect();
    let at = view.books.position(&ids, false);
    let range = page(found.len(), at, area.height.saturating_sub(2).into());
    let title = shown(&range, found.len());
    let title = format!("Books {title}, {}", order(Pane::Books, &view.books));
    let area = section(buf, area, &title, theme);
    if found.is_empty() {
        let hidden = !view.filter.is_empty() && !status.books.is_empty();
        let text = if hidden { "none passes the filter" } else { "no instrument is defined yet" };
        nothing(buf, area, text, theme);
        return None;
    }
    let selected = Some(at - range.start.min(at));
    let now = status.host.now_ns;
    let cells: Vec<_> = found[range].iter().map(|book| row(book, now, theme)).collect();
    table::draw(&COLUMNS, &cells, selected, theme, area, buf);
    found.get(at).copied()
}

fn row(book: &Book, now_ns: i64, theme: Theme) -> Vec<Cell> {
    let (bid, ask) = best(book);
    let live = book.state == BookState::Live;
    vec![
        Cell::new(&*book.symbol),
        Cell::new(&*book.venue),
        Cell::new(&*book.kind),
        Cell::styled(book.state.word(), theme.mood(book_mood(book.state))),
        Cell::new(if live { evidence(book.evidence) } else { "-" }),
        Cell::styled(bid, theme.bid()),
        Cell::styled(ask, theme.ask()),
        Cell::new(span(book.age_ns)),
        Cell::new(count(book.updates_per_s)),
        Cell::styled(count(book.gaps), theme.fault(book.gaps)),
        Cell::new(count(book.resyncs)),
        Cell::new(ago(book.last_gap_ns, now_ns)),
        Cell::styled(count(book.crossed), theme.fault(book.crossed)),
        Cell::new(book.sequence.to_string()),
        Cell::new(if book.cycle_place == 0 {
            "-".to_owned()
        } else {
            count(book.cycle_place.into())
        }),
        Cell::new(book.cause.word()),
    ]
}

/// Best bid and ask with the same places; `-` where there is none.
fn best(book: &Book) -> (String, String) {
    let sides = [book.bids.first(), book.asks.first()];
    let places = Places::of(sides.into_iter().flatten().map(|level| level[0]), book.price_exp);
    let live = book.state == BookState::Live;
    let text = |side: Option<&[i64; 2]>| match side {
        Some([price, _]) if live => places.text(*price),
        _ => "-".to_owned(),
    };
    (text(sides[0]), text(sides[1]))
}
