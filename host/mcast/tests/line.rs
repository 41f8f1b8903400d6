//! Recorded data from publisher to consumer, over a line that is good or bad.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use common::world::{PUBLISHER, SECOND, World, play};
use common::{Entry, Random, Tape, assert_right, hash_of};
use patchbay_mcast::{
    Consumer, ConsumerConfig, DecodeError, Header, Key, Kind, LAST, MAGIC, Payload, Place,
    PublisherConfig, Received, SNAPSHOT, Status,
};
use patchbay_model::Nanos;

const CYCLE: Nanos = 5 * SECOND;
const SPAN: Nanos = 40 * SECOND;

fn config() -> PublisherConfig {
    PublisherConfig { snapshot_cycle_ns: CYCLE, ..PublisherConfig::default() }
}

/// One run for all tests; `None` where there is no corpus.
fn world() -> Option<&'static World> {
    static WORLD: OnceLock<Option<World>> = OnceLock::new();
    let made = WORLD.get_or_init(|| {
        let mut world = play(config(), SPAN, true)?;
        world.idle(world.clock() + 3 * CYCLE);
        Some(world)
    });
    made.as_ref()
}

fn tape() -> Option<&'static Tape> {
    world().map(|world| &world.tape)
}

fn is_binary(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// Key of a datagram of a book.
fn book_of(received: &Received<'_>) -> Option<Key> {
    let Received::Binary { datagram, .. } = received else {
        return None;
    };
    let header = datagram.header;
    let key = Key { publisher: PUBLISHER, channel: header.channel, instrument: header.instrument };
    matches!(datagram.payload, Payload::Book(_)).then_some(key)
}

/// Plays a tape over a good line and compares after every turn; how often a book was good and
/// equal, and how often live but not yet good.
fn compare(tape: &Tape, full: bool) -> (u32, u32, Consumer) {
    let mut consumer = Consumer::new(ConsumerConfig::default());
    let (mut good, mut waiting) = (0, 0);
    for entry in &tape.entries {
        match entry {
            Entry::Sent { at, bytes } => {
                let received = consumer.datagram(bytes, *at).unwrap();
                assert!(bytes.len() <= 1400);
                if let Received::Binary { place, restarted, .. } = received {
                    assert!(matches!(place, Place::First | Place::Next) && !restarted);
                }
            }
            Entry::Mark { at, key, live, sequence, hash } => match consumer.good(*key, *at) {
                Some(book) => {
                    assert!(live, "{key:?} is shown as good and is not live");
                    assert_eq!(book.venue_sequence(), *sequence);
                    if full || good % 16 == 0 {
                        assert_eq!(hash_of(book), *hash, "{key:?} at {sequence}");
                    }
                    good += 1;
                }
                None => waiting += u32::from(*live),
            },
        }
    }
    (good, waiting, consumer)
}

#[test]
fn every_book_is_equal_after_every_turn() {
    let Some(world) = world() else {
        return;
    };
    let (good, waiting, consumer) = compare(&world.tape, true);
    let counters = consumer.channel_counters(PUBLISHER, 1).unwrap();
    println!("{good} books equal, {waiting} live and not yet sent whole, {counters:?}");
    println!("{:?}", world.publisher.counters());
    assert_eq!((counters.holes, counters.old), (0, 0));
    assert_eq!(consumer.counters().refused, 0);
    assert!(good > 4000 && waiting < 50);
    let sent = world.publisher.counters();
    assert_eq!((sent.unfit, sent.no_kind, sent.no_route), (0, 0, 0));
    let second = consumer.channel_counters(PUBLISHER, 2).unwrap();
    assert_eq!(counters.datagrams + second.datagrams, sent.datagrams);
    assert_eq!(consumer.counters().texts, sent.texts);
    for kind in [Kind::Trade, Kind::Book, Kind::Quote, Kind::Instrument, Kind::Venue, Kind::Name] {
        assert!(consumer.of_kind(kind) > 0, "{kind:?}");
    }
    assert!(consumer.of_kind(Kind::BookState) > 0 && consumer.of_kind(Kind::Heartbeat) > 0);
    assert_eq!(consumer.venue(PUBLISHER, 1, 1), Some(("binance", 3, 0)));
    assert_eq!(consumer.name(PUBLISHER, 1, 1, 1), Some("imbalance"));
    let key = Key { publisher: PUBLISHER, channel: 1, instrument: 1 };
    assert_eq!(consumer.definition(key).unwrap().venue_symbol, "BTC");
}

#[test]
fn updates_between_the_parts_of_a_snapshot_are_not_lost() {
    // The publisher is called once a turn: parts of a snapshot lie as far apart as frames.
    let Some(world) = play(config(), 12 * SECOND, false) else {
        return;
    };
    let mut between = 0;
    let mut open: BTreeMap<u32, u32> = BTreeMap::new();
    for (_, bytes) in world.tape.sent().filter(|(_, bytes)| is_binary(bytes)) {
        let header = Header::open(bytes).unwrap().0;
        if header.kind == Kind::Book as u8 && header.has(SNAPSHOT) {
            open.insert(header.instrument, 0);
            if header.has(LAST) {
                open.remove(&header.instrument);
            }
        } else if header.kind == Kind::Book as u8 {
            between += u32::from(open.contains_key(&header.instrument));
        }
    }
    let (good, _, _) = compare(&world.tape, true);
    println!("{between} updates between parts of their own snapshot, {good} books equal");
    assert!(between > 20 && good > 500);
}

#[test]
fn who_joins_late_is_whole_within_a_cycle() {
    let Some(tape) = tape() else {
        return;
    };
    let sent: Vec<_> = tape.entries.iter().collect();
    let (start, mut joined) = (sent[0].at(), 0);
    let mut random = Random(7);
    for _ in 0..24 {
        let from = random.below(sent.len() * 2 / 3);
        let join = sent[from].at();
        let mut consumer = Consumer::new(ConsumerConfig::default());
        let mut live: BTreeMap<Key, bool> = BTreeMap::new();
        for entry in &sent[..from] {
            if let Entry::Mark { key, live: is_live, .. } = entry {
                live.insert(*key, *is_live);
            }
        }
        // Books that were live when it joined and still are.
        let mut whole = live;
        for entry in sent[from..].iter().take_while(|entry| entry.at() <= join + CYCLE) {
            match entry {
                Entry::Sent { at, bytes } => {
                    consumer.datagram(bytes, *at).unwrap();
                }
                Entry::Mark { at, key, live, .. } => {
                    whole.entry(*key).and_modify(|whole| *whole &= live);
                    if *live {
                        assert_right(&consumer, *key, *at, tape);
                    }
                }
            }
        }
        for (key, _) in whole.iter().filter(|(_, whole)| **whole) {
            let status = consumer.status(*key, join + CYCLE);
            assert_eq!(status, Some(Status::Good), "{key:?}, joined {} ns in", join - start);
            joined += 1;
        }
    }
    println!("24 joins, {joined} books good within a cycle");
    assert!(joined > 60);
}

/// Datagrams over a line that loses, repeats and delays them until `until`.
fn spoil(tape: &Tape, seed: u64, lost: u64, until: Nanos) -> Vec<(Nanos, &[u8])> {
    let mut random = Random(seed);
    let mut arriving: Vec<(usize, (Nanos, &[u8]))> = Vec::new();
    for (place, (at, bytes)) in tape.sent().enumerate() {
        let good = at > until;
        if !good && random.chance(lost) {
            continue;
        }
        let late = if !good && random.chance(lost) { 1 + random.below(20) } else { 0 };
        arriving.push((place * 2 + late * 2, (at, bytes)));
        if !good && random.chance(lost) {
            arriving.push((place * 2 + 1 + random.below(20) * 2, (at, bytes)));
        }
    }
    arriving.sort_by_key(|(place, _)| *place);
    // Whatever comes late comes at the time of what came before it.
    let mut now = Nanos::MIN;
    let arrive = |(_, (at, bytes)): (usize, (Nanos, _))| {
        now = now.max(at);
        (now, bytes)
    };
    arriving.into_iter().map(arrive).collect()
}

/// Never a wrong good book; all good again a cycle after the losses end.
fn survive(tape: &Tape, seed: u64, lost: u64) -> (u32, u64) {
    let until = tape.end() - 2 * CYCLE;
    let mut consumer = Consumer::new(ConsumerConfig::default());
    let mut compared = 0;
    let mut healed = false;
    for (now, bytes) in spoil(tape, seed, lost, until) {
        let received = consumer.datagram(bytes, now).unwrap();
        if let Some(key) = book_of(&received) {
            compared += u32::from(assert_right(&consumer, key, now, tape));
        }
        if now > until + CYCLE + SECOND / 10 && !healed {
            healed = true;
            for (key, (live, hash)) in tape.last_marks() {
                let good = consumer.good(key, now);
                assert_eq!(good.map(hash_of), live.then_some(hash), "{key:?}, seed {seed}");
            }
        }
    }
    assert!(healed);
    (compared, consumer.channel_counters(PUBLISHER, 1).unwrap().holes)
}

#[test]
fn loss_repetition_and_disorder_never_show_a_wrong_book() {
    let Some(tape) = tape() else {
        return;
    };
    for (seed, lost) in [(1, 30), (2, 30), (3, 30), (4, 30), (5, 1), (6, 1)] {
        let (compared, holes) = survive(tape, seed, lost);
        println!("seed {seed}, {lost} in 1000 each: {compared} good books compared, {holes} holes");
        assert!(compared > 20 && holes > 5);
    }
}

#[test]
fn damaged_datagrams_are_refused() {
    let Some(tape) = tape() else {
        return;
    };
    let sent: Vec<_> = tape.sent().map(|(_, bytes)| bytes).filter(|b| is_binary(b)).collect();
    let mut random = Random(99);
    let (mut crc, mut other) = (0, 0);
    let mut consumer = Consumer::new(ConsumerConfig::default());
    for _ in 0..10_000 {
        let original = sent[random.below(sent.len())];
        let damaged = damage(original, &mut random);
        if damaged == original {
            continue;
        }
        match consumer.datagram(&damaged, 0) {
            Ok(Received::Binary { .. }) => panic!("accepted {damaged:02x?}"),
            Err(DecodeError::Checksum { .. }) => crc += 1,
            Ok(Received::Text(_)) | Err(_) => other += 1,
        }
    }
    println!("{crc} by checksum, {other} for other reasons");
    assert_eq!(consumer.session(PUBLISHER), None, "nothing of it was taken");
    assert_eq!(consumer.keys().count(), 0);
}

fn damage(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        match random.below(5) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.next() as u8,
            2 => bytes.truncate(at.max(1)),
            3 => bytes.insert(at, random.next() as u8),
            _ => {
                let from = random.below(bytes.len());
                bytes[at] = bytes[from];
            }
        }
    }
    bytes
}

/// Bytes that a faulty publisher could send: anything under a right checksum.
#[test]
fn nonsense_under_a_right_checksum_never_panics() {
    let Some(tape) = tape() else {
        return;
    };
    let sent: Vec<_> = tape.sent().map(|(_, bytes)| bytes).filter(|b| is_binary(b)).collect();
    let mut random = Random(5);
    let mut consumer = Consumer::new(ConsumerConfig::default());
    let (mut taken, mut refused) = (0, 0);
    for now in 0..10_000 {
        let mut bytes = damage(sent[random.below(sent.len())], &mut random);
        let Some(payload) = bytes.len().checked_sub(66).and_then(|len| u16::try_from(len).ok())
        else {
            continue;
        };
        (bytes[0], bytes[1], bytes[2]) = (b'P', b'B', 1);
        bytes[60..62].copy_from_slice(&payload.to_le_bytes());
        bytes[62..66].fill(0);
        let crc = crc32c::crc32c(&bytes);
        bytes[62..66].copy_from_slice(&crc.to_le_bytes());
        match consumer.datagram(&bytes, now) {
            Ok(_) => taken += 1,
            Err(DecodeError::Field { offset, .. }) => {
                assert!(offset <= bytes.len());
                refused += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    println!("{taken} taken, {refused} refused");
    assert!(taken > 1000 && refused > 1000);
}
