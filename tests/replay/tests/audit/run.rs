//! The host's way through a recording, and what the venue would have answered on it.

use patchbay_abi as abi;
use patchbay_book::State;
use patchbay_engine::{Action, EngineConfig, Listing, Proof};
use patchbay_journal::{Input, List};
use patchbay_loader::Kind;
use patchbay_model::Nanos;
use patchbay_naive::{self as naive, Key, Recorded, Replay, What};
use patchbay_plugin::bind::Command;
use patchbay_runtime::{AdapterSetup, Core, CoreConfig};
use patchbay_test_replay::{Plugins, built};
use serde_json::Value;

/// Levels a side of the snapshots.
pub(crate) const LEVELS: usize = 1000;
pub(crate) const SECOND: Nanos = 1_000_000_000;

/// A hash of `seed` (SplitMix64, Vigna 2015).
pub(crate) fn random(seed: &mut u64, below: u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ z >> 31) % below.max(1)
}

/// The host's way through a recording.
pub(crate) struct Run {
    pub(crate) core: Core,
    /// Open requests of snapshots: id and instrument index.
    pub(crate) snapshots: Vec<(u64, u32)>,
    pub(crate) audit: Option<u64>,
    pub(crate) found: Vec<Proof>,
}

impl Run {
    pub(crate) fn new(setup: &AdapterSetup<'_>, engine: EngineConfig) -> Self {
        let mut core = Core::new(CoreConfig { engine, ..CoreConfig::default() });
        core.attach(0, setup).unwrap();
        let mut run = Self { core, snapshots: Vec::new(), audit: None, found: Vec::new() };
        run.take(0, &Input::Plan { wishes: List::Lent(&[]) });
        run
    }

    pub(crate) fn take(&mut self, at: Nanos, input: &Input<'_>) {
        self.core.take(0, at, input).unwrap();
        self.found.extend(self.core.out().incidents.iter().map(|incident| incident.proof));
        for command in self.core.requests() {
            match command {
                Command::Http(http) if http.purpose == abi::PURPOSE_SNAPSHOT => {
                    self.snapshots.push((http.id, http.scope.1));
                }
                Command::Http(http) if http.purpose == abi::PURPOSE_AUDIT => {
                    self.audit = Some(http.id);
                }
                _ => {}
            }
        }
        for action in self.core.actions().to_vec() {
            match action {
                Action::Resync { scope_kind, scope, .. } => {
                    self.take(at, &Input::Resync { scope_kind, scope });
                }
                Action::Audit { index, .. } => self.ask(at, index),
            }
        }
    }

    pub(crate) fn record(&mut self, record: &Recorded) {
        let (at, conn) = (record.at_ns as Nanos, record.conn as u32 + 1);
        match &record.what {
            What::Open(url) => self.take(at, &Input::Open { conn, tag: 0, url }),
            What::Frame(text) => self.frame(at, conn, text),
            What::Reply { url, body } => {
                let id = if url.is_empty() { self.snapshots.pop().map_or(0, |s| s.0) } else { 0 };
                self.reply(at, id, url, body);
            }
        }
    }

    pub(crate) fn frame(&mut self, at: Nanos, conn: u32, text: &str) {
        let data = text.as_bytes();
        self.take(at, &Input::Frame { conn, opcode: abi::OPCODE_TEXT, data });
    }

    pub(crate) fn reply(&mut self, at: Nanos, id: u64, url: &str, body: &str) {
        let (headers, body) = (List::Lent(&[]), body.as_bytes());
        self.take(at, &Input::Reply { id, status: 200, error: 0, url, headers, body });
    }

    pub(crate) fn ask(&mut self, at: Nanos, index: u32) {
        let scope_kind = u32::from(abi::SCOPE_INSTRUMENT);
        self.take(at, &Input::Audit { scope_kind, scope: index });
    }

    pub(crate) fn listing(&self, symbol: &str) -> Option<&Listing> {
        let mut listings = self.core.engine().listings();
        listings.find(|(_, listing)| listing.about.symbol == symbol).map(|(_, listing)| listing)
    }

    pub(crate) fn state(&self, symbol: &str) -> State {
        self.listing(symbol).map_or(State::Empty, |listing| listing.book.state())
    }
}

pub(crate) fn live_books(replay: &Replay) -> Vec<String> {
    let books = replay.truth().books.iter().filter(|(_, book)| book.is_live());
    books.map(|(key, _)| key.symbol.clone()).collect()
}

pub(crate) fn book<'r>(replay: &'r Replay, symbol: &str) -> &'r naive::Book {
    &replay.truth().books[&Key::unique(symbol)]
}

/// What the venue would answer: `/depth` of this book, with id `id`.
pub(crate) fn body(book: &naive::Book, id: u64) -> String {
    let side = |side| serde_json::to_string(&book.best(side, LEVELS)).unwrap();
    format!("{{\"lastUpdateId\":{id},\"bids\":{},\"asks\":{}}}", side(0), side(1))
}

/// Side (0 bids, 1 asks), price and quantity as they were written.
pub(crate) type Written = (usize, String, String);

/// Symbol, first id, last id and levels of a change.
pub(crate) fn change(text: &str) -> Option<(String, u64, u64, Vec<Written>)> {
    let frame: Value = serde_json::from_str(text).ok()?;
    let (symbol, channel) = frame["stream"].as_str()?.split_once('@')?;
    let data = &frame["data"];
    if !channel.starts_with("depth") {
        return None;
    }
    let mut levels = Vec::new();
    for (side, name) in ["b", "a"].into_iter().enumerate() {
        for level in data[name].as_array()? {
            levels.push((side, level[0].as_str()?.to_owned(), level[1].as_str()?.to_owned()));
        }
    }
    Some((symbol.to_uppercase(), data["U"].as_u64()?, data["u"].as_u64()?, levels))
}

/// The adapter, loaded; the folder of its file goes with the first.
pub(crate) fn adapter() -> (Plugins, AdapterSetup<'static>) {
    let plugins = Plugins::new();
    let setup = plugins.load(&built(false).plugin("patchbay-binance"), Kind::Adapter);
    (plugins, setup)
}
