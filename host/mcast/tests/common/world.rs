//! An engine with a publisher behind it, and the captures that drive them.

use patchbay_abi::{Level, SLOT_BOOK_STATE, SLOT_DEPTH, Slot};
use patchbay_book::{Book, BookConfig, Message, State};
use patchbay_engine::{Engine, EngineConfig, Event, Out, Registry, Turn};
use patchbay_mcast::{
    AssetCount, Key, Listed, Name, Publisher, PublisherConfig, SPACE_FEATURE, Source, VenueStatus,
    wire_instrument,
};
use patchbay_model::{Instrument, InstrumentId, Kind, Nanos, Side};

use super::frames::{self, EXP, turns};
use super::{Entry, Tape, hash};

pub const SECOND: Nanos = 1_000_000_000;

/// Publisher number in all tests.
pub const PUBLISHER: u8 = 42;

/// Captures of one minute of the same day, by adapter instance.
const FILES: [(&str, Kind); 3] = [
    ("binance-spot/hftbacktest/btcusdt_20240808.gz", Kind::Spot),
    ("binance-usdm/hftbacktest/btcusdt_20240808.gz", Kind::Linear),
    ("binance-coinm/hftbacktest/btcusd_perp_20240808.gz", Kind::Inverse),
];

/// Instance of the venue that sends whole books, on channel 2; made of instance 0.
const WHOLE: u32 = 3;

/// The host: what the publisher is lent.
pub struct Host {
    pub engine: Engine,
    /// Connections by venue.
    pub links: [(u16, u16); 2],
    assets: [Vec<AssetCount>; 2],
}

impl Host {
    pub fn new() -> Self {
        let mut engine = Engine::new(Registry::default(), EngineConfig::default());
        (0..3).for_each(|instance| engine.attach(instance, "binance"));
        engine.attach(WHOLE, "whole");
        let asset = |kind| AssetCount { kind, trades: 0, book_updates: 0 };
        let assets = [FILES.map(|(_, kind)| asset(kind)).to_vec(), vec![asset(Kind::Spot)]];
        Self { engine, links: [(3, 0), (1, 0)], assets }
    }

    /// Key of an instrument on the wire.
    pub fn key(&self, id: InstrumentId) -> Key {
        let venue = self.engine.listing(id).unwrap().venue;
        let channel = self.channel(venue);
        Key { publisher: PUBLISHER, channel, instrument: wire_instrument(id.0) }
    }
}

impl Source for Host {
    fn instruments(&self) -> u32 {
        self.engine.listings().count() as u32
    }

    fn instrument(&self, id: u32) -> Option<Listed<'_>> {
        let listing = self.engine.listing(InstrumentId(id))?;
        Some(Listed { venue: listing.venue, about: &listing.about, canonical: None })
    }

    fn book(&self, id: u32) -> Option<&Book> {
        Some(&self.engine.listing(InstrumentId(id))?.book)
    }

    fn venues(&self) -> u16 {
        2
    }

    fn venue(&self, number: u16) -> Option<VenueStatus<'_>> {
        let at = usize::from(number) - 1;
        let (connected, disconnected) = self.links[at];
        let name = self.engine.registry().venue_name(number)?;
        Some(VenueStatus { name, connected, disconnected, assets: &self.assets[at] })
    }

    fn channel(&self, venue: u16) -> u8 {
        venue as u8
    }

    fn name(&self, index: usize) -> Option<Name<'_>> {
        let name = Name { space: SPACE_FEATURE, id: 1, name: "imbalance", unit: "" };
        (index == 0).then_some(name)
    }
}

/// Host and publisher, and what came of them.
pub struct World {
    pub host: Host,
    pub publisher: Publisher,
    pub tape: Tape,
    out: Out,
    number: u64,
    clock: Nanos,
    wake: Nanos,
    /// Whether the publisher is called as often as it wants, or only after turns.
    eager: bool,
}

impl World {
    pub fn new(config: PublisherConfig, eager: bool, start: Nanos) -> Self {
        let config = PublisherConfig { publisher: PUBLISHER, ..config };
        let publisher = Publisher::new(config, 0xabcdef).unwrap();
        let (out, tape) = (Out::new(), Tape::default());
        let (host, clock, wake) = (Host::new(), start, start);
        Self { host, publisher, tape, out, number: 0, clock, wake, eager }
    }

    /// Calls the publisher until `until`, as often as it wants.
    pub fn idle(&mut self, until: Nanos) {
        while self.eager && self.wake <= until && self.clock < until {
            // A tick takes its time; 20 µs keep parts of snapshots and updates apart.
            self.clock = self.wake.max(self.clock + 20_000);
            self.tick();
        }
        self.clock = self.clock.max(until);
    }

    fn tick(&mut self) {
        let (at, entries) = (self.clock, &mut self.tape.entries);
        let mut sink = |_: u8, bytes: &[u8]| entries.push(Entry::Sent { at, bytes: bytes.into() });
        self.wake = self.publisher.tick(at, &self.host, &mut sink);
    }

    /// One message of an instance, whose only instrument it is about.
    pub fn turn(&mut self, at: Nanos, instance: u32, slots: &[Slot], event: Event) {
        self.idle(at);
        self.number += 1;
        let kind = FILES.get(instance as usize).map_or(Kind::Spot, |file| file.1);
        let definition = [(0, Instrument::provisional("BTC", kind, EXP, EXP))];
        let known = self.host.engine.listings().any(|(_, listing)| listing.instance == instance);
        let turn = Turn {
            number: self.number,
            at_ns: at,
            instance,
            ordinal: self.number,
            conn: instance + 1,
            definitions: if known { &[] } else { &definition },
            slots,
            event,
        };
        self.host.engine.step(&turn, &mut self.out);
        let (at, entries) = (self.clock, &mut self.tape.entries);
        let mut sink = |_: u8, bytes: &[u8]| entries.push(Entry::Sent { at, bytes: bytes.into() });
        self.publisher.defined(at, &self.out.defined, &self.host, &mut sink);
        self.publisher.turn(at, &self.out.slots, &self.host, &mut sink);
        self.mark();
        self.tick();
    }

    /// Notes what the books of this turn are now.
    fn mark(&mut self) {
        let about_books = |slot: &&Slot| [SLOT_DEPTH, SLOT_BOOK_STATE].contains(&slot.head().kind);
        let mut rest = &self.out.slots[..];
        let mut ids = Vec::new();
        while let Some(head) = rest.first() {
            ids.extend(Some(head).filter(about_books).map(|slot| slot.head().instrument));
            rest = &rest[1 + head.continuation()..];
        }
        ids.dedup();
        for id in ids {
            let (id, at) = (InstrumentId(id), self.clock);
            let book = &self.host.engine.listing(id).unwrap().book;
            let (key, sequence) = (self.host.key(id), book.sequence());
            let levels = book.levels().map(|l| hash(l.iter(Side::Buy), l.iter(Side::Sell)));
            let (live, hash) = (levels.is_some(), levels.unwrap_or(0));
            self.tape.truth.extend(levels.map(|hash| ((key, sequence), hash)));
            self.tape.entries.push(Entry::Mark { at, key, live, sequence, hash });
        }
    }

    /// Ends the session.
    pub fn end(&mut self) {
        let (at, entries) = (self.clock, &mut self.tape.entries);
        self.publisher.end(at, &mut |_: u8, bytes: &[u8]| {
            entries.push(Entry::Sent { at, bytes: bytes.into() });
        });
    }

    pub fn clock(&self) -> Nanos {
        self.clock
    }
}

/// Best levels of a book.
pub fn best(book: &Book, most: usize) -> [Vec<Level>; 2] {
    let levels = book.levels().unwrap();
    [Side::Buy, Side::Sell].map(|side| levels.iter(side).take(most).collect())
}

/// Plays `span` of the captures. One frame of instance 1 is lost on the way; its book is fetched
/// again two seconds later. A fourth instrument sends whole books of its own.
pub fn play(config: PublisherConfig, span: Nanos, eager: bool) -> Option<World> {
    let mut all = Vec::new();
    for (instance, (file, _)) in FILES.iter().enumerate() {
        all.extend(turns(file, span)?.into_iter().map(|turn| (instance as u32, turn)));
    }
    all.sort_by_key(|(_, turn)| turn.at);
    let start = all[0].1.at;
    let mut world = World::new(config, eager, start);
    let mut shadow = Book::new(BookConfig::default());
    let (mut lost, mut healed, mut asked, mut wholes) = (false, false, false, 0);
    for (instance, turn) in &all {
        let is_depth = turn.slots[0].head().kind == SLOT_DEPTH;
        let after = turn.at - start;
        if *instance == 1 && is_depth {
            let applied = shadow.apply(&Message::parse(&turn.slots).unwrap());
            assert_eq!(applied.resync, shadow.state() == State::Syncing && !asked);
            asked |= applied.resync;
            if after > span / 3 && !lost {
                lost = true;
                continue;
            }
        }
        world.turn(turn.at, *instance, &turn.slots, Event::None);
        if lost && !healed && after > span / 3 + 2 * SECOND && *instance == 1 && is_depth {
            healed = true;
            let [bids, asks] = best(&shadow, 2000);
            let record = frames::fetched(turn.at, shadow.sequence(), &bids, &asks);
            world.turn(turn.at, 1, &record, Event::None);
        }
        let book = &world.host.engine.listing(InstrumentId(0)).unwrap().book;
        if *instance == 0 && is_depth && book.state() == State::Live {
            wholes += 1;
            // Now and then more levels than fit into a datagram.
            let [bids, asks] = best(book, if wholes % 5 == 0 { 100 } else { 15 });
            let record = frames::whole(turn.at, wholes, &bids, &asks);
            world.turn(turn.at, WHOLE, &record, Event::None);
        }
    }
    assert!(healed);
    Some(world)
}
