//! Digits corrupted inside a valid sequence, against a running host: the top of a book is convicted
//! by the venue's own best bid and ask, the rest by an audit, and in the end every book is right.
//! Prints the time from each corrupted digit to the conviction that follows it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::{BookState, LogLine, Status};
use patchbay_engine::{AuditConfig, EngineConfig};
use patchbay_loader::{Kind, Loader, Trust};
use patchbay_model::trimmed;
use patchbay_naive as naive;
use patchbay_runtime::HostClock;
use patchbay_runtime::config::{PluginTables, settings_of};
use patchbay_runtime::live::{Group, LinesConfig, LiveAdapter, LiveConfig, LiveHost, OwnedWish};
use patchbay_test_replay::{built, corpus, scratch};
use patchbay_venue::binance::Binance;
use patchbay_venue::{
    AtEnd, Did, Fault, FaultEntry, FaultPlan, Pace, PlannedFault, Protocol, Recording, Start,
    Target, VenueConfig, VenueHandle, VenueServer, When,
};

const CAPTURE: &str = "binance-spot/hftbacktest/ethusdt_20240808.gz";
/// Times recorded pace.
const PACE: f64 = 10.0;
const SECOND: i64 = 1_000_000_000;
/// Digits that are corrupted, and the frames of the recording between two of them.
const DIGITS: u64 = 40;
const APART: u64 = 500;

#[test]
fn a_corrupted_digit_is_convicted_and_the_book_healed() {
    let Some(capture) = corpus(CAPTURE) else { return };
    let truth = naive::venue("binance").unwrap().replay(std::slice::from_ref(&capture)).unwrap();
    let truth = &truth.books[&naive::Key::unique("ETHUSDT")];
    let protocol = Arc::new(Binance::default());
    let recording = Recording::load(&[&capture], protocol.as_ref()).unwrap();
    let frames = recording.frames() as u64;
    let folder = scratch("convictions");
    // The venue's clock in the ledger begins here, within the time that it takes to start.
    let clock = HostClock::start();
    let begun = clock.now();
    let digit = |number: u64| {
        let when = When::Frame(1000 + number * APART);
        PlannedFault::new(when, Fault::CorruptDigit).at(Target::stream("ethusdt@depth"))
    };
    let faults: Vec<_> = (0..DIGITS).map(digit).collect();
    assert!(frames > 1000 + (DIGITS + 10) * APART, "{frames} frames");
    let venue = VenueServer::start(VenueConfig {
        pace: Pace::Times(PACE),
        start: Start::Streams(3),
        at_end: AtEnd::Stay,
        plan: FaultPlan { faults, until: None },
        ..VenueConfig::new(Arc::clone(&recording), Arc::clone(&protocol) as Arc<dyn Protocol>)
    })
    .unwrap();
    let host = start(&folder, &venue, protocol.as_ref());

    let mut status = host.status();
    let mut lines = BTreeMap::new();
    let mut right = false;
    for _ in 0..1200 {
        sleep(Duration::from_millis(100));
        status = host.status();
        let convictions = status.log.iter().filter(|line| line.source == "books");
        lines.extend(convictions.map(|line| (line.seq, line.clone())));
        right = venue.ledger().ended && is_right(&status, truth);
        if right {
            break;
        }
    }
    let ledger = venue.ledger();
    drop(host);
    let told: Vec<&LogLine> = lines.values().collect();
    let totals = &status.totals;
    for fault in &ledger.faults {
        tell(fault, begun, &told);
    }
    println!(
        "{} digits; {} audits, {} convicted, {} proved nothing; {} convicted by quotes, {} crossed",
        ledger.faults.len(),
        totals.audits,
        totals.audit_convictions,
        totals.audits_lost,
        totals.quote_convictions,
        totals.crossed_convictions,
    );
    assert_eq!(ledger.faults.len() as u64, DIGITS);
    assert!(right, "the book is not the venue's at the end: {:#?}", status.books);
    let convicted =
        totals.audit_convictions + totals.quote_convictions + totals.crossed_convictions;
    assert_eq!(told.len() as u64, convicted);
    assert!(totals.audit_convictions > 0, "{told:#?}");
    for line in told {
        for word in ["ETHUSDT", "at update", "it is fetched anew"] {
            assert!(line.text.contains(word), "{}", line.text);
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// What was corrupted, and what convicted the book next, and when. One conviction ends all that is
/// wrong in a book; it names one level.
fn tell(fault: &FaultEntry, begun: i64, told: &[&LogLine]) {
    let Did::Corrupted { side, level, field, from, to, .. } = &fault.did else { return };
    let at = begun + fault.at_us as i64 * 1000;
    let next = told.iter().find(|line| line.at_ns >= at);
    let what = format!("{side} {level}, {field} {from} sent as {to}");
    match next {
        Some(line) => {
            let ms = (line.at_ns - at) / 1_000_000;
            let words: Vec<&str> = line.text.split([' ', ',', ';']).collect();
            let short = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
            let named = [from, to].iter().any(|text| words.contains(&&*short(text)));
            let by = if named { "" } else { " with another" };
            println!("{what}: after {ms} ms{by}: {}", line.text);
        }
        None => println!("{what}: put right by a later change, or beyond every snapshot"),
    }
}

/// Whether the book is live and that of the independent replay, all levels that a status has.
fn is_right(status: &Status, truth: &naive::Book) -> bool {
    let Some(book) = status.books.first() else { return false };
    let side = |levels: &[[i64; 2]]| -> Vec<[String; 2]> {
        let text = |[price, qty]: &[i64; 2]| {
            [trimmed(*price, book.price_exp), trimmed(*qty, book.qty_exp)]
        };
        levels.iter().map(text).collect()
    };
    let (bids, asks) = (side(&book.bids), side(&book.asks));
    let live = book.state == BookState::Live && book.sequence == truth.last;
    live && bids == truth.best(0, bids.len()) && asks == truth.best(1, asks.len())
}

fn start(folder: &Path, venue: &VenueHandle, protocol: &dyn Protocol) -> LiveHost {
    let authority = folder.join("ca.pem");
    std::fs::write(&authority, venue.ca_pem()).unwrap();
    let address = venue.addr().unwrap();
    let overrides = protocol.hosts().iter().map(|&host| (host.to_owned(), address)).collect();
    let loader = Loader::new(None, Trust::Folder).unwrap();
    let file = built(false).plugin("patchbay-binance");
    let loaded = loader.load(&file, Some(Kind::Adapter)).unwrap();
    let tables = PluginTables {
        defaults: loaded.plugin.defaults().to_owned(),
        schema: loaded.plugin.schema().to_owned(),
    };
    let settings = settings_of("binance", &tables, &["products = [\"spot\"]".into()]).unwrap();
    let channels = abi::CHANNEL_TRADES | abi::CHANNEL_DEPTH | abi::CHANNEL_QUOTES;
    let wish = OwnedWish { symbol: "ETHUSDT".to_owned(), kind: abi::INSTRUMENT_SPOT, channels };
    let group = |last, port| Group { address: [239, 255, 46, last].into(), port };
    let config = LiveConfig {
        engine: EngineConfig {
            crossed_ns: SECOND,
            audits: AuditConfig { interval_ns: SECOND },
            ..EngineConfig::default()
        },
        // 50 of 6000 a minute each.
        audit_percent: Some(60),
        lines: LinesConfig { groups: [group(1, 9461), group(2, 9462)], ..LinesConfig::default() },
        extra_ca: vec![authority],
        overrides,
        ..LiveConfig::default()
    };
    LiveHost::start(config, vec![LiveAdapter::public(loaded, settings, vec![wish])]).unwrap()
}
