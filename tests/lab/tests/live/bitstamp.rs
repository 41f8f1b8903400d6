//! A running host against a local Bitstamp: every recorded event arrives, also where the venue asks for
//! another connection in the middle, and the book ends as the independent replay's.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::BookState;
use patchbay_loader::{Kind, Loader, Trust};
use patchbay_naive as naive;
use patchbay_runtime::config::{PluginTables, settings_of};
use patchbay_runtime::live::{LiveAdapter, LiveConfig, LiveHost, OwnedWish};
use patchbay_test_lab::Lines;
use patchbay_test_replay::{built, corpus, scratch};
use patchbay_venue::bitstamp::{BITSTAMP, Bitstamp};
use patchbay_venue::{
    AtEnd, Ledger, Limits, Pace, Protocol, Recording, Start, VenueConfig, VenueServer,
};

const CAPTURE: &str = "bitstamp/ob-analytics/2015-05-01.log.xz";
const SYMBOL: &str = "btcusd";

/// Times recorded pace: five hours in some seconds.
const PACE: f64 = 3_000.0;

#[test]
fn every_recorded_event_arrives() {
    let Some((totals, truth, ledger)) = run("bitstamp", Bitstamp.limits(BITSTAMP)) else {
        return;
    };
    let orders = &truth.orders[&naive::Key::unique(SYMBOL)];
    println!("{totals:?}");
    assert_eq!(sockets(&ledger), 1);
    // Beside the events, answers: to three requests, and to heartbeats.
    assert!((truth.frames + 3..truth.frames + 10).contains(&totals.frames), "{}", totals.frames);
    assert_eq!((totals.trades, totals.book_updates), (truth.trades(), orders.compared));
}

/// A connection that the venue will end is replaced before: what both deliver is taken once.
#[test]
fn no_trade_is_lost_or_doubled_when_the_venue_asks_for_another_connection() {
    let (life, notice) = (Duration::from_secs(3), Duration::from_secs(2));
    let limits = Limits { life, notice, ..Bitstamp.limits(BITSTAMP) };
    let Some((totals, truth, ledger)) = run("bitstamp-life", limits) else { return };
    println!("{} connections; {totals:?}", sockets(&ledger));
    assert!(sockets(&ledger) >= 2, "{ledger:?}");
    assert_eq!((totals.trades, totals.gaps), (truth.trades(), 0));
}

/// Connections over which something was subscribed.
fn sockets(ledger: &Ledger) -> usize {
    ledger.connections.iter().filter(|conn| !conn.subscriptions.is_empty()).count()
}

/// Plays the recording to a host until its book stands at the end; what both say then.
fn run(name: &str, limits: Limits) -> Option<(patchbay_control::Totals, naive::Truth, Ledger)> {
    let captures = [corpus(CAPTURE)?];
    let truth = naive::venue("bitstamp").unwrap().replay(&captures).unwrap();
    let recording = Recording::load(&captures, &Bitstamp).unwrap();
    let venue = VenueServer::start(VenueConfig {
        pace: Pace::Times(PACE),
        start: Start::Streams(3),
        at_end: AtEnd::Stay,
        limits: Some(limits),
        ..VenueConfig::new(recording, Arc::new(Bitstamp) as Arc<dyn Protocol>)
    })
    .unwrap();
    let (lines, folder) = (Lines::free(), scratch(name));
    let authority = folder.join("ca.pem");
    std::fs::write(&authority, venue.ca_pem()).unwrap();
    let address = venue.addr().unwrap();
    let config = LiveConfig {
        lines: lines.config(),
        extra_ca: vec![authority],
        overrides: Bitstamp.hosts().iter().map(|&host| (host.to_owned(), address)).collect(),
        ..LiveConfig::default()
    };
    let host = start(config);
    let book = &truth.books[&naive::Key::unique(SYMBOL)];
    let best = [book.best(0, 10), book.best(1, 10)];
    for _ in 0..600 {
        sleep(Duration::from_millis(100));
        let status = host.handler().status();
        let arrived = status.totals.trades >= truth.trades();
        let whole = |b: &patchbay_control::Book| b.state == BookState::Live && top(b) == best;
        if venue.ledger().ended && arrived && status.books.iter().all(whole) {
            break;
        }
    }
    let (ledger, status) = (venue.ledger(), host.stop());
    std::fs::remove_dir_all(folder).unwrap();
    let log: Vec<_> = status.log.iter().map(|line| line.text.as_str()).collect();
    let [book] = &status.books[..] else { panic!("{} books: {log:#?}", status.books.len()) };
    assert_eq!((book.state, top(book)), (BookState::Live, best), "{log:#?}");
    let wrong = (status.totals.faults, status.totals.rejected, status.totals.fallback);
    assert_eq!(wrong, (0, 0, 0), "{log:#?}");
    Some((status.totals, truth, ledger))
}

fn start(config: LiveConfig) -> LiveHost {
    let loader = Loader::new(None, Trust::Folder).unwrap();
    let plugin = built(false).plugin("patchbay-bitstamp");
    let loaded = loader.load(&plugin, Some(Kind::Adapter)).unwrap();
    let tables = PluginTables {
        defaults: loaded.plugin.defaults().to_owned(),
        schema: loaded.plugin.schema().to_owned(),
    };
    let settings = settings_of("bitstamp", &tables, &["connects_per_second = 20".to_owned()]);
    let wish = OwnedWish {
        symbol: SYMBOL.to_owned(),
        kind: abi::INSTRUMENT_SPOT,
        channels: abi::CHANNEL_DEPTH | abi::CHANNEL_TRADES | abi::CHANNEL_ORDERS,
    };
    let adapter = LiveAdapter::public(loaded, settings.unwrap(), vec![wish]);
    LiveHost::start(config, vec![adapter]).unwrap()
}

/// Best ten levels a side, as text.
fn top(book: &patchbay_control::Book) -> [Vec<[String; 2]>; 2] {
    let text = patchbay_model::trimmed;
    let side = |side: &[[i64; 2]]| {
        let level =
            |[price, qty]: &[i64; 2]| [text(*price, book.price_exp), text(*qty, book.qty_exp)];
        side.iter().take(10).map(level).collect()
    };
    [side(&book.bids), side(&book.asks)]
}
