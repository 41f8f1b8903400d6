//! Recordings played to their ends, for venues whose changes nothing tells apart: their books are judged
//! where the recording stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::Duration;

use patchbay_control::{Book, BookState};
use patchbay_model::trimmed;
use patchbay_naive as naive;
use patchbay_runtime::live::LiveHost;
use patchbay_test_replay::corpus;
use patchbay_venue::{Density, FaultKinds, FaultPlan, Ledger, Pace, Recording, VenueConfig};

use crate::{Market, Site, number};

/// Levels a side that are compared.
const LEVELS: usize = 10;

/// Recordings that this process has begun to play: each has a folder of its own.
static PLAYED: AtomicU64 = AtomicU64::new(0);

/// A market's recording, and what its books must be at the end.
pub struct Finish {
    market: &'static Market,
    recording: Arc<Recording>,
    truth: naive::Truth,
    /// Times recorded pace.
    pace: f64,
}

/// What the host and the venue say at the end.
pub struct Finished {
    /// Books of the host.
    pub books: Vec<Book>,
    /// Broken sequences.
    pub gaps: u64,
    /// What the venue did.
    pub ledger: Ledger,
    /// Lines of the host's log.
    pub log: Vec<String>,
}

impl Finish {
    /// Of a market, to be played so many times as fast as it was recorded; `None` without a corpus.
    pub fn of(market: &'static Market, pace: f64) -> Option<Self> {
        let recording = market.recording(market.captures)?;
        let captures: Option<Vec<_>> = market.captures.iter().map(|file| corpus(file)).collect();
        let truth = naive::venue(market.name).unwrap().replay(&captures?).unwrap();
        Some(Self { market, recording, truth, pace })
    }

    /// Plays it under 12 faults of these kinds over the first half: every book is live and right at the
    /// end. `PATCHBAY_SEEDS` says how many seeds are tried, by default one: each takes some twenty
    /// seconds.
    ///
    /// # Panics
    ///
    /// If it is otherwise.
    pub fn under(&self, kinds: &FaultKinds) {
        for seed in 1..=number("PATCHBAY_SEEDS", 1) {
            let density = Density { faults: 12, frames: self.recording.frames() as u64 / 2 };
            let end = self.play(FaultPlan::seeded(seed, kinds, density), &[]);
            let struck = end.ledger.faults.len();
            println!("seed {seed}: {struck} faults, {} gaps", end.gaps);
            assert!(struck > 0, "seed {seed}");
            for book in &end.books {
                assert_eq!(book.state, BookState::Live, "seed {seed}: {:#?}", end.log);
                assert_eq!(top(book), self.best(book), "seed {seed}: {}", book.symbol);
            }
        }
    }

    /// Plays it to a host with settings of its own, until all books stand at the end or 90 s are over.
    ///
    /// # Panics
    ///
    /// If the host does not start, a plugin fails or a book is missing.
    pub fn play(&self, plan: FaultPlan, own: &[&str]) -> Finished {
        let (recording, pace) = (Arc::clone(&self.recording), Pace::Times(self.pace));
        let number = PLAYED.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-finish-{number}", self.market.name);
        let site =
            Site::of(self.market, &name, recording, |venue| VenueConfig { pace, plan, ..venue });
        let host = LiveHost::start(site.live(), vec![site.adapter(own)]).unwrap();
        let wanted = site.wishes().len();
        let whole = |book: &Book| book.state == BookState::Live && top(book) == self.best(book);
        let mut books = Vec::new();
        for _ in 0..900 {
            sleep(Duration::from_millis(100));
            books.clone_from(&host.handler().status().books);
            if site.venue.ledger().ended && books.len() == wanted && books.iter().all(whole) {
                break;
            }
        }
        let (ledger, status) = (site.venue.ledger(), host.stop());
        site.remove();
        assert_eq!((status.totals.faults, books.len()), (0, wanted));
        let log = status.log.iter().map(|line| line.text.clone()).collect();
        Finished { books, gaps: status.totals.gaps, ledger, log }
    }

    /// Best levels of both sides by the independent replay.
    fn best(&self, book: &Book) -> [Vec<[String; 2]>; 2] {
        let truth = &self.truth.books[&naive::Key::unique(&book.symbol)];
        [0, 1].map(|side| truth.best(side, LEVELS))
    }
}

/// The same of the host.
fn top(book: &Book) -> [Vec<[String; 2]>; 2] {
    let level =
        |&[price, qty]: &[i64; 2]| [trimmed(price, book.price_exp), trimmed(qty, book.qty_exp)];
    [&book.bids, &book.asks].map(|side| side.iter().take(LEVELS).map(level).collect())
}
