//! An independent replay of recorded market data, for tests and certificates to compare with.
//!
//! It shares no code with anything else here, not even the readers of captures: a book is a map from
//! price to the quantity's text, a venue is its published rules one line after the other, and
//! nothing is fast. What it says of a recording is the truth that an adapter is held to.
//!
//! ```no_run
//! # fn main() -> Result<(), patchbay_naive::Error> {
//! let venue = patchbay_naive::venue("okx").expect("one of those recorded");
//! let truth = venue.replay(&["OKX.ws.1.0.gz".into()])?;
//! println!("{} frames, {} gaps", truth.frames, truth.gaps);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod binance;
mod bitstamp;
mod book;
mod bybit;
mod coinbase;
mod corpus;
mod deribit;
mod events;
mod kept;
mod ls;
mod okx;
mod orders;
mod recorded;
mod text;
mod truth;
mod upbit;

use std::path::{Path, PathBuf};

pub use book::Book;
pub use corpus::{Recording, VENUES, Venue, venue};
pub use orders::{Order, Orders};
pub use recorded::{Recorded, What, read};
pub use text::plain;
pub use truth::{Checks, Figure, Instrument, Key, Quote, Trade, Truth};

/// Why a recording cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// File.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is of no format that is known here.
    #[error(
        "{path} holds no record of a known format; expected cryptofeed's lines, its format 2, \
         hftbacktest's lines, Bitstamp's events, or what was kept of LS Securities"
    )]
    Format {
        /// File.
        path: PathBuf,
    },
}

/// A venue's rules.
trait Rules {
    /// A connection was opened.
    fn open(&mut self, _conn: usize, _url: &str) {}

    /// A frame came; what it says goes into `truth`. `None` if no rule reads it.
    fn frame(&mut self, conn: usize, text: &str, truth: &mut Truth) -> Option<()>;

    /// A REST request was answered; `None` if no rule reads it.
    fn reply(&mut self, conn: usize, url: &str, body: &str, truth: &mut Truth) -> Option<()>;
}

/// A replay, record by record.
pub struct Replay {
    rules: Box<dyn Rules>,
    truth: Truth,
}

impl Replay {
    /// Of a venue's recordings.
    pub fn new(venue: &Venue) -> Self {
        Self { rules: (venue.rules)(), truth: Truth::default() }
    }

    /// One more record.
    pub fn step(&mut self, record: &Recorded) {
        let conn = record.conn;
        match &record.what {
            What::Open(url) => self.rules.open(conn, url),
            What::Frame(text) => {
                self.truth.frames += 1;
                let read = self.rules.frame(conn, text, &mut self.truth);
                self.truth.unread += u64::from(read.is_none());
            }
            What::Reply { url, body } => {
                let read = self.rules.reply(conn, url, body, &mut self.truth);
                self.truth.unread += u64::from(read.is_none());
            }
        }
    }

    /// What is known so far.
    pub const fn truth(&self) -> &Truth {
        &self.truth
    }

    /// What is known at the end.
    pub fn into_truth(self) -> Truth {
        self.truth
    }
}

impl Venue {
    /// Replays recordings of this venue, merged by time.
    ///
    /// # Errors
    ///
    /// [`Error`] if a file cannot be read.
    pub fn replay(&self, files: &[PathBuf]) -> Result<Truth, Error> {
        let mut replay = Replay::new(self);
        for record in read(files)? {
            replay.step(&record);
        }
        Ok(replay.into_truth())
    }

    /// The recordings in a corpus that has them all, with their files.
    pub fn recordings_in(&self, corpus: &Path) -> Vec<(&'static Recording, Vec<PathBuf>)> {
        let files = |recording: &Recording| -> Vec<_> {
            recording.files.iter().map(|file| corpus.join(file)).collect()
        };
        let all = self.recordings.iter().map(|recording| (recording, files(recording)));
        all.filter(|(_, files)| files.iter().all(|file| file.is_file())).collect()
    }
}
