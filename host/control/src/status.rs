//! The host at one moment.

mod book;
mod connection;
mod latency;
mod log;
mod output;
mod plugin;
mod quality;
mod tape;
mod totals;
mod venue;
mod words;

use serde::{Deserialize, Serialize};

pub use book::{Book, MAX_LEVELS};
pub use connection::Connection;
pub use latency::Latency;
pub use log::{LogLine, LogRing, MAX_LOG_LINES};
pub use output::{Channel, Journal};
pub use plugin::Plugin;
pub use quality::Quality;
pub use tape::{MAX_MESSAGES, Message, Named, Tape, TapeQuery};
pub use totals::Totals;
pub use venue::Venue;
pub use words::{
    BookState, Cause, ConnectionState, Detector, Evidence, JournalState, LogLevel, MessageKind,
    PluginKind, PluginState,
};

/// The host at one moment. Every number is an integer; prices and quantities are mantissas with
/// the exponents beside them. Times are nanoseconds since the Unix epoch, 0 where there is none.
///
/// A field that a reader does not know is skipped and one that is missing is zero or empty, so
/// that hosts and screens of different versions understand each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// The program and how it runs.
    pub host: Host,
    /// Everything counted since the start.
    pub totals: Totals,
    /// Plugins that are loaded, in the order of loading.
    pub plugins: Vec<Plugin>,
    /// Websockets, wanted and open.
    pub connections: Vec<Connection>,
    /// Receive to publish over all venues, last minute.
    pub latency: Latency,
    /// The same since the start.
    pub latency_total: Latency,
    /// The part of it to the ring of the thread that sends, last minute.
    pub handover: Latency,
    /// Venues, in the order of their first adapter.
    pub venues: Vec<Venue>,
    /// Multicast lines.
    pub channels: Vec<Channel>,
    /// The journal of inputs.
    pub journal: Journal,
    /// Order books, in the order of their definition.
    pub books: Vec<Book>,
    /// What was found out about the data: venues, then the instruments of which anything was.
    pub quality: Vec<Quality>,
    /// The newest lines of the log, oldest first.
    pub log: Vec<LogLine>,
    /// Messages of one instrument, if they were asked for.
    pub tape: Option<Tape>,
}

/// The program and how it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Host {
    /// Version of the program.
    pub version: String,
    /// Process id.
    pub pid: u32,
    /// When it started.
    pub started_ns: i64,
    /// Host time of this status.
    pub now_ns: i64,
    /// When the engine last said what it holds; it does so five times a second unless it hangs.
    pub engine_ns: i64,
    /// What a thread does when there is nothing to do: `spin` or `block`.
    pub wait: String,
    /// Whether it runs with `--production`.
    pub production: bool,
    /// Whether `LIMITED_MODE` keeps it to a few symbols.
    pub limited: bool,
    /// What whoever looks must know of the data, such as that it is recorded; usually nothing.
    #[serde(default)]
    pub note: String,
    /// Tasks of its connections and requests that are under way.
    pub tasks: u64,
}

/// How much of a status is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Levels of a side for every book, at most [`MAX_LEVELS`].
    pub levels: usize,
    /// Symbols whose books are wanted with all their levels.
    pub deep: Vec<String>,
    /// Lines of the log, at most [`MAX_LOG_LINES`].
    pub log: usize,
    /// Messages of one instrument.
    pub tape: Option<TapeQuery>,
}

impl Default for Detail {
    /// The best level of every book, 20 lines of the log, and no messages.
    fn default() -> Self {
        Self { levels: 1, deep: Vec::new(), log: 20, tape: None }
    }
}

impl Status {
    /// This status with as much detail as was asked for, messages apart. What is cut is not copied:
    /// with every level of every book a status of a thousand books is a megabyte.
    pub fn cut(&self, detail: &Detail) -> Self {
        let books = self.books.iter().map(|book| {
            let deep = detail.deep.contains(&book.symbol);
            book.cut(if deep { MAX_LEVELS } else { detail.levels })
        });
        Self {
            host: self.host.clone(),
            totals: self.totals,
            plugins: self.plugins.clone(),
            connections: self.connections.clone(),
            latency: self.latency,
            latency_total: self.latency_total,
            handover: self.handover,
            venues: self.venues.clone(),
            channels: self.channels.clone(),
            journal: self.journal.clone(),
            books: books.collect(),
            quality: self.quality.clone(),
            log: self.log[self.log.len().saturating_sub(detail.log)..].to_vec(),
            tape: None,
        }
    }

    /// Books whose state is `state`.
    pub fn books_in(&self, state: BookState) -> usize {
        self.books.iter().filter(|book| book.state == state).count()
    }

    /// Nanoseconds since the start.
    pub const fn uptime_ns(&self) -> i64 {
        self.host.now_ns.saturating_sub(self.host.started_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status() -> Status {
        let book = |symbol: &str| Book {
            symbol: symbol.to_owned(),
            bids: (0..40).map(|at| [100 - at, 1]).collect(),
            asks: (0..3).map(|at| [101 + at, 1]).collect(),
            ..Book::default()
        };
        let line = |seq| LogLine { seq, ..LogLine::default() };
        Status {
            books: vec![book("A"), book("B")],
            log: (1..=9).map(line).collect(),
            ..Status::default()
        }
    }

    #[test]
    fn a_cut_keeps_the_best_levels_and_the_newest_lines() {
        let cut =
            status().cut(&Detail { levels: 2, deep: vec!["B".to_owned()], log: 3, tape: None });
        assert_eq!(cut.books[0].bids, [[100, 1], [99, 1]]);
        assert_eq!(cut.books[1].bids.len(), MAX_LEVELS);
        assert_eq!(cut.books[1].asks.len(), 3);
        assert_eq!(cut.log.iter().map(|line| line.seq).collect::<Vec<_>>(), [7, 8, 9]);
    }

    #[test]
    fn a_status_survives_its_text() {
        let before = status();
        let text = serde_json::to_string(&before).unwrap();
        assert_eq!(serde_json::from_str::<Status>(&text).unwrap(), before);
    }

    #[test]
    fn another_version_is_understood() {
        let text =
            r#"{"host":{"version":"9","colour":"red"},"weather":{},"books":[{"state":"Odd"}]}"#;
        let status: Status = serde_json::from_str(text).unwrap();
        assert_eq!(status.host.version, "9");
        assert_eq!(status.books[0].state, BookState::Unknown);
    }
}
