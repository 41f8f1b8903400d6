//! Plugins.

use patchbay_control::{Plugin, Status};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::format::{count, span_u};
use crate::screen::shown;
use crate::table::{self, Cell, Column, nothing, section};
use crate::theme::{Theme, plugin_mood};

const COLUMNS: [Column; 9] = [
    Column::text("Plugin", 8, 0),
    Column::word("Kind", 3),
    Column::text("Version", 7, 0),
    Column::word("ABI", 0),
    Column::number("Gen", 3, 0),
    Column::word("State", 0),
    Column::number("Faults", 6, 0),
    Column::number("A frame", 7, 0),
    Column::number("Frames", 11, 1),
];

/// Name, version, ABI, generation, state, faults and time a frame.
pub(crate) fn draw(status: &Status, theme: Theme, area: Rect, buf: &mut Buffer) {
    let plugins = &status.plugins;
    let rows = 0..plugins.len().min(area.height.saturating_sub(2).into());
    let title = format!("Plugins {}", shown(&rows, plugins.len()));
    let area = section(buf, area, &title, theme);
    if plugins.is_empty() {
        return nothing(buf, area, "no plugin is loaded", theme);
    }
    let cells: Vec<_> = plugins[rows].iter().map(|plugin| row(plugin, theme)).collect();
    table::draw(&COLUMNS, &cells, None, theme, area, buf);
}

fn row(plugin: &Plugin, theme: Theme) -> Vec<Cell> {
    vec![
        Cell::new(&*plugin.name),
        Cell::new(plugin.kind.word()),
        Cell::new(&*plugin.version),
        Cell::new(&*plugin.abi),
        Cell::new(plugin.generation.to_string()),
        Cell::styled(plugin.state.word(), theme.mood(plugin_mood(plugin.state))),
        Cell::styled(count(plugin.faults), theme.fault(plugin.faults)),
        Cell::new(span_u(plugin.ns_per_frame)),
        Cell::new(count(plugin.frames)),
    ]
}
