//! One screen: a head, a line of panes, the pane, and a last line.

mod books;
mod connections;
mod depth;
mod help;
mod log;
mod multicast;
mod overview;
mod plugins;
mod quality;
mod tape;
mod totals;

use std::sync::Arc;

use patchbay_control::{BookState, Detail, Status, TapeQuery};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::format::{span, time_of_day};
use crate::rows;
use crate::table::{put, width_of};
use crate::theme::{Mood, Theme, book_mood};
use crate::view::{Pane, View};

pub(crate) use connections::draw as draw_connections;

/// Below this, numbers could not be shown whole.
const SMALLEST: (u16, u16) = (40, 8);

/// From this width on, books stand beside what feeds them.
const WIDE: u16 = 150;

/// Messages of a tape that are asked for on either side of the selected one: a screenful.
const AROUND: usize = 100;

/// After so long without a word the engine hangs: it says something five times a second.
const STILL_NS: i64 = 2_000_000_000;

/// Something that fills a terminal.
pub trait Show {
    /// Draws all of `area`. Any area will do, and nothing is drawn beyond it.
    fn draw(&self, view: &View, theme: Theme, area: Rect, buf: &mut Buffer);

    /// Names of the rows that can be selected, in the order shown.
    fn ids(&self, view: &View) -> Vec<String>;

    /// What the view needs to know of the host.
    fn wants(&self, view: &View) -> Detail {
        let _ = view;
        Detail::default()
    }
}

impl Show for Arc<Status> {
    fn draw(&self, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
        let Some(parts) = Parts::of(area, theme, buf) else { return };
        head(self, theme, parts.head, buf);
        tabs(view, theme, parts.tabs, buf);
        match view.pane {
            Pane::Overview => overview::draw(self, view, theme, parts.body, buf),
            Pane::Books => books::draw(self, view, theme, parts.body, buf),
            Pane::Tape => tape::draw(self, view, theme, parts.body, buf),
            Pane::Connections => connections::draw(self, view, theme, parts.body, buf),
            Pane::Quality => quality::draw(self, view, theme, parts.body, buf),
            Pane::Multicast => multicast::draw(self, view, theme, parts.body, buf),
            Pane::Log => log::draw(self, view, theme, parts.body, buf),
        }
        match view.has_something_to_say() {
            true => foot(view, theme, parts.foot, buf),
            false => totals::draw_summary(self, theme, parts.foot, buf),
        }
        if view.help {
            help::draw(theme, area, buf);
        }
    }

    fn ids(&self, view: &View) -> Vec<String> {
        rows::ids(self, view)
    }

    fn wants(&self, view: &View) -> Detail {
        let book = rows::selected_book(self, view);
        let deep = book.map(|book| book.symbol.clone()).into_iter().collect();
        let log = if view.pane == Pane::Log { patchbay_control::MAX_LOG_LINES } else { 20 };
        let tape = book.filter(|_| view.pane == Pane::Tape).map(|book| TapeQuery {
            symbol: book.symbol.clone(),
            venue: book.venue.clone(),
            kind: book.kind.clone(),
            only: view.tape.only,
            at: view.tape.at.unwrap_or(0),
            back: AROUND,
            ahead: AROUND,
        });
        Detail { levels: 1, deep, log, tape }
    }
}

/// The lines of a screen.
pub(crate) struct Parts {
    pub(crate) head: Rect,
    pub(crate) tabs: Rect,
    pub(crate) body: Rect,
    pub(crate) foot: Rect,
}

impl Parts {
    /// `None` where there is no room for a screen; it then says so.
    pub(crate) fn of(area: Rect, theme: Theme, buf: &mut Buffer) -> Option<Self> {
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            put(buf, area, 0, 0, "too small; 80x24 is enough", theme.strong());
            return None;
        }
        let line = |y: u16| Rect { y: area.y + y, height: 1, ..area };
        let body = Rect { y: area.y + 2, height: area.height - 3, ..area };
        Some(Self { head: line(0), tabs: line(1), body, foot: line(area.height - 1) })
    }
}

/// What the host is, how its books are, and the time.
fn head(status: &Status, theme: Theme, area: Rect, buf: &mut Buffer) {
    let host = &status.host;
    let clock = format!("{} UTC", time_of_day(host.now_ns, false));
    let room = area.width.saturating_sub(width_of(&clock) + 2);
    let mut parts = vec![
        (format!("patchbay {}", host.version), theme.title()),
        (format!("up {}", span(status.uptime_ns())), ratatui::style::Style::new()),
    ];
    for state in [BookState::Stale, BookState::Syncing, BookState::Empty, BookState::Live] {
        let count = status.books_in(state);
        if count > 0 {
            parts.push((format!("{count} {}", state.word()), theme.mood(book_mood(state))));
        }
    }
    let still = host.now_ns.saturating_sub(host.engine_ns);
    if host.engine_ns != 0 && still > STILL_NS {
        parts.push((format!("ENGINE HANGS {}", span(still)), theme.mood(Mood::Bad)));
    }
    if host.production {
        parts.push(("PRODUCTION".to_owned(), theme.strong()));
    }
    if host.limited {
        parts.push(("LIMITED".to_owned(), theme.mood(Mood::Busy)));
    }
    if !host.note.is_empty() {
        parts.push((host.note.clone(), theme.mood(Mood::Busy)));
    }
    parts.push((format!("wait {}", host.wait), theme.label()));
    parts.push((format!("process {}", host.pid), theme.label()));
    let mut x = 1;
    for (text, style) in parts {
        if x + width_of(&text) > room {
            break;
        }
        x = put(buf, area, x, 0, &text, style) + 2;
    }
    put(buf, area, area.width.saturating_sub(width_of(&clock) + 1), 0, &clock, theme.label());
}

fn tabs(view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    let mut x = 0;
    for (number, pane) in (1..).zip(Pane::ALL) {
        let text = format!(" {number} {} ", pane.name());
        if x + width_of(&text) > area.width {
            return;
        }
        let here = pane == view.pane;
        x = put(buf, area, x, 0, &text, if here { theme.selected() } else { theme.label() });
    }
    let hints = ["? keys  q leave ", "? keys ", "? "];
    if let Some(hint) = hints.iter().find(|hint| x + width_of(hint) < area.width) {
        put(buf, area, area.width - width_of(hint), 0, hint, theme.label());
    }
}

/// What is out of the ordinary, or how the rows are ordered.
pub(crate) fn foot(view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    let mut x = 1;
    let mut say = |text: &str, style| {
        if !text.is_empty() && x + width_of(text) <= area.width.max(x) {
            x = put(buf, area, x, 0, text, style) + 2;
        }
    };
    if view.paused {
        say("PAUSED", theme.mood(Mood::Busy));
    }
    if view.typing {
        say(&format!("filter: {}_", view.filter), theme.strong());
    } else if !view.filter.is_empty() {
        say(&format!("filter: {}", view.filter), theme.mood(Mood::Busy));
    }
    let room = area.width.saturating_sub(x + 1);
    let note = crate::table::shortened(&view.note, room);
    put(buf, area, x, 0, &note, theme.mood(Mood::Bad));
}

/// `7`, or `7 of 12` where a filter or the height hides some.
pub(crate) fn shown(from: &std::ops::Range<usize>, count: usize) -> String {
    if from.len() == count {
        format!("{count}")
    } else {
        format!("{} to {} of {count}", from.start + usize::from(count > 0), from.end)
    }
}

/// By what the rows are ordered, for a title.
pub(crate) fn order(pane: Pane, rows: &crate::view::Rows) -> String {
    let by = pane.sorts().get(rows.sort).unwrap_or(&"");
    format!("by {by}{}", if rows.reversed { ", reversed" } else { "" })
}
