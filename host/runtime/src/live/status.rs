//! What the host says of itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use hdrhistogram::Histogram;
use patchbay_control::{
    Book, BookState, Cause, Channel, Evidence, Host, Latency, Plugin, PluginKind, PluginState,
    Status, Totals,
};
use patchbay_engine::{Engine, Listing};
use patchbay_loader::Manifest;
use patchbay_model::{InstrumentId, Nanos, Side};

use super::lines::{Group, LineCounts, LinesConfig};
use super::shared::{IoCounts, Shared, Wait};

/// Levels of a side in a status.
const LEVELS: usize = patchbay_control::MAX_LEVELS;

/// Makes statuses; remembers what rates need.
pub(crate) struct Reporter {
    pub(crate) plugins: Vec<(Manifest, Arc<IoCounts>)>,
    /// `None` if nothing is sent.
    pub(crate) lines: Option<LinesConfig>,
    pub(crate) line_counts: Arc<LineCounts>,
    pub(crate) started: Nanos,
    pub(crate) wait: Wait,
    pub(crate) limited: bool,
    pub(crate) production: bool,
    rates: BTreeMap<String, Rate>,
}

/// A count at two moments at least a second apart.
#[derive(Clone, Copy, Debug, Default)]
struct Rate {
    at: Nanos,
    count: u64,
    per_s: u64,
}

impl Reporter {
    pub(crate) fn new(
        plugins: Vec<(Manifest, Arc<IoCounts>)>,
        lines: Option<LinesConfig>,
        line_counts: Arc<LineCounts>,
        started: Nanos,
        wait: Wait,
        limited: bool,
    ) -> Self {
        let rates = BTreeMap::new();
        Self { plugins, lines, line_counts, started, wait, limited, production: false, rates }
    }

    pub(crate) fn status(
        &mut self,
        engine: &Engine,
        turns: u64,
        latency: &Histogram<u64>,
        shared: &Shared,
    ) -> Status {
        let now = shared.clock.now();
        let mut connections = shared.connections();
        for connection in &mut connections {
            let key = format!("c {} {}", connection.venue, connection.id);
            connection.frames_per_s = self.rate(key, now, connection.frames);
            connection.age_ns = now - connection.age_ns;
        }
        Status {
            host: Host {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                pid: std::process::id(),
                started_ns: self.started,
                now_ns: now,
                wait: format!("{:?}", self.wait).to_lowercase(),
                production: self.production,
                limited: self.limited,
            },
            totals: self.totals(engine, turns),
            plugins: self.plugins.iter().map(plugin).collect(),
            connections,
            latency: percentiles(latency),
            channels: self.channels(now),
            books: self.books(engine, now),
            log: shared.log_lines(),
            ..Status::default()
        }
    }

    fn totals(&self, engine: &Engine, turns: u64) -> Totals {
        let tally = engine.tally();
        let sum = |count: fn(&IoCounts) -> u64| self.plugins.iter().map(|(_, c)| count(c)).sum();
        Totals {
            frames: sum(|c| IoCounts::of(&c.frames)),
            rejected: sum(|c| IoCounts::of(&c.rejected)),
            fallback: sum(|c| IoCounts::of(&c.fallback)),
            trades: tally.trades,
            quotes: tally.quotes,
            book_updates: tally.book_updates,
            turns,
            gaps: tally.gaps,
            resyncs: tally.resyncs,
            crossed: tally.crossed,
            faults: sum(|c| IoCounts::of(&c.faults)),
        }
    }

    fn channels(&mut self, now: Nanos) -> Vec<Channel> {
        let groups = self.lines.map(|lines| lines.groups);
        let groups = groups.into_iter().flatten().enumerate();
        groups.map(|(at, group)| self.channel(at, group, now)).collect()
    }

    fn channel(&mut self, at: usize, group: Group, now: Nanos) -> Channel {
        let count = |counts: &[std::sync::atomic::AtomicU64; 2]| IoCounts::of(&counts[at]);
        let (sent, bytes) = (count(&self.line_counts.sent), count(&self.line_counts.bytes));
        Channel {
            name: (at + 1).to_string(),
            group: format!("{}:{}", group.address, group.port),
            sequence: sent,
            datagrams: sent,
            bytes,
            datagrams_per_s: self.rate(format!("d {at}"), now, sent),
            bytes_per_s: self.rate(format!("b {at}"), now, bytes),
            cycle_at: 0,
            cycle_of: 0,
            send_errors: count(&self.line_counts.errors) + IoCounts::of(&self.line_counts.overrun),
        }
    }

    fn books(&mut self, engine: &Engine, now: Nanos) -> Vec<Book> {
        let known = engine.listings().filter(|(_, listing)| listing.tally().book_updates > 0);
        let known: Vec<(InstrumentId, &Listing)> = known.collect();
        known
            .into_iter()
            .map(|(id, listing)| {
                let rate = self.rate(format!("i {id}"), now, listing.tally().book_updates);
                let venue = engine.registry().venue_name(listing.venue).unwrap_or_default();
                Book { updates_per_s: rate, ..book(listing, venue, now) }
            })
            .collect()
    }

    fn rate(&mut self, key: String, now: Nanos, count: u64) -> u64 {
        let rate = self.rates.entry(key).or_insert(Rate { at: now, count, per_s: 0 });
        let elapsed = now - rate.at;
        if elapsed >= 1_000_000_000 {
            let more = count.saturating_sub(rate.count);
            rate.per_s = (u128::from(more) * 1_000_000_000 / elapsed as u128) as u64;
            (rate.at, rate.count) = (now, count);
        }
        rate.per_s
    }
}

fn plugin((manifest, counts): &(Manifest, Arc<IoCounts>)) -> Plugin {
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
        ns_per_frame: IoCounts::of(&counts.plugin_ns) / frames.max(1),
        digest: String::new(),
    }
}

fn book(listing: &Listing, venue: &str, now: Nanos) -> Book {
    let (book, about, tally) = (&listing.book, &listing.about, listing.tally());
    let side = |side| {
        let levels = book.levels().into_iter().flat_map(|levels| levels.iter(side));
        levels.take(LEVELS).map(|level| [level.price, level.qty]).collect()
    };
    Book {
        symbol: about.symbol.clone(),
        venue: venue.to_owned(),
        kind: about.kind.to_string(),
        state: BookState::from_abi(book.state().to_abi()),
        evidence: Evidence::from_abi(book.evidence().to_abi()),
        cause: Cause::None,
        sequence: book.sequence(),
        age_ns: now - book.receive_ns(),
        updates_per_s: 0,
        updates: tally.book_updates,
        gaps: tally.gaps,
        resyncs: tally.resyncs,
        crossed: tally.crossed,
        price_exp: about.price_exp,
        qty_exp: about.qty_exp,
        bids: side(Side::Buy),
        asks: side(Side::Sell),
    }
}

fn percentiles(histogram: &Histogram<u64>) -> Latency {
    let at = |share| histogram.value_at_quantile(share);
    Latency {
        count: histogram.len(),
        p50_ns: at(0.5),
        p99_ns: at(0.99),
        p999_ns: at(0.999),
        max_ns: histogram.max(),
    }
}
