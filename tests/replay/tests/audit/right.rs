//! Books that are right.

use patchbay_book::State;
use patchbay_engine::EngineConfig;
use patchbay_model::Nanos;
use patchbay_naive::{self as naive, Recorded, Replay, What};
use patchbay_test_replay::corpus;

use crate::run::{Run, SECOND, adapter, body, book, change, live_books, random};

/// Records between two audits of a capture at most.
const APART: u64 = 60;

/// A snapshot to come: when it is asked for, when it is delivered, and what it says.
struct Plan {
    symbol: String,
    ask: usize,
    deliver: usize,
    body: String,
}

/// Audits at all times of a recording, the snapshot made before, at, between or after the messages
/// that the host has when it is delivered.
fn plans(venue: &naive::Venue, records: &[Recorded], seed: &mut u64) -> Vec<Plan> {
    let mut replay = Replay::new(venue);
    let (mut plans, mut next, mut turn) = (Vec::new(), 0, 0);
    for (at, record) in records.iter().enumerate() {
        replay.step(record);
        let symbols = live_books(&replay);
        if at < next || symbols.is_empty() {
            continue;
        }
        let symbol = symbols[turn % symbols.len()].clone();
        turn += 1;
        let ask = at - (random(seed, 40) as usize).min(at);
        let deliver = ask + random(seed, 80) as usize;
        let book = book(&replay, &symbol);
        // In the midst of the next change, if that says so much: ids between are the venue's, too.
        let following = records[at + 1..].iter().take(400).find_map(|record| match &record.what {
            What::Frame(text) => change(text).filter(|change| change.0 == symbol),
            _ => None,
        });
        // A change of a single id has no midst.
        let within = following.filter(|change| change.2 > book.last.max(change.1));
        let within = within.filter(|_| random(seed, 2) == 0);
        let id = within.map_or(book.last, |(_, first, last, _)| {
            book.last.max(first) + random(seed, last - book.last.max(first))
        });
        plans.push(Plan { body: body(book, id), symbol, ask, deliver });
        next = at.max(deliver) + 40 + random(seed, APART) as usize;
    }
    plans
}

#[test]
fn a_right_book_is_never_convicted() {
    let Some(root) = corpus("") else { return };
    let (_plugins, setup) = adapter();
    let venue = naive::venue("binance").unwrap();
    let recordings = venue.recordings_in(&root);
    assert!(recordings.len() >= 8, "{}", recordings.len());
    let mut sum = 0;
    for (seed, (recording, files)) in (1..).zip(recordings) {
        let records = naive::read(&files).unwrap();
        let plans = plans(venue, &records, &mut (seed * 7919));
        // A second is what the host is shipped with; venues' books are never crossed for so long.
        let engine = EngineConfig { crossed_ns: SECOND, ..EngineConfig::default() };
        let mut run = Run::new(&setup, engine);
        let mut plans = plans.into_iter().peekable();
        let mut made = 0;
        for (at, record) in records.iter().enumerate() {
            let now = record.at_ns as Nanos;
            run.record(record);
            let Some(plan) = plans.peek() else { continue };
            if at == plan.ask && run.state(&plan.symbol) == State::Live {
                let index = run.listing(&plan.symbol).unwrap().index;
                run.ask(now, index);
                made += 1;
            }
            if at >= plan.deliver.max(plan.ask) {
                let plan = plans.next().unwrap();
                if let Some(id) = run.audit.take() {
                    run.reply(now, id, "", &plan.body);
                }
            }
        }
        let tally = run.core.engine().tally();
        println!(
            "{}: {} audits, {} proved nothing",
            recording.name, tally.audits, tally.audits_lost
        );
        assert_eq!(run.found, [], "{}", recording.name);
        assert_eq!((tally.audit_convictions, tally.crossed_convictions), (0, 0));
        assert!(tally.audits + tally.audits_lost <= made);
        sum += tally.audits;
    }
    assert!(sum > 1000, "{sum} audits");
}
