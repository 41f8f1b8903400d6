//! `patchbay demo`: the host against local venues that replay recorded data.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use patchbay_journal::SEGMENT_BYTES;
use patchbay_loader::Kind;
use patchbay_runtime::PluginFolder;
use patchbay_runtime::config::{Secrets, settings_of};
use patchbay_runtime::live::{Group, LiveAdapter, LiveConfig, LiveHost};
use patchbay_venue::{
    AtEnd, FaultKinds, FaultPlan, Pace, Protocol, Recording, Start, VenueConfig, VenueHandle,
    VenueServer, protocols,
};

use crate::args::{DEFAULT_CONFIG, DemoArgs, RunArgs};
use crate::console::{error, say};
use crate::live::{self, ALL_CHANNELS, live_config, watch};
use crate::load;
use crate::sessions::{self, Session};
use crate::{FAILED, Failure, plugin, record};

/// Between two faults at one venue, on average.
const APART: Duration = Duration::from_secs(10);

/// For how long faults are planned where nobody says when the demo ends.
const LONG: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn run(args: &DemoArgs, folder: Option<&Path>) -> Result<(), Failure> {
    let stop = live::stop(&args.watch, true)?;
    if let Some(symbols) = args.load {
        return load::run(args, symbols, folder, stop);
    }
    let sessions = match (args.all, args.all_captures) {
        (true, _) => &sessions::ALL[..],
        (_, true) => &sessions::OF_BINANCE,
        _ => std::slice::from_ref(sessions::of(args.venue)),
    };
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
    let note = sessions::note(sessions);
    let mut config = LiveConfig { note, ..live_config(&args.watch, None, false)? };
    if let &[crypto, stocks] = &args.multicast[..] {
        let group = |to: std::net::SocketAddrV4| Group { address: *to.ip(), port: to.port() };
        config.lines.groups = [group(crypto), group(stocks)];
    }
    let (mut stages, mut adapters) = (Vec::new(), Vec::new());
    for (at, (session, captures)) in sessions.iter().zip(&captures).enumerate() {
        let plan = args.faults.map(|seed| plan(seed + at as u64, args.watch.limit));
        let stage = Stage::start(session, captures, args.pace, plan.unwrap_or_default())?;
        config.extra_ca.push(stage.authority.clone());
        adapters.push(stage.adapter(session, &folder)?);
        stages.push(stage);
    }
    if let Some(path) = &args.watch.journal {
        config.journal = Some(record::begin(path, (SEGMENT_BYTES, u64::MAX), &folder, &adapters)?);
    }
    let host = LiveHost::start(config, adapters)?;
    watch(host, &args.watch, stop)?;
    if args.faults.is_some() && !args.watch.json {
        let struck = |stage: &Stage| stage.venue.ledger().faults.len();
        say(&format!("{} faults struck", stages.iter().map(struck).sum::<usize>()));
    }
    Ok(())
}

/// What goes wrong at one venue: a fault every [`APART`], but for the last tenth of `limit`.
fn plan(seed: u64, limit: Option<Duration>) -> FaultPlan {
    let time = limit.unwrap_or(LONG) * 9 / 10;
    let faults = u32::try_from(time.as_secs() / APART.as_secs()).unwrap_or(u32::MAX);
    FaultPlan::seeded_over(seed, &FaultKinds::all(), faults, time)
}

/// An exchange that plays one session, for as long as the demo lasts.
struct Stage {
    recording: Arc<Recording>,
    protocol: Arc<dyn Protocol>,
    venue: VenueHandle,
    /// The certificate of its authority.
    authority: PathBuf,
    papers: Papers,
}

impl Stage {
    fn start(
        session: &Session,
        captures: &[PathBuf],
        pace: f64,
        plan: FaultPlan,
    ) -> Result<Self, Failure> {
        let mut protocols = protocols().into_iter();
        let protocol = protocols.find(|protocol| protocol.name() == session.plugin);
        let protocol = protocol.ok_or_else(|| failure("there is no such local venue"))?;
        let is_recorded = session.unrecorded.is_empty();
        let recording = match is_recorded {
            true => Recording::load(captures, protocol.as_ref())?,
            false => Recording::none(session.unrecorded),
        };
        // Whole from the first frame on: the venue waits for the last subscription.
        let streams = recording.streams().filter(|(_, name)| session.is_sure(name)).count();
        let venue = VenueServer::start(VenueConfig {
            pace: Pace::Times(pace),
            start: Start::Streams(streams),
            at_end: if is_recorded { AtEnd::Repeat } else { AtEnd::Stay },
            plan,
            ..VenueConfig::new(Arc::clone(&recording), Arc::clone(&protocol))
        })?;
        let papers = Papers::new(session.venue)?;
        let authority = papers.write("ca.pem", venue.ca_pem())?;
        if let Some(key) = session.key {
            papers.write(&format!("{}.toml", session.plugin), key)?;
        }
        Ok(Self { recording, protocol, venue, authority, papers })
    }

    /// An instance that takes everything that the session holds.
    fn adapter(&self, session: &Session, folder: &PluginFolder) -> Result<LiveAdapter, Failure> {
        let loaded = folder.load(session.plugin, Kind::Adapter)?;
        let mut own: Vec<_> = session.settings.iter().map(|&line| line.to_owned()).collect();
        if session.plugin == "binance" {
            own.extend(self.settings_of_binance());
        }
        let settings = settings_of(session.plugin, &plugin::tables(&loaded.plugin), &own)?;
        let wishes = session.wishes(&*self.protocol, &self.recording, ALL_CHANNELS, str::to_owned);
        let address = self.venue.addr().ok_or_else(|| failure("the venue has no TLS address"))?;
        let hosts = self.protocol.hosts().iter();
        let addresses: BTreeMap<_, _> = hosts.map(|&host| (host.to_owned(), address)).collect();
        let venue = Some(session.venue.to_owned());
        let keys: Vec<_> = session.key.iter().map(|_| session.plugin.to_owned()).collect();
        let keyring = Secrets::Folder(self.papers.0.clone()).keyring(&keys)?;
        let public = LiveAdapter::public(loaded, settings, wishes);
        Ok(LiveAdapter { venue, addresses, keyring, ..public })
    }

    /// The products that the recording holds; some recordings have futures' `trade`, and none of
    /// `aggTrade`.
    fn settings_of_binance(&self) -> Vec<String> {
        let names = self.protocol.products();
        let products = self.recording.products().iter().map(|p| names[usize::from(p.0)]);
        let mut own = vec![format!("products = {:?}", products.collect::<Vec<_>>())];
        if !self.recording.streams().any(|(_, stream)| stream.ends_with("@aggTrade")) {
            own.push("trades = \"trade\"".to_owned());
        }
        own
    }
}

/// A private folder of the venue's certificate authority and of the key that it knows, for as long as
/// the demo lasts.
pub(crate) struct Papers(pub(crate) PathBuf);

impl Papers {
    pub(crate) fn new(name: &str) -> Result<Self, Failure> {
        let folder = format!("patchbay-demo-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(folder);
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    fn write(&self, file: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.0.join(file);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true).mode(0o600).open(&path)?.write_all(text.as_bytes())?;
        Ok(path)
    }
}

impl Drop for Papers {
    fn drop(&mut self) {
        if let Err(cause) = fs::remove_dir_all(&self.0) {
            error(&format!("{}: {cause}", self.0.display()));
        }
    }
}

pub(crate) fn failure(text: &str) -> Failure {
    Failure { text: text.to_owned(), code: FAILED }
}
