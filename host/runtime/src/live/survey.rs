//! What the engine says of itself, a little at a time: one instrument between two messages, so that
//! no message waits for a status. Another thread makes the status of it.

use patchbay_abi::Level;
use patchbay_control::MAX_LEVELS;
use patchbay_engine::{Engine, Listing, Tally};
use patchbay_mcast::{AssetCount, Publisher};
use patchbay_model::{InstrumentId, Nanos, Side};
use patchbay_quality::{ClockFact, Counts};
use rtrb::{Consumer, Producer, RingBuffer};

use super::source::VenueFacts;
use crate::strategies::{DeskTally, Strategies};

/// From the beginning of a round to that of the next.
const ROUND: Nanos = 200_000_000;
/// Facts of books that may wait; beyond them the round does.
const WAITING: usize = 512;
/// Instruments passed over at once because nothing was heard of them.
const SILENT: u32 = 64;
/// Channels of the multicast line.
const LINES: usize = 2;

/// One thing that the engine says.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::large_enum_variant, reason = "they lie in a ring, and most of them are books")]
pub(crate) enum Fact {
    Book(BookFact),
    Venue(VenueFact),
    Desk(DeskFact),
    Round(RoundFact),
}

/// An instrument and its book.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BookFact {
    pub(crate) id: u32,
    pub(crate) venue: u16,
    pub(crate) instance: u32,
    pub(crate) conn: Option<u32>,
    /// `BOOK_*`, `EVIDENCE_*`, `CAUSE_*`.
    pub(crate) state: u8,
    pub(crate) evidence: u8,
    pub(crate) cause: u16,
    pub(crate) shares_chain: bool,
    pub(crate) sequence: u64,
    /// Time of its last message, 0 if there was none.
    pub(crate) receive_ns: Nanos,
    pub(crate) last_gap_ns: Nanos,
    /// Breaks of its chain, whoever else is on it.
    pub(crate) breaks: u64,
    pub(crate) tally: Tally,
    /// What was found out about its data, and bits of the detectors that still find it.
    pub(crate) found: Counts,
    pub(crate) open: u32,
    /// Place in the snapshot cycle, from 1; 0 if it is not in it.
    pub(crate) cycle_place: u32,
    pub(crate) bids: Side25,
    pub(crate) asks: Side25,
}

/// What was found out about a venue's data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VenueFact {
    pub(crate) number: u16,
    pub(crate) found: Counts,
    pub(crate) open: u32,
    pub(crate) clock: Option<ClockFact>,
}

/// The best levels of a side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side25 {
    levels: [Level; MAX_LEVELS],
    count: usize,
}

impl Side25 {
    fn of(listing: &Listing, side: Side) -> Self {
        let mut levels = [Level { price: 0, qty: 0 }; MAX_LEVELS];
        let count = listing.book.top(side, &mut levels);
        Self { levels, count }
    }

    pub(crate) fn levels(&self) -> &[Level] {
        &self.levels[..self.count]
    }
}

/// A strategy, by its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeskFact {
    pub(crate) at: usize,
    pub(crate) tally: DeskTally,
    /// At the end of the run.
    pub(crate) digest: Option<u64>,
}

/// The end of a round.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RoundFact {
    /// When it ended.
    pub(crate) at_ns: Nanos,
    pub(crate) turns: u64,
    /// Breaks of chains that run over more than one book.
    pub(crate) shared_gaps: u64,
    /// Place that the snapshot cycle has come to, and how many it has, by line.
    pub(crate) cycles: [(u32, u32); LINES],
}

/// What a step looks at.
pub(crate) struct Seen<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) publisher: &'a Publisher,
    pub(crate) strategies: &'a Strategies,
    pub(crate) turns: u64,
}

/// The engine's end.
pub(crate) struct Survey {
    ring: Producer<Fact>,
    /// Next instrument of the round; `None` between rounds.
    at: Option<u32>,
    due: Nanos,
    round: RoundFact,
    /// Totals of the round by venue number minus one, as the monitoring lines show them.
    assets: Vec<Vec<AssetCount>>,
}

/// Both ends, for so many strategies.
pub(crate) fn channel(strategies: usize) -> (Survey, Consumer<Fact>) {
    channel_for(WAITING + strategies)
}

/// Both ends, with room for so many facts.
pub(crate) fn channel_for(room: usize) -> (Survey, Consumer<Fact>) {
    let (ring, facts) = RingBuffer::new(room);
    let (round, assets) = (RoundFact::default(), Vec::new());
    (Survey { ring, at: None, due: 0, round, assets }, facts)
}

impl Survey {
    /// Whether there is something to say.
    pub(crate) const fn is_due(&self, now: Nanos) -> bool {
        self.at.is_some() || self.due <= now
    }

    /// Says one thing; false, and nothing said, while there is no room.
    pub(crate) fn step(&mut self, now: Nanos, seen: &Seen<'_>, venues: &mut [VenueFacts]) -> bool {
        if self.ring.slots() <= seen.strategies.desks().len() + venues.len() {
            return false;
        }
        let from = self.at.unwrap_or_else(|| self.begin(now, venues.len()));
        let end = seen.engine.instruments();
        for id in from..end.min(from.saturating_add(SILENT)) {
            if let Some(fact) = self.book(id, seen) {
                self.at = Some(id + 1);
                self.push(Fact::Book(fact));
                return true;
            }
        }
        self.at = Some(from.saturating_add(SILENT)).filter(|next| *next < end);
        if self.at.is_none() {
            self.end(now, seen, venues, false);
        }
        true
    }

    /// A whole round, the last one. Nobody waits for the engine any more.
    pub(crate) fn last(&mut self, now: Nanos, seen: &Seen<'_>, venues: &mut [VenueFacts]) {
        self.begin(now, venues.len());
        for id in 0..seen.engine.instruments() {
            if let Some(fact) = self.book(id, seen) {
                self.push(Fact::Book(fact));
            }
        }
        self.end(now, seen, venues, true);
    }

    fn begin(&mut self, now: Nanos, venues: usize) -> u32 {
        self.due = now + ROUND;
        self.round = RoundFact::default();
        self.assets.resize_with(venues, Vec::new);
        self.assets.iter_mut().for_each(Vec::clear);
        0
    }

    /// An instrument of which something was heard.
    fn book(&mut self, id: u32, seen: &Seen<'_>) -> Option<BookFact> {
        let listing = seen.engine.listing(InstrumentId(id))?;
        let tally = listing.tally();
        self.count(listing, &tally);
        let mut cycle_place = 0;
        if let Some(line) = seen.publisher.cycles_on(id) {
            let (at, of) = &mut self.round.cycles[line];
            *of += 1;
            cycle_place = *of;
            *at += u32::from(id <= seen.publisher.cycle_id());
        }
        let (found, open) = match seen.engine.quality_of(InstrumentId(id)) {
            Some((found, open)) => (*found, open),
            None => (Counts::default(), 0),
        };
        let book = &listing.book;
        let heard = tally != Tally::default() || book.counters().messages > 0;
        heard.then(|| BookFact {
            id,
            venue: listing.venue,
            instance: listing.instance,
            conn: listing.conn(),
            state: book.state().to_abi(),
            evidence: book.evidence().to_abi(),
            cause: listing.cause,
            shares_chain: listing.shares_chain(),
            sequence: book.sequence(),
            receive_ns: book.receive_ns(),
            last_gap_ns: listing.last_gap_ns,
            breaks: book.counters().gaps,
            tally,
            found,
            open,
            cycle_place,
            bids: Side25::of(listing, Side::Buy),
            asks: Side25::of(listing, Side::Sell),
        })
    }

    fn count(&mut self, listing: &Listing, tally: &Tally) {
        let at = usize::from(listing.venue).wrapping_sub(1);
        let Some(assets) = self.assets.get_mut(at) else { return };
        let kind = listing.about.kind;
        let at = assets.iter().position(|asset| asset.kind == kind).unwrap_or_else(|| {
            assets.push(AssetCount { kind, trades: 0, book_updates: 0 });
            assets.len() - 1
        });
        assets[at].trades += tally.trades;
        assets[at].book_updates += tally.book_updates;
    }

    fn end(&mut self, at_ns: Nanos, seen: &Seen<'_>, venues: &mut [VenueFacts], last: bool) {
        for (at, desk) in seen.strategies.desks().iter().enumerate() {
            let digest = (last && desk.tally.fault.is_none()).then(|| desk.digest());
            self.push(Fact::Desk(DeskFact { at, tally: desk.tally, digest }));
        }
        let numbers = (0..).map_while(|instance| seen.engine.venue_of(instance));
        for (at, number) in numbers.clone().enumerate() {
            let said = numbers.clone().take(at).any(|other| other == number);
            if !said && let Some(found) = seen.engine.quality_of_venue(number, at_ns) {
                let (found, open, clock) = (*found.0, found.1, found.2);
                self.push(Fact::Venue(VenueFact { number, found, open, clock }));
            }
        }
        for (facts, assets) in venues.iter_mut().zip(&mut self.assets) {
            std::mem::swap(&mut facts.assets, assets);
        }
        let (turns, shared_gaps) = (seen.turns, seen.engine.shared_gaps());
        self.push(Fact::Round(RoundFact { at_ns, turns, shared_gaps, ..self.round }));
    }

    /// It waits for room at the end of the run only: a step has looked before.
    fn push(&mut self, fact: Fact) {
        while self.ring.push(fact).is_err() && !self.ring.is_abandoned() {
            std::thread::yield_now();
        }
    }
}
