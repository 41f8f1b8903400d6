//! A digit that is corrupted anywhere in a book.

use std::collections::BTreeSet;
use std::path::PathBuf;

use patchbay_book::State;
use patchbay_engine::{EngineConfig, Listing};
use patchbay_model::{Nanos, Side, trimmed};
use patchbay_naive::{self as naive, Recorded, Replay, What};
use patchbay_runtime::AdapterSetup;
use patchbay_test_replay::corpus;
use serde_json::Value;

use crate::run::{LEVELS, Run, adapter, body, book, change, random};

/// The frame with one digit of one price or quantity changed; and the price that was meant.
fn corrupted(text: &str, seed: &mut u64) -> Option<String> {
    let (_, _, _, levels) = change(text).filter(|change| !change.3.is_empty())?;
    let (_, price, qty) = &levels[random(seed, levels.len() as u64) as usize];
    let of_price = random(seed, 2) == 0;
    let mut field = if of_price { price } else { qty }.clone().into_bytes();
    let digits: Vec<usize> = (0..field.len()).filter(|&at| field[at].is_ascii_digit()).collect();
    let at = digits[random(seed, digits.len() as u64) as usize];
    field[at] = b'0' + (field[at] - b'0' + 1 + random(seed, 9) as u8) % 10;
    let field = String::from_utf8(field).unwrap();
    let (from, to) = match of_price {
        true => (format!("[\"{price}\",\"{qty}\"]"), format!("[\"{field}\",\"{qty}\"]")),
        false => (format!("[\"{price}\",\"{qty}\"]"), format!("[\"{price}\",\"{field}\"]")),
    };
    Some(text.replacen(&from, &to, 1))
}

/// Last prices of the sides of a snapshot that was cut off; what lies beyond was never told.
fn reach(body: &str) -> [Option<f64>; 2] {
    let body: Value = serde_json::from_str(body).unwrap();
    let sides = ["bids", "asks"].map(|side| body[side].as_array().unwrap());
    let cut = sides.iter().any(|side| side.len() >= LEVELS);
    let last = |side: &Vec<Value>| side.last().unwrap()[0].as_str().unwrap().parse().unwrap();
    sides.map(|side| cut.then(|| last(side)))
}

/// Whether a level of the host's book is another than the venue's, within the depth of a snapshot
/// and of the one that the book began with, and apart from those that the last change of futures
/// tells of: whether the snapshot holds them is not proved.
fn differs(
    listing: &Listing,
    truth: &naive::Book,
    last: &BTreeSet<(usize, String)>,
    reach: [Option<f64>; 2],
) -> bool {
    let (levels, about) = (listing.book.levels().unwrap(), &listing.about);
    let cut = truth.depth(0).max(truth.depth(1)) >= LEVELS;
    [(0, Side::Buy), (1, Side::Sell)].into_iter().any(|(at, side)| {
        let theirs = truth.best(at, LEVELS);
        let Some(end) = theirs.last().map(|level| level[0].parse::<f64>().unwrap()) else {
            return false;
        };
        let is_beyond = |price: &str, end: f64| match side {
            Side::Buy => price.parse::<f64>().unwrap() < end,
            Side::Sell => price.parse::<f64>().unwrap() > end,
        };
        let ours: BTreeSet<[String; 2]> = levels
            .iter(side)
            .map(|l| [trimmed(l.price, about.price_exp), trimmed(l.qty, about.qty_exp)])
            .filter(|level| !(cut && is_beyond(&level[0], end)))
            .collect();
        let held: BTreeSet<&str> = ours.iter().map(|level| &*level[0]).collect();
        let untold = |price: &str| {
            reach[at].is_some_and(|end| is_beyond(price, end)) && !held.contains(price)
        };
        let theirs = theirs.into_iter().filter(|level| !untold(&level[0]));
        let theirs: BTreeSet<_> = theirs.collect();
        ours.symmetric_difference(&theirs).any(|level| !last.contains(&(at, level[0].clone())))
    })
}

/// One run through a capture: a digit is corrupted, an audit follows, and the book that is convicted
/// is healed by a right snapshot, again and again. Quotes are kept from the host, so that nothing but
/// the audit can convict. The numbers of corrupted digits, of convictions, and of digits that a later
/// change had put right.
fn corrupt(setup: &AdapterSetup<'_>, path: PathBuf, futures: bool, seed: u64) -> [u64; 3] {
    let venue = naive::venue("binance").unwrap();
    let records = naive::read(&[path]).unwrap();
    let wanted = |record: &&Recorded| match &record.what {
        What::Frame(text) => change(text).is_some(),
        _ => true,
    };
    let mut run = Run::new(setup, EngineConfig::default());
    let (mut replay, mut seed) = (Replay::new(venue), seed);
    let (mut next, mut damaged, mut counts) = (30, None, [0; 3]);
    let mut told_to = [None; 2];
    for (at, record) in records.iter().filter(wanted).enumerate() {
        replay.step(record);
        let now = record.at_ns as Nanos;
        let What::Frame(text) = &record.what else {
            if let What::Reply { body, .. } = &record.what {
                told_to = reach(body);
            }
            run.record(record);
            continue;
        };
        let (symbol, _, last, levels) = change(text).unwrap();
        let conn = record.conn as u32 + 1;
        let live = run.state(&symbol) == State::Live;
        match damaged {
            None if live && at >= next => {
                let Some(bad) = corrupted(text, &mut seed) else { continue };
                run.frame(now, conn, &bad);
                counts[0] += 1;
                damaged = Some(at + 1 + random(&mut seed, 4) as usize);
                let index = run.listing(&symbol).unwrap().index;
                run.ask(now, index);
                continue;
            }
            _ => run.frame(now, conn, text),
        }
        let truth = book(&replay, &symbol);
        if damaged.is_some_and(|deliver| at >= deliver) {
            damaged = None;
            next = at + 5 + random(&mut seed, 20) as usize;
            let told = levels.iter().filter(|_| futures);
            let told = told.map(|(side, price, _)| (*side, naive::plain(price).unwrap())).collect();
            let wrong = differs(run.listing(&symbol).unwrap(), truth, &told, told_to);
            let before = run.core.engine().tally();
            let id = run.audit.take().expect("an audit was asked for");
            run.reply(now, id, "", &body(truth, last));
            let tally = run.core.engine().tally();
            let convicted = tally.audit_convictions - before.audit_convictions;
            let text = format!("{at}, of {:?}: {:?}", symbol, run.found.last());
            assert_eq!((tally.audits - before.audits, convicted), (1, u64::from(wrong)), "{text}");
            assert_eq!(run.state(&symbol) == State::Stale, wrong, "{text}");
            counts[if wrong { 1 } else { 2 }] += 1;
        }
        if run.state(&symbol) == State::Stale
            && let Some((id, _)) = run.snapshots.pop()
        {
            let body = body(truth, last);
            told_to = reach(&body);
            run.reply(now, id, "", &body);
        }
    }
    assert_eq!(run.core.engine().tally().quote_checks, 0);
    counts
}

#[test]
fn a_corrupted_digit_is_convicted_by_the_next_audit() {
    let (_plugins, setup) = adapter();
    for (capture, futures) in [
        ("binance-spot/hftbacktest/ethusdt_20240808.gz", false),
        ("binance-usdm/hftbacktest/btcusdt_20240718.gz", true),
        ("binance-coinm/hftbacktest/ethusd_perp_20240808.gz", true),
    ] {
        let Some(path) = corpus(capture) else { return };
        for seed in [1, 2] {
            let [digits, convicted, healed] = corrupt(&setup, path.clone(), futures, seed);
            println!(
                "{capture}: {digits} digits, {convicted} convicted, {healed} put right before"
            );
            assert!(digits >= 20 && convicted * 3 > digits, "{digits}, {convicted}");
        }
    }
}
