//! A running host against a local Deribit, logged in for raw data: every book heals after seeded
//! faults and is right, empty ones included, and a gap in one instrument stales that one alone.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::{Book, BookState};
use patchbay_loader::{Kind, Loader, Trust};
use patchbay_naive as naive;
use patchbay_net::{Keyring, SecretStore};
use patchbay_runtime::config::{PluginTables, settings_of};
use patchbay_runtime::live::{Group, LinesConfig, LiveAdapter, LiveConfig, LiveHost, OwnedWish};
use patchbay_test_replay::{built, corpus, scratch};
use patchbay_venue::deribit::Deribit;
use patchbay_venue::{
    AtEnd, Density, Fault, FaultKind, FaultKinds, FaultPlan, Ledger, Pace, PlannedFault, Protocol,
    Recording, Start, Target, VenueConfig, VenueServer, When,
};

const CAPTURE: &str = "deribit/cryptofeed-20210405/DERIBIT-5dd9ce.0.gz";
/// Whose book changes often.
const BUSY: &str = "ETH-30APR21-2240-P";

/// Seeds tried, unless `PATCHBAY_SEEDS` says how many; each takes some twenty seconds.
const SEEDS: u64 = 2;

/// Times recorded pace: 118 s.
const PACE: f64 = 10.0;

/// What befalls a venue whose books come over the stream. A wrong digit is not among them: the venue
/// sends nothing with the same ids that could convict it.
const KINDS: [FaultKind; 13] = [
    FaultKind::Cut,
    FaultKind::CutMidFrame,
    FaultKind::Close,
    FaultKind::Freeze,
    FaultKind::SlowLoris,
    FaultKind::Fragments,
    FaultKind::OneByteSegments,
    FaultKind::Drop,
    FaultKind::Duplicate,
    FaultKind::Reorder,
    FaultKind::Delay,
    FaultKind::SequenceGap,
    FaultKind::SequenceReset,
];

/// What the host and the venue say at the end.
struct End {
    books: Vec<Book>,
    gaps: u64,
    resyncs: u64,
    ledger: Ledger,
    log: Vec<String>,
}

#[test]
fn every_book_heals_after_the_faults_and_is_right() {
    let Some((recording, truth)) = recorded() else { return };
    let seeds = std::env::var("PATCHBAY_SEEDS").map_or(SEEDS, |seeds| seeds.parse().unwrap());
    for seed in 1..=seeds {
        let density = Density { faults: 12, frames: recording.frames() as u64 / 2 };
        let plan = FaultPlan::seeded(seed, &FaultKinds::these(&KINDS), density);
        let end = run(&recording, &truth, plan, &format!("deribit-{seed}"));
        let struck = end.ledger.faults.len();
        println!("seed {seed}: {struck} faults, {} gaps, {} resyncs", end.gaps, end.resyncs);
        assert!(struck > 0, "seed {seed}");
        for book in &end.books {
            let expected = &truth.books[&naive::Key::unique(&book.symbol)];
            let stands = (book.state, book.sequence);
            assert_eq!(stands, (BookState::Live, expected.last), "seed {seed}: {:#?}", end.log);
            assert_eq!(top(book), [expected.best(0, 10), expected.best(1, 10)], "seed {seed}");
        }
    }
}

#[test]
fn a_gap_in_one_instrument_stales_that_instrument_alone() {
    let Some((recording, truth)) = recorded() else { return };
    let gap = PlannedFault::new(When::Frame(150), Fault::SequenceGap { frames: 1 });
    let stream = format!("book.{BUSY}.raw");
    let plan = FaultPlan { faults: vec![gap.at(Target::stream(&stream))], ..FaultPlan::default() };
    let end = run(&recording, &truth, plan, "deribit-gap");
    assert_eq!(end.ledger.faults.len(), 1);
    for book in &end.books {
        let expected = u64::from(book.symbol == BUSY);
        let counts = (book.gaps, book.resyncs);
        assert_eq!(counts, (expected, expected), "{}: {:#?}", book.symbol, end.log);
        assert_eq!(book.state, BookState::Live);
    }
    // Healed by that stream alone, over the connection that stays.
    let said = end.ledger.connections.iter().flat_map(|c| &c.subscriptions);
    let given_up: Vec<_> = said.filter(|name| name.starts_with('-')).collect();
    assert_eq!(given_up, [&format!("-{stream}")]);
}

fn recorded() -> Option<(Arc<Recording>, naive::Truth)> {
    let capture = corpus(CAPTURE)?;
    let truth = naive::venue("deribit").unwrap().replay(std::slice::from_ref(&capture)).unwrap();
    Some((Recording::load(&[&capture], &Deribit).unwrap(), truth))
}

/// Plays the recording to a host until all books stand at its end, or a minute is over.
fn run(recording: &Arc<Recording>, truth: &naive::Truth, plan: FaultPlan, name: &str) -> End {
    let symbols: Vec<_> = truth.books.keys().map(|key| key.symbol.as_str()).collect();
    let venue = VenueServer::start(VenueConfig {
        pace: Pace::Times(PACE),
        start: Start::Streams(symbols.len()),
        at_end: AtEnd::Stay,
        plan,
        ..VenueConfig::new(Arc::clone(recording), Arc::new(Deribit) as Arc<dyn Protocol>)
    })
    .unwrap();
    let folder = scratch(name);
    let authority = folder.join("ca.pem");
    fs::write(&authority, venue.ca_pem()).unwrap();
    let address = venue.addr().unwrap();
    let overrides = Deribit.hosts().iter().map(|&host| (host.to_owned(), address)).collect();
    let host = start(&folder, authority, overrides, &symbols);
    let mut books = Vec::new();
    for _ in 0..600 {
        sleep(Duration::from_millis(100));
        books = host.handler().status().books.clone();
        let whole = |b: &Book| {
            let last = truth.books[&naive::Key::unique(&b.symbol)].last;
            b.state == BookState::Live && b.sequence == last
        };
        if venue.ledger().ended && books.len() == symbols.len() && books.iter().all(whole) {
            break;
        }
    }
    let ledger = venue.ledger();
    let status = host.stop();
    fs::remove_dir_all(folder).unwrap();
    assert_eq!(status.totals.faults, 0);
    let log = status.log.iter().map(|line| line.text.clone()).collect::<Vec<_>>();
    assert_eq!(books.len(), symbols.len(), "{log:#?}");
    End { books, gaps: status.totals.gaps, resyncs: status.totals.resyncs, ledger, log }
}

fn start(
    folder: &Path,
    authority: std::path::PathBuf,
    overrides: BTreeMap<String, SocketAddr>,
    symbols: &[&str],
) -> LiveHost {
    let loader = Loader::new(None, Trust::Folder).unwrap();
    let plugin = built(false).plugin("patchbay-deribit");
    let loaded = loader.load(&plugin, Some(Kind::Adapter)).unwrap();
    let tables = PluginTables {
        defaults: loaded.plugin.defaults().to_owned(),
        schema: loaded.plugin.schema().to_owned(),
    };
    let own = ["interval = \"raw\"".into(), "heartbeat_s = 10".into(), "silence_s = 20".into()];
    let settings = settings_of("deribit", &tables, &own).unwrap();
    let wish = |symbol: &&str| OwnedWish {
        symbol: (*symbol).to_owned(),
        kind: abi::INSTRUMENT_OPTION,
        channels: abi::CHANNEL_DEPTH | abi::CHANNEL_MARK,
    };
    let wishes = symbols.iter().map(wish).collect();
    // A line of its own: other tests listen on the default one.
    let group = |last, port| Group { address: [239, 255, 45, last].into(), port };
    let config = LiveConfig {
        lines: LinesConfig { groups: [group(1, 9105), group(2, 9106)], ..LinesConfig::default() },
        extra_ca: vec![authority],
        overrides,
        control: Some(folder.join("run/control")),
        ..LiveConfig::default()
    };
    let keyring = keyring(&folder.join("keys"));
    let adapter = LiveAdapter { keyring, ..LiveAdapter::public(loaded, settings, wishes) };
    LiveHost::start(config, vec![adapter]).unwrap()
}

/// A key as a user lays it down; the local venue takes any.
fn keyring(folder: &Path) -> Keyring {
    fs::create_dir(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    let file = folder.join("deribit.toml");
    fs::write(&file, "key_id = \"AMANDA\"\nsecret = \"AMANDASECRECT\"\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let store = SecretStore::folder(folder, &["deribit"]).unwrap();
    Keyring::new(Arc::new(store), "deribit")
}

/// Best ten levels a side.
fn top(book: &Book) -> [Vec<[String; 2]>; 2] {
    let text = patchbay_model::trimmed;
    let side = |side: &[[i64; 2]]| {
        let level =
            |[price, qty]: &[i64; 2]| [text(*price, book.price_exp), text(*qty, book.qty_exp)];
        side.iter().take(10).map(level).collect()
    };
    [side(&book.bids), side(&book.asks)]
}
