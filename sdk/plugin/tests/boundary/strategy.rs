//! What strategies see of the host, and the host of them.

use patchbay_plugin::abi::{self, BookView, Head, Level, Slot};
use patchbay_plugin::bind::{Books, Outcome, Plugin, Saved, StrategyInstance};
use patchbay_plugin::model::{Instrument, InstrumentId, Kind, Nanos, Side};
use patchbay_plugin::{Config, Error, Strategy, StrategyCx, Turn};

use crate::{log, logged};

/// Does and checks what its control lines say; its state is how many turns it saw.
struct Watcher {
    turns: u64,
}

impl Strategy for Watcher {
    const NAME: &'static str = "watcher";
    const VERSION: &'static str = "0";
    const STATE_SCHEMA: u32 = 2;

    fn create(_config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self { turns: 0 })
    }

    fn start(&mut self, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        cx.wake(cx.now() + 10)
    }

    fn handle_turn(&mut self, turn: Turn<'_>, _cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        self.turns += 1;
        assert_eq!(turn.number, 40 + self.turns);
        let lengths: Vec<_> = turn.records().map(<[Slot]>::len).collect();
        assert_eq!(lengths, [4, 1]);
        Ok(())
    }

    fn handle_timeout(&mut self, now: Nanos, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        assert_eq!(now, cx.now());
        cx.wake(0)
    }

    fn handle_control(&mut self, command: &str, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        match command {
            "books" => see_books(cx),
            "levels" => see_levels(cx),
            "instruments" => see_instruments(cx),
            "no instruments" => {
                assert_eq!(cx.find("okx", "BTC-USDT", Kind::Spot), None);
                assert_eq!(cx.instrument(InstrumentId(0)), None);
            }
            "wake and err" => {
                cx.wake(5)?;
                return Err(Error::new("not so"));
            }
            "order" => {
                let order = abi::OrderRef {
                    struct_size: size_of::<abi::OrderRef>() as u32,
                    instrument: 0,
                    client: abi::ClientId { high: 0, low: 1 },
                    venue_id: abi::Str::EMPTY,
                };
                return cx.cancel(&order);
            }
            "panic" => panic!("as told"),
            other => return Err(Error::new(format!("unknown command `{other}`"))),
        }
        Ok(())
    }

    fn save(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.turns.to_le_bytes());
    }

    fn restore(&mut self, schema: u32, state: &[u8]) -> Result<(), Error> {
        // Schema 1 had 4 bytes.
        self.turns = match (schema, state.len()) {
            (1, 4) | (2, 8) => state.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)),
            _ => return Err(Error::new("not a state of mine")),
        };
        Ok(())
    }

    fn digest(&self) -> u64 {
        assert!(self.turns < 1_000, "too many turns");
        self.turns + 1
    }
}

fn see_books(cx: &StrategyCx<'_>) {
    let live = cx.book(InstrumentId(0)).expect("instrument 0 has a book");
    let stale = cx.book(InstrumentId(70)).expect("instrument 70 has a book");
    assert!(live.is_live() && !stale.is_live());
    assert_eq!(live.top(Side::Buy), [Level { price: 9, qty: 1 }, Level { price: 8, qty: 1 }]);
    assert_eq!(live.top(Side::Sell), [Level { price: 10, qty: 1 }]);
    assert!(stale.top(Side::Buy).is_empty());
    assert_eq!([live.view().instrument, stale.view().instrument], [0, 70]);
    for id in [1, 71, u32::MAX] {
        assert!(cx.book(InstrumentId(id)).is_none());
    }
    let again = cx.book(InstrumentId(0)).expect("as before");
    assert!(std::ptr::eq(again.view(), live.view()));
}

fn see_levels(cx: &StrategyCx<'_>) {
    let mut out = [Level { price: 0, qty: 0 }; 20];
    assert_eq!(cx.levels(InstrumentId(0), Side::Buy, &mut out), 20);
    assert!(out.iter().map(|level| level.price).eq((-10..10).rev()));
    assert_eq!(cx.levels(InstrumentId(0), Side::Sell, &mut out[..3]), 1);
    assert_eq!(out[0], Level { price: 10, qty: 1 });
    assert_eq!(cx.levels(InstrumentId(70), Side::Buy, &mut out), 0);
    assert_eq!(cx.levels(InstrumentId(0), Side::Buy, &mut []), 0);
}

fn see_instruments(cx: &StrategyCx<'_>) {
    assert_eq!(cx.find("okx", "BTC-USDT", Kind::Spot), Some(InstrumentId(70)));
    for (venue, symbol, kind) in [
        ("okx", "BTC-USDT", Kind::Linear),
        ("okx", "ETH-USDT", Kind::Spot),
        ("bybit", "BTC-USDT", Kind::Spot),
        ("", "", Kind::Option),
    ] {
        assert_eq!(cx.find(venue, symbol, kind), None);
    }
    let spot = cx.instrument(InstrumentId(70));
    assert_eq!(spot, Some(instrument()));
    assert_eq!(cx.instrument(InstrumentId(70)), spot);
    assert_eq!(cx.instrument(InstrumentId(0)), None);
}

fn instrument() -> Instrument {
    Instrument {
        base: "BTC".to_owned(),
        quote: "USDT".to_owned(),
        tick: 1,
        lot: 10,
        bands: vec![abi::TickBand { from: 5, tick: 2 }],
        provisional: false,
        ..Instrument::provisional("BTC-USDT", Kind::Spot, -1, -8)
    }
}

/// A live book of instrument 0, and a stale one of instrument 70 at venue `okx`.
struct Shelf(Instrument);

impl Books for Shelf {
    fn view(&self, id: InstrumentId, view: &mut BookView) -> bool {
        view.instrument = id.0;
        match id.0 {
            0 => {
                view.state = abi::BOOK_LIVE;
                view.levels = 2 | 1 << 8;
                view.bids[0] = Level { price: 9, qty: 1 };
                view.bids[1] = Level { price: 8, qty: 1 };
                view.asks[0] = Level { price: 10, qty: 1 };
                true
            }
            70 => {
                view.state = abi::BOOK_STALE;
                true
            }
            _ => false,
        }
    }

    fn levels(&self, id: InstrumentId, side: Side, out: &mut [Level]) -> usize {
        if id.0 != 0 {
            return 0;
        }
        let (first, step, count) = match side {
            Side::Buy => (9, -1, 1_000),
            Side::Sell => (10, 1, 1),
        };
        let prices = (0..count).map(|n| first + step * n);
        let copied = out.iter_mut().zip(prices);
        copied.map(|(level, price)| *level = Level { price, qty: 1 }).count()
    }

    fn find(&self, venue: &str, symbol: &str, kind: Kind) -> Option<InstrumentId> {
        let found = (venue, symbol, kind) == ("okx", &self.0.symbol, self.0.kind);
        found.then_some(InstrumentId(70))
    }

    fn instrument(&self, id: InstrumentId) -> Option<&Instrument> {
        (id.0 == 70).then_some(&self.0)
    }
}

/// Books of a host that was built before there were instruments to look up.
struct BooksOnly;

impl Books for BooksOnly {
    fn view(&self, _: InstrumentId, _: &mut BookView) -> bool {
        false
    }
    fn levels(&self, _: InstrumentId, _: Side, _: &mut [Level]) -> usize {
        0
    }
}

const DONE: Outcome = Outcome { status: abi::OK, wake: None };

fn watcher() -> StrategyInstance {
    let plugin = Plugin::linked_strategy::<Watcher>();
    plugin.strategy(&[], 0, 0, &log).expect("nothing to configure")
}

/// Has the strategy check what `command` names; a failed check would be a panic in the log.
fn check(command: &str) {
    let outcome = watcher().control(1, command, &Shelf(instrument()));
    assert_eq!((outcome, logged()), (DONE, vec![]));
}

/// An order update with its detail and two texts, and a list's end.
fn records() -> [Slot; 5] {
    let head =
        |kind| Head { kind, flags: 0, instrument: 70, sequence: 0, exchange_ns: 0, receive_ns: 0 };
    let update = abi::OrderUpdate {
        head: head(abi::SLOT_ORDER_UPDATE),
        client: abi::ClientId { high: 1, low: 2 },
        filled_qty: 0,
        code: 0,
        state: abi::ORDER_STATE_OPEN,
        reason: abi::REASON_NONE,
        slots: 3,
        external: 0,
    };
    let end = abi::ListEnd {
        head: head(abi::SLOT_LIST_END),
        list: abi::LIST_OPEN_ORDERS,
        complete: 1,
        from_ns: 0,
        reserved: [0; 2],
    };
    // In a continuation slot nothing is a kind, whatever its bits are.
    let text = Slot::from([u64::MAX; 8]);
    [update.into(), text, text, text, end.into()]
}

/// A watcher that saw `turns` turns.
fn watched(turns: u64) -> StrategyInstance {
    let mut instance = watcher();
    for turn in 1..=turns {
        let outcome = instance.turn(1, 40 + turn, &records(), &BooksOnly);
        assert_eq!((outcome, logged()), (DONE, vec![]));
    }
    instance
}

#[test]
fn books_are_lent_until_the_call_returns() {
    check("books");
}

#[test]
fn levels_are_copied_as_far_as_asked_for() {
    check("levels");
}

#[test]
fn instruments_are_found_by_venue_symbol_and_kind_and_copied() {
    check("instruments");
}

#[test]
fn a_host_without_instruments_to_look_up_answers_none() {
    let outcome = watcher().control(1, "no instruments", &BooksOnly);
    assert_eq!((outcome, logged()), (DONE, vec![]));
}

#[test]
fn records_of_a_turn_come_with_their_continuation() {
    watched(2);
}

#[test]
fn a_wish_to_wake_is_told_replaced_and_dropped_with_an_error() {
    let mut instance = watcher();
    let wish = |wake| Outcome { status: abi::OK, wake: Some(wake) };
    assert_eq!(instance.start(100, &BooksOnly), wish(110));
    assert_eq!(instance.timer(110, &BooksOnly), wish(0));
    let outcome = instance.control(120, "wake and err", &BooksOnly);
    let dropped = Outcome { status: abi::ERROR, wake: None };
    assert_eq!(outcome, dropped);
}

#[test]
fn a_function_that_the_host_lacks_is_an_error_and_not_a_crash() {
    let outcome = watcher().control(1, "order", &BooksOnly);
    assert_eq!(outcome.status, abi::ERROR);
    let line = "cannot cancel: this host does not offer it".to_owned();
    assert_eq!(logged(), [(abi::LOG_WARN, line)]);
}

#[test]
fn an_unknown_command_is_an_error_that_names_it() {
    assert_eq!(watcher().control(1, "fly", &BooksOnly).status, abi::ERROR);
    assert_eq!(logged()[0].1, "unknown command `fly`");
}

#[test]
fn saved_state_makes_another_instance_the_same() {
    let first = watched(3);
    let saved = first.save().expect("it has state");
    let expected = Saved { schema: 2, bytes: vec![3, 0, 0, 0, 0, 0, 0, 0] };
    assert_eq!(saved, expected);
    let mut second = watcher();
    assert_ne!(second.digest(), first.digest());
    assert_eq!(second.restore(&saved), Ok(()));
    assert_eq!(second.digest(), first.digest());
}

#[test]
fn state_of_an_older_schema_is_upgraded_and_of_an_unknown_one_refused() {
    let mut instance = watcher();
    let saved = |schema, bytes: &[u8]| Saved { schema, bytes: bytes.to_vec() };
    assert_eq!(instance.restore(&saved(1, &[7, 0, 0, 0])), Ok(()));
    assert_eq!(instance.digest(), 8);
    assert_eq!(instance.restore(&saved(3, &[])), Err(abi::SCHEMA));
}

#[test]
fn a_panicked_strategy_is_poisoned_for_every_call() {
    let mut instance = watched(1);
    let saved = instance.save().expect("it has state");
    assert_eq!(instance.control(1, "panic", &BooksOnly).status, abi::PANIC);
    assert!(logged()[0].1.ends_with(": as told"));
    let statuses = [
        instance.start(1, &BooksOnly).status,
        instance.turn(1, 1, &[], &BooksOnly).status,
        instance.timer(1, &BooksOnly).status,
        instance.control(1, "books", &BooksOnly).status,
    ];
    assert_eq!(statuses, [abi::POISONED; 4]);
    assert_eq!(instance.save(), Err(abi::POISONED));
    assert_eq!(instance.restore(&saved), Err(abi::POISONED));
    assert_eq!(instance.digest(), 0);
}

#[test]
fn a_digest_that_panics_poisons_too() {
    let mut instance = watcher();
    let far = Saved { schema: 2, bytes: 1_000_u64.to_le_bytes().to_vec() };
    assert_eq!(instance.restore(&far), Ok(()));
    assert_eq!(instance.digest(), 0);
    assert_eq!(instance.timer(1, &BooksOnly).status, abi::POISONED);
}
