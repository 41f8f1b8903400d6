//! `patchbay demo`: the host against local venues that replay recorded data.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use patchbay_journal::SEGMENT_BYTES;
use patchbay_loader::Kind;
use patchbay_runtime::PluginFolder;
use patchbay_runtime::config::settings_of;
use patchbay_runtime::live::{Group, LiveAdapter, LiveHost, OwnedWish};
use patchbay_venue::binance::Binance;
use patchbay_venue::{
    AtEnd, Pace, Product, Protocol, Recording, Start, VenueConfig, VenueHandle, VenueServer,
};

use crate::args::{DEFAULT_CONFIG, DemoArgs, RunArgs};
use crate::console::error;
use crate::live::{self, ALL_CHANNELS, live_config, watch};
use crate::sessions::{self, AUGUST, Session};
use crate::{FAILED, Failure, plugin, record};

/// Streams of a recording that the adapter asks for whatever else it wants.
const SURE: [&str; 3] = ["@depth", "@bookTicker", "@trade"];

pub(crate) fn run(args: &DemoArgs, folder: Option<&Path>) -> Result<(), Failure> {
    let stop = live::stop(&args.watch, true)?;
    let sessions = if args.all_captures { &sessions::ALL[..] } else { &[AUGUST] };
    let corpus = sessions::corpus();
    let captures: Result<Vec<_>, _> = sessions.iter().map(|s| s.captures(&corpus)).collect();
    let captures = match captures {
        Ok(captures) => captures,
        Err(missing) => {
            let missing = missing.display();
            error(&format!(
                "{missing} is missing; set PATCHBAY_CORPUS to recorded data; taking live data instead"
            ));
            let (config, watch) = (PathBuf::from(DEFAULT_CONFIG), args.watch.clone());
            // It watches for itself.
            drop(stop);
            return live::run(&RunArgs { config, production: false, watch }, folder);
        }
    };
    let folder = plugin::open(folder)?;
    let mut config = live_config(&args.watch, None, false)?;
    if let &[crypto, stocks] = &args.multicast[..] {
        let group = |to: std::net::SocketAddrV4| Group { address: *to.ip(), port: to.port() };
        config.lines.groups = [group(crypto), group(stocks)];
    }
    let (mut stages, mut adapters) = (Vec::new(), Vec::new());
    for (session, captures) in sessions.iter().zip(&captures) {
        let stage = Stage::start(session, captures, args.pace)?;
        config.extra_ca.push(stage.authority.0.clone());
        adapters.push(stage.adapter(session, &folder)?);
        stages.push(stage);
    }
    if let Some(path) = &args.watch.journal {
        config.journal = Some(record::begin(path, (SEGMENT_BYTES, u64::MAX), &folder, &adapters)?);
    }
    let host = LiveHost::start(config, adapters)?;
    watch(host, &args.watch, stop)
}

/// An exchange that plays one session, for as long as the demo lasts.
struct Stage {
    recording: Arc<Recording>,
    protocol: Arc<Binance>,
    venue: VenueHandle,
    authority: Authority,
}

impl Stage {
    fn start(session: &Session, captures: &[PathBuf], pace: f64) -> Result<Self, Failure> {
        let protocol = Arc::new(Binance::default());
        let recording = Recording::load(captures, protocol.as_ref())?;
        // Whole from the first frame on: the venue waits for the last subscription.
        let sure = |stream: &str| SURE.iter().any(|kind| stream.contains(kind));
        let streams = recording.streams().filter(|(_, stream)| sure(stream)).count();
        let venue = VenueServer::start(VenueConfig {
            pace: Pace::Times(pace),
            start: Start::Streams(streams),
            at_end: AtEnd::Repeat,
            ..VenueConfig::new(Arc::clone(&recording), Arc::clone(&protocol) as Arc<dyn Protocol>)
        })?;
        let authority = Authority::write(&venue, session.venue)?;
        Ok(Self { recording, protocol, venue, authority })
    }

    /// An instance that takes everything that the session holds.
    fn adapter(&self, session: &Session, folder: &PluginFolder) -> Result<LiveAdapter, Failure> {
        let loaded = folder.load("binance", Kind::Adapter)?;
        let names = self.protocol.products();
        let products = self.recording.products().iter().map(|p| names[usize::from(p.0)]);
        let mut own = vec![format!("products = {:?}", products.collect::<Vec<_>>())];
        // Some recordings hold futures' `trade`, and none of `aggTrade`.
        if !self.recording.streams().any(|(_, stream)| stream.ends_with("@aggTrade")) {
            own.push("trades = \"trade\"".to_owned());
        }
        let settings = settings_of("binance", &plugin::tables(&loaded.plugin), &own)?;
        let wishes = wishes(&self.recording, self.protocol.as_ref());
        let address = self.venue.addr().ok_or_else(|| failure("the venue has no TLS address"))?;
        let hosts = self.protocol.hosts().iter();
        let addresses: BTreeMap<_, _> = hosts.map(|&host| (host.to_owned(), address)).collect();
        let venue = Some(session.venue.to_owned());
        Ok(LiveAdapter { venue, addresses, ..LiveAdapter::public(loaded, settings, wishes) })
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
    fn write(venue: &VenueHandle, name: &str) -> Result<Self, Failure> {
        let file = format!("patchbay-demo-{}-{name}.pem", std::process::id());
        let path = std::env::temp_dir().join(file);
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
