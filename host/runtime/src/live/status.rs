//! The status thread: takes what the other threads say, and makes statuses of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::Duration;

use patchbay_control::{
    Channel, Host, Journal, JournalState, Plugin, PluginKind, PluginState, Status, Totals,
};
use patchbay_loader::Manifest;
use patchbay_model::Nanos;
use rtrb::Consumer;

use super::desks::Desks;
use super::journal::JournalCounts;
use super::ledger::{Ledger, Rate};
use super::lines::{Group, LineCounts, LinesConfig};
use super::links::{self, Links};
use super::sample::Sample;
use super::shared::{IoCounts, Shared, Wait};
use super::survey::Fact;

/// How often statuses are made anew.
const STATUS: Nanos = 200_000_000;
/// How long what is said may wait.
const NAP: Duration = Duration::from_millis(25);

/// An adapter instance as it was made.
pub(crate) struct Made {
    pub(crate) manifest: Manifest,
    pub(crate) counts: Arc<IoCounts>,
    /// Instruments wanted of it.
    pub(crate) wanted: u64,
    /// Its venue.
    pub(crate) venue: String,
    /// Of its frames, and of the time that they took it.
    pub(crate) pace: Pace,
}

/// Mean time of a frame in the last second in which there was one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    at: Nanos,
    frames: u64,
    ns: u64,
    mean: u64,
}

impl Pace {
    fn of(&mut self, now: Nanos, frames: u64, ns: u64) -> u64 {
        let more = frames - self.frames;
        if now - self.at >= 1_000_000_000 && more > 0 {
            self.mean = (ns - self.ns) / more;
            (self.at, self.frames, self.ns) = (now, frames, ns);
        }
        self.mean
    }
}

/// Everything that the status thread owns.
pub(crate) struct StatusThread {
    pub(crate) shared: Arc<Shared>,
    pub(crate) facts: Consumer<Fact>,
    pub(crate) samples: Consumer<Sample>,
    pub(crate) made: Vec<Made>,
    pub(crate) desks: Desks,
    pub(crate) journal: Option<Arc<JournalCounts>>,
    /// `None` if nothing is sent.
    pub(crate) lines: Option<LinesConfig>,
    pub(crate) line_counts: Arc<LineCounts>,
    pub(crate) host: Host,
    pub(crate) books: Ledger,
    pub(crate) links: Links,
    pub(crate) rates: [(Rate, Rate); 2],
}

impl StatusThread {
    /// Runs until nobody says anything any more.
    pub(crate) fn run(mut self) {
        let mut due = 0;
        loop {
            // Asked first, so that nothing that was said before it is left.
            let over = self.facts.is_abandoned() && self.samples.is_abandoned();
            self.listen();
            let now = self.shared.clock.now();
            if over || due <= now {
                due = now + STATUS;
                if over {
                    self.books.look_again();
                }
                let status = self.status(now);
                self.shared.set_status(status);
            }
            if over {
                return;
            }
            thread::sleep(NAP);
        }
    }

    fn listen(&mut self) {
        while let Ok(fact) = self.facts.pop() {
            match fact {
                Fact::Book(book) => self.books.book(book),
                Fact::Venue(venue) => self.books.venue(venue),
                Fact::Desk(desk) => self.desks.take(desk),
                Fact::Round(round) => self.books.round = round,
            }
        }
        if self.samples.is_empty() {
            return;
        }
        // Measurements are many: the places of their connections are looked up once.
        let mut places: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for (instance, facts) in (0..).zip(&self.shared.io_facts()) {
            for place in &facts.places {
                places.extend(place.conns.iter().map(|conn| ((instance, *conn), place.id)));
            }
        }
        while let Ok(sample) = self.samples.pop() {
            let (instance, conn) = (sample.stamp.instance, sample.stamp.conn);
            let name = self.made.get(instance as usize).map(|made| &made.venue);
            let first = self.made.iter().position(|made| Some(&made.venue) == name);
            let place = places.get(&(instance, conn)).copied();
            self.books.sample(sample, place, first.unwrap_or(0));
        }
    }

    fn status(&mut self, now: Nanos) -> Status {
        let io = self.shared.io_facts();
        self.books.settle(now, &io);
        let venues: Vec<String> = self.made.iter().map(|made| made.venue.clone()).collect();
        let wanted: Vec<u64> = self.made.iter().map(|made| made.wanted).collect();
        let channels = self.channels(now);
        let names = self.shared.abouts();
        let [latency, latency_total, handover] = self.books.latencies();
        let mut status = Status {
            host: self.host(now),
            totals: self.totals(),
            plugins: self.made.iter_mut().map(|made| plugin(made, now)).collect(),
            connections: self.links.connections(now, &venues, &io, &self.books, &names),
            latency,
            latency_total,
            handover,
            venues: links::venues(&venues, &wanted, &io, &self.books),
            channels,
            journal: self.journal.as_ref().map_or_else(no_journal, |counts| counts.facts()),
            books: self.books.books(now, &names),
            quality: self.books.quality(&names),
            log: Vec::new(),
        };
        drop(names);
        self.desks.report(&mut status, &self.shared);
        status.log = self.shared.log_lines();
        status
    }

    fn host(&self, now: Nanos) -> Host {
        let tasks = self.made.iter().map(|made| IoCounts::of(&made.counts.tasks)).sum();
        Host { now_ns: now, engine_ns: self.books.round.at_ns, tasks, ..self.host.clone() }
    }

    fn totals(&self) -> Totals {
        let sum = |count: fn(&IoCounts) -> &AtomicU64| -> u64 {
            self.made.iter().map(|made| IoCounts::of(count(&made.counts))).sum()
        };
        Totals {
            frames: sum(|c| &c.frames),
            rejected: sum(|c| &c.rejected),
            fallback: sum(|c| &c.fallback),
            faults: sum(|c| &c.faults),
            ..self.books.totals()
        }
    }

    fn channels(&mut self, now: Nanos) -> Vec<Channel> {
        let groups = self.lines.map(|lines| lines.groups);
        let groups = groups.into_iter().flatten().enumerate();
        groups.map(|(at, group)| self.channel(at, group, now)).collect()
    }

    fn channel(&mut self, at: usize, group: Group, now: Nanos) -> Channel {
        let count = |counts: &[AtomicU64; 2]| IoCounts::of(&counts[at]);
        let (sent, bytes) = (count(&self.line_counts.sent), count(&self.line_counts.bytes));
        let (cycle_at, cycle_of) = self.books.round.cycles[at];
        let (datagram_rate, byte_rate) = &mut self.rates[at];
        Channel {
            name: (at + 1).to_string(),
            group: format!("{}:{}", group.address, group.port),
            sequence: sent,
            datagrams: sent,
            bytes,
            datagrams_per_s: datagram_rate.of(now, sent),
            bytes_per_s: byte_rate.of(now, bytes),
            cycle_at,
            cycle_of,
            send_errors: count(&self.line_counts.errors) + IoCounts::of(&self.line_counts.overrun),
        }
    }
}

fn no_journal() -> Journal {
    Journal { state: JournalState::Off, ..Journal::default() }
}

/// What the host is, but for the time.
pub(crate) fn host(started_ns: Nanos, wait: Wait, production: bool, limited: bool) -> Host {
    Host {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        started_ns,
        now_ns: started_ns,
        engine_ns: started_ns,
        wait: format!("{wait:?}").to_lowercase(),
        production,
        limited,
        tasks: 0,
    }
}

fn plugin(made: &mut Made, now: Nanos) -> Plugin {
    let Made { manifest, counts, pace, .. } = made;
    let (frames, faults) = (IoCounts::of(&counts.frames), IoCounts::of(&counts.faults));
    let (major, minor, _) = manifest.abi;
    Plugin {
        name: manifest.name.clone(),
        kind: PluginKind::Adapter,
        version: manifest.version.clone(),
        abi: format!("{major}.{minor}"),
        sha256: crate::digest::hex(&manifest.sha256),
        generation: 1,
        instances: 1,
        state: if faults == 0 { PluginState::Running } else { PluginState::Faulted },
        faults,
        last_fault: String::new(),
        frames,
        ns_per_frame: pace.of(now, frames, IoCounts::of(&counts.plugin_ns)),
        digest: String::new(),
    }
}
