//! What was counted, and how long it took.

use patchbay_control::{Latency, Status};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::format::{bytes, count, span_u};
use crate::table::{self, Cell, Column, put, section, width_of};
use crate::theme::{Theme, journal_mood};

const COLUMNS: [Column; 6] = [
    Column::text("Venue", 6, 0),
    Column::number("p50", 8, 0),
    Column::number("p99", 8, 0),
    Column::number("p99.9", 8, 0),
    Column::number("Max", 8, 0),
    Column::number("Measured", 11, 0),
];

/// Label, value and its style.
type Item = (&'static str, String, Style);

fn items(status: &Status, theme: Theme) -> Vec<Item> {
    let totals = &status.totals;
    let plain = |label, number| (label, count(number), Style::new());
    let fault = |label, number| (label, count(number), theme.fault(number));
    let journal = &status.journal;
    let state = journal_mood(journal.state);
    vec![
        plain("frames", totals.frames),
        plain("turns", totals.turns),
        plain("book updates", totals.book_updates),
        plain("trades", totals.trades),
        plain("quotes", totals.quotes),
        plain("fallback", totals.fallback),
        fault("rejected", totals.rejected),
        fault("gaps", totals.gaps),
        plain("resyncs", totals.resyncs),
        fault("crossed", totals.crossed),
        fault("faults", totals.faults),
        ("journal", journal.state.word().to_owned(), theme.mood(state)),
        ("written", bytes(journal.bytes), Style::new()),
        plain("segments", journal.segments),
        plain("unsynced", journal.unsynced),
    ]
}

/// Columns, lines and the width of one item.
fn grid(items: &[Item], width: u16) -> (u16, u16, u16) {
    let widest = |text: fn(&Item) -> &str| items.iter().map(|i| width_of(text(i))).max();
    let cell = 1 + widest(|item| item.0).unwrap_or(0) + widest(|item| &item.1).unwrap_or(0).max(8);
    let columns = (width.saturating_sub(1) / (cell + 2)).clamp(1, 8);
    let lines = u16::try_from(items.len()).unwrap_or(0).div_ceil(columns);
    (columns, lines, cell)
}

/// Lines that [`draw_totals`] needs.
pub(crate) fn height(status: &Status, theme: Theme, width: u16) -> u16 {
    1 + grid(&items(status, theme), width).1
}

/// Everything counted since the start, and the journal.
pub(crate) fn draw_totals(status: &Status, theme: Theme, area: Rect, buf: &mut Buffer) {
    let area = section(buf, area, "Since the start", theme);
    let items = items(status, theme);
    let (columns, lines, cell) = grid(&items, area.width);
    let spread = (area.width.saturating_sub(1) / columns).min(cell + 6);
    for (at, (label, value, style)) in (0..).zip(&items) {
        let (x, y) = (1 + at / lines * spread, at % lines);
        if x + cell > area.width {
            break;
        }
        put(buf, area, x, y, label, theme.label());
        put(buf, area, x + cell - width_of(value), y, value, *style);
    }
}

/// Receive to publish, over all and by venue.
pub(crate) fn draw_latency(status: &Status, theme: Theme, area: Rect, buf: &mut Buffer) {
    let area = section(buf, area, "Receive to publish, last minute", theme);
    let mut rows = vec![latency("all", &status.latency)];
    rows.extend(status.venues.iter().map(|venue| latency(&venue.venue, &venue.latency)));
    rows.truncate(area.height.saturating_sub(1).into());
    table::draw(&COLUMNS, &rows, None, theme, area, buf);
}

fn latency(name: &str, latency: &Latency) -> Vec<Cell> {
    let quantiles = [latency.p50_ns, latency.p99_ns, latency.p999_ns, latency.max_ns];
    let mut row = vec![Cell::new(name)];
    row.extend(quantiles.map(|ns| Cell::new(quantile(ns, latency))));
    row.push(Cell::new(count(latency.count)));
    row
}

/// `-` where nothing was measured.
pub(crate) fn quantile(ns: u64, of: &Latency) -> String {
    if of.count == 0 { "-".to_owned() } else { span_u(ns) }
}
