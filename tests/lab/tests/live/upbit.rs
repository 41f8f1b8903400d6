//! A running host against a local Upbit, which sends whole books without ids: every book heals after
//! seeded faults and is right, and one that is lost concerns nobody, for the next one is whole.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::{Book, BookState};
use patchbay_loader::{Kind, Loader, Trust};
use patchbay_naive as naive;
use patchbay_runtime::config::{PluginTables, settings_of};
use patchbay_runtime::live::{LiveAdapter, LiveConfig, LiveHost, OwnedWish};
use patchbay_test_lab::{Lines, number};
use patchbay_test_replay::{built, corpus, scratch};
use patchbay_venue::upbit::Upbit;
use patchbay_venue::{
    AtEnd, Density, Fault, FaultKind, FaultKinds, FaultPlan, Ledger, Pace, PlannedFault, Protocol,
    Recording, Start, Target, VenueConfig, VenueServer, When,
};

const CAPTURES: [&str; 2] =
    ["upbit/cryptofeed-20210417/UPBIT.0.gz", "upbit/cryptofeed-20210405/UPBIT-d78752.0.gz"];
const SYMBOLS: [&str; 9] = [
    "BTC-BASIC",
    "BTC-CHZ",
    "BTC-FLOW",
    "KRW-ADA",
    "KRW-ANKR",
    "KRW-BAT",
    "KRW-DAWN",
    "KRW-IQ",
    "KRW-STX",
];

/// Seeds tried, unless `PATCHBAY_SEEDS` says how many; each takes some twenty seconds.
const SEEDS: u64 = 1;

/// Times recorded pace.
const PACE: f64 = 6.0;

/// What befalls a venue whose books come over the stream. A wrong digit is not among them: nothing
/// convicts it but the next book. There are no ids to be reset.
const KINDS: [FaultKind; 12] = [
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
    for seed in 1..=number("PATCHBAY_SEEDS", SEEDS) {
        let density = Density { faults: 12, frames: recording.frames() as u64 / 2 };
        let plan = FaultPlan::seeded(seed, &FaultKinds::these(&KINDS), density);
        let end = run(&recording, &truth, plan);
        let struck = end.ledger.faults.len();
        println!("seed {seed}: {struck} faults, {} gaps, {} resyncs", end.gaps, end.resyncs);
        assert!(struck > 0, "seed {seed}");
        for book in &end.books {
            assert_eq!(book.state, BookState::Live, "seed {seed}: {:#?}", end.log);
            assert_eq!(top(book), best(&truth, &book.symbol), "seed {seed}: {}", book.symbol);
        }
    }
}

#[test]
fn a_book_that_is_lost_stales_nobody() {
    let Some((recording, truth)) = recorded() else { return };
    let gap = PlannedFault::new(When::Frame(300), Fault::SequenceGap { frames: 2 });
    let faults = vec![gap.at(Target::stream("orderbook:KRW-ADA"))];
    let end = run(&recording, &truth, FaultPlan { faults, ..FaultPlan::default() });
    assert_eq!(end.ledger.faults.len(), 2, "two books are left out");
    for book in &end.books {
        let stands = (book.gaps, book.resyncs, book.state);
        assert_eq!(stands, (0, 0, BookState::Live), "{}: {:#?}", book.symbol, end.log);
    }
}

fn recorded() -> Option<(Arc<Recording>, naive::Truth)> {
    let captures: Option<Vec<_>> = CAPTURES.iter().map(|capture| corpus(capture)).collect();
    let captures = captures?;
    let truth = naive::venue("upbit").unwrap().replay(&captures).unwrap();
    Some((Recording::load(&captures, &Upbit).unwrap(), truth))
}

/// Plays the recording to a host until all books stand at its end, or a minute is over.
fn run(recording: &Arc<Recording>, truth: &naive::Truth, plan: FaultPlan) -> End {
    let venue = VenueServer::start(VenueConfig {
        pace: Pace::Times(PACE),
        start: Start::Streams(SYMBOLS.len()),
        at_end: AtEnd::Stay,
        plan,
        ..VenueConfig::new(Arc::clone(recording), Arc::new(Upbit) as Arc<dyn Protocol>)
    })
    .unwrap();
    let lines = Lines::free();
    let folder = scratch(&format!("upbit-{}", lines.groups()[0].port));
    let authority = folder.join("ca.pem");
    std::fs::write(&authority, venue.ca_pem()).unwrap();
    let address = venue.addr().unwrap();
    let config = LiveConfig {
        lines: lines.config(),
        extra_ca: vec![authority],
        overrides: Upbit.hosts().iter().map(|&host| (host.to_owned(), address)).collect(),
        control: Some(folder.join("run/control")),
        ..LiveConfig::default()
    };
    let host = start(config);
    let mut books = Vec::new();
    for _ in 0..900 {
        sleep(Duration::from_millis(100));
        books = host.handler().status().books.clone();
        // There are no ids: a book is the last one where its levels are.
        let whole = |b: &Book| b.state == BookState::Live && top(b) == best(truth, &b.symbol);
        if venue.ledger().ended && books.len() == SYMBOLS.len() && books.iter().all(whole) {
            break;
        }
    }
    let ledger = venue.ledger();
    let status = host.stop();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(status.totals.faults, 0);
    assert_eq!(books.len(), SYMBOLS.len());
    let log = status.log.iter().map(|line| line.text.clone()).collect();
    End { books, gaps: status.totals.gaps, resyncs: status.totals.resyncs, ledger, log }
}

fn start(config: LiveConfig) -> LiveHost {
    let loader = Loader::new(None, Trust::Folder).unwrap();
    let plugin = built(false).plugin("patchbay-upbit");
    let loaded = loader.load(&plugin, Some(Kind::Adapter)).unwrap();
    let tables = PluginTables {
        defaults: loaded.plugin.defaults().to_owned(),
        schema: loaded.plugin.schema().to_owned(),
    };
    let settings = settings_of("upbit", &tables, &["silence_s = 25".to_owned()]).unwrap();
    let wish = |symbol: &str| OwnedWish {
        symbol: symbol.to_owned(),
        kind: abi::INSTRUMENT_SPOT,
        channels: abi::CHANNEL_DEPTH,
    };
    let wishes = SYMBOLS.map(wish).to_vec();
    LiveHost::start(config, vec![LiveAdapter::public(loaded, settings, wishes)]).unwrap()
}

/// Best ten levels a side by the independent replay.
fn best(truth: &naive::Truth, symbol: &str) -> [Vec<[String; 2]>; 2] {
    let book = &truth.books[&naive::Key::unique(symbol)];
    [book.best(0, 10), book.best(1, 10)]
}

/// The same of the host.
fn top(book: &Book) -> [Vec<[String; 2]>; 2] {
    let text = patchbay_model::trimmed;
    let side = |side: &[[i64; 2]]| {
        let level =
            |[price, qty]: &[i64; 2]| [text(*price, book.price_exp), text(*qty, book.qty_exp)];
        side.iter().take(10).map(level).collect()
    };
    [side(&book.bids), side(&book.asks)]
}
