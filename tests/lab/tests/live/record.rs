//! What a live run journals replays to the same outputs, byte for byte: over real sockets, through
//! faults, with audits, strategies whose timers fire when nothing comes, and after a start with
//! numbers that an earlier run gave.

use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_control::{BookState, JournalState, Status};
use patchbay_engine::{AuditConfig, EngineConfig};
use patchbay_journal::SEGMENT_BYTES;
use patchbay_loader::{Kind, Loaded};
use patchbay_plugin::bind::Plugin;
use patchbay_plugin::{Config, Error, Strategy, StrategyCx, Turn as StrategyTurn};
use patchbay_quality::QualityConfig;
use patchbay_runtime::live::{JournalConfig, LiveConfig, LiveHost, LiveStrategy};
use patchbay_runtime::{AdapterSetup, Core, CoreConfig, Files, JournalSource, replay_journal};
use patchbay_test_lab::{ALL, Site, recording};
use patchbay_test_replay::{Plugins, built, scratch};
use patchbay_venue::{Density, FaultKinds, FaultPlan, Pace, Recording, VenueConfig};

/// Hashes when it is called, by turns and by a timer that fires far more often than anything comes.
struct Clocked(u64);

impl Clocked {
    fn add(&mut self, words: [u64; 2]) {
        for word in words {
            self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

impl Strategy for Clocked {
    const NAME: &'static str = "clocked";
    const VERSION: &'static str = "1";

    fn create(_: &Config<'_>) -> Result<Self, Error> {
        Ok(Self(0xcbf2_9ce4_8422_2325))
    }

    fn start(&mut self, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        self.add([0, cx.now() as u64]);
        cx.wake(cx.now() + 1_000_000)
    }

    fn handle_timeout(&mut self, now: i64, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        // What it finds then depends on the turns before it alone.
        let find = |venue: &str| cx.find(venue, "ETHUSDT", patchbay_model::Kind::Spot);
        let book = find("binance").and_then(|id| cx.book(id)).map(|book| book.view().sequence);
        self.add([now as u64, book.unwrap_or(0)]);
        cx.wake(now + 1_000_000)
    }

    fn handle_turn(
        &mut self,
        turn: StrategyTurn<'_>,
        cx: &mut StrategyCx<'_>,
    ) -> Result<(), Error> {
        self.add([turn.number, cx.now() as u64]);
        Ok(())
    }

    fn digest(&self) -> u64 {
        self.0
    }
}

/// Runs a while against the venue with `plan`; the last status and the hash over all outputs.
fn live(
    recording: &Arc<Recording>,
    plan: FaultPlan,
    folder: &Path,
    run: u32,
) -> (Arc<Status>, String) {
    let name = format!("record-{run}");
    let site = Site::serving(&name, Arc::clone(recording), |venue| VenueConfig {
        pace: Pace::Times(40.0),
        plan,
        ..venue
    });
    let adapter = site.adapter(&["products = [\"spot\"]"]);
    let journal = folder.join(format!("journal-{run}"));
    let manifest = adapter.loaded.manifest.clone();
    let plugin = Plugin::linked_strategy::<Clocked>();
    let clocked = Loaded { plugin, manifest, generation: 0 };
    let clocked =
        LiveStrategy { name: "clocked".to_owned(), loaded: clocked, settings: Vec::new() };
    let config = LiveConfig {
        engine: EngineConfig {
            crossed_ns: 1_000_000_000,
            audits: AuditConfig { interval_ns: 500_000_000 },
            quality: QualityConfig::USUAL,
            ..EngineConfig::default()
        },
        audit_percent: Some(60),
        strategies: vec![clocked],
        state: Some(folder.join("state")),
        journal: Some(JournalConfig {
            files: Files::create(&journal).unwrap(),
            folder: journal,
            segment_bytes: SEGMENT_BYTES,
            max_bytes: u64::MAX,
        }),
        digest: true,
        ..site.live()
    };
    let host = LiveHost::start(config, vec![adapter]).unwrap();
    sleep(Duration::from_secs(8));
    let (status, hash) = host.stop_and_hash();
    site.remove();
    (status, hash.expect("it was hashed"))
}

fn replay(journal: &Path) -> Core {
    let plugins = Plugins::new();
    let setup: AdapterSetup<'static> =
        plugins.load(&built(!cfg!(debug_assertions)).plugin("patchbay-binance"), Kind::Adapter);
    let config = CoreConfig { digest: true, ..CoreConfig::default() };
    let mut source = JournalSource::open(journal).unwrap();
    let clocked =
        AdapterSetup { plugin: Plugin::linked_strategy::<Clocked>(), config: &[], ..setup };
    replay_journal(&mut source, config, |_| Ok(setup), |core, at| core.add_strategy(at, &clocked))
        .unwrap()
}

#[test]
fn a_live_run_replays_from_its_journal() {
    let Some(recording) = recording(&ALL[..1]) else { return };
    let folder = scratch("record");
    let density = Density { faults: 12, frames: 20_000 };
    let plans = [
        FaultPlan::default(),
        FaultPlan::seeded(5, &FaultKinds::all(), density),
        FaultPlan::seeded(8, &FaultKinds::all(), density),
    ];
    for (run, plan) in (1..).zip(plans) {
        let (status, hash) = live(&recording, plan, &folder, run);
        assert_eq!(status.journal.state, JournalState::Writing, "{:?}", status.log);
        let core = replay(&folder.join(format!("journal-{run}")));
        println!("run {run}: {} turns, {} bytes", core.turns(), status.journal.bytes);
        assert!(core.turns() > 1000, "run {run}: next to nothing happened: {:?}", status.log);
        assert_eq!(core.hash(), Some(hash), "run {run}");
        let told = status.plugins.iter().find(|plugin| plugin.name == "clocked").unwrap();
        let (_, digest) = core.strategy_digests().next().unwrap();
        assert_eq!(told.digest, format!("{digest:016x}"), "run {run}");
        let (told, tally) = (&status.totals, core.engine().tally());
        println!("  {} audits, {} convicted", told.audits, told.audit_convictions);
        assert!(told.audits > 0, "run {run}: {:?}", status.log);
        assert_eq!(
            [told.audits, told.audits_lost, told.audit_convictions, told.crossed_convictions],
            [tally.audits, tally.audits_lost, tally.audit_convictions, tally.crossed_convictions],
            "run {run}"
        );
        let (id, listing) = core.engine().listings().next().expect("there is a book");
        let (found, _) = core.engine().quality_of(id).expect("it is watched");
        let said = status.quality.iter().find(|row| row.symbol == listing.about.symbol);
        println!("  found in its data: {found:?}");
        assert_eq!(said.map_or(0, |row| row.found()), found.iter().sum::<u64>(), "run {run}");
        let book = status.books.first().expect("there is a book");
        assert_eq!(book.sequence, listing.book.sequence());
        let live = listing.book.state() == patchbay_book::State::Live;
        assert_eq!(book.state == BookState::Live, live);
    }
    // The numbers that the first run gave were not given again.
    let registry = std::fs::read_to_string(folder.join("state/registry.tsv")).unwrap();
    assert_eq!(registry.lines().filter(|line| line.starts_with("venue")).count(), 1);
    std::fs::remove_dir_all(folder).unwrap();
}
