//! What was found out about the data: venues and their clocks, then instruments.

use patchbay_control::{Quality, Status};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::format::{count, span};
use crate::rows;
use crate::screen::{order, shown};
use crate::table::{self, Cell, Column, nothing, page, paragraph, section};
use crate::theme::{Mood, Theme};
use crate::view::{Pane, View};

const COLUMNS: [Column; 14] = [
    Column::text("Instrument", 10, 0),
    Column::text("Venue", 7, 0),
    Column::word("Kind", 5),
    Column::text("Now", 9, 0),
    Column::number("Order", 5, 0),
    Column::number("Late", 4, 0),
    Column::number("Price", 5, 0),
    Column::number("Cross", 5, 0),
    Column::number("Volume", 6, 2),
    Column::number("Gaps", 4, 0),
    Column::number("Silent", 6, 1),
    Column::number("Clock", 5, 3),
    Column::number("Offset", 8, 4),
    Column::number("Drift", 9, 6),
];

/// Lines for the whole of the selected row.
const DETAIL: u16 = 4;

/// One row a venue or instrument, and the selected one in full.
pub(crate) fn draw(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    let detail = if area.height >= DETAIL + 6 { DETAIL } else { 0 };
    let above = Rect { height: area.height - detail, ..area };
    let Some(row) = list(status, view, theme, above, buf) else { return };
    let below = Rect { y: above.bottom(), height: detail, ..area };
    let below = section(buf, below, &name(row), theme);
    paragraph(buf, below, &whole(row), ratatui::style::Style::new());
}

fn list<'a>(
    status: &'a Status,
    view: &View,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<&'a Quality> {
    let found = rows::quality(status, view);
    let ids: Vec<_> = found.iter().map(|row| rows::quality_id(row)).collect();
    let at = view.quality.position(&ids, false);
    let range = page(found.len(), at, area.height.saturating_sub(2).into());
    let title = shown(&range, found.len());
    let title = format!("Quality of data {title}, {}", order(Pane::Quality, &view.quality));
    let area = section(buf, area, &title, theme);
    if found.is_empty() {
        let hidden = !view.filter.is_empty() && !status.quality.is_empty();
        let text = if hidden { "none passes the filter" } else { "nothing was found" };
        nothing(buf, area, text, theme);
        return None;
    }
    let selected = Some(at - range.start.min(at));
    let cells: Vec<_> = found[range].iter().map(|row| cells(row, theme)).collect();
    table::draw(&COLUMNS, &cells, selected, theme, area, buf);
    found.get(at).copied()
}

fn cells(row: &Quality, theme: Theme) -> Vec<Cell> {
    let is_venue = row.symbol.is_empty();
    let number = |of: u64| Cell::styled(count(of), theme.fault(of));
    let clock = |text: String| if is_venue { text } else { "-".to_owned() };
    let clocks = row.offset + row.step + row.drift;
    let now = match row.open.as_slice() {
        [] => Cell::styled("-", theme.mood(Mood::Still)),
        _ => Cell::styled(words(row), theme.mood(Mood::Bad)),
    };
    vec![
        Cell::new(if is_venue { "(venue)" } else { &*row.symbol }),
        Cell::new(&*row.venue),
        Cell::new(if is_venue { "-" } else { &*row.kind }),
        now,
        number(row.order),
        number(row.late),
        number(row.price),
        number(row.crossed + row.locked),
        number(row.volume),
        number(row.gap + row.trade_gap),
        number(row.silence),
        Cell::styled(clock(count(clocks)), theme.fault(clocks)),
        Cell::new(clock(signed(row.offset_ns))),
        Cell::new(clock(format!("{} ppm", row.drift_ppb / 1000))),
    ]
}

/// Detectors whose incidents are not over.
fn words(row: &Quality) -> String {
    row.open.iter().map(|detector| detector.word()).collect::<Vec<_>>().join(" ")
}

fn signed(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    format!("{sign}{}", span(ns.saturating_abs()))
}

fn name(row: &Quality) -> String {
    match row.symbol.is_empty() {
        true => row.venue.clone(),
        false => format!("{} {} {}", row.symbol, row.venue, row.kind),
    }
}

/// Everything that was found of it, in words.
fn whole(row: &Quality) -> String {
    let counts = row.counts();
    let found = counts.iter().filter(|(_, count)| *count > 0);
    let mut parts: Vec<_> =
        found.map(|(detector, of)| format!("{} {}", detector.word(), count(*of))).collect();
    if parts.is_empty() {
        parts.push("nothing was found".to_owned());
    }
    if row.symbol.is_empty() && row.offset_ns != 0 {
        let (offset, drift) = (signed(row.offset_ns), row.drift_ppb / 1000);
        parts.push(format!("clock {offset} from the venue's, drift {drift} ppm"));
    }
    if !row.open.is_empty() {
        parts.push(format!("now: {}", words(row)));
    }
    parts.join("; ")
}
