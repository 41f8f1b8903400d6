//! A running host against a local Coinbase, whose Advanced Trade counts the messages of a connection:
//! every book heals after seeded faults and is right, and a hole concerns every book of its connection
//! and none of another.

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
use patchbay_venue::coinbase::Coinbase;
use patchbay_venue::{
    AtEnd, Density, Fault, FaultKind, FaultKinds, FaultPlan, Ledger, Pace, PlannedFault, Protocol,
    Recording, Start, Target, VenueConfig, VenueServer, When,
};

const CAPTURE: &str = "coinbase/cryptofeed-20260809/COINBASE.jsonl.zst";
const SYMBOLS: [&str; 2] = ["BTC-USD", "ETH-USD"];

/// Seeds tried, unless `PATCHBAY_SEEDS` says how many; each takes some twenty seconds.
const SEEDS: u64 = 1;

/// Times recorded pace: whole books are of megabytes.
const PACE: f64 = 2.0;

/// What befalls a venue whose books come over the stream. A wrong digit is not among them: no book of
/// the venue's has an id of its own that could convict it.
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
    for seed in 1..=number("PATCHBAY_SEEDS", SEEDS) {
        let density = Density { faults: 12, frames: recording.frames() as u64 / 2 };
        let plan = FaultPlan::seeded(seed, &FaultKinds::these(&KINDS), density);
        let end = run(&recording, &truth, plan, "");
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
fn a_hole_stales_every_book_of_its_connection() {
    let Some((recording, truth)) = recorded() else { return };
    let end = run(&recording, &truth, hole(), "");
    assert_eq!(end.gaps, 1, "of the connection, not of a book");
    for book in &end.books {
        let stands = (book.resyncs, book.state);
        assert_eq!(stands, (1, BookState::Live), "{}: {:#?}", book.symbol, end.log);
    }
    // Healed by the books' channel alone, over the connection that stays.
    assert_eq!(given_up(&end), ["-level2:BTC-USD", "-level2:ETH-USD"]);
}

#[test]
fn a_hole_stales_no_book_of_another_connection() {
    let Some((recording, truth)) = recorded() else { return };
    let end = run(&recording, &truth, hole(), "symbols_per_connection = 1");
    assert_eq!(end.gaps, 1);
    for book in &end.books {
        let expected = u64::from(book.symbol == "ETH-USD");
        let stands = (book.resyncs, book.state);
        assert_eq!(stands, (expected, BookState::Live), "{}: {:#?}", book.symbol, end.log);
    }
    assert_eq!(given_up(&end), ["-level2:ETH-USD"]);
}

/// One change of one book is not sent.
fn hole() -> FaultPlan {
    let gap = PlannedFault::new(When::Frame(300), Fault::SequenceGap { frames: 1 });
    FaultPlan { faults: vec![gap.at(Target::stream("level2:ETH-USD"))], ..FaultPlan::default() }
}

fn given_up(end: &End) -> Vec<&str> {
    let said = end.ledger.connections.iter().flat_map(|c| &c.subscriptions);
    said.filter(|name| name.starts_with('-')).map(String::as_str).collect()
}

fn recorded() -> Option<(Arc<Recording>, naive::Truth)> {
    let capture = corpus(CAPTURE)?;
    let truth = naive::venue("coinbase").unwrap().replay(std::slice::from_ref(&capture)).unwrap();
    Some((Recording::load(&[&capture], &Coinbase).unwrap(), truth))
}

/// Plays the recording to a host until all books stand at its end, or a minute is over.
fn run(recording: &Arc<Recording>, truth: &naive::Truth, plan: FaultPlan, own: &str) -> End {
    let venue = VenueServer::start(VenueConfig {
        pace: Pace::Times(PACE),
        start: Start::Streams(3 * SYMBOLS.len()),
        at_end: AtEnd::Stay,
        plan,
        ..VenueConfig::new(Arc::clone(recording), Arc::new(Coinbase) as Arc<dyn Protocol>)
    })
    .unwrap();
    let lines = Lines::free();
    let folder = scratch(&format!("coinbase-{}", lines.groups()[0].port));
    let authority = folder.join("ca.pem");
    std::fs::write(&authority, venue.ca_pem()).unwrap();
    let address = venue.addr().unwrap();
    let config = LiveConfig {
        lines: lines.config(),
        extra_ca: vec![authority],
        overrides: Coinbase.hosts().iter().map(|&host| (host.to_owned(), address)).collect(),
        control: Some(folder.join("run/control")),
        ..LiveConfig::default()
    };
    let host = start(config, own);
    let mut books = Vec::new();
    for _ in 0..900 {
        sleep(Duration::from_millis(100));
        books = host.handler().status().books.clone();
        // Numbers are the connection's own: a book is whole where its levels are.
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

fn start(config: LiveConfig, own: &str) -> LiveHost {
    let loader = Loader::new(None, Trust::Folder).unwrap();
    let plugin = built(false).plugin("patchbay-coinbase");
    let loaded = loader.load(&plugin, Some(Kind::Adapter)).unwrap();
    let tables = PluginTables {
        defaults: loaded.plugin.defaults().to_owned(),
        schema: loaded.plugin.schema().to_owned(),
    };
    let own: Vec<_> = Some(own.to_owned()).into_iter().filter(|own| !own.is_empty()).collect();
    let settings = settings_of("coinbase", &tables, &own).unwrap();
    let channels = abi::CHANNEL_TRADES | abi::CHANNEL_DEPTH | abi::CHANNEL_QUOTES;
    let wish = |symbol: &str| OwnedWish {
        symbol: symbol.to_owned(),
        kind: abi::INSTRUMENT_SPOT,
        channels,
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
