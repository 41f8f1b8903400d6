//! What was counted, and how long it took.

use patchbay_control::{Latency, Status, Totals, Venue};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::format::{ago, bytes, count, span_u};
use crate::table::{self, Cell, Column, put, section, width_of};
use crate::theme::{Mood, Theme, journal_mood};

const COLUMNS: [Column; 8] = [
    Column::text("Venue", 6, 0),
    Column::word("State", 1),
    Column::number("Open", 4, 2),
    Column::number("p50", 7, 0),
    Column::number("p99", 7, 0),
    Column::number("p99.9", 7, 0),
    Column::number("Max", 7, 0),
    Column::number("Measured", 10, 3),
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
        fault("convicted", convicted(totals)),
        fault("faults", totals.faults),
        ("journal", journal.state.word().to_owned(), theme.mood(state)),
        ("written", bytes(journal.bytes), Style::new()),
        plain("unsynced", journal.unsynced),
    ]
}

/// Books that were live and wrong.
const fn convicted(totals: &Totals) -> u64 {
    totals.quote_convictions + totals.audit_convictions + totals.crossed_convictions
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

/// The most of it on one line, as far as it fits.
pub(crate) fn draw_summary(status: &Status, theme: Theme, area: Rect, buf: &mut Buffer) {
    let totals = &status.totals;
    let fault = |number: u64| if number == 0 { theme.label() } else { theme.fault(number) };
    let journal = theme.mood(journal_mood(status.journal.state));
    let parts = [
        (format!("{} frames", count(totals.frames)), theme.label()),
        (format!("{} book updates", count(totals.book_updates)), theme.label()),
        (counted(totals.gaps, "gap"), fault(totals.gaps)),
        (counted(totals.faults, "fault"), fault(totals.faults)),
        (format!("journal {}", status.journal.state.word()), journal),
        (format!("{} trades", count(totals.trades)), theme.label()),
        (format!("{} quotes", count(totals.quotes)), theme.label()),
    ];
    let mut x = 1;
    for (text, style) in parts {
        if x + width_of(&text) >= area.width {
            break;
        }
        x = put(buf, area, x, 0, &text, style) + 2;
    }
}

fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", count(number), if number == 1 { "" } else { "s" })
}

/// Rows of [`draw_venues`].
pub(crate) fn venue_rows(status: &Status) -> usize {
    status.venues.len() + 3
}

/// Venues, and receive to publish: of each, over all, since the start, and the part of it up to the
/// ring of the thread that sends.
pub(crate) fn draw_venues(status: &Status, theme: Theme, area: Rect, buf: &mut Buffer) {
    let area = section(buf, area, "Venues, and receive to publish in the last minute", theme);
    let now = status.host.now_ns;
    let mut rows = vec![latency(["all", "", ""], &status.latency)];
    rows.extend(status.venues.iter().map(|of| venue(of, now, theme)));
    rows.push(latency(["since start", "", ""], &status.latency_total));
    rows.push(latency(["handed over", "", ""], &status.handover));
    rows.truncate(area.height.saturating_sub(1).into());
    table::draw(&COLUMNS, &rows, None, theme, area, buf);
}

fn venue(of: &Venue, now_ns: i64, theme: Theme) -> Vec<Cell> {
    let mut row = latency([&of.venue, "", ""], &of.latency);
    row[1] = match of.unreached_since_ns {
        0 if of.open == of.connections => Cell::styled("reached", theme.mood(Mood::Good)),
        0 => Cell::styled("connecting", theme.mood(Mood::Busy)),
        at => Cell::styled(format!("no answer {}", ago(at, now_ns)), theme.mood(Mood::Bad)),
    };
    row[2] = Cell::new(format!("{}/{}", of.open, of.connections));
    row
}

fn latency(words: [&str; 3], latency: &Latency) -> Vec<Cell> {
    let quantiles = [latency.p50_ns, latency.p99_ns, latency.p999_ns, latency.max_ns];
    let mut row = words.map(Cell::new).to_vec();
    row.extend(quantiles.map(|ns| Cell::new(quantile(ns, latency))));
    row.push(Cell::new(count(latency.count)));
    row
}

/// `-` where nothing was measured.
pub(crate) fn quantile(ns: u64, of: &Latency) -> String {
    if of.count == 0 { "-".to_owned() } else { span_u(ns) }
}
