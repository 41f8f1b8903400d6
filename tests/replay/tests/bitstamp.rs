//! Bitstamp's recorded events give the books, the orders in their turns and the counts of an independent
//! naive replay; and what of the orders is known is what the venue's own books say.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use patchbay_book::State;
use patchbay_engine::Listing;
use patchbay_history::Captures;
use patchbay_l3::Book;
use patchbay_loader::Kind;
use patchbay_model::{Side, trimmed};
use patchbay_naive as naive;
use patchbay_runtime::{Core, CoreConfig, Report, replay_captures};
use patchbay_test_replay::{Plugins, adapter, corpus};

const SIDES: [Side; 2] = [Side::Buy, Side::Sell];

/// Whole books after which the orders are compared one by one, all of them.
const EVERY: u64 = 25;

/// The core beside the naive replay, record by record.
struct Beside {
    records: Vec<naive::Recorded>,
    replay: naive::Replay,
    at: usize,
    /// Whole books compared so far, and how many of them proved the orders at the best of both sides.
    compared: u64,
    proved: u64,
    /// Prices whose turns were compared, and the orders there.
    queues: u64,
    queued: u64,
}

#[test]
fn orders_and_books_equal_the_naive_replay_at_every_record() {
    let venue = naive::venue("bitstamp").unwrap();
    let [naive::Recording { files, .. }] = venue.recordings else { panic!("one recording") };
    let Some(paths) = files.iter().map(|f| corpus(f)).collect::<Option<Vec<_>>>() else { return };
    let (records, replay) = (naive::read(&paths).unwrap(), naive::Replay::new(venue));
    let mut beside =
        Beside { records, replay, at: 0, compared: 0, proved: 0, queues: 0, queued: 0 };
    let mut core = Core::new(CoreConfig::default());
    core.attach(0, &Plugins::new().load(&adapter("bitstamp"), Kind::Adapter)).unwrap();
    let mut captures = Captures::open(&paths).unwrap();
    replay_captures(&mut core, &mut captures, |core, _| beside.step(core)).unwrap();
    assert_eq!(beside.at, beside.records.len());

    let truth = beside.replay.into_truth();
    let (key, book) = truth.books.first_key_value().unwrap();
    let orders = &truth.orders[key];
    let report = Report::of(&core);
    let counts = [report.frames, report.trades, report.book_updates, report.applied, report.others];
    let others = truth.frames - truth.trades() - book.received;
    assert_eq!(counts, [truth.frames, truth.trades(), book.received, book.applied, others]);
    let zeros = [report.rejected_frames, report.fallback_frames, report.gaps, report.undefined];
    assert_eq!(zeros, [0; 4], "refused, by the general parser, gaps, undefined");
    let our = &report.instruments[&key.symbol];
    assert_eq!((our.state, our.evidence), ("Live", "snapshot-only"));
    assert_eq!([&our.bids, &our.asks], [&book.best(0, 20), &book.best(1, 20)]);

    let one_by_one = our.orders.as_ref().unwrap();
    println!("{one_by_one:?}");
    println!(
        "{} whole books, {} queues of {} orders",
        beside.compared, beside.queues, beside.queued
    );
    let counts = [one_by_one.added + one_by_one.repeated, one_by_one.unknown, one_by_one.whole];
    assert_eq!(counts, [orders.added, orders.unknown, orders.agreed]);
    assert_eq!((one_by_one.seen, one_by_one.repeated), (orders.resting.len(), orders.late));
    assert_eq!(one_by_one.gone, 0, "no event was lost");
    assert_eq!((one_by_one.compared, beside.compared), (orders.compared, orders.compared));
    assert_eq!(one_by_one.whole + one_by_one.part, beside.proved);
    assert!(beside.queued > 1_000, "{}", beside.queued);
}

impl Beside {
    fn step(&mut self, core: &Core) -> bool {
        self.replay.step(&self.records[self.at]);
        self.at += 1;
        let (_, listing) = core.engine().listings().next().unwrap();
        let Some((_, theirs)) = self.replay.truth().orders.first_key_value() else { return true };
        let ours = listing.orders().unwrap();
        assert_eq!(ours.seen().len(), theirs.resting.len(), "record {}", self.at);
        if ours.state() == State::Live {
            let best = |side: usize| {
                let prices = theirs.resting.values().filter(move |o| o.side == side);
                prices.map(|order| order.price)
            };
            assert!(best(0).max() < best(1).min(), "record {}: live and crossed", self.at);
        }
        if theirs.compared != self.compared {
            self.compared = theirs.compared;
            self.whole_book(listing, ours);
        }
        true
    }

    /// After a whole book of the venue's.
    fn whole_book(&mut self, listing: &Listing, ours: &Book) {
        let place = self.at;
        let (_, theirs) = self.replay.truth().orders.first_key_value().unwrap();
        let proved = theirs.reach.iter().all(|levels| *levels > 0);
        assert_eq!(ours.state() == State::Live, proved, "record {place}: {:?}", theirs.reach);
        self.proved += u64::from(proved);
        for (side, index) in SIDES.into_iter().zip(0..) {
            let reach = if proved { theirs.reach[index] } else { 0 };
            assert_eq!(ours.levels(side).count(), reach, "record {place}: what is known");
            if !self.compared.is_multiple_of(EVERY) {
                continue;
            }
            let text = |(level, orders): (patchbay_abi::Level, u32)| {
                let price = trimmed(level.price, listing.about.price_exp);
                ([price, trimmed(level.qty, listing.about.qty_exp)], orders as usize)
            };
            let all = theirs.best(index, usize::MAX);
            let seen: Vec<_> = ours.seen().levels(side).map(text).collect();
            assert_eq!(seen, all, "record {place}");
            let known: Vec<_> = ours.levels(side).map(text).collect();
            assert_eq!(known, all[..reach], "record {place}: what is known");
            let prices = ours.levels(side).map(|(level, _)| level.price);
            for (price, ([text, _], _)) in prices.zip(&all) {
                let queue: Vec<_> = ours.queue(side, price).map(|order| order.id).collect();
                assert_eq!(queue, theirs.queue(index, text), "record {place}: {text}");
                let places: BTreeSet<_> =
                    queue.iter().map(|id| ours.ahead(*id).unwrap().orders as usize).collect();
                assert_eq!(places, (0..queue.len()).collect(), "record {place}: {text}");
                self.queues += 1;
                self.queued += queue.len() as u64;
            }
        }
    }
}
