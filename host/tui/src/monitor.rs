//! `patchbay monitor`: one thing, closely.

use std::sync::Arc;

use patchbay_control::{Detail, Status};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde::Serialize;

use crate::format::{bytes, count, span, time_of_day};
use crate::rows;
use crate::screen::{Parts, Show, draw_connections, foot, shown};
use crate::table::{self, Cell, Column, nothing, page, put, section, width_of};
use crate::theme::Theme;
use crate::view::{Pane, View};

/// What was heard on multicast, as `monitor udp --json` prints it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UdpStats {
    /// When listening began.
    pub started_ns: i64,
    /// Now.
    pub now_ns: i64,
    /// Groups and ports that were joined.
    pub groups: Vec<String>,
    /// Packets that were no packets of ours.
    pub foreign: u64,
    /// By venue and kind.
    pub lines: Vec<UdpLine>,
}

/// Packets of one venue and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UdpLine {
    /// Group and port.
    pub group: String,
    /// Name of the venue.
    pub venue: String,
    /// What they carry: `trade`, `book`, and so on.
    pub kind: String,
    /// Packets.
    pub packets: u64,
    /// Bytes of their payload.
    pub bytes: u64,
    /// Packets in the last second.
    pub packets_per_s: u64,
    /// Bytes in the last second.
    pub bytes_per_s: u64,
    /// Times that sequences were missing.
    pub holes: u64,
    /// Sequences that were missing, all holes together.
    pub missing: u64,
    /// Last sequence.
    pub sequence: u64,
    /// Nanoseconds since the last packet; -1 if there was none.
    pub age_ns: i64,
}

/// The connections of a host, filling the terminal.
#[derive(Clone, Debug)]
pub struct WsMonitor(pub Arc<Status>);

const COLUMNS: [Column; 11] = [
    Column::text("Venue", 7, 0),
    Column::text("Kind", 6, 0),
    Column::number("Packets", 9, 0),
    Column::number("/s", 6, 0),
    Column::number("Bytes", 8, 0),
    Column::number("Bytes/s", 8, 0),
    Column::number("Holes", 5, 0),
    Column::number("Missing", 7, 0),
    Column::number("Age", 7, 1),
    Column::number("Sequence", 11, 3),
    Column::word("Group", 2),
];

impl UdpStats {
    fn found(&self, view: &View) -> Vec<&UdpLine> {
        self.lines.iter().filter(|line| view.passes(|| line.id())).collect()
    }

    fn sum(&self) -> UdpLine {
        let sum = |field: fn(&UdpLine) -> u64| self.lines.iter().map(field).sum();
        UdpLine {
            venue: "all".to_owned(),
            packets: sum(|line| line.packets),
            bytes: sum(|line| line.bytes),
            packets_per_s: sum(|line| line.packets_per_s),
            bytes_per_s: sum(|line| line.bytes_per_s),
            holes: sum(|line| line.holes),
            missing: sum(|line| line.missing),
            age_ns: self.lines.iter().map(|l| l.age_ns).filter(|a| *a >= 0).min().unwrap_or(-1),
            ..UdpLine::default()
        }
    }
}

impl UdpLine {
    fn id(&self) -> String {
        format!("{} {} {}", self.venue, self.kind, self.group)
    }

    fn row(&self, theme: Theme) -> Vec<Cell> {
        let sequence = if self.sequence == 0 { "-".to_owned() } else { self.sequence.to_string() };
        vec![
            Cell::new(&*self.venue),
            Cell::new(&*self.kind),
            Cell::new(count(self.packets)),
            Cell::new(count(self.packets_per_s)),
            Cell::new(bytes(self.bytes)),
            Cell::new(bytes(self.bytes_per_s)),
            Cell::styled(count(self.holes), theme.fault(self.holes)),
            Cell::styled(count(self.missing), theme.fault(self.missing)),
            Cell::new(span(self.age_ns)),
            Cell::new(sequence),
            Cell::new(&*self.group),
        ]
    }
}

impl Show for UdpStats {
    fn draw(&self, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
        let Some(parts) = Parts::of(area, theme, buf) else { return };
        head(("patchbay monitor udp", self.started_ns, self.now_ns), theme, parts.head, buf);
        let about = format!("{}  {} foreign packets", self.groups.join(" "), count(self.foreign));
        put(buf, parts.tabs, 1, 0, &table::shortened(&about, area.width - 2), theme.label());
        let found = self.found(view);
        let at = view.rows().position(&self.ids(view), false);
        let range = page(found.len(), at, parts.body.height.saturating_sub(3).into());
        let title = format!("Packets by venue and kind, {}", shown(&range, found.len()));
        let body = section(buf, parts.body, &title, theme);
        if found.is_empty() {
            nothing(buf, body, "nothing was heard", theme);
        } else {
            let selected = at - range.start.min(at);
            let mut cells: Vec<_> = found[range].iter().map(|line| line.row(theme)).collect();
            cells.push(self.sum().row(theme));
            table::draw(&COLUMNS, &cells, Some(selected), theme, body, buf);
        }
        foot(view, theme, parts.foot, buf);
    }

    fn ids(&self, view: &View) -> Vec<String> {
        self.found(view).into_iter().map(UdpLine::id).collect()
    }
}

impl Show for WsMonitor {
    fn draw(&self, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
        let Some(parts) = Parts::of(area, theme, buf) else { return };
        let host = &self.0.host;
        head(("patchbay monitor ws", host.started_ns, host.now_ns), theme, parts.head, buf);
        let sum = |field: fn(&patchbay_control::Connection) -> u64| -> u64 {
            self.0.connections.iter().map(field).sum()
        };
        let about = format!(
            "{} frames/s  {} frames  {}",
            count(sum(|conn| conn.frames_per_s)),
            count(sum(|conn| conn.frames)),
            bytes(sum(|conn| conn.bytes)),
        );
        put(buf, parts.tabs, 1, 0, &table::shortened(&about, area.width - 2), theme.label());
        draw_connections(&self.0, view, theme, parts.body, buf);
        foot(view, theme, parts.foot, buf);
    }

    fn ids(&self, view: &View) -> Vec<String> {
        rows::ids(&self.0, &View { pane: Pane::Connections, ..view.clone() })
    }

    fn wants(&self, _: &View) -> Detail {
        Detail { levels: 0, deep: Vec::new(), log: 0, tape: None }
    }
}

fn head((what, started_ns, now_ns): (&str, i64, i64), theme: Theme, area: Rect, buf: &mut Buffer) {
    let x = put(buf, area, 1, 0, what, theme.title());
    let up = format!("for {}", span(now_ns.saturating_sub(started_ns)));
    put(buf, area, x + 2, 0, &up, Style::new());
    let clock = format!("{} UTC", time_of_day(now_ns, false));
    let at = area.width.saturating_sub(width_of(&clock) + 1);
    if at > x + 4 + width_of(&up) {
        put(buf, area, at, 0, &clock, theme.label());
    }
}
