//! From `patchbay venue` over the host to a consumer of the multicast line, beside a bare TCP read of
//! the same frames: processes of their own, on the loopback, one run after the other.
//!
//! The venue says when each frame left. A frame is known again by the venue's own id of it. What the
//! machine itself does to a thread that never sleeps is seen by the reader's own loop.

mod bare;
mod consumer;
mod key;
mod site;
mod stalls;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use crate::table::Table;
use key::Key;
use site::Site;
use stalls::Stalls;

/// Books are built and caches filled before frames count.
const WARM_UP_NS: u64 = 3_000_000_000;

/// Runs of each kind, interleaved.
const RUNS: usize = 2;

/// What a thread does when there is nothing to read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    Spin,
    Block,
}

/// When each frame was in a reader's hands, and how long that reader was kept from looking.
#[derive(Default)]
struct Seen {
    at: BTreeMap<Key, u64>,
    stalls: Stalls,
}

/// How long frames took, ns.
#[derive(Default)]
struct Took(Vec<u64>);

impl Took {
    /// From departure until seen.
    fn add(&mut self, left: &BTreeMap<Key, u64>, seen: &Seen) {
        let first = seen.at.values().min().copied().unwrap_or(0);
        let counted = seen.at.iter().filter(|(_, at)| **at > first + WARM_UP_NS);
        let took = counted.filter_map(|(key, at)| Some(at.saturating_sub(*left.get(key)?)));
        self.0.extend(took);
    }

    fn at(&mut self, share: f64) -> f64 {
        assert!(!self.0.is_empty(), "no frame was seen");
        self.0.sort_unstable();
        self.0[((self.0.len() - 1) as f64 * share) as usize] as f64
    }
}

pub(crate) fn table() -> Table {
    let mut table = Table::new(
        "End to end over loopback, `patchbay venue` to a consumer of the line, USD-M BTCUSDT, TLS",
        &["waiting", "µs from the venue's write", "p50", "p99", "p99.9"],
    );
    let time = Duration::from_secs_f64(number("LATENCY_SECONDS", 15.0));
    let pace = number("LATENCY_PACE", 1.0);
    let mut counts = Vec::new();
    for (wait, name) in [(Wait::Block, "block"), (Wait::Spin, "spin")] {
        let (mut bare, mut host) = (Took::default(), Took::default());
        let (mut bare_stalls, mut host_stalls) = (Stalls::default(), Stalls::default());
        for _ in 0..RUNS {
            let site = Site::new(pace);
            let seen = bare::read(&site, wait, time);
            bare.add(&site.departures(), &seen);
            bare_stalls.merge(&seen.stalls);
            let site = Site::new(pace);
            let run = site.host(wait, time);
            let seen = consumer::read(&site, run);
            host.add(&site.departures(), &seen);
            host_stalls.merge(&seen.stalls);
        }
        let mut row = |what: &str, value: &mut dyn FnMut(f64) -> f64| {
            let us = [0.5, 0.99, 0.999].map(|share| format!("{:.1}", value(share) / 1e3));
            let [p50, p99, p999] = us;
            table.row([name.to_owned(), what.to_owned(), p50, p99, p999]);
        };
        row("bare TCP read", &mut |share| bare.at(share));
        row("host, consumer", &mut |share| host.at(share));
        row("added by the host", &mut |share| host.at(share) - bare.at(share));
        if wait == Wait::Spin {
            row("bare reader's own stalls", &mut |share| bare_stalls.at(share));
        }
        row("consumer's own stalls", &mut |share| host_stalls.at(share));
        counts.push(format!("{name}: {} and {}", bare.0.len(), host.0.len()));
    }
    table.note(format!(
        "Changes of the book and quotes, bare and through the host, {}. The consumer spins; a bare reader waits as the host \
         does. A stall is how long a frame that comes at any time would have waited for that thread \
         to look again. Journal, book audits and control socket are on, as shipped.",
        counts.join("; ")
    ));
    table
}

fn number(variable: &str, usual: f64) -> f64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// As the venue's clock: ns since the Unix epoch.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_nanos() as u64
}
