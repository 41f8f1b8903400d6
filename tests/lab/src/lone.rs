//! A gap in one instrument, and the books around it.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_control::BookState;
use patchbay_runtime::live::LiveHost;
use patchbay_venue::{Fault, FaultPlan, Pace, PlannedFault, Target, VenueConfig, When};

use crate::{By, Market, Site};

/// Changes of one book are left out: it is stale and heals, by its stream alone, over the connection
/// that stays; no other book notices.
pub struct Lone {
    /// What is played.
    pub market: &'static Market,
    /// The instrument.
    pub symbol: &'static str,
    /// Its stream, as the venue's ledger names it.
    pub stream: &'static str,
    /// Frames of the recording that are played before.
    pub at: u64,
    /// Changes left out.
    pub frames: u32,
    /// Times recorded pace.
    pub pace: f64,
}

impl Lone {
    /// Plays the recording once; nothing without a corpus.
    ///
    /// # Panics
    ///
    /// If it is otherwise.
    pub fn run(&self) {
        let Some(recording) = self.market.recording(self.market.captures) else { return };
        let gap = Fault::SequenceGap { frames: self.frames };
        let gap = PlannedFault::new(When::Frame(self.at), gap).at(Target::stream(self.stream));
        let plan = FaultPlan { faults: vec![gap], ..FaultPlan::default() };
        let name = format!("{}-lone", self.market.name);
        let site = Site::of(self.market, &name, Arc::clone(&recording), |venue| VenueConfig {
            pace: Pace::Times(self.pace),
            plan,
            ..venue
        });
        let host = LiveHost::start(site.live(), vec![site.adapter(&[])]).unwrap();
        let books = self.market.wishes(&recording).len();
        let live = || {
            let status = host.handler().status();
            let live = status.books.iter().filter(|book| book.state == BookState::Live);
            live.count() == books
        };
        for _ in 0..900 {
            sleep(Duration::from_millis(100));
            if site.venue.ledger().ended && live() {
                break;
            }
        }
        let (status, ledger) = (host.stop(), site.venue.ledger());
        site.remove();
        let log: Vec<_> = status.log.iter().map(|line| &line.text).collect();
        assert_eq!(ledger.faults.len(), self.frames as usize, "{log:#?}");
        assert_eq!((status.books.len(), status.totals.faults), (books, 0), "{log:#?}");
        for book in &status.books {
            let healed = u64::from(book.symbol == self.symbol);
            // What a checksum convicts is no gap of ids.
            let gaps = if self.market.by == By::Id { healed } else { 0 };
            assert_eq!((book.gaps, book.resyncs), (gaps, healed), "{}: {log:#?}", book.symbol);
            assert_eq!(book.state, BookState::Live, "{}: {log:#?}", book.symbol);
        }
        let said = ledger.connections.iter().flat_map(|connection| &connection.subscriptions);
        let given_up: Vec<_> = said.filter(|name| name.starts_with('-')).collect();
        assert_eq!(given_up, [&format!("-{}", self.stream)]);
    }
}
