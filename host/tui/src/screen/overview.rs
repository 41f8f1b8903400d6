//! Everything in short, on one screen.

use patchbay_control::Status;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screen::{WIDE, books, connections, depth, log, multicast, plugins, totals};
use crate::theme::Theme;
use crate::view::View;

/// Title, header and one row.
const LEAST: u16 = 3;

/// What feeds the books on the left and the books on the right, or one below the other; then what
/// was counted, what is sent, and the log.
pub(crate) fn draw(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    let books = if area.width < WIDE { rows(status.books.len()) } else { 0 };
    let width = if area.width < WIDE { area.width } else { area.width / 2 - 1 };
    let left = Rect { width, ..area };
    let wanted = [
        rows(status.plugins.len()),
        rows(status.connections.len()),
        books,
        rows(totals::venue_rows(status)),
    ];
    let heights = share(area.height, wanted.map(|most| (LEAST.min(most), most)));
    let (part, below) = split(left, heights[0]);
    plugins::draw(status, theme, part, buf);
    let (part, below) = split(below, heights[1]);
    connections::list(status, view, theme, false, part, buf);
    let (part, below) = split(below, heights[2]);
    if books > 0 {
        books::list(status, view, theme, part, buf);
    }
    let (part, below) = split(below, heights[3]);
    totals::draw_venues(status, theme, part, buf);
    rest(status, view, theme, below, buf);
    if area.width >= WIDE {
        let at = area.width / 2;
        let right = Rect { x: area.x + at, width: area.width - at, ..area };
        let wanted = rows(status.books.len()).min((right.height / 2).max(LEAST));
        let (list, below) = split(right, wanted);
        if let Some(book) = books::list(status, view, theme, list, buf) {
            depth::draw(book, theme, below, buf);
        }
    }
}

/// Lines of a section with so many rows, or with a line that says that there are none.
fn rows(count: usize) -> u16 {
    u16::try_from(count.max(1)).unwrap_or(u16::MAX).saturating_add(2)
}

/// At most `height` lines of `area`, and those below.
fn split(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    let below = Rect { y: area.y + height, height: area.height - height, ..area };
    (Rect { height, ..area }, below)
}

/// Totals, multicast and the log, as far as there is room.
fn rest(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    let totals = totals::height(status, theme, area.width);
    let below = if area.height >= totals {
        let (part, below) = split(area, totals);
        totals::draw_totals(status, theme, part, buf);
        below
    } else {
        area
    };
    let (lines, below) = split(below, rows(status.channels.len()));
    if lines.height >= LEAST {
        multicast::list(status, view, theme, false, lines, buf);
    }
    if below.height >= LEAST {
        log::list(status, view, theme, below, buf);
    }
}

/// Shares `height` out: first what each needs at least, then line by line what each could use.
fn share(height: u16, wanted: [(u16, u16); 4]) -> [u16; 4] {
    let mut left = height;
    let mut heights = wanted.map(|(least, _)| {
        let given = least.min(left);
        left -= given;
        given
    });
    while left > 0 {
        let before = left;
        for (given, (_, most)) in heights.iter_mut().zip(wanted) {
            if *given < most && left > 0 {
                *given += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_shared_out_to_who_can_use_them() {
        let wanted = [(3, 4), (3, 9), (3, 3), (5, 5)];
        assert_eq!(share(0, wanted), [0; 4]);
        assert_eq!(share(10, wanted), [3, 3, 3, 1]);
        assert_eq!(share(14, wanted), [3, 3, 3, 5]);
        assert_eq!(share(17, wanted), [4, 5, 3, 5]);
        assert_eq!(share(60, wanted), [4, 9, 3, 5]);
    }
}
