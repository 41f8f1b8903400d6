//! The status thread: takes what the other threads say, and makes statuses of it.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::Duration;

use patchbay_control::{Channel, Host, Journal, JournalState, Status, Totals};
use patchbay_model::Nanos;
use rtrb::Consumer;

use super::LiveConfig;
use super::desks::Desks;
use super::journal::JournalCounts;
use super::ledger::{Ledger, Rate};
use super::lines::{Group, LineCounts, LinesConfig};
use super::links::{self, Links};
use super::sample::Sample;
use super::shared::{IoCounts, Shared};
use super::survey::Fact;

/// How often statuses are made anew.
const STATUS: Nanos = 200_000_000;
/// How long what is said may wait.
const NAP: Duration = Duration::from_millis(25);

/// Everything that the status thread owns.
pub(crate) struct StatusThread {
    pub(crate) shared: Arc<Shared>,
    pub(crate) facts: Consumer<Fact>,
    pub(crate) samples: Consumer<Sample>,
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
        // Measurements are many: places and venues are looked up once.
        let (places, venues) = {
            let roster = self.shared.roster();
            (roster.places(), roster.venues())
        };
        while let Ok(sample) = self.samples.pop() {
            let place = places.get(&sample.stamp.conn).copied();
            self.books.sample(sample, place, venues.get(&sample.stamp.instance));
        }
    }

    fn status(&mut self, now: Nanos) -> Status {
        let (plugins, members, counted) = {
            let mut roster = self.shared.roster();
            (roster.plugins(now), roster.members().clone(), roster.totals())
        };
        self.books.settle(now, &members);
        let channels = self.channels(now);
        let names = self.shared.abouts();
        let [latency, latency_total, handover] = self.books.latencies();
        let mut status = Status {
            host: self.host(now),
            totals: Totals {
                frames: counted.frames,
                rejected: counted.rejected,
                fallback: counted.fallback,
                faults: counted.faults,
                ..self.books.totals()
            },
            plugins,
            connections: self.links.connections(now, &members, &self.books, &names),
            latency,
            latency_total,
            handover,
            venues: links::venues(&members, &self.books),
            channels,
            journal: self.journal.as_ref().map_or_else(no_journal, |counts| counts.facts()),
            books: self.books.books(now, &names),
            quality: self.books.quality(&names),
            log: Vec::new(),
            tape: None,
        };
        drop(names);
        self.desks.report(&mut status, &self.shared);
        status.log = self.shared.log_lines();
        status
    }

    fn host(&self, now: Nanos) -> Host {
        let tasks = self.shared.roster().tasks();
        Host { now_ns: now, engine_ns: self.books.round.at_ns, tasks, ..self.host.clone() }
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

/// What the host is, but for times.
pub(crate) fn host(config: &LiveConfig) -> Host {
    Host {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        wait: format!("{:?}", config.wait).to_lowercase(),
        production: config.production,
        limited: config.limited,
        note: config.note.clone(),
        ..Host::default()
    }
}
