//! Four venues at once, each with a host of its own in this process, under one seeded plan of faults
//! after the other: no panic, and no book live and wrong. What the process holds is printed, for hosts,
//! venues and notes of this test are in it together.
//!
//! `PATCHBAY_SOAK_S` says for how many seconds new plans are begun; CI plays one of each venue.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "it waits for what happens in real time")]

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use patchbay_test_lab::{ALL, BINANCE, BYBIT, DERIBIT, Market, OKX, Trial, Truth, number};
use patchbay_venue::{FaultKind, FaultKinds};

/// Between two looks at the memory.
const LOOK: Duration = Duration::from_secs(1);

/// Parts of a run whose memory is printed.
const PARTS: usize = 8;

fn trial(market: &'static Market, truths: Vec<Arc<Truth>>) -> Trial {
    let kinds = FaultKinds::all();
    let over_the_stream = market.name != "binance";
    // Where books come over the stream there is none by REST; OKX's have no ids to be reset.
    let kinds = if over_the_stream { kinds.without(FaultKind::StaleSnapshot) } else { kinds };
    let no_ids = market.name == "okx";
    let kinds = if no_ids { kinds.without(FaultKind::SequenceReset) } else { kinds };
    let (pace, faults, share) = match market.name {
        "binance" => (6.0, 60, 6),
        "bybit" => (5.0, 12, 2),
        "deribit" => (10.0, 12, 2),
        _ => (3.0, 12, 2),
    };
    let (test, seeds, to_the_end) = (market.name, 1, over_the_stream);
    Trial { test, market, truths, kinds, seeds, pace, faults, share, to_the_end }
}

fn trials() -> Option<Vec<Trial>> {
    let binance = ALL.iter().map(|capture| Truth::of(capture).map(Arc::new));
    let mut trials = vec![trial(&BINANCE, binance.collect::<Option<_>>()?)];
    for market in [&BYBIT, &DERIBIT, &OKX] {
        trials.push(trial(market, Truth::all(market)?));
    }
    Some(trials)
}

/// KiB of memory that the process holds.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn four_venues_at_once_stay_right() {
    let Some(trials) = trials() else { return };
    let over = Instant::now() + Duration::from_secs(number("PATCHBAY_SOAK_S", 0));
    let (done, mut looks) = (AtomicBool::new(false), Vec::new());
    thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut looks = Vec::new();
            while !done.load(Ordering::Relaxed) {
                // What everybody holds at the end of the time is let go one by one.
                if looks.is_empty() || Instant::now() < over {
                    looks.push(resident());
                }
                thread::sleep(LOOK);
            }
            looks
        });
        let runs: Vec<_> =
            trials.iter().map(|trial| scope.spawn(move || trial.run_until(over))).collect();
        let ended: Vec<_> = runs.into_iter().map(thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        looks = looking.join().unwrap();
        let failed = ended.iter().filter(|end| end.is_err()).count();
        assert_eq!(failed, 0, "venues with a failure, which stands above");
    });
    let parts = looks.chunks(looks.len().div_ceil(PARTS).max(1));
    let highest: Vec<_> = parts.filter_map(|part| part.iter().max()).collect();
    println!("KiB that the process held at most, in {PARTS} parts of the run: {highest:?}");
}
