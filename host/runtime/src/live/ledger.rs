//! What was said of the engine's books, connections and times, kept until a status is made of it.

use std::collections::{BTreeMap, BTreeSet};

use patchbay_abi::Level;
use patchbay_control::{Book, BookState, Cause, Evidence, Latency, Quality, Totals};
use patchbay_engine::Tally;
use patchbay_model::Nanos;

use super::quality::{of_instrument, of_venue};
use super::recent::{Recent, Total};
use super::roster::Members;
use super::sample::Sample;
use super::shared::About;
use super::survey::{BookFact, RoundFact, VenueFact};

/// A second: of rates, and between two looks at quantiles.
const SECOND: Nanos = 1_000_000_000;

/// A count at two moments at least a second apart.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rate {
    at: Nanos,
    count: u64,
    per_s: u64,
}

impl Rate {
    /// Of a count that is `count` now.
    pub(crate) fn of(&mut self, now: Nanos, count: u64) -> u64 {
        if self.at == 0 {
            (self.at, self.count) = (now, count);
        }
        let elapsed = now - self.at;
        if elapsed >= SECOND {
            let more = count.saturating_sub(self.count);
            self.per_s = (u128::from(more) * SECOND as u128 / elapsed as u128) as u64;
            (self.at, self.count) = (now, count);
        }
        self.per_s
    }
}

/// Times of one connection or venue, and their quantiles as last looked at.
struct Times {
    recent: Recent,
    latency: Latency,
}

impl Times {
    fn new() -> Self {
        Self { recent: Recent::new(), latency: Latency::default() }
    }

    fn look(&mut self, now: Nanos) {
        self.latency = self.recent.latency(now);
    }
}

/// A book as last said.
struct Entry {
    fact: BookFact,
    /// Number of the place that carried it last.
    place: u32,
    rate: Rate,
}

/// Everything that was said.
pub(crate) struct Ledger {
    books: BTreeMap<u32, Entry>,
    /// By number.
    found: BTreeMap<u16, VenueFact>,
    pub(crate) round: RoundFact,
    all: Times,
    handover: Times,
    total: Total,
    places: BTreeMap<u32, Times>,
    venues: BTreeMap<String, Times>,
    looked: Nanos,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self {
            books: BTreeMap::new(),
            found: BTreeMap::new(),
            round: RoundFact::default(),
            all: Times::new(),
            handover: Times::new(),
            total: Total::new(),
            places: BTreeMap::new(),
            venues: BTreeMap::new(),
            looked: 0,
        }
    }

    pub(crate) fn book(&mut self, fact: BookFact) {
        match self.books.get_mut(&fact.id) {
            Some(entry) => entry.fact = fact,
            None => {
                let entry = Entry { fact, place: 0, rate: Rate::default() };
                self.books.insert(fact.id, entry);
            }
        }
    }

    pub(crate) fn venue(&mut self, fact: VenueFact) {
        self.found.insert(fact.number, fact);
    }

    /// Takes a measurement of the place and venue that it belongs to.
    pub(crate) fn sample(&mut self, sample: Sample, place: Option<u32>, venue: Option<&String>) {
        let Sample { stamp, sent } = sample;
        let span = sent - stamp.received;
        self.all.recent.record(sent, span);
        self.total.record(span);
        self.handover.recent.record(sent, stamp.handed - stamp.received);
        if let Some(venue) = venue {
            let times = match self.venues.get_mut(venue) {
                Some(times) => times,
                None => self.venues.entry(venue.clone()).or_insert_with(Times::new),
            };
            times.recent.record(sent, span);
        }
        if let Some(place) = place {
            self.places.entry(place).or_insert_with(Times::new).recent.record(sent, span);
        }
    }

    /// Ties books to places, forgets places that are gone, and looks at the quantiles once a second.
    pub(crate) fn settle(&mut self, now: Nanos, members: &Members) {
        for Entry { fact, place, .. } in self.books.values_mut() {
            let places = members.get(&fact.instance).map_or(&[][..], |m| &m.facts.places);
            let theirs = |conn| places.iter().find(|place| place.conns.contains(&conn));
            if let Some(found) = fact.conn.and_then(theirs) {
                *place = found.id;
            }
        }
        if now - self.looked < SECOND {
            return;
        }
        self.looked = now;
        let all = members.values().flat_map(|member| &member.facts.places);
        let there: BTreeSet<u32> = all.map(|place| place.id).collect();
        self.places.retain(|id, _| there.contains(id));
        let parts = self.places.values_mut().chain(self.venues.values_mut());
        parts.chain([&mut self.all, &mut self.handover]).for_each(|times| times.look(now));
    }

    /// At the end there is no next second.
    pub(crate) const fn look_again(&mut self) {
        self.looked = 0;
    }

    /// Last minute, since the start, and last minute up to the hand-over.
    pub(crate) fn latencies(&self) -> [Latency; 3] {
        [self.all.latency, self.total.latency(), self.handover.latency]
    }

    pub(crate) fn latency_of_place(&self, id: u32) -> Latency {
        self.places.get(&id).map(|times| times.latency).unwrap_or_default()
    }

    pub(crate) fn latency_of_venue(&self, name: &str) -> Latency {
        self.venues.get(name).map(|times| times.latency).unwrap_or_default()
    }

    /// Sum over all instruments.
    fn tally(&self) -> Tally {
        let mut sum = Tally { gaps: self.round.shared_gaps, ..Tally::default() };
        self.books.values().for_each(|entry| sum += entry.fact.tally);
        sum
    }

    /// The same as totals; frames and faults are others' to count.
    pub(crate) fn totals(&self) -> Totals {
        let tally = self.tally();
        Totals {
            trades: tally.trades,
            quotes: tally.quotes,
            book_updates: tally.book_updates,
            turns: self.round.turns,
            gaps: tally.gaps,
            resyncs: tally.resyncs,
            crossed: tally.crossed,
            quote_convictions: tally.quote_convictions,
            audits: tally.audits,
            audit_convictions: tally.audit_convictions,
            audits_lost: tally.audits_lost,
            crossed_convictions: tally.crossed_convictions,
            ..Totals::default()
        }
    }

    /// What was last said of the books of a place, by id.
    pub(crate) fn books_of(&self, place: u32) -> impl Iterator<Item = &BookFact> {
        let theirs = self.books.values().filter(move |entry| entry.place == place);
        theirs.map(|entry| &entry.fact)
    }

    /// Books for a status.
    pub(crate) fn books(&mut self, now: Nanos, names: &BTreeMap<u32, About>) -> Vec<Book> {
        let known = self.books.iter_mut().filter(|(_, entry)| entry.fact.tally.book_updates > 0);
        let named = known.filter_map(|(id, entry)| Some((names.get(id)?, entry)));
        named.map(|(about, entry)| entry.book(now, about)).collect()
    }

    /// What was found out about the data, for a status.
    pub(crate) fn quality(&self, names: &BTreeMap<u32, About>) -> Vec<Quality> {
        let facts = || self.books.values().map(|entry| &entry.fact);
        let name = |number| {
            let fact = facts().find(|fact| fact.venue == number)?;
            Some(names.get(&fact.id)?.venue.clone())
        };
        let venues =
            self.found.values().filter_map(|fact| Some(of_venue(name(fact.number)?, fact)));
        let found = facts().filter(|fact| fact.open != 0 || fact.found.iter().any(|n| *n != 0));
        let instruments = found.filter_map(|fact| Some(of_instrument(names.get(&fact.id)?, fact)));
        venues.chain(instruments).collect()
    }
}

impl Entry {
    fn book(&mut self, now: Nanos, about: &About) -> Book {
        let BookFact { tally, receive_ns, .. } = self.fact;
        Book {
            symbol: about.symbol.clone(),
            venue: about.venue.clone(),
            kind: about.kind.to_string(),
            state: BookState::from_abi(self.fact.state),
            evidence: Evidence::from_abi(self.fact.evidence),
            cause: Cause::from_abi(self.fact.cause),
            connection: self.place,
            sequence: self.fact.sequence,
            age_ns: if receive_ns == 0 { -1 } else { (now - receive_ns).max(0) },
            updates_per_s: self.rate.of(now, tally.book_updates),
            updates: tally.book_updates,
            gaps: tally.gaps,
            last_gap_ns: self.fact.last_gap_ns,
            cycle_place: self.fact.cycle_place,
            resyncs: tally.resyncs,
            crossed: tally.crossed,
            audits: tally.audits,
            convictions: tally.convictions(),
            price_exp: about.price_exp,
            qty_exp: about.qty_exp,
            bids: pairs(self.fact.bids.levels()),
            asks: pairs(self.fact.asks.levels()),
        }
    }
}

fn pairs(levels: &[Level]) -> Vec<[i64; 2]> {
    levels.iter().map(|level| [level.price, level.qty]).collect()
}
