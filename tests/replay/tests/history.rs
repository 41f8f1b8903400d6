//! What other threads read of the last messages, while the engine writes them as fast as it can, is
//! what the frames say: whole, and each under its own number.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread::{self, ScopedJoinHandle};

use patchbay_abi::{self as abi, Level, Slot};
use patchbay_engine::{EngineConfig, HistoryConfig, HistoryReader};
use patchbay_history::Captures;
use patchbay_loader::Kind;
use patchbay_model as model;
use patchbay_runtime::{Core, CoreConfig, replay_captures};
use patchbay_test_replay::{Levels, Plugins, Said, at_exp, built, corpus};

const CAPTURE: &str = "binance-spot/hftbacktest/btcusdt_20240808.gz";

/// So little that everything is overwritten again and again while it is read.
const SMALL: HistoryConfig = HistoryConfig { arena_slots: 256, messages: 32 };

/// Threads that read.
const READERS: usize = 2;

/// Records that are played at most, and messages that each thread is to read.
const RECORDS: usize = 40_000;
const ENOUGH: usize = 800;

/// What one thread read: kind and id of each message by its number, and how many were gone.
#[derive(Default)]
struct Read {
    messages: BTreeMap<u64, (u16, u64)>,
    gone: u64,
}

/// Reads the newest messages and the ones that go next, and compares each, until it has enough or
/// nothing more is written.
fn read(history: &HistoryReader, said: &Said, exps: (i8, i8), over: &AtomicBool) -> Read {
    let (mut found, mut slots) = (Read::default(), Vec::new());
    while !over.load(Ordering::Relaxed) && found.messages.len() < ENOUGH {
        let held = history.held();
        let ends = held.clone().take(4).chain(held.rev().take(4));
        for number in ends {
            if !history.read(number, &mut slots) {
                found.gone += 1;
                continue;
            }
            let told = compared(&slots, said, exps);
            let before = found.messages.insert(number, told);
            assert!(before.is_none_or(|before| before == told), "{number}: {before:?}, {told:?}");
        }
    }
    found
}

/// Kind and id of a message that is what its frame said.
fn compared(slots: &[Slot], said: &Said, (price_exp, qty_exp): (i8, i8)) -> (u16, u64) {
    let head = slots[0].head();
    assert_eq!(slots.len(), 1 + slots[0].continuation());
    let level = |level: &Level| [at_exp(level.price, price_exp), at_exp(level.qty, qty_exp)];
    let id = match head.kind {
        abi::SLOT_TRADE => {
            let trade = slots[0].trade();
            let buys = trade.aggressor == abi::SIDE_BUY;
            let own = (at_exp(trade.price, price_exp), at_exp(trade.qty, qty_exp), buys);
            assert_eq!(said.trades.get(&trade.trade_id), Some(&own));
            trade.trade_id
        }
        abi::SLOT_QUOTE => {
            let quote = slots[0].quote();
            let side = |price, qty| vec![level(&Level { price, qty })];
            let own: Levels =
                [side(quote.bid_price, quote.bid_qty), side(quote.ask_price, quote.ask_qty)];
            assert_eq!(said.quotes.get(&head.sequence), Some(&own));
            head.sequence
        }
        abi::SLOT_DEPTH if slots[0].depth().flags & abi::DEPTH_SNAPSHOT == 0 => {
            let depth = slots[0].depth();
            let mut levels = slots[1..].iter().flat_map(|slot| *slot.levels());
            let mut side = |count: u16| -> Vec<_> {
                levels.by_ref().take(count.into()).map(|own| level(&own)).collect()
            };
            let [mut bids, mut asks] = [side(depth.bids), side(depth.asks)];
            bids.sort_by_key(|[price, _]| std::cmp::Reverse(*price));
            asks.sort_by_key(|[price, _]| *price);
            assert_eq!(said.depths.get(&head.sequence), Some(&[bids, asks]));
            head.sequence
        }
        _ => head.sequence,
    };
    (head.kind, id)
}

#[test]
fn what_is_read_while_the_engine_writes_is_whole() {
    let Some(capture) = corpus(CAPTURE) else { return };
    let said = Said::of(capture.clone(), RECORDS);
    let setup = Plugins::new().load(&built(false).plugin("patchbay-binance"), Kind::Adapter);
    let engine = EngineConfig { history: SMALL, ..EngineConfig::default() };
    let mut core = Core::new(CoreConfig { engine, ..CoreConfig::default() });
    core.attach(0, &setup).unwrap();
    let over = AtomicBool::new(false);
    let (count, found) = thread::scope(|scope| {
        let mut readers = Vec::new();
        let (give, take) = channel();
        for _ in 0..READERS {
            let (ask, history) = channel::<(HistoryReader, (i8, i8))>();
            give.send(ask).unwrap();
            readers.push(scope.spawn(|| {
                let (said, over, history) = (&said, &over, history);
                let (history, exps) = history.recv().unwrap();
                read(&history, said, exps, over)
            }));
        }
        let mut captures = Captures::open(&[capture]).unwrap();
        let (mut seen, mut records) = (None, 0);
        replay_captures(&mut core, &mut captures, |core, _| {
            if seen.is_none()
                && let Some(id) = core.engine().find("binance", "BTCUSDT", model::Kind::Spot)
            {
                let about = &core.engine().listing(id).unwrap().about;
                let reader = core.engine().history(id).unwrap();
                for ask in take.try_iter() {
                    ask.send((reader.clone(), (about.price_exp, about.qty_exp))).unwrap();
                }
                seen = Some(reader);
            }
            records += 1;
            records < RECORDS && !readers.iter().all(ScopedJoinHandle::is_finished)
        })
        .unwrap();
        over.store(true, Ordering::Relaxed);
        let found: Vec<Read> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        (seen.unwrap().count(), found)
    });
    for Read { messages, gone } in found {
        println!("{} of {count} messages read, {gone} times one was gone", messages.len());
        assert!(messages.len() >= ENOUGH, "{} read, {gone} gone", messages.len());
        for kind in [abi::SLOT_TRADE, abi::SLOT_DEPTH, abi::SLOT_QUOTE] {
            let ids: Vec<u64> =
                messages.values().filter(|(own, _)| *own == kind).map(|(_, id)| *id).collect();
            assert!(!ids.is_empty() && ids.is_sorted(), "kind {kind}: {} in order", ids.len());
        }
    }
}
