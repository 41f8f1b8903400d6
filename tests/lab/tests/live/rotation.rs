//! Every connection is replaced on plan, again and again, over real sockets: no book is stale for a
//! nanosecond, and every update, trade and quote comes once, as in the independent replay.
//!
//! By default connections live a second, the recording runs three times as fast, and the first that
//! has been replaced 12 times ends it. `PATCHBAY_LIFE` (s), `PATCHBAY_PACE` (hundredths) and
//! `PATCHBAY_CYCLES` say otherwise: 10, 33 and 100 are the promise's 100 cycles of 10 s, at a third
//! of recorded pace because the recording lasts 345 s; 10, 100 and 34 are at recorded pace.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_runtime::config::SettingValue;
use patchbay_runtime::live::{LiveConfig, LiveHost};
use patchbay_test_lab::{ALL, Case, Seat, Site, Truth, number, recording};
use patchbay_venue::binance::{Binance, SPOT};
use patchbay_venue::{Ledger, Limits, Pace, Protocol, VenueConfig};

#[test]
fn connections_are_replaced_and_nobody_notices() {
    let Some(recording) = recording(&ALL) else { return };
    let (life, pace) = (number("PATCHBAY_LIFE", 1), number("PATCHBAY_PACE", 300) as f64 / 100.0);
    let truths: Vec<_> = ALL.iter().map(|file| Arc::new(Truth::of(file).unwrap())).collect();
    let usual = Binance::default().limits(SPOT);
    let limits = Limits { connects: 1_000_000, ..usual };
    let site = Site::serving("rotation", recording, |venue| VenueConfig {
        pace: Pace::Times(pace),
        limits: Some(limits),
        ..venue
    });
    let case = Case::keeping(&truths);
    let mut adapter = site.adapter(&["connects_per_5_minutes = 1000000"]);
    // Below what the configuration allows an operator.
    for (key, value) in &mut adapter.settings {
        if key == "life_s" {
            *value = SettingValue::Int(life as i64);
        }
    }
    let config = LiveConfig { strategies: vec![case.strategy()], ..site.live() };
    let host = LiveHost::start(config, vec![adapter]).unwrap();
    let wanted = number("PATCHBAY_CYCLES", 12) as usize;
    let mut ledger = site.venue.ledger();
    while !ledger.ended && cycles(&ledger).values().min().is_none_or(|least| *least < wanted) {
        sleep(Duration::from_millis(100));
        ledger = site.venue.ledger();
    }
    let status = host.stop();
    let cycles = cycles(&ledger);
    println!("life {life} s, {pace} times recorded pace; replacements by connection: {cycles:?}");
    let least = *cycles.values().min().unwrap();
    // The last ones may be under way when the recording ends.
    assert!(least + 2 >= wanted, "{least} of {wanted} cycles");
    for seat in &case.found().seats {
        assert_eq!(seat.states.last().map(|s| s.1), Some(abi::BOOK_LIVE), "{}", seat.truth.name());
        assert_eq!(seat.falls(), 0, "{} was stale: {:?}", seat.truth.name(), seat.states);
        assert_eq!((&seat.unknown, seat.wrong.len()), (&vec![], 0), "{}", seat.truth.name());
        complete(seat);
    }
    let (totals, log) = (status.totals, &status.log);
    assert_eq!((totals.gaps, totals.resyncs, totals.faults), (0, 0, 0), "{log:?}");
    site.remove();
}

/// Connections that were opened, less the first one, by path.
fn cycles(ledger: &Ledger) -> BTreeMap<String, usize> {
    let mut cycles: BTreeMap<String, usize> = BTreeMap::new();
    for conn in ledger.connections.iter().filter(|conn| !conn.subscriptions.is_empty()) {
        // The same streams by the same way are one connection of the host's.
        let of = format!("{} {}", conn.path, conn.subscriptions[0]);
        cycles.entry(of).and_modify(|count| *count += 1).or_default();
    }
    cycles
}

/// Everything up to the end of the run came once and in order: changes from the first live one on,
/// trades and quotes from the first of the recording on.
fn complete(seat: &Seat) {
    let (truth, tape, name) = (&seat.truth, &seat.tape, seat.truth.name());
    let ids: Vec<u64> = truth.tops.keys().copied().collect();
    let from = ids.iter().position(|id| Some(id) == tape.depths.first()).unwrap();
    assert!(from < ids.len() / 4, "{name}: it became live late");
    assert_eq!(first_difference(&tape.depths, &ids[from..]), None, "{name}: changes");
    assert_eq!(first_difference(&tape.trades, &truth.trades), None, "{name}: trades");
    assert_eq!(first_difference(&tape.quotes, &truth.quotes), None, "{name}: quotes");
    assert!(tape.depths.len() > 100 && tape.quotes.len() > 100, "{name}: next to nothing came");
    println!(
        "{name}: {} changes, {} trades, {} quotes, each once",
        tape.depths.len(),
        tape.trades.len(),
        tape.quotes.len()
    );
}

/// The first place at which `came` is another than the beginning of `right`, and what stands there
/// in each.
fn first_difference<T: PartialEq + Copy>(came: &[T], right: &[T]) -> Option<(usize, T, Option<T>)> {
    let at = (0..came.len()).find(|&at| right.get(at) != Some(&came[at]))?;
    Some((at, came[at], right.get(at).copied()))
}
