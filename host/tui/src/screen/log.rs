//! The log.

use patchbay_control::{LogLine, Status};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::format::time_of_day;
use crate::rows;
use crate::screen::shown;
use crate::table::{self, Cell, Column, nothing, paragraph, section};
use crate::theme::{Theme, log_mood};
use crate::view::View;

const COLUMNS: [Column; 4] = [
    Column::word("Time", 0),
    Column::word("Level", 0),
    Column::text("Source", 6, 0),
    Column::text("Text", 8, 0),
];

/// Lines for the whole text of the selected one.
const DETAIL: u16 = 4;

/// The newest lines, and the selected one in full.
pub(crate) fn draw(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    let detail = if area.height >= DETAIL + 6 { DETAIL } else { 0 };
    let above = Rect { height: area.height - detail, ..area };
    let Some(line) = list(status, view, theme, above, buf) else { return };
    let below = Rect { y: above.bottom(), height: detail, ..area };
    let below = section(buf, below, &format!("Line {}", line.seq), theme);
    paragraph(buf, below, &line.text, Style::new());
}

/// As many as fit; returns the selected one.
pub(crate) fn list<'a>(
    status: &'a Status,
    view: &View,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<&'a LogLine> {
    let found = rows::log(status, view);
    let ids: Vec<_> = found.iter().map(|line| line.seq.to_string()).collect();
    let at = view.log.position(&ids, true);
    let height = usize::from(area.height.saturating_sub(2));
    // At the end the newest line is the lowest; further back the list turns whole pages.
    let (range, hint) = match &view.log.selected {
        None => (found.len().saturating_sub(height)..found.len(), "newest last"),
        Some(_) => (table::page(found.len(), at, height), "G for the newest"),
    };
    let title = format!("Log {}, {hint}", shown(&range, found.len()));
    let list = section(buf, area, &title, theme);
    if found.is_empty() {
        nothing(buf, list, "nothing was said", theme);
        return None;
    }
    let selected = view.log.selected.is_some().then(|| at - range.start.min(at));
    let cells: Vec<_> = found[range].iter().map(|line| row(line, theme)).collect();
    table::draw(&COLUMNS, &cells, selected, theme, list, buf);
    found.get(at).copied()
}

fn row(line: &LogLine, theme: Theme) -> Vec<Cell> {
    vec![
        Cell::new(time_of_day(line.at_ns, true)),
        Cell::styled(line.level.word(), theme.mood(log_mood(line.level))),
        Cell::new(&*line.source),
        Cell::new(&*line.text),
    ]
}
