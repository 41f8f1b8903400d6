//! A running host against a venue that cuts, stalls, drops, reorders and bans by a seeded plan: when
//! the faults are over every book heals, and what is live at the end is right.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::{Book, BookState};
use patchbay_loader::{Kind, Loader, Trust};
use patchbay_naive as naive;
use patchbay_runtime::config::{PluginTables, settings_of};
use patchbay_runtime::live::{Group, LinesConfig, LiveAdapter, LiveConfig, LiveHost, OwnedWish};
use patchbay_test_replay::{built, corpus, scratch};
use patchbay_venue::binance::Binance;
use patchbay_venue::{
    AtEnd, Density, FaultKinds, FaultPlan, Pace, Protocol, Recording, Start, VenueConfig,
    VenueServer,
};

const CAPTURE: &str = "binance-spot/hftbacktest/ethusdt_20240808.gz";

/// Seeds tried, unless `PATCHBAY_SEEDS` says how many (1 to that); each takes some twenty seconds.
const SEEDS: u64 = 3;

/// Times recorded pace.
const PACE: f64 = 20.0;

#[test]
fn every_book_heals_after_the_faults_and_is_right() {
    let Some(capture) = corpus(CAPTURE) else { return };
    let truth = naive::venue("binance").unwrap().replay(std::slice::from_ref(&capture)).unwrap();
    let truth = &truth.books[&naive::Key::unique("ETHUSDT")];
    let protocol = Arc::new(Binance::default());
    let recording = Recording::load(&[&capture], protocol.as_ref()).unwrap();
    let seeds = std::env::var("PATCHBAY_SEEDS").map_or(SEEDS, |seeds| seeds.parse().unwrap());
    let first = std::env::var("PATCHBAY_SEED").map_or(1, |seed| seed.parse().unwrap());
    for seed in first..=seeds.max(first) {
        // The second half is left alone: a snapshot that comes after the last change waits for one
        // that ties it to the stream, and retries take seconds of real time.
        let frames = recording.frames() as u64 / 2;
        let density = Density { faults: 12, frames };
        let venue = VenueServer::start(VenueConfig {
            pace: Pace::Times(PACE),
            start: Start::Streams(3),
            at_end: AtEnd::Stay,
            plan: FaultPlan::seeded(seed, &FaultKinds::all(), density),
            ..VenueConfig::new(Arc::clone(&recording), Arc::clone(&protocol) as Arc<dyn Protocol>)
        })
        .unwrap();
        let folder = scratch(&format!("faults-{seed}"));
        let authority = folder.join("ca.pem");
        std::fs::write(&authority, venue.ca_pem()).unwrap();
        let address = venue.addr().unwrap();
        let overrides: BTreeMap<_, _> =
            protocol.hosts().iter().map(|&host| (host.to_owned(), address)).collect();
        let host = start(&folder, authority, overrides);

        let mut last = None;
        for _ in 0..600 {
            sleep(Duration::from_millis(100));
            let book = host.handler().status().books.first().cloned();
            let ended = venue.ledger().ended;
            let live = book.as_ref().is_some_and(|book| book.state == BookState::Live);
            let whole = book.as_ref().is_some_and(|book| book.sequence == truth.last);
            last = book;
            if ended && live && whole {
                break;
            }
        }
        let struck = venue.ledger().faults.len();
        let status = host.stop();
        let book = last.expect("there is a book");
        println!(
            "seed {seed}: {struck} faults, {} gaps, {} resyncs, {} reconnects, {:?}",
            status.totals.gaps,
            status.totals.resyncs,
            status.log.iter().filter(|line| line.text.contains("closed")).count(),
            book.state,
        );
        let log: Vec<_> = status.log.iter().map(|line| &line.text).collect();
        let end = (book.state, book.sequence);
        assert_eq!(end, (BookState::Live, truth.last), "seed {seed}: {log:#?}");
        assert_eq!(top(&book), truth_top(truth), "seed {seed}");
        assert_eq!(status.totals.faults, 0);
        std::fs::remove_dir_all(folder).unwrap();
    }
}

fn start(
    folder: &std::path::Path,
    authority: std::path::PathBuf,
    overrides: BTreeMap<String, std::net::SocketAddr>,
) -> LiveHost {
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
    // A line of its own: other tests listen on the default one.
    let group = |last, port| Group { address: [239, 255, 43, last].into(), port };
    let config = LiveConfig {
        lines: LinesConfig { groups: [group(1, 9101), group(2, 9102)], ..LinesConfig::default() },
        extra_ca: vec![authority],
        overrides,
        control: Some(folder.join("run/control")),
        ..LiveConfig::default()
    };
    LiveHost::start(config, vec![LiveAdapter::public(loaded, settings, vec![wish])]).unwrap()
}

/// Best ten levels a side, values at eight decimals.
type Top = [Vec<[String; 2]>; 2];

fn top(book: &Book) -> Top {
    let text = |mantissa: i64, exp: i8| {
        let digits = format!("{mantissa:0>width$}", width = usize::from(exp.unsigned_abs()) + 1);
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(exp.unsigned_abs()));
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
    };
    let side = |side: &[[i64; 2]]| {
        let level =
            |[price, qty]: &[i64; 2]| [text(*price, book.price_exp), text(*qty, book.qty_exp)];
        side.iter().take(10).map(level).collect()
    };
    [side(&book.bids), side(&book.asks)]
}

fn truth_top(book: &naive::Book) -> Top {
    [book.best(0, 10), book.best(1, 10)]
}
