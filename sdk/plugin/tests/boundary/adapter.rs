//! Records, requests, failures and panics of adapters.

use std::cell::Cell;

use patchbay_plugin::abi::{self, Head, LEVELS_PER_SLOT, Level, SLOTS_MAX, Slot, Trade};
use patchbay_plugin::bind::{AdapterInstance, Answer, Command, Plugin};
use patchbay_plugin::model::{Instrument, Kind};
use patchbay_plugin::{
    Adapter, AdapterCx, Config, Connect, DepthStart, Error, Frame, FrameBuf, Open, Scope, Wish,
};

use crate::{log, logged};

thread_local! {
    static DROPPED: Cell<u32> = const { Cell::new(0) };
}

/// Does what its frames say.
struct Player;

impl Adapter for Player {
    const NAME: &'static str = "player";
    const VERSION: &'static str = "1.2.3";

    fn create(_config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self)
    }

    fn plan(&mut self, _wishes: &[Wish<'_>], _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn handle_frame(&mut self, frame: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        match &*frame.bytes {
            b"trade" => cx.push(trade(7)),
            b"panic" => {
                ask_for_everything(cx)?;
                panic!("the chosen frame came");
            }
            b"err" => {
                ask_for_everything(cx)?;
                Err(Error::new("no such channel"))
            }
            b"half" => {
                cx.connect(&Connect::default())?;
                // A head that announces more continuation than follows.
                cx.push(update(2))?;
                cx.push(Slot::ZERO)
            }
            b"deep" => {
                cx.push(trade(1))?;
                depth(cx, 12_000, 8_000)?;
                cx.push(trade(2))
            }
            b"asks first" => {
                let mut writer = cx.depth(DepthStart::default())?;
                for price in [11, 12, 13, 14, 15] {
                    writer.level(price, 1)?;
                }
                writer.bids();
                for price in [10, 9] {
                    writer.level(price, 1)?;
                }
                assert_eq!(writer.deepest(), 5);
                writer.finish()
            }
            b"odd" => depth(cx, 4, 3),
            b"unfinished" => {
                cx.push(trade(1))?;
                let mut writer = cx.depth(DepthStart::default())?;
                for price in 0..5_000 {
                    writer.level(price, 1)?;
                }
                let _unfinished = writer;
                cx.push(trade(2))
            }
            b"flood" => flood(cx),
            b"flood and go on" => {
                let refused = flood(cx);
                assert!(refused.is_err());
                Ok(())
            }
            b"flood of levels" => depth(cx, 65_535, 4 * SLOTS_MAX as i64),
            b"wide" => depth(cx, 65_536, 0),
            b"log" => {
                cx.log(abi::LOG_INFO, "subscribed to 3 streams");
                cx.ignore();
                Ok(())
            }
            other => Err(Error::new(format!("what is {other:?}?"))),
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        DROPPED.set(DROPPED.get() + 1);
    }
}

fn trade(price: i64) -> Trade {
    Trade {
        head: Head {
            kind: abi::SLOT_TRADE,
            flags: 0,
            instrument: 3,
            sequence: 0,
            exchange_ns: 5,
            receive_ns: 6,
        },
        price,
        qty: 1,
        trade_id: 0,
        fills: 0,
        aggressor: abi::SIDE_BUY,
        id_hashed: 0,
        flags: 0,
    }
}

fn update(slots: u8) -> abi::OrderUpdate {
    abi::OrderUpdate {
        head: Head { kind: abi::SLOT_ORDER_UPDATE, ..trade(0).head },
        client: abi::ClientId { high: 1, low: 2 },
        filled_qty: 0,
        code: 0,
        state: abi::ORDER_STATE_OPEN,
        reason: abi::REASON_NONE,
        slots,
        external: 0,
    }
}

fn ask_for_everything(cx: &mut AdapterCx<'_>) -> Result<(), Error> {
    cx.push(trade(1))?;
    depth(cx, 3_000, 0)?;
    cx.define_instrument(0, &Instrument::provisional("X", Kind::Spot, -2, -3))?;
    cx.connect(&Connect::default())?;
    cx.fail(abi::FAIL_PERMISSION, "the key was refused");
    cx.wake(99);
    Ok(())
}

fn depth(cx: &mut AdapterCx<'_>, bids: i64, asks: i64) -> Result<(), Error> {
    let mut writer = cx.depth(DepthStart {
        instrument: 3,
        sequence: 42,
        flags: abi::DEPTH_SNAPSHOT,
        ..DepthStart::default()
    })?;
    for n in 0..bids {
        writer.level(-n, 1_000_000 + n)?;
    }
    writer.asks();
    for n in 0..asks {
        writer.level(1 + n, 2_000_000 + n)?;
    }
    writer.finish()
}

fn flood(cx: &mut AdapterCx<'_>) -> Result<(), Error> {
    for price in 0..=SLOTS_MAX as i64 {
        cx.push(trade(price))?;
    }
    Ok(())
}

fn player() -> AdapterInstance {
    let plugin = Plugin::linked_adapter::<Player>();
    plugin.adapter(&[], 0, 0, &log).expect("nothing to configure")
}

/// What a frame brings: status, records and requests.
fn play(instance: &mut AdapterInstance, frame: &str) -> (abi::Status, Vec<Slot>, Vec<Command>) {
    let mut buf = FrameBuf::default();
    buf.fill(frame.as_bytes());
    let call = instance.frame(1_000, 1, abi::OPCODE_TEXT, &mut buf);
    (call.status, call.slots.to_vec(), call.commands.collect())
}

fn the_fail() -> Vec<Command> {
    vec![Command::Fail { code: abi::FAIL_PERMISSION, text: "the key was refused".to_owned() }]
}

#[test]
fn a_panicked_instance_is_poisoned_for_every_call_and_still_destroyed() {
    let mut instance = player();
    assert_eq!(play(&mut instance, "trade").0, abi::OK);
    assert_eq!(play(&mut instance, "panic").0, abi::PANIC);

    let mut body = FrameBuf::default();
    let answer =
        Answer { id: 1, status: 200, error: abi::REPLY_OK, url: "", headers: &[], body: &mut body };
    let open = Open { conn: 1, tag: 0, url: "" };
    assert_eq!(instance.plan(1, &[]).status, abi::POISONED);
    assert_eq!(instance.open(1, open).status, abi::POISONED);
    assert_eq!(play(&mut instance, "trade").0, abi::POISONED);
    assert_eq!(instance.close(1, 1, 1006, "gone").status, abi::POISONED);
    assert_eq!(instance.reply(1, answer).status, abi::POISONED);
    assert_eq!(instance.timer(1).status, abi::POISONED);
    let scope = Scope::Instrument(0);
    assert_eq!(instance.resync(1, scope).status, abi::POISONED);

    drop(instance);
    assert_eq!(DROPPED.get(), 1);
}

#[test]
fn another_instance_of_a_panicked_plugin_goes_on() {
    let (mut first, mut second) = (player(), player());
    assert_eq!(play(&mut first, "panic").0, abi::PANIC);
    let (status, slots, _) = play(&mut second, "trade");
    assert_eq!((status, slots), (abi::OK, vec![trade(7).into()]));
    assert_eq!(play(&mut first, "trade").0, abi::POISONED);
}

#[test]
fn an_error_drops_records_and_requests_but_not_fail() {
    let mut instance = player();
    let (status, slots, commands) = play(&mut instance, "err");
    assert_eq!(status, abi::ERROR);
    assert_eq!((slots.len(), commands), (0, the_fail()));
    assert_eq!(logged(), [(abi::LOG_WARN, "no such channel".to_owned())]);
    // Nothing of it comes with the next call.
    let (status, slots, commands) = play(&mut instance, "trade");
    assert_eq!((status, slots.len(), commands), (abi::OK, 1, vec![]));
}

#[test]
fn a_panic_drops_records_and_requests_but_not_fail() {
    let (status, slots, commands) = play(&mut player(), "panic");
    assert_eq!((status, slots.len()), (abi::PANIC, 0));
    assert_eq!(commands, the_fail());
}

#[test]
fn a_record_without_its_continuation_rejects_the_call() {
    let (status, slots, commands) = play(&mut player(), "half");
    assert_eq!((status, slots.len(), commands), (abi::INVALID, 0, vec![]));
}

#[test]
fn a_depth_message_that_outgrows_the_buffer_has_exactly_its_slots() {
    let (status, slots, _) = play(&mut player(), "deep");
    assert_eq!(status, abi::OK);
    assert_eq!(slots.len(), 1 + (1 + 5_000) + 1);
    assert_eq!([slots[0], slots[5_002]], [trade(1).into(), trade(2).into()]);

    let depth = slots[1].depth();
    assert_eq!([depth.bids, depth.asks, depth.slots], [12_000, 8_000, 5_000]);
    assert_eq!((depth.head.sequence, depth.head.receive_ns), (42, 1_000));
    let levels = slots[2..5_002].iter().flat_map(|slot| *slot.levels());
    let bids = (0..12_000).map(|n| Level { price: -n, qty: 1_000_000 + n });
    let asks = (0..8_000).map(|n| Level { price: 1 + n, qty: 2_000_000 + n });
    assert!(levels.eq(bids.chain(asks)));
}

#[test]
fn a_depth_message_written_with_its_asks_first_has_its_bids_first() {
    let (status, slots, _) = play(&mut player(), "asks first");
    let depth = slots[0].depth();
    assert_eq!((status, [depth.bids, depth.asks, depth.slots]), (abi::OK, [2, 5, 2]));
    let levels = slots[1..].iter().flat_map(|slot| *slot.levels());
    let prices: Vec<_> = levels.map(|level| level.price).collect();
    assert_eq!(prices, [10, 9, 11, 12, 13, 14, 15, 0]);
}

#[test]
fn unused_levels_of_the_last_slot_are_zero_in_a_buffer_used_before() {
    let mut instance = player();
    assert_eq!(play(&mut instance, "deep").0, abi::OK);
    let (_, slots, _) = play(&mut instance, "odd");
    assert_eq!(slots.len(), 1 + 7_usize.div_ceil(LEVELS_PER_SLOT));
    assert_eq!(slots[2].levels()[3], Level { price: 0, qty: 0 });
}

#[test]
fn an_unfinished_depth_message_leaves_nothing() {
    let (status, slots, _) = play(&mut player(), "unfinished");
    assert_eq!(status, abi::OK);
    assert_eq!(slots, [trade(1).into(), trade(2).into()]);
}

#[test]
fn more_than_the_most_slots_is_an_error_and_the_instance_goes_on() {
    let mut instance = player();
    for frame in ["flood", "flood of levels"] {
        let (status, slots, _) = play(&mut instance, frame);
        assert_eq!((status, slots.len()), (abi::ERROR, 0), "{frame}");
        let [(level, line)] = &logged()[..] else {
            panic!("one line says why");
        };
        assert_eq!(*level, abi::LOG_WARN);
        assert!(line.contains("the host's bound is reached"), "{line}");
    }
    // What was written before the bound counts if the adapter says so.
    let (status, slots, _) = play(&mut instance, "flood and go on");
    assert_eq!((status, slots.len()), (abi::OK, SLOTS_MAX));
}

#[test]
fn more_levels_than_a_message_counts_are_an_error() {
    let (status, slots, _) = play(&mut player(), "wide");
    assert_eq!((status, slots.len()), (abi::ERROR, 0));
    assert!(logged()[0].1.contains("65,535 levels a side"));
}

#[test]
fn log_lines_arrive_with_their_level() {
    play(&mut player(), "log");
    let line = "subscribed to 3 streams".to_owned();
    assert_eq!(logged(), [(abi::LOG_INFO, line)]);
}

#[test]
fn the_message_and_the_place_of_a_panic_arrive_in_the_log() {
    play(&mut player(), "panic");
    let [(level, line)] = &logged()[..] else {
        panic!("one line says what panicked");
    };
    assert_eq!(*level, abi::LOG_ERROR);
    assert!(line.starts_with(&format!("panic at {}:", file!())), "{line}");
    assert!(line.ends_with(": the chosen frame came"), "{line}");
}
