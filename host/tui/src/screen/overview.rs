//! Everything in short, on one screen.

use patchbay_control::Status;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screen::{WIDE, books, connections, depth, plugins, totals};
use crate::theme::Theme;
use crate::view::View;

/// Title, header and one row.
const LEAST: u16 = 3;

/// What feeds the books on the left and the books on the right, or one below the other.
pub(crate) fn draw(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    if area.width < WIDE {
        return feeds(status, view, theme, area, buf, true);
    }
    let width = area.width / 2;
    let left = Rect { width: width - 1, ..area };
    let right = Rect { x: area.x + width, width: area.width - width, ..area };
    feeds(status, view, theme, left, buf, false);
    let wanted = u16::try_from(status.books.len()).unwrap_or(u16::MAX).saturating_add(2);
    let list_height = wanted.clamp(LEAST, (right.height / 2).max(LEAST)).min(right.height);
    let list = Rect { height: list_height, ..right };
    let Some(book) = books::list(status, view, theme, list, buf) else { return };
    let below = Rect { y: list.bottom(), height: right.height - list_height, ..right };
    depth::draw(book, theme, below, buf);
}

/// Plugins, connections, latency and totals, and the books where nothing else shows them.
fn feeds(
    status: &Status,
    view: &View,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
    with_books: bool,
) {
    let rows = |count: usize| u16::try_from(count).unwrap_or(u16::MAX).saturating_add(2);
    let totals = totals::height(status, theme, area.width);
    let wanted = [
        (LEAST, rows(status.plugins.len().max(1))),
        (LEAST, rows(status.connections.len().max(1))),
        (LEAST, rows(status.venues.len() + 1)),
        (totals, totals),
    ];
    let heights = share(area.height, &wanted);
    let mut y = area.y;
    let mut next = |height: u16| {
        let part = Rect { y, height, ..area };
        y += height;
        part
    };
    plugins::draw(status, theme, next(heights[0]), buf);
    connections::list(status, view, theme, false, next(heights[1]), buf);
    totals::draw_latency(status, theme, next(heights[2]), buf);
    totals::draw_totals(status, theme, next(heights[3]), buf);
    let left = area.height - heights.iter().sum::<u16>();
    if with_books && left >= LEAST {
        books::list(status, view, theme, next(left), buf);
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
