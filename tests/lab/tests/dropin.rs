//! An adapter's file comes, is replaced and is taken away under load, again and again, beside a venue
//! that nobody touches. Nothing of either is lost or doubled, as the independent replay has it, and
//! what was journalled replays byte for byte.
//!
//! Each cycle replaces the file, takes it away and copies it in again. There are 4 of them at
//! twice recorded pace, unless `PATCHBAY_CYCLES` and `PATCHBAY_PACE` (hundredths) say otherwise.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::{BookState, PluginState, Status};
use patchbay_journal::SEGMENT_BYTES;
use patchbay_loader::{Kind, Loaded, Trust};
use patchbay_runtime::live::{DropIn, JournalConfig, LiveAdapter, LiveConfig, LiveHost};
use patchbay_runtime::{
    AdapterSetup, CoreConfig, Files, JournalSource, PluginFolder, replay_journal,
};
use patchbay_test_lab::{ALL, Case, Seat, Site, Truth, number, recording};
use patchbay_test_replay::{Plugins, built};
use patchbay_venue::binance::{Binance, SPOT};
use patchbay_venue::{Limits, Pace, Protocol, VenueConfig};

/// The recording of the venue whose file comes and goes, and of the one that stays.
const CYCLED: &str = ALL[0];
const STEADY: &str = ALL[1];

/// Time between two looks at the host, and after how many something has taken too long.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: usize = 3000;
/// How long a generation delivers before the next thing happens to it.
const DWELL: Duration = Duration::from_millis(500);

/// A host, the venue whose file comes and goes, and that file.
struct Stage {
    site: Site,
    /// Where the file goes.
    folder: PathBuf,
    /// Two contents of it that do the same.
    contents: [PathBuf; 2],
    /// Files that were copied in.
    copied: usize,
}

impl Stage {
    /// `None` without a corpus.
    fn new(name: &str) -> Option<Self> {
        let recording = recording(&[CYCLED])?;
        let site = serving(name, recording);
        let folder = site.path("plugins");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        let built = built(!cfg!(debug_assertions)).plugin("patchbay-binance");
        let contents = ["one", "two"].map(|name| site.path(name));
        let bytes = fs::read(built).unwrap();
        fs::write(&contents[0], &bytes).unwrap();
        // Nothing reads behind the sections of a library.
        fs::write(&contents[1], [&bytes[..], &[0; 8]].concat()).unwrap();
        Some(Self { site, folder, contents, copied: 0 })
    }

    fn file(&self) -> PathBuf {
        self.folder.join("binance.so")
    }

    /// Copies the other content in: by renaming every other time, otherwise over what is there.
    fn copy(&mut self) {
        let content = &self.contents[self.copied % 2];
        if self.copied.is_multiple_of(4) {
            fs::copy(content, self.file()).unwrap();
        } else {
            let beside = self.folder.join("coming");
            fs::copy(content, &beside).unwrap();
            fs::rename(beside, self.file()).unwrap();
        }
        self.copied += 1;
    }

    /// How a host follows the folder.
    fn drop_in(&self, copies: Option<PathBuf>) -> DropIn {
        let usual = self.site.adapter(&["products = [\"spot\"]", UNLIMITED]);
        let (settings, wishes) = (usual.settings, usual.wishes);
        let addresses = self.site.addresses();
        let cast = move |loaded: &Loaded| {
            let own = (loaded.clone(), settings.clone(), wishes.clone());
            let addresses = addresses.clone();
            Ok(vec![LiveAdapter { addresses, ..LiveAdapter::public(own.0, own.1, own.2) }])
        };
        DropIn {
            folder: PluginFolder::new(&self.folder, Trust::Folder).unwrap(),
            every: Duration::from_millis(50),
            settle: Duration::from_millis(300),
            copies,
            cast: Box::new(cast),
        }
    }
}

/// More connections than a venue allows.
const UNLIMITED: &str = "connects_per_5_minutes = 1000000";

fn serving(name: &str, recording: Arc<patchbay_venue::Recording>) -> Site {
    let pace = number("PATCHBAY_PACE", 200) as f64 / 100.0;
    let usual = Binance::default().limits(SPOT);
    let limits = Limits { connects: 1_000_000, ..usual };
    Site::serving(name, recording, |venue| VenueConfig {
        pace: Pace::Times(pace),
        limits: Some(limits),
        ..venue
    })
}

fn wait(host: &LiveHost, what: &str, holds: impl Fn(&Status) -> bool) {
    for _ in 0..LOOKS {
        let status = host.status();
        if holds(&status) {
            return;
        }
        assert!(!host.has_failed(), "{what}: {:#?}", status.log);
        sleep(LOOK);
    }
    let status = host.status();
    panic!("{what}: {:#?} {:#?}", status.plugins, status.log);
}

/// The generations of the plugin that comes and goes.
fn generations(status: &Status) -> Vec<(u32, PluginState)> {
    let theirs = status.plugins.iter().filter(|plugin| plugin.name == "binance");
    theirs.map(|plugin| (plugin.generation, plugin.state)).collect()
}

fn book(status: &Status) -> Option<BookState> {
    let of = |book: &&patchbay_control::Book| book.venue == "binance";
    status.books.iter().find(of).map(|book| book.state)
}

fn is_up(status: &Status, generation: u32) -> bool {
    let only = generations(status) == [(generation, PluginState::Running)];
    only && book(status) == Some(BookState::Live)
}

/// Resident kB, descriptors and threads of this process.
fn weight() -> [u64; 3] {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let resident = line.split_whitespace().next().unwrap().parse().unwrap();
    let count = |path: &str| fs::read_dir(path).unwrap().count() as u64;
    [resident, count("/proc/self/fd"), count("/proc/self/task")]
}

#[test]
fn files_come_change_and_go_and_nothing_is_lost_or_doubled() {
    let Some(mut stage) = Stage::new("dropin") else { return };
    let steady = serving("dropin-steady", recording(&[STEADY]).unwrap());
    let truths = [STEADY, CYCLED].map(|file| Arc::new(Truth::of(file).unwrap()));
    let case = Case::keeping(&truths);
    let mut untouched = steady.adapter(&["products = [\"usdm\"]"]);
    // Of another name, as another venue's is.
    let manifest = &mut untouched.loaded.manifest;
    (manifest.name, manifest.sha256) = ("steady".to_owned(), [1; 32]);
    untouched.venue = Some("steady".to_owned());
    untouched.addresses = steady.addresses();
    let config = LiveConfig {
        strategies: vec![case.strategy()],
        extra_ca: vec![stage.site.authority(), steady.authority()],
        drop_in: Some(stage.drop_in(None)),
        overrides: Default::default(),
        ..stage.site.live()
    };
    let host = LiveHost::start(config, vec![untouched]).unwrap();
    let cycles = number("PATCHBAY_CYCLES", 4) as u32;
    let mut generation = 1;
    stage.copy();
    wait(&host, "the venue appears", |status| is_up(status, 1));
    let mut before = None;
    for cycle in 1..=cycles {
        generation += 1;
        stage.copy();
        let what = format!("generation {generation} takes over");
        wait(&host, &what, |status| is_up(status, generation));
        sleep(DWELL);
        fs::remove_file(stage.file()).unwrap();
        wait(&host, "the venue goes", |status| {
            generations(status).is_empty() && book(status) == Some(BookState::Stale)
        });
        generation += 1;
        stage.copy();
        let what = format!("generation {generation} appears");
        wait(&host, &what, |status| is_up(status, generation));
        sleep(DWELL);
        let weighed = weight();
        if cycle == cycles.div_ceil(4) {
            before = Some(weighed);
        }
        if cycle % 10 == 0 {
            println!(
                "cycle {cycle}: {} kB, {} descriptors, {} threads",
                weighed[0], weighed[1], weighed[2]
            );
        }
    }
    let (before, after) = (before.unwrap(), weight());
    // A file that is no plugin changes nothing.
    fs::write(stage.file(), b"no library").unwrap();
    wait(&host, "it is refused", |status| {
        status.log.iter().any(|line| line.source == "plugins" && line.text.contains("binance.so: "))
    });
    sleep(Duration::from_millis(500));
    assert!(is_up(&host.status(), generation), "{:?}", host.status().plugins);
    let status = host.stop();
    println!("{cycles} cycles, {generation} generations; {before:?} became {after:?}");
    assert_eq!(generation, 1 + 2 * cycles);
    assert_eq!(before[1..], after[1..], "descriptors and threads");
    assert!(after[0] < before[0] + 65_536, "{before:?} kB became {after:?}");
    assert_eq!(status.totals.faults, 0);
    let found = case.found();
    let [still, cycled] = &found.seats[..] else { panic!("two books") };
    assert_eq!((still.falls(), status.totals.gaps), (0, 0), "{:#?}", status.log);
    for seat in [still, cycled] {
        assert_eq!((&seat.unknown, seat.wrong.len()), (&vec![], 0), "{}", seat.truth.name());
    }
    assert_eq!(cycled.falls(), cycles as usize, "{:?}", cycled.states);
    let causes: BTreeSet<_> =
        cycled.states.iter().filter(|s| s.1 == abi::BOOK_STALE).map(|s| s.2).collect();
    assert_eq!(causes, BTreeSet::from([abi::CAUSE_CLOSED]));
    complete(still, 0);
    complete(cycled, cycles as usize);
}

/// Everything came once and in order, but for `holes` while nobody listened.
fn complete(seat: &Seat, holes: usize) {
    let (truth, tape, name) = (&seat.truth, &seat.tape, seat.truth.name());
    let ids: Vec<u64> = truth.tops.keys().copied().collect();
    let depths = runs(&tape.depths, &ids);
    let trades = runs(&tape.trades, &truth.trades);
    assert!(depths.is_some_and(|runs| runs <= 1 + holes), "{name}: changes in {depths:?} runs");
    assert!(trades.is_some_and(|runs| runs <= 1 + holes), "{name}: trades in {trades:?} runs");
    let quotes = runs(&tape.quotes, &truth.quotes);
    assert!(quotes.is_some(), "{name}: quotes are others than the venue's, or in another order");
    if holes == 0 {
        assert_eq!(tape.quotes[..], truth.quotes[..tape.quotes.len()], "{name}: quotes");
    }
    assert!(tape.depths.len() > 100 && tape.quotes.len() > 100, "{name}: next to nothing came");
    println!(
        "{name}: {} changes, {} trades, {} quotes, each once, in {depths:?} runs",
        tape.depths.len(),
        tape.trades.len(),
        tape.quotes.len()
    );
}

/// Of how many runs of `right`, in its order, `came` consists; `None` if anything else is in it.
fn runs<T: PartialEq>(came: &[T], right: &[T]) -> Option<usize> {
    let (mut runs, mut at) = (0, None);
    for item in came {
        let next = at.map_or(0, |at| at + 1);
        let found = next + right[next..].iter().position(|other| other == item)?;
        runs += usize::from(at.is_none() || found != next);
        at = Some(found);
    }
    Some(runs)
}

#[test]
fn what_came_and_went_replays_byte_for_byte() {
    let Some(mut stage) = Stage::new("dropin-record") else { return };
    let folder = stage.site.path("journal");
    let copies = folder.join("plugins");
    let config = LiveConfig {
        drop_in: Some(stage.drop_in(Some(copies.clone()))),
        state: Some(stage.site.path("state")),
        journal: Some(JournalConfig {
            files: Files::create(&folder).unwrap(),
            folder: folder.clone(),
            segment_bytes: SEGMENT_BYTES,
            max_bytes: u64::MAX,
        }),
        digest: true,
        ..stage.site.live()
    };
    let host = LiveHost::start(config, Vec::new()).unwrap();
    for generation in 1..=3 {
        stage.copy();
        wait(&host, "it takes over", |status| is_up(status, generation));
    }
    fs::remove_file(stage.file()).unwrap();
    wait(&host, "it goes", |status| generations(status).is_empty());
    stage.copy();
    wait(&host, "it comes again", |status| is_up(status, 4));
    let (status, hash) = host.stop_and_hash();
    let core = replay(&folder, &copies);
    assert_eq!(core.hash(), hash, "{:#?}", status.log);
    assert!(core.turns() > 500, "next to nothing happened");
    println!("{} turns of 4 generations", core.turns());
    // The same instrument kept its number.
    let registry = fs::read_to_string(stage.site.path("state/registry.tsv")).unwrap();
    assert_eq!(registry.lines().filter(|line| line.contains("ETHUSDT")).count(), 1);
    stage.site.remove();
}

fn replay(journal: &Path, copies: &Path) -> patchbay_runtime::Core {
    let plugins = Plugins::new();
    let config = CoreConfig { digest: true, ..CoreConfig::default() };
    let mut source = JournalSource::open(journal).unwrap();
    let mut seen = BTreeSet::new();
    let bind = |file: &patchbay_journal::PluginFile<'_>| {
        let hex: String = file.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        seen.insert(file.sha256);
        let setup: AdapterSetup<'static> =
            plugins.load(&copies.join(format!("{hex}.so")), Kind::Adapter);
        Ok(setup)
    };
    let core = replay_journal(&mut source, config, bind, |_, _| Ok(())).unwrap();
    assert_eq!(seen.len(), 2, "two contents");
    core
}
