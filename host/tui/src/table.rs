//! Tables whose numbers are whole or not there.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::theme::{Mood, Theme};

/// One column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    title: &'static str,
    right: bool,
    /// Width that it has at least, so that columns do not move while numbers grow.
    min: u16,
    /// Width that its text may be shortened to; numbers may not.
    short: Option<u16>,
    /// The higher, the earlier it is left out; 0 stays as long as anything does.
    rank: u8,
}

impl Column {
    /// Of words, which may be shortened to `short`.
    pub(crate) const fn text(title: &'static str, short: u16, rank: u8) -> Self {
        Self { title, right: false, min: 0, short: Some(short), rank }
    }

    /// Of words that stay whole.
    pub(crate) const fn word(title: &'static str, rank: u8) -> Self {
        Self { title, right: false, min: 0, short: None, rank }
    }

    /// Of numbers.
    pub(crate) const fn number(title: &'static str, min: u16, rank: u8) -> Self {
        Self { title, right: true, min, short: None, rank }
    }
}

/// One cell.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::new() }
    }

    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }
}

/// Columns that fit into `width`, each with its width, and the gap between them.
fn fit(columns: &[Column], rows: &[Vec<Cell>], width: u16) -> (Vec<(usize, u16)>, u16) {
    let natural = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| width_of(&cell.text));
        cells.max().unwrap_or(0).max(width_of(columns[at].title)).max(columns[at].min)
    };
    let mut kept: Vec<(usize, u16)> = (0..columns.len()).map(|at| (at, natural(at))).collect();
    let least = |at: usize, natural: u16| columns[at].short.map_or(natural, |s| s.min(natural));
    let total = |kept: &[(usize, u16)], gap: u16| {
        let widths = kept.iter().map(|(at, natural)| u32::from(least(*at, *natural)));
        widths.sum::<u32>() + u32::from(gap) * (kept.len().max(1) as u32 - 1)
    };
    while total(&kept, 1) > u32::from(width) {
        let Some(out) = (0..kept.len()).max_by_key(|k| (columns[kept[*k].0].rank, *k)) else {
            break;
        };
        kept.remove(out);
    }
    let whole: u32 = kept.iter().map(|(_, natural)| u32::from(*natural) + 2).sum();
    let gap = if whole <= u32::from(width) + 2 { 2 } else { 1 };
    let mut room = u32::from(width).saturating_sub(total(&kept, gap));
    for (at, natural) in &mut kept {
        let shortest = least(*at, *natural);
        let more = room.min(u32::from(*natural - shortest));
        room -= more;
        *natural = shortest + u16::try_from(more).unwrap_or(0);
    }
    (kept, gap)
}

/// Draws the header and as many rows as fit; a mark and reversed colours show the selected one.
pub(crate) fn draw(
    columns: &[Column],
    rows: &[Vec<Cell>],
    selected: Option<usize>,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    let (marker, inner) = split_marker(area);
    let (kept, gap) = fit(columns, rows, inner.width);
    let mut x = inner.x;
    for (at, width) in kept {
        let column = &columns[at];
        let cell = Rect { x, width, ..inner };
        place(buf, cell, 0, column.title, theme.label(), column.right);
        for (line, row) in (1..inner.height).zip(rows) {
            if let Some(Cell { text, style }) = row.get(at) {
                place(buf, cell, line, text, *style, column.right);
            }
        }
        x += width + gap;
    }
    let marked = selected.and_then(|at| u16::try_from(at + 1).ok());
    if let Some(line) = marked.filter(|line| *line < area.height) {
        put(buf, marker, 0, line, ">", theme.strong());
        buf.set_style(Rect { y: area.y + line, height: 1, ..area }, theme.selected());
    }
}

/// The first cell of every row is for the mark of the selected one.
fn split_marker(area: Rect) -> (Rect, Rect) {
    let width = area.width.min(1);
    let inner = Rect { x: area.x + width, width: area.width - width, ..area };
    (Rect { width, ..area }, inner)
}

fn place(buf: &mut Buffer, cell: Rect, line: u16, text: &str, style: Style, right: bool) {
    let text = shortened(text, cell.width);
    let indent = if right { cell.width - width_of(&text) } else { 0 };
    put(buf, cell, indent, line, &text, style);
}

/// Rows that are shown: whole pages, so that the list stands still while the mark moves.
pub(crate) fn page(count: usize, selected: usize, height: usize) -> std::ops::Range<usize> {
    if height == 0 {
        return 0..0;
    }
    let first = (selected / height * height).min(count.saturating_sub(height));
    first..count.min(first + height)
}

/// A rule with a title, and below it what is left of `area`.
pub(crate) fn section(buf: &mut Buffer, area: Rect, title: &str, theme: Theme) -> Rect {
    if area.is_empty() {
        return area;
    }
    put(buf, area, 0, 0, &"─".repeat(area.width.into()), theme.label());
    if area.width > 4 {
        let title = shortened(title, area.width - 4);
        put(buf, area, 1, 0, &format!(" {title} "), theme.title());
    }
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

/// Writes `text` at a column and line of `area`, never beyond it; returns the column after it.
pub(crate) fn put(
    buf: &mut Buffer,
    area: Rect,
    column: u16,
    line: u16,
    text: &str,
    style: Style,
) -> u16 {
    let area = area.intersection(buf.area);
    if column >= area.width || line >= area.height {
        return column;
    }
    let room = usize::from(area.width - column);
    let (end, _) = buf.set_stringn(area.x + column, area.y + line, text, room, style);
    end - area.x
}

/// A line of something missing.
pub(crate) fn nothing(buf: &mut Buffer, area: Rect, text: &str, theme: Theme) {
    put(buf, area, 1, 0, text, theme.mood(Mood::Still));
}

/// A text over the lines of `area`, broken between words; an ellipsis says that there is more.
pub(crate) fn paragraph(buf: &mut Buffer, area: Rect, text: &str, style: Style) {
    let room = area.width.saturating_sub(2);
    let mut rest = text;
    for line in 0..area.height {
        let last = line + 1 == area.height;
        let fits = |end: &usize| width_of(&rest[..*end]) <= room;
        let ends = rest.match_indices(' ').map(|(at, _)| at).chain([rest.len()]);
        let end = ends.take_while(fits).last().unwrap_or(rest.len());
        if last || end == rest.len() {
            put(buf, area, 1, line, &shortened(rest, room), style);
            return;
        }
        put(buf, area, 1, line, &rest[..end], style);
        rest = rest[end..].trim_start();
    }
}

/// Columns that `text` takes.
pub(crate) fn width_of(text: &str) -> u16 {
    u16::try_from(Span::raw(text).width()).unwrap_or(u16::MAX)
}

/// `text`, or its beginning and an ellipsis.
pub(crate) fn shortened(text: &str, width: u16) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        short.push(letter);
        if width_of(&short) >= width {
            short.pop();
            break;
        }
    }
    if width > 0 {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] =
        [Column::text("Name", 4, 0), Column::number("Count", 0, 0), Column::number("More", 0, 1)];

    fn drawn(width: u16) -> Vec<String> {
        let row = |name: &str, count: &str| vec![Cell::new(name), Cell::new(count), Cell::new("7")];
        let rows = [row("abcdefgh", "1,000"), row("x", "22")];
        let area = Rect::new(0, 0, width, 3);
        let mut buf = Buffer::empty(area);
        draw(&COLUMNS, &rows, Some(1), Theme::new(false), area, &mut buf);
        let line = |y| (0..width).map(|x| buf[(x, y)].symbol()).collect::<String>();
        (0..3).map(line).collect()
    }

    #[test]
    fn wide_enough() {
        let lines =
            [" Name      Count  More ", " abcdefgh  1,000     7 ", ">x            22     7 "];
        assert_eq!(drawn(23), lines);
    }

    #[test]
    fn words_are_shortened_then_columns_left_out_and_numbers_never_cut() {
        assert_eq!(drawn(19)[1], " abcdef… 1,000    7");
        assert_eq!(drawn(12)[1], " abcd… 1,000");
        assert_eq!(drawn(9)[1], " abcdefgh");
        assert_eq!(drawn(2)[1], "  ");
        assert_eq!(drawn(0)[1], "");
    }

    #[test]
    fn pages_hold_the_selected_row() {
        assert_eq!(page(10, 0, 4), 0..4);
        assert_eq!(page(10, 5, 4), 4..8);
        assert_eq!(page(10, 9, 4), 6..10);
        assert_eq!(page(2, 0, 4), 0..2);
        assert_eq!(page(2, 1, 0), 0..0);
    }

    #[test]
    fn paragraphs_break_between_words_and_say_that_there_is_more() {
        let drawn = |height| {
            let area = Rect::new(0, 0, 10, height);
            let mut buf = Buffer::empty(area);
            paragraph(&mut buf, area, "one two three four", Style::new());
            let line = |y| (0..10).map(|x| buf[(x, y)].symbol()).collect::<String>();
            (0..height).map(line).collect::<Vec<_>>()
        };
        assert_eq!(drawn(1), [" one two… "]);
        assert_eq!(drawn(2), [" one two  ", " three f… "]);
        assert_eq!(drawn(3), [" one two  ", " three    ", " four     "]);
    }

    #[test]
    fn short_texts_stay() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "ab…");
        assert_eq!(shortened("日本語", 4), "日…");
        assert_eq!(shortened("abc", 0), "");
    }
}
