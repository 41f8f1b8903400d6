//! What an adapter made of a recording, turn by turn, ready to be damaged.

use std::cell::RefCell;
use std::path::PathBuf;

use patchbay_abi::{self as abi, Depth, Level, Slot};
use patchbay_history::Captures;
use patchbay_loader::Kind;
use patchbay_model::{Instrument, InstrumentId, Nanos, Side};
use patchbay_plugin::bind::Plugin;
use patchbay_plugin::{Config, Error, Strategy, StrategyCx, Turn};
use patchbay_runtime::{AdapterSetup, Core, CoreConfig, replay_captures};
use patchbay_test_replay::{Plugins, adapter, corpus};

/// Levels of a side that a snapshot can have.
pub(crate) const LEVELS_MAX: usize = 20_000;

/// The records of one turn.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Host time.
    pub at_ns: Nanos,
    /// Records with their continuation.
    pub records: Vec<Vec<Slot>>,
}

/// A recording.
#[derive(Clone)]
pub struct Tape {
    /// Name of the venue.
    pub venue: &'static str,
    /// What was recorded.
    pub name: &'static str,
    /// By id.
    pub instruments: Vec<(u32, Instrument)>,
    /// In order of time.
    pub moments: Vec<Moment>,
}

impl Tape {
    /// Of files of the corpus, through the venue's plugin; `None` without a corpus.
    pub fn of(venue: &'static str, name: &'static str, files: &[&str]) -> Option<Self> {
        let paths: Vec<PathBuf> = files.iter().map(|file| corpus(file)).collect::<Option<_>>()?;
        let setup = Plugins::new().load(&adapter(venue), Kind::Adapter);
        let mut core = Core::new(CoreConfig::default());
        core.attach(0, &setup).unwrap();
        let tap = AdapterSetup { plugin: Plugin::linked_strategy::<Tap>(), config: &[], ..setup };
        core.add_strategy(0, &tap).unwrap();
        HEARD.take();
        let mut captures = Captures::open(&paths).unwrap();
        replay_captures(&mut core, &mut captures, |_, _| true).unwrap();
        let listings = core.engine().listings();
        let instruments = listings.map(|(id, listing)| (id.0, listing.about.clone())).collect();
        let mut moments = HEARD.take();
        tie(&mut moments);
        Some(Self { venue, name, instruments, moments })
    }

    /// `SCOPE_*` of an instrument's changes; `None` if it has none.
    pub fn scope_of(&self, id: u32) -> Option<u8> {
        let records = self.moments.iter().flat_map(|moment| &moment.records);
        let depths = records
            .map(|record| &record[0])
            .filter(|slot| slot.head().kind == abi::SLOT_DEPTH && slot.head().instrument == id);
        let mut changes = depths.filter(|slot| slot.depth().flags & abi::DEPTH_SNAPSHOT == 0);
        changes.next().map(|slot| slot.depth().scope)
    }

    /// First and last time.
    pub fn span(&self) -> (Nanos, Nanos) {
        let first = self.moments.first().map_or(0, |moment| moment.at_ns);
        (first, self.moments.last().map_or(0, |moment| moment.at_ns))
    }
}

thread_local! {
    static HEARD: RefCell<Vec<Moment>> = const { RefCell::new(Vec::new()) };
}

/// Keeps every turn. A book that becomes live by pieces is a snapshot on the tape.
struct Tap;

impl Strategy for Tap {
    const NAME: &'static str = "tap";
    const VERSION: &'static str = "0";

    fn create(_config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self)
    }

    fn handle_turn(&mut self, turn: Turn<'_>, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        let mut records = Vec::new();
        for record in turn.records() {
            if record[0].head().kind != abi::SLOT_BOOK_STATE {
                records.push(record.to_vec());
            } else if record[0].book_state().state == abi::BOOK_LIVE {
                let id = record[0].head().instrument;
                let levels = |side| {
                    let mut levels = vec![Level { price: 0, qty: 0 }; LEVELS_MAX];
                    let count = cx.levels(InstrumentId(id), side, &mut levels);
                    levels.truncate(count);
                    levels
                };
                let [bids, asks] = [Side::Buy, Side::Sell].map(levels);
                records.push(snapshot(&record[0], &bids, &asks));
            }
        }
        let at_ns = cx.now();
        HEARD.with_borrow_mut(|heard| heard.push(Moment { at_ns, records }));
        Ok(())
    }
}

/// A whole book as its venue would send it over the stream. `of` says which, and when.
pub(crate) fn snapshot(of: &Slot, bids: &[Level], asks: &[Level]) -> Vec<Slot> {
    let head = abi::Head { kind: abi::SLOT_DEPTH, flags: 0, ..*of.head() };
    let depth = Depth {
        head,
        first: 0,
        previous: 0,
        checksum: 0,
        chain: 0,
        bids: bids.len() as u16,
        asks: asks.len() as u16,
        slots: 0,
        scope: abi::SCOPE_INSTRUMENT,
        flags: abi::DEPTH_SNAPSHOT,
    };
    with_levels(depth, &[bids, asks].concat())
}

/// A depth record with these levels, bids first.
pub(crate) fn with_levels(mut depth: Depth, levels: &[Level]) -> Vec<Slot> {
    let rest = levels.chunks(abi::LEVELS_PER_SLOT).map(|four| {
        let mut slot = [Level { price: 0, qty: 0 }; abi::LEVELS_PER_SLOT];
        slot[..four.len()].copy_from_slice(four);
        Slot { levels: slot }
    });
    depth.slots = levels.len().div_ceil(abi::LEVELS_PER_SLOT) as u16;
    let mut record = vec![Slot::from(depth)];
    record.extend(rest);
    record
}

/// The levels of a depth record, bids first.
pub(crate) fn levels(record: &[Slot]) -> Vec<Level> {
    let depth = record[0].depth();
    let all = record[1..].iter().flat_map(|slot| *slot.levels());
    all.take(usize::from(depth.bids) + usize::from(depth.asks)).collect()
}

/// Gives each snapshot the scope of the changes that follow it.
fn tie(moments: &mut [Moment]) {
    let mut scopes: Vec<Option<(u8, u32)>> = Vec::new();
    for record in moments.iter_mut().rev().flat_map(|moment| moment.records.iter_mut().rev()) {
        if record[0].head().kind != abi::SLOT_DEPTH {
            continue;
        }
        let depth = *record[0].depth();
        let at = depth.head.instrument as usize;
        if scopes.len() <= at {
            scopes.resize(at + 1, None);
        }
        if depth.flags & abi::DEPTH_SNAPSHOT == 0 {
            scopes[at] = Some((depth.scope, depth.chain));
        } else if depth.flags & abi::DEPTH_NEWEST == 0
            && let Some((scope, chain)) = scopes[at]
        {
            let (scope, chain) = match scope {
                abi::SCOPE_INSTRUMENT => (scope, chain),
                _ => (abi::SCOPE_NONE, 0),
            };
            let mut tied = Depth { scope, chain, ..depth };
            if scope == abi::SCOPE_NONE {
                tied.head.sequence = 0;
            }
            record[0] = Slot::from(tied);
        }
    }
}
