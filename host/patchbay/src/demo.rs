//! `patchbay demo`: the host against a local venue that replays recorded data.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use patchbay_journal::SEGMENT_BYTES;
use patchbay_loader::Kind;
use patchbay_runtime::config::settings_of;
use patchbay_runtime::live::{LiveAdapter, LiveHost, OwnedWish};
use patchbay_venue::binance::Binance;
use patchbay_venue::{
    AtEnd, Pace, Product, Protocol, Recording, Start, VenueConfig, VenueHandle, VenueServer,
};

use crate::args::{DEFAULT_CONFIG, DemoArgs, RunArgs};
use crate::console::error;
use crate::live::{self, ALL_CHANNELS, live_config, watch};
use crate::{FAILED, Failure, plugin, record};

/// Recordings of the same minutes of 8 August 2024.
const CAPTURES: [&str; 6] = [
    "binance-spot/hftbacktest/btcusdt_20240808.gz",
    "binance-spot/hftbacktest/ethusdt_20240808.gz",
    "binance-usdm/hftbacktest/btcusdt_20240808.gz",
    "binance-usdm/hftbacktest/ethusdt_20240808.gz",
    "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
    "binance-coinm/hftbacktest/ethusd_perp_20240808.gz",
];

pub(crate) fn run(args: &DemoArgs, folder: Option<&Path>) -> Result<(), Failure> {
    let captures = match captures() {
        Ok(captures) => captures,
        Err(missing) => {
            error(&format!("{}; taking live data instead", missing.text));
            let (config, watch) = (PathBuf::from(DEFAULT_CONFIG), args.watch.clone());
            return live::run(&RunArgs { config, production: false, watch }, folder);
        }
    };
    let protocol = Arc::new(Binance::default());
    let recording = Recording::load(&captures, protocol.as_ref())?;
    let wishes = wishes(&recording, protocol.as_ref());
    // Whole from the first frame on: the venue waits for the last subscription.
    let streams = recording.streams().count();
    let venue = VenueServer::start(VenueConfig {
        pace: Pace::Times(args.pace),
        start: Start::Streams(streams),
        at_end: AtEnd::Repeat,
        ..VenueConfig::new(Arc::clone(&recording), Arc::clone(&protocol) as Arc<dyn Protocol>)
    })?;
    let mut config = live_config(&args.watch, None, false)?;
    let authority = Authority::write(&venue)?;
    config.extra_ca.push(authority.0.clone());
    let address = venue.addr().ok_or_else(|| failure("the venue has no TLS address"))?;
    config.overrides = protocol.hosts().iter().map(|&host| (host.to_owned(), address)).collect();

    let folder = plugin::open(folder)?;
    let loaded = folder.load("binance", Kind::Adapter)?;
    // The recordings hold futures' `trade`, and none of `aggTrade`.
    let own = ["trades = \"trade\"".to_owned()];
    let settings = settings_of("binance", &plugin::tables(&loaded.plugin), &own)?;
    let adapters = vec![LiveAdapter::public(loaded, settings, wishes)];
    if let Some(path) = &args.watch.journal {
        config.journal = Some(record::begin(path, (SEGMENT_BYTES, u64::MAX), &folder, &adapters)?);
    }
    let host = LiveHost::start(config, adapters)?;
    watch(host, &args.watch, true)
}

fn captures() -> Result<Vec<PathBuf>, Failure> {
    let corpus = std::env::var_os("PATCHBAY_CORPUS").unwrap_or_else(|| "../shared/corpus".into());
    let corpus = PathBuf::from(corpus);
    let all: Vec<_> = CAPTURES.iter().map(|file| corpus.join(file)).collect();
    match all.iter().find(|path| !path.exists()) {
        None => Ok(all),
        Some(missing) => Err(failure(&format!(
            "{} is missing; set PATCHBAY_CORPUS to recorded data",
            missing.display()
        ))),
    }
}

/// Every instrument that the recording holds.
fn wishes(recording: &Recording, protocol: &dyn Protocol) -> Vec<OwnedWish> {
    let kind = |product: Product| match protocol.products()[usize::from(product.0)] {
        "spot" => patchbay_model::Kind::Spot,
        "usdm" => patchbay_model::Kind::Linear,
        _ => patchbay_model::Kind::Inverse,
    };
    let mut wishes: Vec<OwnedWish> = Vec::new();
    for (product, stream) in recording.streams() {
        let symbol = stream.split('@').next().unwrap_or_default().to_uppercase();
        let wish = OwnedWish { symbol, kind: kind(product).to_abi(), channels: ALL_CHANNELS };
        if !wishes.contains(&wish) {
            wishes.push(wish);
        }
    }
    wishes
}

/// The venue's certificate authority in a file, for as long as the demo lasts.
struct Authority(PathBuf);

impl Authority {
    fn write(venue: &VenueHandle) -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("patchbay-demo-{}.pem", std::process::id()));
        fs::write(&path, venue.ca_pem())?;
        Ok(Self(path))
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        if let Err(cause) = fs::remove_file(&self.0) {
            error(&format!("{}: {cause}", self.0.display()));
        }
    }
}

fn failure(text: &str) -> Failure {
    Failure { text: text.to_owned(), code: FAILED }
}
