//! The keys, and what the words mean.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::keys::KEYS;
use crate::table::{put, section};
use crate::theme::Theme;

const WORDS: [(&str, &str); 6] = [
    ("Live", "the book is right, by the evidence beside it"),
    ("Syncing, Stale", "not right yet; not right any more. No levels then"),
    ("checksummed", "the venue's checksum agreed"),
    ("chained", "update ids chain from a snapshot on"),
    ("snapshot-only", "whole books; nothing to chain"),
    ("unproven", "the venue gives nothing to judge by"),
];

/// Columns of the words on the left.
const LEFT: u16 = 16;

/// Over the middle of `area`.
pub(crate) fn draw(theme: Theme, area: Rect, buf: &mut Buffer) {
    let height = u16::try_from(KEYS.len() + WORDS.len()).unwrap_or(0) + 3;
    let (width, height) = (area.width.min(72), area.height.min(height));
    let middle = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    // Whole lines make room, so that what lies beneath is not cut in the middle of a number.
    let cleared = Rect { x: area.x, width: area.width, ..middle };
    for line in 0..height {
        put(buf, cleared, 0, line, &" ".repeat(area.width.into()), Style::reset());
    }
    buf.set_style(cleared, Style::reset());
    let below = section(buf, middle, "Keys", theme);
    let below = list(&KEYS, theme, below, buf);
    let below = section(buf, below, "Words", theme);
    let below = list(&WORDS, theme, below, buf);
    section(buf, below, "Esc closes this", theme);
}

fn list(lines: &[(&str, &str)], theme: Theme, area: Rect, buf: &mut Buffer) -> Rect {
    for (line, (left, right)) in (0..area.height).zip(lines) {
        put(buf, area, 2, line, left, theme.strong());
        put(buf, area, 2 + LEFT, line, right, Style::new());
    }
    let used = area.height.min(u16::try_from(lines.len()).unwrap_or(0));
    Rect { y: area.y + used, height: area.height - used, ..area }
}
