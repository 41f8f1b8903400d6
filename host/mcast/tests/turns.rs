//! What a publisher makes of turns and of time, and what a consumer makes of sessions.
#![allow(clippy::unwrap_used)]

mod common;

use common::small::{NOW, Small, head, level};
use patchbay_abi as abi;
use patchbay_mcast::{
    Consumer, ConsumerConfig, Datagram, FIRST, Header, Key, Kind, LAST, MAGIC, Payload, Place,
    Publisher, PublisherConfig, Received, SNAPSHOT, STALE, Status,
};
use patchbay_model::Side;

const MS: i64 = 1_000_000;
const KEY: Key = Key { publisher: 1, channel: 1, instrument: 1 };

/// A publisher and what it sent.
struct Bench {
    publisher: Publisher,
    sent: Vec<Vec<u8>>,
}

impl Bench {
    fn new(config: PublisherConfig, random: u32) -> Self {
        let config = PublisherConfig { channels: [true, false], ..config };
        Self { publisher: Publisher::new(config, random).unwrap(), sent: Vec::new() }
    }

    fn turn(&mut self, host: &Small, slots: &[abi::Slot]) -> Vec<Header> {
        let from = self.sent.len();
        let sent = &mut self.sent;
        self.publisher.turn(NOW, slots, host, &mut |_: u8, b: &[u8]| sent.push(b.to_vec()));
        self.headers(from)
    }

    fn tick(&mut self, host: &Small, now: i64) -> (i64, Vec<Header>) {
        let from = self.sent.len();
        let sent = &mut self.sent;
        let wake = self.publisher.tick(now, host, &mut |_: u8, b: &[u8]| sent.push(b.to_vec()));
        (wake, self.headers(from))
    }

    /// Ticks as often as the publisher wants for a millisecond.
    fn settle(&mut self, host: &Small) {
        let mut now = NOW;
        while now < NOW + MS {
            now = self.tick(host, now).0.max(now + 1);
        }
    }

    fn headers(&self, from: usize) -> Vec<Header> {
        let binary = self.sent[from..].iter().filter(|bytes| bytes.starts_with(&MAGIC));
        binary.map(|bytes| Datagram::decode(bytes).unwrap().header).collect()
    }

    fn consumer(&self) -> Consumer {
        let mut consumer = Consumer::new(ConsumerConfig::default());
        hear(&mut consumer, &self.sent);
        consumer
    }
}

fn hear(consumer: &mut Consumer, sent: &[Vec<u8>]) {
    for bytes in sent {
        consumer.datagram(bytes, NOW).unwrap();
    }
}

fn of(kind: Kind, headers: &[Header]) -> Vec<Header> {
    headers.iter().filter(|header| header.kind == kind as u8).copied().collect()
}

fn quiet() -> PublisherConfig {
    PublisherConfig { derived_quotes: false, ..PublisherConfig::default() }
}

#[test]
fn a_book_that_becomes_live_holds_the_rest_of_its_turn() {
    let (mut host, mut bench) = (Small::new(1), Bench::new(quiet(), 1));
    let mut slots = host.snapshot(0, 1, 3);
    slots.extend(host.change(0, 2, &[level(9_999, 50)]));
    slots.extend(host.change(0, 3, &[level(9_999, 70)]));
    let sent = bench.turn(&host, &slots);
    assert_eq!(of(Kind::Book, &sent), [], "it is sent whole, and in its turn");
    assert_eq!(bench.publisher.counters().folded, 2);
    let (_, sent) = bench.tick(&host, NOW);
    let books = of(Kind::Book, &sent);
    assert_eq!(books.len(), 1);
    assert!(books[0].has(SNAPSHOT | FIRST | LAST) && books[0].venue_sequence == 3);
    let sent = bench.turn(&host, &host.clone_change(4));
    assert_eq!(of(Kind::Book, &sent).len(), 1, "changes follow it");
    let consumer = bench.consumer();
    let good = consumer.good(KEY, NOW).unwrap();
    assert_eq!(good.best(Side::Buy), Some(level(9_999, 80)));
}

impl Small {
    /// A change record without its book.
    fn clone_change(&self, sequence: u64) -> Vec<abi::Slot> {
        common::frames::record(common::small::depth(0, sequence), &[level(9_999, 80)], &[])
    }
}

#[test]
fn a_large_change_is_split_and_applied_as_one() {
    let (mut host, mut bench) = (Small::new(1), Bench::new(quiet(), 1));
    bench.turn(&host, &[]);
    let slots = host.snapshot(0, 1, 3);
    bench.turn(&host, &slots);
    bench.tick(&host, NOW);
    let many: Vec<_> = (0..200).map(|at| level(5_000 + at, 9)).collect();
    let slots = host.change(0, 2, &many);
    let sent = of(Kind::Book, &bench.turn(&host, &slots));
    let flags: Vec<_> = sent.iter().map(|header| (header.flags, header.count)).collect();
    assert_eq!(flags, [(FIRST, 82), (0, 82), (LAST, 36)]);
    let mut consumer = Consumer::new(ConsumerConfig::default());
    let last = bench.sent.len() - 1;
    hear(&mut consumer, &bench.sent[..last]);
    assert_eq!(consumer.good(KEY, NOW).unwrap().len(), (3, 3), "not before LAST");
    consumer.datagram(&bench.sent[last], NOW).unwrap();
    assert_eq!(consumer.good(KEY, NOW).unwrap().len(), (203, 3));
}

#[test]
fn snapshots_are_paced_and_give_way() {
    let (mut host, mut bench) = (Small::new(2), Bench::new(quiet(), 1));
    let slots = host.snapshot(0, 1, 500);
    bench.turn(&host, &slots);
    let slots = host.snapshot(1, 1, 500);
    bench.turn(&host, &slots);
    let (mut parts, mut sequence, mut now) = (0, 1, NOW);
    loop {
        let (wake, sent) = bench.tick(&host, now);
        let books = of(Kind::Book, &sent);
        assert!(books.len() <= 1, "one datagram a tick");
        parts += books.len();
        if wake > now + MS {
            break;
        }
        now = wake;
        // An update of each never waits.
        sequence += 1;
        for id in 0..2 {
            let slots = host.change(id, sequence, &[level(9_000, sequence as i64)]);
            bench.turn(&host, &slots);
        }
        let consumer = bench.consumer();
        for (id, book) in host.books.iter().enumerate() {
            let key = Key { instrument: id as u32 + 1, ..KEY };
            let Some(good) = consumer.good(key, NOW) else {
                continue;
            };
            let levels: Vec<_> = good.levels(Side::Buy).collect();
            assert_eq!(levels, book.levels().unwrap().iter(Side::Buy).collect::<Vec<_>>());
        }
    }
    assert_eq!(parts, 2 * 1000_usize.div_ceil(82));
    assert!(bench.consumer().good(Key { instrument: 2, ..KEY }, NOW).is_some());
}

#[test]
fn a_book_that_falls_stale_takes_its_snapshot_with_it() {
    let (mut host, mut bench) = (Small::new(1), Bench::new(quiet(), 1));
    let slots = host.snapshot(0, 1, 500);
    bench.turn(&host, &slots);
    bench.tick(&host, NOW);
    let gap = host.change(0, 9, &[level(9_000, 1)]);
    let sent = bench.turn(&host, &gap);
    assert!(of(Kind::BookState, &sent)[0].has(STALE));
    let (_, sent) = bench.tick(&host, NOW);
    assert_eq!(of(Kind::Book, &sent), []);
    assert_eq!(bench.consumer().status(KEY, NOW), Some(Status::NotLive));
    let trade = trade(0);
    assert!(bench.turn(&host, &[trade.into()])[0].has(STALE), "other records say so, too");
    let slots = host.snapshot(0, 20, 500);
    bench.turn(&host, &slots);
    bench.settle(&host);
    assert_eq!(bench.consumer().status(KEY, NOW), Some(Status::Good));
}

#[test]
fn best_levels_are_quoted_when_they_change() {
    let (mut host, mut bench) = (Small::new(1), Bench::new(PublisherConfig::default(), 1));
    let slots = host.snapshot(0, 1, 3);
    assert_eq!(of(Kind::Quote, &bench.turn(&host, &slots)).len(), 1);
    bench.tick(&host, NOW);
    let slots = host.change(0, 2, &[level(5_000, 1)]);
    assert_eq!(of(Kind::Quote, &bench.turn(&host, &slots)).len(), 0);
    let slots = host.change(0, 3, &[level(9_999, 1)]);
    let quotes = of(Kind::Quote, &bench.turn(&host, &slots));
    assert_eq!((quotes.len(), quotes[0].venue_sequence), (1, 3));
    let Payload::Quote(quote) = Datagram::decode(bench.sent.last().unwrap()).unwrap().payload
    else {
        panic!("not a quote");
    };
    assert_eq!((quote.source, quote.bid_price, quote.bid_qty), (2, 9_999, 1));
    assert_eq!((quote.ask_price, quote.ask_qty), (10_001, 6));
}

fn trade(id: u32) -> abi::Trade {
    let head = head(abi::SLOT_TRADE, id, 0);
    let (price, qty, trade_id, fills) = (1, 2, 3, 0);
    abi::Trade { head, price, qty, trade_id, fills, aggressor: 0, id_hashed: 0, flags: 0 }
}

#[test]
fn what_is_private_odd_or_of_no_kind_stays_at_home() {
    let (host, mut bench) = (Small::new(1), Bench::new(quiet(), 1));
    bench.turn(&host, &[trade(0).into()]);
    let bad = abi::Trade { aggressor: 9, ..trade(0) };
    let off_book = abi::Trade { flags: abi::TRADE_OFF_BOOK, ..trade(0) };
    let slots = [bad.into(), trade(0).into(), off_book.into(), trade(0).into()];
    let sent = bench.turn(&host, &slots);
    assert_eq!(sent.iter().map(|header| header.count).collect::<Vec<_>>(), [2]);
    let private = [abi::SLOT_BALANCE, abi::SLOT_POSITION, abi::SLOT_MARK, abi::SLOT_FUNDING, 99];
    let private = private.map(|kind| {
        let mut slot = abi::Slot::ZERO;
        *slot.head_mut() = head(kind, 0, 0);
        slot
    });
    assert_eq!(bench.turn(&host, &private), []);
    assert_eq!(bench.turn(&host, &[trade(5).into(), trade(abi::NO_INSTRUMENT).into()]), []);
    let negative = abi::Quote {
        head: head(abi::SLOT_QUOTE, 0, 1),
        bid_price: 1,
        bid_qty: -1,
        ask_price: 1,
        ask_qty: 1,
    };
    assert_eq!(bench.turn(&host, &[negative.into()]), []);
    let counters = bench.publisher.counters();
    assert_eq!((counters.unfit, counters.off_book), (2, 1));
    assert_eq!((counters.no_kind, counters.no_route), (5, 2));
    assert_eq!(bench.consumer().channel_counters(1, 1).unwrap().holes, 0);
}

#[test]
fn silence_is_filled_and_changes_of_connections_are_told_at_once() {
    let (mut host, mut bench) = (Small::new(0), Bench::new(quiet(), 1));
    let (mut now, mut beats) = (NOW, 0);
    let mut last = None;
    while now < NOW + 1000 * MS {
        let (wake, sent) = bench.tick(&host, now);
        for header in sent {
            beats += u32::from(header.kind == Kind::Heartbeat as u8);
            let gap = last.replace(header.send_ts).map_or(0, |last| header.send_ts - last);
            assert!(gap <= 100 * MS);
        }
        assert!(wake > now && wake <= now + 100 * MS);
        now = wake;
    }
    assert!(beats >= 9, "{beats}");
    let from = bench.sent.len();
    host.link = (1, 2);
    bench.tick(&host, now);
    let texts: Vec<_> = bench.sent[from..].iter().filter(|bytes| bytes[0] == b'C').collect();
    assert_eq!(texts[0], b"CONN|okx|1|2|3");
    assert_eq!(of(Kind::Venue, &bench.headers(from)).len(), 1);
}

#[test]
fn a_new_session_voids_the_old_one_and_an_end_ends() {
    let mut host = Small::new(1);
    let (mut old, mut new) = (Bench::new(quiet(), 1), Bench::new(quiet(), 2));
    let slots = host.snapshot(0, 1, 3);
    old.turn(&host, &slots);
    old.tick(&host, NOW);
    let mut consumer = old.consumer();
    assert_eq!(consumer.status(KEY, NOW), Some(Status::Good));
    assert_eq!(consumer.status(KEY, NOW + 351 * MS), Some(Status::Silent));

    new.tick(&host, NOW);
    let first = new.sent.iter().find(|bytes| bytes.starts_with(&MAGIC)).unwrap();
    let started = consumer.datagram(first, NOW).unwrap();
    assert!(matches!(started, Received::Binary { restarted: true, place: Place::First, .. }));
    assert_eq!(consumer.status(KEY, NOW), None);
    let late = old.sent.iter().rfind(|bytes| bytes.starts_with(&MAGIC)).unwrap();
    let late = consumer.datagram(late, NOW).unwrap();
    assert!(matches!(late, Received::Binary { place: Place::Retired, .. }));
    assert_eq!((consumer.counters().restarts, consumer.counters().retired), (1, 1));

    let mut consumer = old.consumer();
    let sent = &mut old.sent;
    let from = sent.len();
    old.publisher.end(NOW, &mut |_: u8, bytes: &[u8]| sent.push(bytes.to_vec()));
    // One of the three is enough.
    consumer.datagram(&old.sent[from], NOW).unwrap();
    assert_eq!(consumer.status(KEY, NOW), Some(Status::Ended));
}

#[test]
fn a_hole_is_seen_by_the_next_datagram_and_a_lost_tail_by_the_heartbeat() {
    let (mut host, mut bench) = (Small::new(1), Bench::new(quiet(), 1));
    let slots = host.snapshot(0, 1, 3);
    bench.turn(&host, &slots);
    bench.tick(&host, NOW);
    let mut consumer = bench.consumer();
    let slots = host.change(0, 2, &[level(9_000, 1)]);
    bench.turn(&host, &slots);
    bench.tick(&host, NOW + 150 * MS);
    let beat = bench.sent.iter().rfind(|b| b.starts_with(&MAGIC) && b[3] == 10).unwrap();
    let found = consumer.datagram(beat, NOW).unwrap();
    assert!(matches!(found, Received::Binary { place: Place::Hole { .. }, .. }));
    assert_eq!(consumer.status(KEY, NOW), Some(Status::Incomplete));
    let again = consumer.datagram(beat, NOW).unwrap();
    assert!(matches!(again, Received::Binary { place: Place::Old, .. }));
}

#[test]
fn bounds_are_kept() {
    let (mut host, mut bench) = (Small::new(3), Bench::new(quiet(), 1));
    for id in 0..3 {
        let slots = host.snapshot(id, 1, 10);
        bench.turn(&host, &slots);
        bench.tick(&host, NOW);
    }
    let config = ConsumerConfig { max_instruments: 2, ..ConsumerConfig::default() };
    let mut consumer = Consumer::new(config);
    hear(&mut consumer, &bench.sent);
    assert_eq!(consumer.keys().count(), 2);
    assert!(consumer.counters().refused > 0);
    let mut consumer = Consumer::new(ConsumerConfig { max_levels: 19, ..config });
    hear(&mut consumer, &bench.sent);
    assert_eq!(consumer.status(KEY, NOW), Some(Status::Incomplete));
    let wrong = PublisherConfig { max_datagram: 100, ..quiet() };
    let told = Publisher::new(wrong, 0).unwrap_err().to_string();
    assert_eq!(told, "multicast.max_datagram = 100; expected 256 to 65507 bytes");
}
