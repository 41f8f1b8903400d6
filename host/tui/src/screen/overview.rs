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
/// is sent, and the log.
pub(crate) fn draw(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    if area.width < WIDE {
        let below = feeds(status, view, theme, area, buf);
        let (books, below) = split(below, rows(status.books.len()));
        if books.height >= LEAST {
            books::list(status, view, theme, books, buf);
            rest(status, view, theme, below, buf);
        }
        return;
    }
    let width = area.width / 2;
    let left = Rect { width: width - 1, ..area };
    let right = Rect { x: area.x + width, width: area.width - width, ..area };
    let below = feeds(status, view, theme, left, buf);
    rest(status, view, theme, below, buf);
    let wanted = rows(status.books.len()).min((right.height / 2).max(LEAST));
    let (list, below) = split(right, wanted);
    if let Some(book) = books::list(status, view, theme, list, buf) {
        depth::draw(book, theme, below, buf);
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

/// Plugins, connections, latency and totals; returns what is left below them.
fn feeds(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let totals = totals::height(status, theme, area.width);
    let wanted = [
        (LEAST, rows(status.plugins.len())),
        (LEAST, rows(status.connections.len())),
        (LEAST, rows(status.venues.len() + 1)),
        (totals, totals),
    ];
    let heights = share(area.height, &wanted);
    let (part, below) = split(area, heights[0]);
    plugins::draw(status, theme, part, buf);
    let (part, below) = split(below, heights[1]);
    connections::list(status, view, theme, false, part, buf);
    let (part, below) = split(below, heights[2]);
    totals::draw_latency(status, theme, part, buf);
    let (part, below) = split(below, heights[3]);
    totals::draw_totals(status, theme, part, buf);
    below
}

/// Multicast and the log, as far as there is room.
fn rest(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    let (lines, below) = split(area, rows(status.channels.len()));
    if lines.height >= LEAST {
        multicast::list(status, view, theme, false, lines, buf);
    }
    if below.height >= LEAST {
        log::list(status, view, theme, below, buf);
    }
}

/// Shares `height` out: first what each needs at least, then line by line what each could use.
fn share(height: u16, wanted: &[(u16, u16); 4]) -> [u16; 4] {
    let mut left = height;
    let mut heights = wanted.map(|(least, _)| {
        let given = least.min(left);
        left -= given;
        given
    });
    while left > 0 {
        let before = left;
        for (given, (_, most)) in heights.iter_mut().zip(wanted) {
            if *given < *most && left > 0 {
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
        assert_eq!(share(0, &wanted), [0; 4]);
        assert_eq!(share(10, &wanted), [3, 3, 3, 1]);
        assert_eq!(share(14, &wanted), [3, 3, 3, 5]);
        assert_eq!(share(17, &wanted), [4, 5, 3, 5]);
        assert_eq!(share(60, &wanted), [4, 9, 3, 5]);
    }
}
