//! Multicast lines.

use patchbay_control::{Channel, Status};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::format::{bytes, count};
use crate::rows;
use crate::screen::shown;
use crate::table::{self, Cell, Column, nothing, page, section};
use crate::theme::Theme;
use crate::view::View;

const COLUMNS: [Column; 9] = [
    Column::text("Line", 6, 0),
    Column::word("Group", 0),
    Column::number("Datagrams", 11, 0),
    Column::number("/s", 6, 0),
    Column::number("Bytes", 8, 0),
    Column::number("Bytes/s", 8, 0),
    Column::number("Cycle", 7, 1),
    Column::number("Errors", 6, 0),
    Column::number("Sequence", 11, 2),
];

/// One row a line, the selected one marked.
pub(crate) fn draw(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    list(status, view, theme, true, area, buf);
}

/// As many as fit.
pub(crate) fn list(
    status: &Status,
    view: &View,
    theme: Theme,
    marked: bool,
    area: Rect,
    buf: &mut Buffer,
) {
    let found = rows::channels(status, view);
    let ids: Vec<_> = found.iter().map(|line| line.name.clone()).collect();
    let at = view.multicast.position(&ids, false);
    let range = page(found.len(), at, area.height.saturating_sub(2).into());
    let title = format!("Multicast {}", shown(&range, found.len()));
    let area = section(buf, area, &title, theme);
    if found.is_empty() {
        return nothing(buf, area, "nothing is sent", theme);
    }
    let selected = marked.then(|| at - range.start.min(at));
    let cells: Vec<_> = found[range].iter().map(|line| row(line, theme)).collect();
    table::draw(&COLUMNS, &cells, selected, theme, area, buf);
}

fn row(line: &Channel, theme: Theme) -> Vec<Cell> {
    let cycle = match line.cycle_of {
        0 => "-".to_owned(),
        of => format!("{}/{of}", line.cycle_at),
    };
    vec![
        Cell::new(&*line.name),
        Cell::new(&*line.group),
        Cell::new(count(line.datagrams)),
        Cell::new(count(line.datagrams_per_s)),
        Cell::new(bytes(line.bytes)),
        Cell::new(bytes(line.bytes_per_s)),
        Cell::new(cycle),
        Cell::styled(count(line.send_errors), theme.fault(line.send_errors)),
        Cell::new(count(line.sequence)),
    ]
}
