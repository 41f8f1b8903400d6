//! Recorded books under many symbols: every update of every copy is that of the recorded book.
//!
//! `PATCHBAY_COPIES` says under how many symbols each of the two recorded books is served; 500 make
//! a thousand books.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_runtime::live::{LiveConfig, LiveHost};
use patchbay_test_lab::{ALL, Case, Site, Truth, number};
use patchbay_test_replay::corpus;
use patchbay_venue::binance::{Binance, SPOT};
use patchbay_venue::{Copies, Limits, Pace, Protocol, Recording, VenueConfig};

const SPOT_BOOKS: [&str; 2] = [ALL[0], ALL[3]];
const COPIES: u64 = 8;
/// Recorded time that is played, and how many times as fast.
const SPAN: Duration = Duration::from_secs(10);
const PACE: f64 = 2.0;
/// How often the host is looked at, and for how long at most.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: usize = 1200;

#[test]
fn every_copy_of_a_book_is_the_recorded_book() {
    let Some(captures) = SPOT_BOOKS.iter().map(|file| corpus(file)).collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let each = u32::try_from(number("PATCHBAY_COPIES", COPIES)).unwrap();
    let only = "@depth".to_owned();
    let copies = Copies { each, spread: Duration::from_secs(1), span: SPAN, only };
    let recording = Recording::load_copies(&captures, &Binance::default(), &copies).unwrap();
    let truths: Vec<_> = SPOT_BOOKS.iter().map(|file| Truth::of(file).unwrap()).collect();
    let truths: Vec<_> =
        (0..each).flat_map(|copy| truths.iter().map(move |of| named(of, copy))).collect();

    let limits = Binance::default().limits(SPOT);
    let limits = Limits { connects: u32::MAX, weight_per_minute: u32::MAX, ..limits };
    let site = Site::serving("load", recording, |venue| VenueConfig {
        pace: Pace::Times(PACE),
        limits: Some(limits),
        ..venue
    });
    let case = Case::new(&truths);
    let mut adapter = site.adapter(&[
        "products = [\"spot\"]",
        "symbols_per_connection = 25",
        "connects_per_5_minutes = 1000000",
        "weight_per_minute.spot = 1000000",
    ]);
    for wish in &mut adapter.wishes {
        wish.channels &= patchbay_abi::CHANNEL_DEPTH;
    }
    assert_eq!(adapter.wishes.len(), truths.len());
    let config = LiveConfig { strategies: vec![case.strategy()], ..site.live() };
    let host = LiveHost::start(config, vec![adapter]).unwrap();
    for _ in 0..LOOKS {
        sleep(LOOK);
        if site.venue.ledger().ended {
            break;
        }
    }
    sleep(LOOK);
    let status = host.stop();
    let lines = || status.log.iter().map(|line| &line.text).collect::<Vec<_>>();
    let found = case.found();
    for seat in &found.seats {
        let name = seat.truth.name();
        assert!(seat.live && seat.compared > 0, "{name}: {} {:?}", seat.compared, lines());
        assert_eq!((&seat.unknown, seat.wrong.len()), (&vec![], 0), "{name}");
    }
    let compared: u64 = found.seats.iter().map(|seat| seat.compared).sum();
    println!("{} books, {compared} updates compared, all right", found.seats.len());
    assert_eq!((status.totals.faults, status.totals.gaps), (0, 0), "{:?}", lines());
    site.remove();
}

/// A recorded book under the name of a copy.
fn named(truth: &Truth, copy: u32) -> Arc<Truth> {
    Arc::new(Truth {
        symbol: Copies::name(&truth.symbol, copy),
        kind: truth.kind,
        product: truth.product,
        by: truth.by,
        tops: truth.tops.clone(),
        trades: Vec::new(),
        quotes: Vec::new(),
    })
}
