//! What a person looks at; the host knows nothing of it.

use patchbay_control::MessageKind;

/// A screenful.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pane {
    /// Everything in short.
    #[default]
    Overview,
    /// Books, and the depth of one.
    Books,
    /// The messages of one book's instrument.
    Tape,
    /// Websockets.
    Connections,
    /// What was found out about the data.
    Quality,
    /// Multicast lines.
    Multicast,
    /// The log.
    Log,
}

impl Pane {
    /// In the order of their keys.
    pub const ALL: [Self; 7] = [
        Self::Overview,
        Self::Books,
        Self::Tape,
        Self::Connections,
        Self::Quality,
        Self::Multicast,
        Self::Log,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Books => "Books",
            Self::Tape => "Tape",
            Self::Connections => "Connections",
            Self::Quality => "Quality",
            Self::Multicast => "Multicast",
            Self::Log => "Log",
        }
    }

    /// The one that is `by` further on, around.
    pub(crate) fn step(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|pane| *pane == self).unwrap_or(0);
        Self::ALL[(at + by) % Self::ALL.len()]
    }

    /// What its rows can be ordered by; empty where they have an order of their own.
    pub const fn sorts(self) -> &'static [&'static str] {
        match self {
            Self::Overview | Self::Books => &["symbol", "venue", "state", "updates", "age", "gaps"],
            Self::Connections => &["number", "venue", "state", "frames", "age", "reconnects"],
            Self::Quality => &["now", "symbol", "venue", "found"],
            Self::Tape | Self::Multicast | Self::Log => &[],
        }
    }
}

/// Where in a list somebody is. The row is known by what it shows, so that it stays selected when
/// the order changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// The selected row; `None` before the first move, and at the end of the log.
    pub selected: Option<String>,
    /// Where it last was, for when it is gone.
    pub at: usize,
    /// Which of [`Pane::sorts`].
    pub sort: usize,
    /// The other way round.
    pub reversed: bool,
}

impl Rows {
    /// Where the selected row is among `ids`.
    pub(crate) fn position(&self, ids: &[String], from_end: bool) -> usize {
        let last = ids.len().saturating_sub(1);
        let found = self.selected.as_ref().map(|id| ids.iter().position(|other| other == id));
        match found {
            Some(found) => found.unwrap_or_else(|| self.at.min(last)),
            None if from_end => last,
            None => 0,
        }
    }
}

/// Where on a tape somebody is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reel {
    /// Number of the selected message; `None` at the newest, which moves on.
    pub at: Option<u64>,
    /// Only messages of this kind.
    pub only: Option<MessageKind>,
}

impl Reel {
    /// Where the selected message is among `ids`, or the next one that is held.
    pub(crate) fn position(&self, ids: &[String]) -> usize {
        let last = ids.len().saturating_sub(1);
        let Some(at) = self.at else { return last };
        let there = |id: &String| id.parse().is_ok_and(|number: u64| number >= at);
        ids.iter().position(there).unwrap_or(last)
    }
}

/// What a person looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The screenful.
    pub pane: Pane,
    /// Where in the books; the overview and the books share it, and the tape is of that one.
    pub books: Rows,
    /// Where on the tape.
    pub tape: Reel,
    /// Where in the connections.
    pub connections: Rows,
    /// Where in what was found out about the data.
    pub quality: Rows,
    /// Where in the multicast lines.
    pub multicast: Rows,
    /// Where in the log.
    pub log: Rows,
    /// Only rows that hold this, in any case of letters.
    pub filter: String,
    /// The filter is being typed.
    pub typing: bool,
    /// The keys are shown.
    pub help: bool,
    /// What is shown stands still.
    pub paused: bool,
    /// Something to say in the last line, such as that the host is gone.
    pub note: String,
}

impl View {
    /// The list of the pane.
    pub const fn rows(&self) -> &Rows {
        match self.pane {
            Pane::Overview | Pane::Books | Pane::Tape => &self.books,
            Pane::Connections => &self.connections,
            Pane::Quality => &self.quality,
            Pane::Multicast => &self.multicast,
            Pane::Log => &self.log,
        }
    }

    /// The same, to be changed.
    pub const fn rows_mut(&mut self) -> &mut Rows {
        match self.pane {
            Pane::Overview | Pane::Books | Pane::Tape => &mut self.books,
            Pane::Connections => &mut self.connections,
            Pane::Quality => &mut self.quality,
            Pane::Multicast => &mut self.multicast,
            Pane::Log => &mut self.log,
        }
    }

    /// Whether the last line is needed for what is out of the ordinary.
    pub(crate) const fn has_something_to_say(&self) -> bool {
        self.paused || self.typing || !self.filter.is_empty() || !self.note.is_empty()
    }

    /// Whether what `text` makes passes the filter.
    pub(crate) fn passes(&self, text: impl FnOnce() -> String) -> bool {
        self.filter.is_empty() || text().to_lowercase().contains(&self.filter.to_lowercase())
    }
}
