//! Colours, which only repeat what a word beside them says.

use patchbay_control::{BookState, ConnectionState, JournalState, LogLevel, PluginState};
use ratatui::style::{Color, Modifier, Style};

/// How good a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should be.
    Good,
    /// On its way, or to be looked at.
    Busy,
    /// Not as it should be.
    Bad,
    /// Nothing to say.
    Still,
}

/// With colours or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    colour: bool,
}

impl Theme {
    /// With colours, if `colour`; otherwise bold, dim and reversed only.
    pub const fn new(colour: bool) -> Self {
        Self { colour }
    }

    /// Without colours where `NO_COLOR` is set to anything.
    pub fn from_env() -> Self {
        Self::new(std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
    }

    const fn paint(self, color: Color) -> Style {
        if self.colour { Style::new().fg(color) } else { Style::new() }
    }

    pub(crate) const fn mood(self, mood: Mood) -> Style {
        match mood {
            Mood::Good => self.paint(Color::Green),
            Mood::Busy => self.paint(Color::Yellow),
            Mood::Bad => self.paint(Color::Red).add_modifier(Modifier::BOLD),
            Mood::Still => Style::new().add_modifier(Modifier::DIM),
        }
    }

    pub(crate) const fn title(self) -> Style {
        self.paint(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    pub(crate) const fn label(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    pub(crate) const fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    pub(crate) const fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub(crate) const fn bid(self) -> Style {
        self.paint(Color::Green)
    }

    pub(crate) const fn ask(self) -> Style {
        self.paint(Color::Red)
    }

    /// For a count that should be zero.
    pub(crate) const fn fault(self, count: u64) -> Style {
        if count == 0 { Style::new() } else { self.mood(Mood::Busy) }
    }
}

pub(crate) const fn book_mood(state: BookState) -> Mood {
    match state {
        BookState::Live => Mood::Good,
        BookState::Syncing => Mood::Busy,
        BookState::Stale => Mood::Bad,
        BookState::Empty | BookState::Unknown => Mood::Still,
    }
}

pub(crate) const fn connection_mood(state: ConnectionState) -> Mood {
    match state {
        ConnectionState::Live => Mood::Good,
        ConnectionState::Connecting
        | ConnectionState::Subscribing
        | ConnectionState::Draining
        | ConnectionState::Quiet => Mood::Busy,
        ConnectionState::Backoff | ConnectionState::Limited | ConnectionState::Banned => Mood::Bad,
        _ => Mood::Still,
    }
}

pub(crate) const fn plugin_mood(state: PluginState) -> Mood {
    match state {
        PluginState::Running => Mood::Good,
        PluginState::Loaded | PluginState::Retiring => Mood::Busy,
        PluginState::Faulted | PluginState::Quarantined => Mood::Bad,
        _ => Mood::Still,
    }
}

pub(crate) const fn journal_mood(state: JournalState) -> Mood {
    match state {
        JournalState::Writing => Mood::Good,
        JournalState::Gap | JournalState::Failed => Mood::Bad,
        _ => Mood::Still,
    }
}

pub(crate) const fn log_mood(level: LogLevel) -> Mood {
    match level {
        LogLevel::Error => Mood::Bad,
        LogLevel::Warn => Mood::Busy,
        LogLevel::Info => Mood::Good,
        _ => Mood::Still,
    }
}
