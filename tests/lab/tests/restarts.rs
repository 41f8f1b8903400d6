//! The venue crashes and comes back, again and again: the host reconnects as its backoff says, every
//! book is live and right again, and nothing of it is left behind.
//!
//! `PATCHBAY_KILLS` says how often (500 are the promise). Venue and host are one process here, so
//! that descriptors, threads and memory are those of both; tasks are the host's.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "it waits for what happens in real time")]

use std::fs;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use patchbay_net::{Backoff, SplitMix64};
use patchbay_runtime::live::{LiveConfig, LiveHost};
use patchbay_test_lab::{ALL, Case, Site, Truth, number, recording};
use patchbay_venue::binance::{Binance, SPOT};
use patchbay_venue::{Limits, Pace, Protocol, VenueConfig};

/// Kills, unless `PATCHBAY_KILLS` says how many.
const KILLS: u64 = 12;
/// Times recorded pace: the recording lasts for 500 kills and more, also on a busy machine.
const PACE: f64 = 0.25;
/// No connection lives long enough here to be forgiven, so that the usual cap of 30 s would be
/// reached after seven kills.
const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(50),
    cap: Duration::from_millis(400),
    forgiven_after: Duration::from_secs(60),
};
/// What dialling, the snapshots and a busy machine may add.
const SLACK: Duration = Duration::from_secs(3);
/// One in so many kills is a sample.
const SAMPLE: u64 = 5;

/// What there is of things that could be left behind.
#[derive(Clone, Copy, Debug)]
struct Holding {
    kill: u64,
    descriptors: u64,
    threads: u64,
    tasks: u64,
    kib: u64,
}

#[test]
fn a_venue_that_crashes_is_found_again_and_leaves_nothing_behind() {
    let kills = number("PATCHBAY_KILLS", KILLS);
    let Some(recording) = recording(&ALL) else { return };
    let truths: Vec<_> = ALL.iter().map(|file| Arc::new(Truth::of(file).unwrap())).collect();
    // A connection a second is more than an address may open.
    let usual = Binance::default().limits(SPOT);
    let limits = Limits { connects: 1_000_000, weight_per_minute: 1_000_000, ..usual };
    let mut site = Site::serving("restarts", recording, |venue| VenueConfig {
        pace: Pace::Times(PACE),
        limits: Some(limits),
        ..venue
    });
    let case = Case::new(&truths);
    let adapter = site.adapter(&[
        "connects_per_5_minutes = 1000000",
        "weight_per_minute.spot = 1000000",
        "weight_per_minute.usdm = 1000000",
        "weight_per_minute.coinm = 1000000",
    ]);
    let config = LiveConfig { backoff: BACKOFF, strategies: vec![case.strategy()], ..site.live() };
    let host = LiveHost::start(config, vec![adapter]).unwrap();
    let all_live = |since: &[usize]| {
        let found = case.found();
        let again = |(seat, falls): (&patchbay_test_lab::Seat, &usize)| {
            seat.live && seat.falls() > *falls && !seat.wrong.iter().any(|w| w.end.is_none())
        };
        since.is_empty() && found.seats.iter().all(|seat| seat.live)
            || !since.is_empty() && found.seats.iter().zip(since).all(again)
    };
    let within = |limit: Duration, what: &str, is: &dyn Fn() -> bool| {
        let started = Instant::now();
        while !is() {
            if started.elapsed() > limit {
                let status = host.status();
                let lines = status.log.iter().rev().take(40).rev();
                let log: Vec<_> = lines.map(|l| format!("{} {}", l.at_ns, l.text)).collect();
                panic!("{what}: not within {limit:?}: {log:#?}, {:#?}", status.connections);
            }
            sleep(Duration::from_millis(10));
        }
    };
    within(Duration::from_secs(60), "live at first", &|| all_live(&[]));

    let sockets = site.venue.ledger().open_connections();
    let (mut random, mut delays) = (SplitMix64::new(7), Vec::new());
    let (mut reconnects, mut lives, mut holdings) = (Vec::new(), Vec::new(), Vec::new());
    for kill in 1..=kills {
        let falls: Vec<_> = case.found().seats.iter().map(|seat| seat.falls()).collect();
        let before = site.venue.subscribed_connections();
        site.venue.kill();
        for _ in 0..random.below(10) {
            sleep(Duration::from_millis(50));
            let status = host.status();
            let waiting = status.connections.iter().filter(|conn| conn.retry_at_ns > 0);
            delays.extend(waiting.map(|conn| conn.retry_at_ns - status.host.now_ns));
        }
        site.venue.restart().unwrap();
        let back = Instant::now();
        // Who had given up on the last attempt just now waits for one step more.
        let what = format!("kill {kill}: all {before} websockets");
        within(BACKOFF.cap + SLACK, &what, &|| site.venue.subscribed_connections() >= before);
        reconnects.push(back.elapsed());
        within(Duration::from_secs(30), &format!("kill {kill}: books"), &|| all_live(&falls));
        lives.push(back.elapsed());
        let status = host.status();
        if kill % SAMPLE == 0 {
            holdings.push(holding(kill, status.host.tasks));
        }
    }
    let found = case.found();
    for seat in &found.seats {
        assert_eq!((&seat.unknown, seat.wrong.len()), (&vec![], 0), "{}", seat.truth.name());
        assert!(seat.falls() as u64 >= kills);
    }
    let compared: u64 = found.seats.iter().map(|seat| seat.compared).sum();
    drop(found);
    let status = host.stop();
    assert_eq!(status.totals.faults, 0);
    println!("{kills} kills, {sockets} sockets, {compared} updates compared, all right");
    println!("websockets open again: {}", spread(&mut reconnects));
    println!("all books live again: {}", spread(&mut lives));
    on_schedule(&delays);
    flat(&holdings);
    site.remove();
}

/// What was left of the delays when a status was made, ns: never more than the cap. (That each lies
/// in the upper half of its step, and that steps double, is `host/net`'s own test.)
fn on_schedule(delays: &[i64]) {
    let longest = Duration::from_nanos(*delays.iter().max().expect("nothing waited") as u64);
    println!("{} times an attempt waited for its time, {longest:?} at most", delays.len());
    assert!(longest <= BACKOFF.cap, "{longest:?}");
}

/// Nothing grows: descriptors, threads and tasks are what they were, memory rises by less than what
/// the ledger and the notes of this test take.
fn flat(holdings: &[Holding]) {
    let warm = &holdings[holdings.len() / 5..];
    let Some((first, last)) = warm.first().zip(warm.last()) else { return };
    println!("after warm-up {first:?}, at the end {last:?}");
    let range = |of: fn(&Holding) -> u64| {
        let values = warm.iter().map(of);
        (values.clone().min().unwrap(), values.max().unwrap())
    };
    let (descriptors, tasks) = (range(|h| h.descriptors), range(|h| h.tasks));
    println!("descriptors {descriptors:?}, threads {:?}, tasks {tasks:?}", range(|h| h.threads));
    assert_eq!(range(|h| h.threads).0, range(|h| h.threads).1, "threads");
    // Idle HTTP connections come and go.
    assert!(descriptors.1 - descriptors.0 <= 12, "descriptors: {warm:?}");
    assert!(tasks.1 - tasks.0 <= 12, "tasks: {warm:?}");
    let slope = slope(warm);
    println!("memory: {slope:.2} KiB a kill");
    if warm.len() >= 20 {
        assert!(slope < 16.0, "{warm:?}");
    }
}

/// KiB a kill, least squares.
fn slope(holdings: &[Holding]) -> f64 {
    let count = holdings.len() as f64;
    let mean = |of: fn(&Holding) -> f64| holdings.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|h| h.kill as f64), mean(|h| h.kib as f64));
    let both = holdings.iter().map(|h| (h.kill as f64 - x) * (h.kib as f64 - y)).sum::<f64>();
    let own = holdings.iter().map(|h| (h.kill as f64 - x).powi(2)).sum::<f64>();
    both / own.max(1.0)
}

fn holding(kill: u64, tasks: u64) -> Holding {
    let count = |folder: &str| fs::read_dir(folder).unwrap().count() as u64;
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kib = line.split_whitespace().next().unwrap().parse().unwrap();
    let (descriptors, threads) = (count("/proc/self/fd"), count("/proc/self/task"));
    Holding { kill, descriptors, threads, tasks, kib }
}

fn spread(times: &mut [Duration]) -> String {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    format!("median {:?}, 99 % {:?}, longest {:?}", at(50), at(99), at(100))
}
