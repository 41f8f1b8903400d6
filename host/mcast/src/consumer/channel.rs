//! One channel of one session: sequence, holes, books, definitions.

use std::collections::BTreeMap;

use patchbay_model::{self as model, Nanos};

use super::book::{Book, Took};
use super::{ChannelCounters, ConsumerConfig, Place, Status};
use crate::{Datagram, Header, Instrument, Kind, Name, Payload, STALE, Venue};

/// Definition of an instrument, kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Venue, 0 if consolidated.
    pub venue: u16,
    /// What it is.
    pub kind: model::Kind,
    /// Decimal exponents of prices and quantities.
    pub exps: (i8, i8),
    /// The venue's own spelling.
    pub venue_symbol: String,
    /// The same on all hosts.
    pub canonical_symbol: String,
}

/// A channel as far as it was heard.
#[derive(Clone, Debug, Default)]
pub(super) struct Channel {
    /// Sequence of the datagram that comes next, 0 before the first.
    next: u64,
    /// When something new was last heard.
    heard: Nanos,
    ended: bool,
    pub(super) counters: ChannelCounters,
    pub(super) books: BTreeMap<u32, Book>,
    pub(super) definitions: BTreeMap<u32, Definition>,
    pub(super) venues: BTreeMap<u16, (String, u16, u16)>,
    pub(super) names: BTreeMap<(u8, u32), String>,
}

impl Channel {
    /// Whether nothing came yet.
    pub(super) const fn is_unheard(&self) -> bool {
        self.next == 0
    }

    /// Takes a sequence: whether it is the next one, what is missing, or whether it is old.
    pub(super) fn place(&mut self, header: &Header, bytes: usize, now: Nanos) -> Place {
        let sequence = header.sequence;
        let place = match self.next {
            0 => Place::First,
            next if sequence == next => Place::Next,
            next if sequence > next => Place::Hole { missing: sequence - next },
            _ => {
                self.counters.old += 1;
                return Place::Old;
            }
        };
        if let Place::Hole { missing } = place {
            self.hole(missing);
        }
        self.next = sequence.saturating_add(1);
        self.heard = now;
        self.counters.datagrams += 1;
        self.counters.bytes += bytes as u64;
        place
    }

    /// Something is missing: every book of this channel is in doubt from here on.
    pub(super) const fn hole(&mut self, missing: u64) {
        self.counters.holes += 1;
        self.counters.lost += missing;
    }

    /// Takes what a new datagram says; false if something of it was refused.
    pub(super) fn apply(&mut self, datagram: &Datagram<'_>, config: &ConsumerConfig) -> bool {
        let Datagram { header, payload } = datagram;
        if header.has(STALE)
            && header.kind != Kind::Book as u8
            && let Some(book) = self.books.get_mut(&header.instrument)
        {
            book.stale();
        }
        match payload {
            Payload::Book(_) | Payload::BookState(_) => self.book(datagram, config),
            Payload::Instrument(about) => self.define(about, config),
            Payload::Venue(venue) => self.venue(venue),
            Payload::Name(name) => self.name(name, config),
            Payload::Heartbeat(heartbeat) => {
                // Cannot be ahead of the next datagram unless the publisher skipped some.
                if heartbeat.next > self.next {
                    self.hole(heartbeat.next - self.next);
                    self.next = heartbeat.next;
                }
                true
            }
            Payload::End => {
                self.ended = true;
                true
            }
            _ => true,
        }
    }

    fn book(&mut self, datagram: &Datagram<'_>, config: &ConsumerConfig) -> bool {
        let header = &datagram.header;
        let full = self.books.len() >= config.max_instruments;
        if full && !self.books.contains_key(&header.instrument) {
            return false;
        }
        let book = self.books.entry(header.instrument).or_default();
        match &datagram.payload {
            Payload::Book(levels) => {
                let took = book.part(header, levels, self.counters.holes, config.max_levels);
                self.counters.snapshots += u64::from(took == Took::Snapshot);
                took != Took::Refused
            }
            Payload::BookState(said) => {
                book.state(*said);
                true
            }
            _ => true,
        }
    }

    fn define(&mut self, about: &Instrument<'_>, config: &ConsumerConfig) -> bool {
        let full = self.definitions.len() >= config.max_instruments;
        if full && !self.definitions.contains_key(&about.instrument) {
            return false;
        }
        let definition = Definition {
            venue: about.venue,
            kind: about.kind,
            exps: (about.price_exp, about.qty_exp),
            venue_symbol: about.venue_symbol.to_owned(),
            canonical_symbol: about.canonical_symbol.to_owned(),
        };
        self.definitions.insert(about.instrument, definition);
        true
    }

    fn venue(&mut self, venue: &Venue<'_>) -> bool {
        let known = (venue.name.to_owned(), venue.connected, venue.disconnected);
        self.venues.insert(venue.venue, known);
        true
    }

    fn name(&mut self, name: &Name<'_>, config: &ConsumerConfig) -> bool {
        let key = (name.space, name.id);
        if self.names.len() >= config.max_instruments && !self.names.contains_key(&key) {
            return false;
        }
        self.names.insert(key, name.name.to_owned());
        true
    }

    /// How far a book can be trusted.
    pub(super) fn status(&self, book: &Book, silence: Nanos, now: Nanos) -> Status {
        if self.ended {
            Status::Ended
        } else if now.saturating_sub(self.heard) > silence {
            Status::Silent
        } else if book.said().is_some() && !book.is_live() {
            Status::NotLive
        } else if !book.is_whole(self.counters.holes) {
            Status::Incomplete
        } else if !book.is_live() {
            Status::NotLive
        } else {
            Status::Good
        }
    }
}
