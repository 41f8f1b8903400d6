//! Consumers on the line of a running host, compared with the independent replay at every update:
//! one that hears all, some that lose datagrams, one that joins late; in Rust, and in Python from
//! `docs/wire.md` alone.

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use patchbay_mcast::{
    Consumer, ConsumerConfig, Key, Payload, Place, PublisherConfig, Received, Status,
};
use patchbay_model::{Nanos, Side};
use patchbay_net::SplitMix64;
use patchbay_runtime::live::{LiveConfig, LiveHost, listen};
use patchbay_test_lab::{ALL, EXP, LEVELS, Lines, Site, Top, Truth, diff, number, recording};
use patchbay_venue::{Pace, VenueConfig};

/// Times recorded pace.
const PACE: f64 = 1.0;
/// Within this every live book is sent whole.
const CYCLE: Duration = Duration::from_secs(5);
/// How long the host runs, s, unless `PATCHBAY_SECONDS` says.
const SECONDS: u64 = 14;
/// When the last one joins.
const LATE: Duration = Duration::from_secs(6);
/// Bytes that are kept for the reader in Python, which takes its time.
const TAPE_MAX: usize = 4 << 20;

/// What a consumer made of a line.
#[derive(Default)]
struct Heard {
    /// Good books that were compared after a datagram of theirs.
    compared: u64,
    /// Those that were another than the truth.
    wrong: Vec<String>,
    holes: u64,
    /// From the first datagram until all books were good.
    whole: Option<Duration>,
}

/// A consumer that loses so many datagrams in 10,000.
struct Listener<'t> {
    consumer: Consumer,
    truths: &'t [Arc<Truth>],
    random: SplitMix64,
    loses: u64,
    heard: Heard,
}

impl<'t> Listener<'t> {
    fn new(truths: &'t [Arc<Truth>], seed: u64, loses: u64) -> Self {
        let consumer = Consumer::new(ConsumerConfig::default());
        let (random, heard) = (SplitMix64::new(seed), Heard::default());
        Self { consumer, truths, random, loses, heard }
    }

    fn datagram(&mut self, bytes: &[u8], now: Nanos) {
        if self.random.below(10_000) < self.loses {
            return;
        }
        let received = self.consumer.datagram(bytes, now).unwrap();
        let Received::Binary { datagram, place, .. } = received else { return };
        let header = datagram.header;
        let (publisher, channel) = (header.publisher(), header.channel);
        let key = Key { publisher, channel, instrument: header.instrument };
        let is_book = matches!(datagram.payload, Payload::Book(_) | Payload::BookState(_));
        if matches!(place, Place::Hole { .. }) {
            self.heard.holes += 1;
            // All of the channel are in doubt, but for one whose snapshot is this very datagram.
            let keys = self.consumer.keys().filter(|k| k.channel == channel && *k != key);
            let good = keys.filter(|key| self.consumer.good(*key, now).is_some());
            self.heard.wrong.extend(good.map(|key| format!("{key:?} is good after a hole")));
        }
        if is_book {
            self.compare(key, now);
        }
    }

    fn compare(&mut self, key: Key, now: Nanos) {
        let Some(book) = self.consumer.good(key, now) else { return };
        let Some(seat) = self.seat(key) else { return };
        let (truth, sequence) = (&self.truths[seat], book.venue_sequence());
        let (price, qty) = book.exps();
        let scale = |value: i64, exp: i8| {
            i128::from(value) * 10_i128.pow(u32::try_from(exp - EXP).unwrap())
        };
        let side = |side| {
            let levels = book.levels(side).take(LEVELS);
            levels.map(|l| [scale(l.price, price), scale(l.qty, qty)]).collect()
        };
        let top: Top = [side(Side::Buy), side(Side::Sell)];
        self.heard.compared += 1;
        match truth.tops.get(&sequence) {
            None => self.heard.wrong.push(format!("{} at {sequence}, an id of none", truth.name())),
            Some(right) if *right == top || diff(right, &top).is_empty() => {}
            Some(right) => {
                let levels = diff(right, &top);
                self.heard.wrong.push(format!("{} at {sequence}: {levels:?}", truth.name()));
            }
        }
    }

    fn seat(&self, key: Key) -> Option<usize> {
        let about = self.consumer.definition(key)?;
        let is =
            |truth: &Arc<Truth>| truth.symbol == about.venue_symbol && truth.kind == about.kind;
        self.truths.iter().position(is)
    }

    /// Whether all books are good.
    fn is_whole(&self, now: Nanos) -> bool {
        let good = |key: &Key| self.consumer.status(*key, now) == Some(Status::Good);
        self.consumer.keys().filter(good).count() == self.truths.len()
    }
}

/// Listens to channel 1 until `stop`; datagrams are given to `each`.
fn hear(lines: &Lines, stop: &AtomicBool, mut each: impl FnMut(&[u8], Nanos)) {
    let [crypto, _] = lines.groups();
    let group = SocketAddrV4::new(crypto.address, crypto.port);
    let socket: UdpSocket = listen(group, Ipv4Addr::LOCALHOST).unwrap();
    socket.set_nonblocking(false).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let (started, mut buffer) = (Instant::now(), [0; 2048]);
    while !stop.load(Ordering::Relaxed) {
        if let Ok(bytes) = socket.recv(&mut buffer) {
            each(&buffer[..bytes], started.elapsed().as_nanos() as Nanos);
        }
    }
}

fn listener(
    lines: &Lines,
    stop: &AtomicBool,
    truths: &[Arc<Truth>],
    seed: u64,
    loses: u64,
) -> Heard {
    let mut listener = Listener::new(truths, seed, loses);
    let mut first = None;
    hear(lines, stop, |bytes, now| {
        let first = *first.get_or_insert(now);
        listener.datagram(bytes, now);
        if listener.heard.whole.is_none() && listener.is_whole(now) {
            listener.heard.whole = Some(Duration::from_nanos((now - first) as u64));
        }
    });
    listener.heard
}

#[test]
fn no_consumer_shows_a_wrong_book_as_good_at_any_update() {
    let Some(recording) = recording(&ALL) else { return };
    let truths: Vec<_> = ALL.iter().map(|file| Arc::new(Truth::of(file).unwrap())).collect();
    let site = Site::serving("consumers", recording, |venue| VenueConfig {
        pace: Pace::Times(PACE),
        ..venue
    });
    let cycle = CYCLE.as_nanos() as Nanos;
    let publisher = PublisherConfig { snapshot_cycle_ns: cycle, ..PublisherConfig::default() };
    let stop = AtomicBool::new(false);
    let (lines, truths) = (&site.lines, &truths[..]);
    let mut tape: Vec<u8> = Vec::new();
    // Seed, and datagrams lost in 10,000.
    let kinds = [(1, 0), (2, 300), (3, 300), (4, 20), (5, 2)];
    let (heard, late) = thread::scope(|scope| {
        let threads: Vec<_> = kinds
            .iter()
            .map(|&(seed, loses)| {
                let stop = &stop;
                scope.spawn(move || listener(lines, stop, truths, seed, loses))
            })
            .collect();
        let recorder = scope.spawn(|| {
            hear(lines, &stop, |bytes, _| {
                if tape.len() > TAPE_MAX {
                    return;
                }
                tape.extend((bytes.len() as u32).to_le_bytes());
                tape.extend_from_slice(bytes);
            });
        });
        // Listening before anything is sent.
        sleep(Duration::from_millis(300));
        let config = LiveConfig { publisher, ..site.live() };
        let host = LiveHost::start(config, vec![site.adapter(&[])]).unwrap();
        sleep(LATE);
        let stop = &stop;
        let late = scope.spawn(move || listener(lines, stop, truths, 6, 0));
        sleep(Duration::from_secs(number("PATCHBAY_SECONDS", SECONDS)).saturating_sub(LATE));
        let status = host.stop();
        assert_eq!((status.totals.gaps, status.books.len()), (0, ALL.len()));
        sleep(Duration::from_millis(200));
        stop.store(true, Ordering::Relaxed);
        recorder.join().unwrap();
        let heard: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        (heard, late.join().unwrap())
    });
    for ((_, loses), heard) in kinds.iter().zip(&heard) {
        println!(
            "loses {} %: {} holes, {} good books compared, all good after {:?}",
            *loses as f64 / 100.0,
            heard.holes,
            heard.compared,
            heard.whole
        );
        assert_eq!(heard.wrong, Vec::<String>::new());
        assert_eq!(heard.holes > 0, *loses > 0, "{loses} in 10,000");
    }
    assert!(heard[0].compared > 1000, "next to nothing came");
    assert!(heard[3].compared + heard[4].compared > 100, "never whole between losses");
    println!("joined late: all good after {:?}, {} compared", late.whole, late.compared);
    assert_eq!((late.wrong, late.holes), (Vec::new(), 0));
    assert!(late.whole.is_some_and(|whole| whole <= CYCLE), "{:?}", late.whole);
    python(&site, truths, &tape);
    site.remove();
}

/// The reader of `docs/wire.md` over what was sent.
fn python(site: &Site, truths: &[Arc<Truth>], tape: &[u8]) {
    let file = site.path("datagrams.bin");
    std::fs::write(&file, tape).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/wire_reader.py");
    for drop in ["0:0", "7:3", "8:0.1"] {
        let output = Command::new("python3")
            .arg(&script)
            .args(["--follow", "--levels", &LEVELS.to_string(), "--drop", drop, "--file"])
            .arg(&file)
            .stderr(Stdio::inherit())
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "python3: {error}");
                return println!("SKIPPED: python3: {error}");
            }
        };
        assert!(output.status.success());
        let mut compared = 0;
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let book: serde_json::Value = serde_json::from_str(line).unwrap();
            let is = |truth: &&Arc<Truth>| {
                book["symbol"] == *truth.symbol && book["kind"] == truth.kind.name()
            };
            let truth = truths.iter().find(is).unwrap();
            let levels = |side: &str| -> Vec<[i128; 2]> {
                let levels = book[side].as_array().unwrap().iter();
                levels.map(|l| [0, 1].map(|at| mantissa(l[at].as_str().unwrap()))).collect()
            };
            let top: Top = [levels("bids"), levels("asks")];
            let sequence = book["venue_sequence"].as_u64().unwrap();
            let right = &truth.tops[&sequence];
            let same = *right == top || diff(right, &top).is_empty();
            assert!(same, "{} at {sequence}: {:?}", truth.name(), diff(right, &top));
            compared += 1;
        }
        println!("python, losing {drop}: {compared} good books compared, all right");
        let least = if drop == "0:0" { 1000 } else { 1 };
        assert!(compared >= least, "next to nothing was good");
    }
}

/// Decimal text at [`EXP`].
fn mantissa(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<18}").parse().unwrap()
}
