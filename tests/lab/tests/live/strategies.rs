//! Strategies of a running host: each sees every turn with the books standing after it, timers come
//! in order, and one that panics is alone with it.

use std::sync::Mutex;
use std::thread::sleep;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::{Plugin as Said, PluginKind, PluginState, Status};
use patchbay_loader::{Kind, Loaded, Loader, Trust};
use patchbay_model::{InstrumentId, Nanos, Side};
use patchbay_plugin::bind::Plugin;
use patchbay_plugin::{Config, Error, Strategy, StrategyCx, Turn};
use patchbay_runtime::live::{LiveConfig, LiveHost, LiveStrategy};
use patchbay_test_lab::Site;
use patchbay_venue::AtEnd;

/// Between two timers of the tap.
const TICK: Nanos = 10_000_000;

/// What the tap saw, in order.
static SEEN: Mutex<Vec<Seen>> = Mutex::new(Vec::new());

#[derive(Clone, Debug)]
enum Seen {
    /// Number, time, and every word of the records and of the best levels of their books.
    Turn(u64, Nanos, Vec<u64>, usize),
    /// Time.
    Timer(Nanos),
}

/// Notes everything.
struct Tap;

impl Strategy for Tap {
    const NAME: &'static str = "tap";
    const VERSION: &'static str = "1";

    fn create(_: &Config<'_>) -> Result<Self, Error> {
        Ok(Self)
    }

    fn start(&mut self, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        cx.wake(cx.now() + TICK)
    }

    fn handle_timeout(&mut self, now: Nanos, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        SEEN.lock().unwrap().push(Seen::Timer(now));
        cx.wake(now + TICK)
    }

    fn handle_turn(&mut self, turn: Turn<'_>, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        let (mut words, mut records) = (vec![turn.number, cx.now() as u64], 0);
        for record in turn.records() {
            records += 1;
            words.extend(record.iter().flat_map(|slot| slot.words().to_vec()));
            let id = record[0].head().instrument;
            let Some(book) = cx.book(InstrumentId(id)).filter(|_| id != abi::NO_INSTRUMENT) else {
                continue;
            };
            words.push(u64::from(book.view().state));
            for side in [Side::Buy, Side::Sell] {
                words.extend(book.top(side).iter().flat_map(|l| [l.price as u64, l.qty as u64]));
            }
        }
        SEEN.lock().unwrap().push(Seen::Turn(turn.number, cx.now(), words, records));
        Ok(())
    }
}

/// Panics in its third turn.
struct Bomb(u32);

impl Strategy for Bomb {
    const NAME: &'static str = "bomb";
    const VERSION: &'static str = "1";

    fn create(_: &Config<'_>) -> Result<Self, Error> {
        Ok(Self(0))
    }

    fn handle_turn(&mut self, _: Turn<'_>, _: &mut StrategyCx<'_>) -> Result<(), Error> {
        self.0 += 1;
        assert_ne!(self.0, 3, "told to panic");
        Ok(())
    }
}

#[test]
fn every_strategy_sees_every_turn_and_a_panic_is_nobody_elses() {
    let Some(site) = Site::new("strategies", 20.0, AtEnd::Stay) else { return };
    let loader = Loader::new(None, Trust::Folder).unwrap();
    let load = |name, kind| loader.load(&site.plugin(name), Some(kind)).unwrap();
    let strategy = |name: &str, loaded| {
        let settings = Vec::new();
        LiveStrategy { name: name.to_owned(), loaded, settings }
    };
    let (rust, c) = (load("recorder", Kind::Strategy), load("c-recorder", Kind::Strategy));
    let linked = |plugin| Loaded { plugin, manifest: rust.manifest.clone(), generation: 0 };
    let (tap, bomb) =
        (linked(Plugin::linked_strategy::<Tap>()), linked(Plugin::linked_strategy::<Bomb>()));
    let strategies = vec![
        strategy("bomb", bomb),
        strategy("one", rust),
        strategy("tap", tap),
        strategy("two", c),
    ];
    let config = LiveConfig { strategies, ..site.live() };
    let host = LiveHost::start(config, vec![site.adapter(&[])]).unwrap();
    while !site.venue.ledger().ended {
        sleep(Duration::from_millis(50));
    }
    // Nothing more comes; timers do.
    sleep(Duration::from_millis(500));
    let status = host.stop();
    let seen = std::mem::take(&mut *SEEN.lock().unwrap());
    timers_come_in_order(&seen);
    let (turns, records, digest) = recorded(&seen);
    assert!(turns > 1000 && records >= turns, "{turns} turns with {records} records");
    for name in ["one", "two"] {
        let plugin = plugin(&status, name);
        assert_eq!(plugin.digest, format!("{digest:016x}"), "{name}");
        assert_eq!((plugin.state, plugin.frames), (PluginState::Running, turns), "{name}");
        assert_eq!(plugin.kind, PluginKind::Strategy);
    }
    let bomb = plugin(&status, "bomb");
    assert_eq!((bomb.state, bomb.faults, bomb.frames), (PluginState::Faulted, 1, 3));
    assert_eq!((status.totals.faults, &*bomb.digest), (1, ""));
    let lines: Vec<_> = status.log.iter().filter(|line| line.source == "bomb").collect();
    let told = |text: &str| lines.iter().filter(|line| line.text.contains(text)).count();
    assert_eq!((told("told to panic"), told("gets nothing more")), (1, 1), "{lines:?}");
    site.remove();
}

fn plugin<'s>(status: &'s Status, name: &str) -> &'s Said {
    status.plugins.iter().find(|plugin| plugin.name == name).unwrap()
}

/// No timer before its time, none left out, none behind a turn that is later.
fn timers_come_in_order(seen: &[Seen]) {
    let (mut last_timer, mut timers, mut after_the_end) = (None, 0, 0);
    for (at, event) in seen.iter().enumerate() {
        match event {
            Seen::Timer(now) => {
                timers += 1;
                assert!(last_timer.is_none_or(|last| *now == last + TICK), "timer {timers}");
                last_timer = Some(*now);
                after_the_end +=
                    usize::from(!seen[at..].iter().any(|s| matches!(s, Seen::Turn(..))));
            }
            Seen::Turn(number, now, ..) => {
                let due = last_timer.map(|last| last + TICK);
                assert!(due.is_none_or(|due| *now < due), "turn {number} is behind a timer");
            }
        }
    }
    assert!(timers > 100 && after_the_end >= 40, "{timers} timers, {after_the_end} at the end");
}

/// Turns and records, and what the recorders should make of them: FNV-1a over all words, then over
/// the two counts.
fn recorded(seen: &[Seen]) -> (u64, u64, u64) {
    let (mut turns, mut count, mut hash) = (0, 0, 0xcbf2_9ce4_8422_2325_u64);
    let mut add = |word: u64| hash = (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3);
    for event in seen {
        if let Seen::Turn(_, _, words, records) = event {
            turns += 1;
            count += *records as u64;
            words.iter().for_each(|word| add(*word));
        }
    }
    add(turns);
    add(count);
    (turns, count, hash)
}
