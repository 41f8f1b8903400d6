//! A running host against a local Deribit, logged in for raw data: under seeded faults every book
//! heals and none is live and wrong, empty ones included, and a gap in one instrument stales that
//! instrument alone.

use std::thread::sleep;
use std::time::Duration;

use patchbay_control::BookState;
use patchbay_runtime::live::LiveHost;
use patchbay_test_lab::{DERIBIT, Lone, Site, Trial, Truth};
use patchbay_venue::{
    Fault, FaultKind, FaultKinds, FaultPlan, Pace, PlannedFault, Target, VenueConfig, When,
};

#[test]
fn every_book_heals_and_none_is_live_and_wrong() {
    let Some(truths) = Truth::all(&DERIBIT) else { return };
    let trial = Trial {
        test: "deribit",
        market: &DERIBIT,
        truths,
        kinds: FaultKinds::all().without(FaultKind::StaleSnapshot), // There is none by REST.
        seeds: 2,
        pace: 10.0, // 12 s for the recording.
        faults: 12,
        share: 2,
        to_the_end: true,
    };
    trial.run().unwrap();
}

#[test]
fn a_gap_in_one_instrument_stales_that_instrument_alone() {
    let lone = Lone {
        market: &DERIBIT,
        symbol: "ETH-30APR21-2240-P",
        stream: "book.ETH-30APR21-2240-P.raw",
        at: 150,
        frames: 1,
        pace: 10.0,
    };
    lone.run();
}

/// The recording has one frame of this book, the snapshot that its stream begins with: where it is lost
/// no change shows that there is no book.
#[test]
fn a_book_that_never_came_is_subscribed_again_over_the_connection_that_stays() {
    const STREAM: &str = "book.BTC-25MAR22-400000-C.raw";
    let Some(recording) = DERIBIT.recording(DERIBIT.captures) else { return };
    let lost = PlannedFault::new(When::Frame(0), Fault::Drop).at(Target::stream(STREAM));
    let plan = FaultPlan { faults: vec![lost], ..FaultPlan::default() };
    let site = Site::of(&DERIBIT, "deribit-never", recording, |venue| VenueConfig {
        pace: Pace::Times(40.0), // 3 s for the recording.
        plan,
        ..venue
    });
    let host = LiveHost::start(site.live(), vec![site.adapter(&[])]).unwrap();
    let is_live = || {
        let status = host.handler().status();
        status.books.iter().any(|b| STREAM.contains(&b.symbol) && b.state == BookState::Live)
    };
    let mut was_lost = false;
    for _ in 0..300 {
        sleep(Duration::from_millis(100));
        if is_live() {
            break;
        }
        was_lost |= site.venue.ledger().ended;
    }
    let (healed, status, ledger) = (is_live(), host.stop(), site.venue.ledger());
    site.remove();
    let log: Vec<_> = status.log.iter().map(|line| &line.text).collect();
    assert!(was_lost && healed, "{log:#?}");
    assert_eq!((ledger.faults.len(), status.totals.gaps, status.totals.resyncs), (1, 0, 0));
    let subscribed = ledger.connections.iter().filter(|c| !c.subscriptions.is_empty());
    let [connection] = &subscribed.collect::<Vec<_>>()[..] else { panic!("one stays: {log:#?}") };
    let said = connection.subscriptions.iter();
    let given_up: Vec<_> = said.filter(|name| name.starts_with('-')).collect();
    assert_eq!(given_up, [&format!("-{STREAM}")], "{log:#?}");
}
