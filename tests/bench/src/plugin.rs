//! The Binance adapter as the host runs it: built without any processor flag, loaded from its file.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use patchbay_abi::{Depth, SIDE_SELL, SLOT_DEPTH, SLOT_QUOTE, SLOT_TRADE, Slot, TRADE_OFF_BOOK};
use patchbay_binance::Binance;
use patchbay_loader::{Kind, Loader, Trust};
use patchbay_plugin::bind::{AdapterInstance, Answer, Plugin};
use patchbay_plugin::{FrameBuf, Open, Value};
use patchbay_runtime::AdapterSetup;
use patchbay_runtime::config::{PluginTables, settings_of};

use crate::sum::Sum;
use crate::tape::{Frames, Product};

/// Where the frames come in.
pub(crate) const CONN: u32 = 1;

/// The built plugin file.
///
/// # Panics
///
/// If it cannot be built.
pub(crate) fn file() -> PathBuf {
    let given = std::env::var_os("PATCHBAY_BENCH_PLUGIN").map(PathBuf::from);
    given.unwrap_or_else(|| built().join("libpatchbay_binance.so"))
}

/// Where host and plugin are, built as they are shipped; together, so that neither is built twice.
///
/// # Panics
///
/// If they cannot be built.
pub(crate) fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--release", "--package", "patchbay"]);
        build.args(["--package", "patchbay-binance"]);
        build.current_dir(&root).env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
        assert!(build.status().is_ok_and(|status| status.success()), "patchbay does not build");
        root.join("target/release").canonicalize().expect("it was built")
    })
}

/// The loaded plugin with its default settings; what it borrows is leaked.
pub(crate) fn loaded() -> AdapterSetup<'static> {
    let loader = Box::leak(Box::new(Loader::new(None, Trust::Folder).expect("a staging folder")));
    let loaded = loader.load(&file(), Some(Kind::Adapter)).unwrap_or_else(|e| panic!("{e}"));
    setup(loaded.plugin)
}

/// The same adapter, linked into this program.
pub(crate) fn linked() -> AdapterSetup<'static> {
    setup(Plugin::linked_adapter::<Binance>())
}

fn setup(plugin: Plugin) -> AdapterSetup<'static> {
    let tables =
        PluginTables { defaults: plugin.defaults().into(), schema: plugin.schema().into() };
    let settings = settings_of(plugin.name(), &tables, &[]).unwrap_or_else(|e| panic!("{e}"));
    let settings = Box::leak(Box::new(settings));
    let config: Vec<(&str, Value<'_>)> =
        settings.iter().map(|(key, value)| (key.as_str(), value.lend())).collect();
    AdapterSetup { plugin, sha256: [0; 32], config: Vec::leak(config), seed: 0, log: &|_, _| {} }
}

/// An adapter with one connection open, that has seen its symbol.
pub(crate) struct Seat {
    pub(crate) adapter: AdapterInstance,
    pub(crate) frame: FrameBuf,
}

impl Seat {
    pub(crate) fn new(setup: &AdapterSetup<'_>, product: Product, frames: &Frames) -> Self {
        let made = setup.plugin.adapter(setup.config, 0, 0, setup.log);
        let mut adapter = made.unwrap_or_else(|error| panic!("{error}"));
        let open = Open { conn: CONN, tag: 0, url: product.url };
        assert_eq!(adapter.open(0, open).status, patchbay_abi::OK);
        let mut seat = Self { adapter, frame: FrameBuf::default() };
        let first = frames.iter().next().expect("frames").2;
        assert!(!seat.read(0, first).0.is_empty());
        seat
    }

    /// The record that the adapter makes of a REST book.
    pub(crate) fn snapshot(&mut self, product: Product, body: &[u8]) -> Vec<Slot> {
        self.frame.fill(body);
        let url = format!("{}?symbol={}&limit=1000", product.rest(), product.symbol);
        let body = &mut self.frame;
        let answer = Answer { id: 0, status: 200, error: 0, url: &url, headers: &[], body };
        let call = self.adapter.reply(0, answer);
        assert_eq!(call.status, patchbay_abi::OK);
        call.slots.to_vec()
    }

    /// One frame as the host gives it, the copy into the padded buffer included: records and
    /// outcome.
    #[inline]
    pub(crate) fn read(&mut self, at: i64, bytes: &[u8]) -> (&[Slot], u32) {
        self.frame.fill(bytes);
        let call = self.adapter.frame(at, CONN, patchbay_abi::OPCODE_TEXT, &mut self.frame);
        assert_eq!(call.status, patchbay_abi::OK, "{}", String::from_utf8_lossy(bytes));
        (call.slots, call.outcome)
    }
}

/// Decodes all frames through the plugin.
pub(crate) fn pass(frames: &Frames, seat: &mut Seat) -> u64 {
    let mut sum = Sum::default();
    for (_, at, bytes) in frames.iter() {
        let (slots, outcome) = seat.read(at, bytes);
        assert_eq!(outcome, 0, "read by the general parser");
        say(slots, &mut sum);
    }
    sum.0
}

/// Takes a record into the checksum.
#[inline]
pub(crate) fn say(slots: &[Slot], sum: &mut Sum) {
    let head = slots[0].head();
    let ms = (head.exchange_ns / 1_000_000) as u64;
    sum.add(u64::from(head.instrument));
    sum.add(ms);
    match head.kind {
        SLOT_DEPTH => {
            let Depth { first, previous, bids, asks, .. } = *slots[0].depth();
            sum.add(first);
            sum.add(head.sequence);
            sum.add(previous);
            let mut left = usize::from(bids) + usize::from(asks);
            for slot in &slots[1..] {
                for level in &slot.levels()[..left.min(4)] {
                    sum.add_level(level.price, level.qty);
                }
                left = left.saturating_sub(4);
            }
        }
        SLOT_TRADE => {
            let trade = slots[0].trade();
            sum.add(trade.trade_id);
            sum.add_level(trade.price, trade.qty);
            let off = trade.flags & TRADE_OFF_BOOK != 0;
            sum.add(u64::from(trade.aggressor == SIDE_SELL) | u64::from(off) << 1);
        }
        SLOT_QUOTE => {
            let quote = slots[0].quote();
            sum.add(head.sequence);
            sum.add_level(quote.bid_price, quote.bid_qty);
            sum.add_level(quote.ask_price, quote.ask_qty);
        }
        other => panic!("a record of kind {other}"),
    }
}
