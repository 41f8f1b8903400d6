//! A snapshot never delays an update by more than 100 µs, however often the publisher is called.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::small::{NOW, Small, level};
use patchbay_mcast::{Header, Kind, MAGIC, Publisher, PublisherConfig, SNAPSHOT};
use patchbay_model::Nanos;

/// The most that an update may wait for snapshots.
const BOUND: Nanos = 100_000;
/// What the sender's call costs, and the line a byte at 1 Gbit/s; 66 are around each datagram
/// (Ethernet with preamble and gap, IP, UDP).
const CALL_NS: Nanos = 8_000;
const BYTE_NS: Nanos = 8;
const AROUND: usize = 66;

/// A datagram as it was handed to the sender.
struct Sent {
    at: Nanos,
    bytes: usize,
    /// Anything but a part of a snapshot.
    update: bool,
}

/// A book of 20,000 levels and one that changes every `every` ns, published for `span`. The
/// publisher is called every µs, as a thread that spins does, and after every turn.
fn played(every: Nanos, span: Nanos) -> Vec<Sent> {
    let config = PublisherConfig {
        channels: [true, false],
        // Again and again, so that there is always one on its way.
        snapshot_cycle_ns: 20_000_000,
        ..PublisherConfig::default()
    };
    let mut host = Small::new(2);
    let mut publisher = Publisher::new(config, 1).unwrap();
    let mut sent = Vec::new();
    let mut take = |at: Nanos, bytes: &[u8]| {
        let binary = bytes.starts_with(&MAGIC).then(|| Header::open(bytes).unwrap().0);
        let part = binary.is_some_and(|h| h.kind == Kind::Book as u8 && h.has(SNAPSHOT));
        sent.push(Sent { at, bytes: bytes.len(), update: !part });
    };
    for (id, levels) in [(0, 10_000), (1, 10)] {
        let slots = host.snapshot(id, 1, levels);
        publisher.turn(NOW, &slots, &host, &mut |_: u8, bytes: &[u8]| take(NOW, bytes));
    }
    let (mut now, mut wake, mut due, mut sequence) = (NOW, NOW, NOW + every, 1);
    while now < NOW + span {
        let turn = now >= due;
        if turn {
            due += every;
            sequence += 1;
            let slots = host.change(1, sequence, &[level(9_990, sequence as i64)]);
            publisher.turn(now, &slots, &host, &mut |_: u8, bytes: &[u8]| take(now, bytes));
        }
        if turn || wake <= now {
            wake = publisher.tick(now, &host, &mut |_: u8, bytes: &[u8]| take(now, bytes));
        }
        now += 1_000;
    }
    sent
}

/// When each update has left, if the line carries what `carries` says, one after the other.
fn departures(sent: &[Sent], carries: impl Fn(&Sent) -> bool) -> Vec<Nanos> {
    let (mut free, mut departures) = (0, Vec::new());
    for one in sent.iter().filter(|one| carries(one)) {
        free = free.max(one.at) + CALL_NS + (one.bytes + AROUND) as Nanos * BYTE_NS;
        departures.extend(one.update.then_some(free));
    }
    departures
}

#[test]
fn no_update_waits_for_a_snapshot_beyond_the_bound() {
    // At the first, updates take half of the line and parts of snapshots most of the rest.
    for every in [37_000, 100_000, 1_000_000, 7_000_000] {
        let sent = played(every, 60_000_000);
        let parts = sent.iter().filter(|one| !one.update).count();
        let (with, without) = (departures(&sent, |_| true), departures(&sent, |one| one.update));
        let waits = with.iter().zip(&without).map(|(with, without)| with - without);
        let longest = waits.max().unwrap();
        println!(
            "an update every {} µs: {parts} parts of snapshots, longest wait {} µs",
            every / 1000,
            longest / 1000
        );
        assert!(parts > 244, "not one whole snapshot: {parts}");
        assert!(longest <= BOUND, "{longest} ns");
    }
}

#[test]
fn between_two_updates_that_follow_at_once_stands_one_burst_at_most() {
    for burst in [1, 4] {
        let config = PublisherConfig {
            channels: [true, false],
            snapshot_burst: burst,
            derived_quotes: false,
            ..PublisherConfig::default()
        };
        let mut host = Small::new(1);
        let mut publisher = Publisher::new(config, 1).unwrap();
        let mut parts = 0;
        let slots = host.snapshot(0, 1, 10_000);
        publisher.turn(NOW, &slots, &host, &mut |_: u8, _: &[u8]| {});
        for sequence in 2..500 {
            let mut between = 0;
            let now = NOW + sequence as Nanos * 100_000;
            publisher.tick(now, &host, &mut |_: u8, bytes: &[u8]| {
                let header = Header::open(bytes).map(|opened| opened.0);
                between += usize::from(header.is_ok_and(|header| header.has(SNAPSHOT)));
            });
            assert!(between <= burst, "{between} parts before update {sequence}");
            parts += between;
            let slots = host.change(0, sequence, &[level(9_000, sequence as i64)]);
            publisher.turn(now, &slots, &host, &mut |_: u8, _: &[u8]| {});
        }
        assert_eq!(parts, 20_000_usize.div_ceil(82), "the whole book in between");
    }
}
