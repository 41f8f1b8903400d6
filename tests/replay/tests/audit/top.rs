//! A digit that is corrupted at the top of a book.

use patchbay_abi as abi;
use patchbay_book::State;
use patchbay_engine::{EngineConfig, Listing, Proof};
use patchbay_model::{Nanos, Side, trimmed};
use patchbay_naive::{self as naive, Replay, What};
use patchbay_test_replay::corpus;

use crate::run::{Run, adapter, body, book, change};

fn bids(listing: &Listing, count: usize) -> Vec<[String; 2]> {
    let levels = listing.book.levels().into_iter().flat_map(|levels| levels.iter(Side::Buy));
    let (price_exp, qty_exp) = (listing.about.price_exp, listing.about.qty_exp);
    let text = |l: abi::Level| [trimmed(l.price, price_exp), trimmed(l.qty, qty_exp)];
    levels.take(count).map(text).collect()
}

/// The quantity of the best bid is corrupted, once for each seed, and the venue's own best bid and ask
/// follow as recorded.
#[test]
fn a_corrupted_top_is_convicted_by_the_venues_quote() {
    let Some(path) = corpus("binance-spot/hftbacktest/ethusdt_20240808.gz") else { return };
    let (_plugins, setup) = adapter();
    let venue = naive::venue("binance").unwrap();
    let records = naive::read(&[path]).unwrap();
    let (mut run, mut replay) = (Run::new(&setup, EngineConfig::default()), Replay::new(venue));
    let (mut next, mut damaged, mut digits, mut times) = (0, None, 0, Vec::new());
    for (at, record) in records.iter().enumerate().take(12_000) {
        replay.step(record);
        let now = record.at_ns as Nanos;
        let (What::Frame(text), conn) = (&record.what, record.conn as u32 + 1) else {
            run.record(record);
            continue;
        };
        let told = change(text);
        let symbol = "ETHUSDT";
        if at < next || damaged.is_some() || told.is_none() || run.state(symbol) != State::Live {
            run.record(record);
        } else if let Some([price, qty]) = book(&replay, symbol).best(0, 1).first()
            && let Some((_, from, was)) = told.as_ref().and_then(|(_, _, _, levels)| {
                levels.iter().find(|l| l.0 == 0 && naive::plain(&l.1).as_ref() == Some(price))
            })
        {
            assert_eq!(naive::plain(was).as_ref(), Some(qty));
            let wrong = format!("[\"{from}\",\"1{was}\"]");
            run.frame(now, conn, &text.replacen(&format!("[\"{from}\",\"{was}\"]"), &wrong, 1));
            (damaged, digits) = (Some(now), digits + 1);
        } else {
            run.record(record);
        }
        if let Some(since) = damaged
            && run.state(symbol) == State::Stale
        {
            assert!(matches!(run.found.last(), Some(Proof::Quote(d)) if d.side == Side::Buy));
            times.push((now - since) / 1_000_000);
            (damaged, next) = (None, at + 200);
        }
        let truth = book(&replay, symbol);
        if damaged.is_some_and(|since| now > since)
            && let Some(listing) = run.listing(symbol)
            && bids(listing, 50) == truth.best(0, 50)
        {
            // A later change has put it right.
            (damaged, next) = (None, at + 200);
        }
        if run.state(symbol) == State::Stale
            && let Some((id, _)) = run.snapshots.pop()
        {
            run.reply(now, id, "", &body(truth, truth.last));
        }
    }
    let (found, slowest) = (times.len(), times.iter().max());
    println!("{digits} digits, {found} convicted by quotes, at most {slowest:?} ms after");
    assert_eq!(damaged, None, "one was neither convicted nor put right");
    assert!(digits >= 20 && found >= 5, "{digits}, {found}");
}
