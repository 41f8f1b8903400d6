//! Websockets.

use patchbay_control::{Connection, ConnectionState, Evidence, Status};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::format::{ago, bytes, count, span};
use crate::rows;
use crate::screen::totals::quantile;
use crate::screen::{order, shown};
use crate::table::{self, Cell, Column, page, paragraph, put, section, shortened, width_of};
use crate::theme::{Theme, connection_mood};
use crate::view::{Pane, View};

const COLUMNS: [Column; 13] = [
    Column::number("Id", 2, 0),
    Column::text("Venue", 8, 0),
    Column::word("State", 0),
    Column::word("Evidence", 0),
    Column::number("Age", 7, 0),
    Column::number("Frames/s", 8, 0),
    Column::number("Bytes/s", 8, 5),
    Column::number("Last gap", 8, 1),
    Column::number("Reconnects", 10, 4),
    Column::number("p50", 7, 3),
    Column::number("p99", 7, 0),
    Column::number("p99.9", 7, 2),
    Column::text("Symbols, or why it is not open", 8, 6),
];

/// Lines of the detail below the list.
const DETAIL: u16 = 6;

/// The list, and everything about the selected one.
pub(crate) fn draw(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    let detail = if area.height >= DETAIL + 6 { DETAIL } else { 0 };
    let above = Rect { height: area.height - detail, ..area };
    let Some(selected) = list(status, view, theme, true, above, buf) else { return };
    let below = Rect { y: above.bottom(), height: detail, ..area };
    about(selected, status.host.now_ns, theme, below, buf);
}

/// As many as fit; returns the selected one.
pub(crate) fn list<'a>(
    status: &'a Status,
    view: &View,
    theme: Theme,
    marked: bool,
    area: Rect,
    buf: &mut Buffer,
) -> Option<&'a Connection> {
    let found = rows::connections(status, view);
    let ids: Vec<_> = found.iter().map(|conn| conn.id.to_string()).collect();
    let at = view.connections.position(&ids, false);
    let top = if marked { at } else { 0 };
    let range = page(found.len(), top, area.height.saturating_sub(2).into());
    let count = shown(&range, found.len());
    let title = format!("Connections {count}, {}", order(Pane::Connections, &view.connections));
    let area = section(buf, area, &title, theme);
    if found.is_empty() {
        let hidden = !view.filter.is_empty() && !status.connections.is_empty();
        let text = if hidden { "none passes the filter".to_owned() } else { why_none(status) };
        paragraph(buf, area, &text, theme.label());
        return None;
    }
    let selected = marked.then(|| at - range.start.min(at));
    let now = status.host.now_ns;
    let cells: Vec<_> = found[range].iter().map(|conn| row(conn, now, theme)).collect();
    table::draw(&COLUMNS, &cells, selected, theme, area, buf);
    found.get(at).copied()
}

fn row(conn: &Connection, now_ns: i64, theme: Theme) -> Vec<Cell> {
    let latency = &conn.latency;
    vec![
        Cell::new(conn.id.to_string()),
        Cell::new(&*conn.venue),
        Cell::styled(state(conn, now_ns), theme.mood(connection_mood(conn.state))),
        Cell::new(evidence(conn.evidence)),
        Cell::new(span(conn.age_ns)),
        Cell::new(count(conn.frames_per_s)),
        Cell::new(bytes(conn.bytes_per_s)),
        Cell::new(ago(conn.last_gap_ns, now_ns)),
        Cell::new(count(conn.reconnects)),
        Cell::new(quantile(latency.p50_ns, latency)),
        Cell::new(quantile(latency.p99_ns, latency)),
        Cell::new(quantile(latency.p999_ns, latency)),
        Cell::new(carries(conn)),
    ]
}

/// The word, and when the next attempt is.
fn state(conn: &Connection, now_ns: i64) -> String {
    let word = conn.state.word();
    match conn.retry_at_ns {
        0 => word.to_owned(),
        at => format!("{word} {}", span(at.saturating_sub(now_ns).max(0))),
    }
}

/// What comes over it, or why nothing does.
fn carries(conn: &Connection) -> String {
    use ConnectionState::{Backoff, Banned, Connecting, Limited, Wanted};
    let shut = matches!(conn.state, Wanted | Connecting | Backoff | Limited | Banned);
    if shut && !conn.last_error.is_empty() {
        return conn.last_error.clone();
    }
    if conn.symbols.is_empty() {
        return format!("{} wanted", count(conn.wanted));
    }
    conn.symbols.join(" ")
}

/// An adapter wants connections once it knows what its venue lists.
fn why_none(status: &Status) -> String {
    match status.venues.iter().find(|venue| venue.unreached_since_ns != 0) {
        Some(venue) => format!("none yet: {}", venue.last_error),
        None => "none is wanted yet".to_owned(),
    }
}

pub(crate) const fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Unknown => "-",
        known => known.word(),
    }
}

/// Everything about one connection.
fn about(conn: &Connection, now_ns: i64, theme: Theme, area: Rect, buf: &mut Buffer) {
    let area = section(buf, area, &format!("Connection {} to {}", conn.id, conn.venue), theme);
    let latency = &conn.latency;
    let quantiles = [latency.p50_ns, latency.p99_ns, latency.p999_ns, latency.max_ns];
    let quantiles = quantiles.map(|ns| quantile(ns, latency)).join("  ");
    let retry = match conn.retry_at_ns {
        0 => String::new(),
        at => format!(", next attempt in {}", span(at.saturating_sub(now_ns).max(0))),
    };
    let carries = match conn.symbols.len() {
        0 => format!("nothing yet, {} symbols wanted", count(conn.wanted)),
        some => format!("{some} of {}: {}", count(conn.wanted), conn.symbols.join(" ")),
    };
    let last_gap = match conn.last_gap_ns {
        0 => String::new(),
        at => format!(", the last {} ago", ago(at, now_ns)),
    };
    let error = if conn.last_error.is_empty() { "-" } else { &*conn.last_error };
    let lines = [
        ("goes to", format!("{} ({}{retry})", conn.url, conn.state.word())),
        ("carries", carries),
        (
            "frames",
            format!(
                "{} ({}), {}/s, {} reconnects, {} gaps{last_gap}",
                count(conn.frames),
                bytes(conn.bytes),
                bytes(conn.bytes_per_s),
                count(conn.reconnects),
                count(conn.gaps),
            ),
        ),
        ("latency", format!("{quantiles}  (p50 p99 p99.9 max)")),
        ("trouble", error.to_owned()),
    ];
    for (line, (label, text)) in (0..area.height).zip(lines) {
        put(buf, area, 1, line, label, theme.label());
        let room = area.width.saturating_sub(10);
        let fits = label == "goes to" || label == "carries" || label == "trouble";
        let text = if fits { shortened(&text, room) } else { whole(text, room) };
        put(buf, area, 10, line, &text, Style::new());
    }
}

/// A text with numbers, as far as its last word that fits.
fn whole(mut text: String, width: u16) -> String {
    while width_of(&text) > width {
        match text.rfind(' ') {
            Some(at) => text.truncate(at),
            None => text.clear(),
        }
    }
    text
}
