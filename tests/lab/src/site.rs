//! A local venue, and a folder in which a host can run against it.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use patchbay_abi as abi;
use patchbay_loader::{Kind, Loaded, Loader, Trust};
use patchbay_model as model;
use patchbay_plugin::bind::Plugin;
use patchbay_runtime::config::{PluginTables, settings_of};
use patchbay_runtime::live::{LiveAdapter, LiveConfig, LiveStrategy, OwnedWish};
use patchbay_test_replay::{built, compile_c_recorder, corpus, scratch};
use patchbay_venue::binance::Binance;
use patchbay_venue::{
    AtEnd, Pace, Product, Protocol, Recording, Start, VenueConfig, VenueHandle, VenueServer,
};

use crate::Lines;

/// What is asked of every instrument: what the recordings hold.
pub const CHANNELS: u32 = abi::CHANNEL_TRADES | abi::CHANNEL_DEPTH | abi::CHANNEL_QUOTES;

/// All three products, recorded at the same time; the first is some minutes of one book.
pub const ALL: [&str; 6] = [
    "binance-spot/hftbacktest/ethusdt_20240808.gz",
    "binance-usdm/hftbacktest/btcusdt_20240808.gz",
    "binance-coinm/hftbacktest/ethusd_perp_20240808.gz",
    "binance-spot/hftbacktest/btcusdt_20240808.gz",
    "binance-usdm/hftbacktest/ethusdt_20240808.gz",
    "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
];

/// Captures of the corpus, loaded; `None` without a corpus.
pub fn recording(captures: &[&str]) -> Option<Arc<Recording>> {
    let paths: Option<Vec<_>> = captures.iter().map(|capture| corpus(capture)).collect();
    Some(Recording::load(&paths?, &Binance::default()).unwrap())
}

/// A venue that serves a recording, and a private folder with its authority.
pub struct Site {
    /// Of this test alone.
    pub folder: PathBuf,
    /// Serves the recording from when all its streams are subscribed.
    pub venue: VenueHandle,
    /// Where the host's datagrams go.
    pub lines: Lines,
    recording: Arc<Recording>,
}

impl Site {
    /// The first of [`ALL`], and plugins in the folder; `None` without a corpus.
    pub fn new(name: &str, pace: f64, at_end: AtEnd) -> Option<Self> {
        let recording = recording(&ALL[..1])?;
        let pace = Pace::Times(pace);
        let site = Self::serving(name, recording, |venue| VenueConfig { pace, at_end, ..venue });
        site.install();
        Some(site)
    }

    /// Puts the plugins into the folder.
    pub fn install(&self) {
        let plugins = self.path("plugins");
        fs::create_dir(&plugins).unwrap();
        fs::set_permissions(&plugins, fs::Permissions::from_mode(0o700)).unwrap();
        for name in ["binance", "recorder"] {
            fs::copy(file(name), plugins.join(format!("{name}.so"))).unwrap();
        }
        compile_c_recorder(&plugins.join("c-recorder.so"));
    }

    /// A venue as `edit` wants it.
    pub fn serving(
        name: &str,
        recording: Arc<Recording>,
        edit: impl FnOnce(VenueConfig) -> VenueConfig,
    ) -> Self {
        let folder = scratch(name);
        let start = Start::Streams(recording.streams().count());
        let usual = VenueConfig::new(Arc::clone(&recording), Arc::new(Binance::default()));
        let usual = VenueConfig { start, at_end: AtEnd::Stay, ..usual };
        let venue = VenueServer::start(edit(usual)).unwrap();
        fs::write(folder.join("ca.pem"), venue.ca_pem()).unwrap();
        Self { folder, venue, lines: Lines::free(), recording }
    }

    /// The certificate of the venue's authority.
    pub fn authority(&self) -> PathBuf {
        self.path("ca.pem")
    }

    /// A plugin of the folder.
    pub fn plugin(&self, name: &str) -> PathBuf {
        self.path(format!("plugins/{name}.so"))
    }

    /// The venue's names, all of them here.
    pub fn addresses(&self) -> BTreeMap<String, SocketAddr> {
        let address = self.venue.addr().unwrap();
        Binance::default().hosts().iter().map(|&host| (host.to_owned(), address)).collect()
    }

    /// What a host in this process needs to take the venue for the exchange.
    pub fn live(&self) -> LiveConfig {
        LiveConfig {
            lines: self.lines.config(),
            extra_ca: vec![self.authority()],
            overrides: self.addresses(),
            ..LiveConfig::default()
        }
    }

    /// The adapter for everything that the venue has, with settings of its own: `life_s = 60`.
    pub fn adapter(&self, own: &[&str]) -> LiveAdapter {
        let loaded = binance();
        let tables = PluginTables {
            defaults: loaded.plugin.defaults().to_owned(),
            schema: loaded.plugin.schema().to_owned(),
        };
        // The recordings hold futures' `trade`, and none of `aggTrade`.
        let mut own: Vec<String> = own.iter().map(|&line| line.to_owned()).collect();
        own.push("trades = \"trade\"".to_owned());
        let settings = settings_of("binance", &tables, &own).unwrap();
        LiveAdapter::public(loaded, settings, self.wishes())
    }

    /// Every instrument of the recording.
    pub fn wishes(&self) -> Vec<OwnedWish> {
        let protocol = Binance::default();
        let kind = |product: Product| match protocol.products()[usize::from(product.0)] {
            "spot" => model::Kind::Spot,
            "usdm" => model::Kind::Linear,
            _ => model::Kind::Inverse,
        };
        let mut wishes: Vec<OwnedWish> = Vec::new();
        for (product, stream) in self.recording.streams() {
            let symbol = stream.split('@').next().unwrap().to_uppercase();
            let wish = OwnedWish { symbol, kind: kind(product).to_abi(), channels: CHANNELS };
            if !wishes.contains(&wish) {
                wishes.push(wish);
            }
        }
        wishes
    }

    /// A configuration file that takes this venue for the exchange, with `more` after it; its path.
    pub fn configure(&self, more: &str) -> PathBuf {
        let addresses: Vec<String> =
            self.addresses().iter().map(|(host, to)| format!("\"{host}={to}\"")).collect();
        let [crypto, stocks] = self.lines.texts();
        let text = format!(
            "[network]\nextra_ca = [\"ca.pem\"]\naddresses = [{}]\n\
             [multicast]\ncrypto = \"{crypto}\"\nstocks = \"{stocks}\"\n\
             [control]\nsocket = \"run/control\"\n\
             [adapters.binance]\nstreams = [\"spot:ETHUSDT\"]\n\
             venue.products = [\"spot\"]\n{more}\n",
            addresses.join(", "),
        );
        let path = self.path("patchbay.toml");
        fs::write(&path, text).unwrap();
        path
    }

    /// A path in the folder.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.join(name)
    }

    /// Takes it all away.
    pub fn remove(self) {
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

/// A plugin as it was built, in this test's own profile.
fn file(name: &str) -> PathBuf {
    built(!cfg!(debug_assertions)).plugin(&format!("patchbay-{name}"))
}

/// The adapter; mapped once a process.
fn binance() -> Loaded {
    static LOADED: OnceLock<Loaded> = OnceLock::new();
    let load = || {
        let loader = Loader::new(None, Trust::Folder).unwrap();
        loader.load(&file("binance"), Some(Kind::Adapter)).unwrap()
    };
    again(LOADED.get_or_init(load))
}

fn again(loaded: &Loaded) -> Loaded {
    let Loaded { plugin, manifest, generation } = loaded;
    Loaded { plugin: *plugin, manifest: manifest.clone(), generation: *generation }
}

/// A strategy that is part of the test.
pub(crate) fn linked(name: &str, plugin: Plugin, case: i64) -> LiveStrategy {
    let loaded = Loaded { plugin, ..binance() };
    let settings = vec![("case".to_owned(), patchbay_runtime::config::SettingValue::Int(case))];
    LiveStrategy { name: name.to_owned(), loaded, settings }
}
