//! A local venue, and a folder in which a host can run against it.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use patchbay_loader::{Kind, Loaded, Loader, Trust};
use patchbay_net::{Keyring, SecretStore};
use patchbay_plugin::bind::Plugin;
use patchbay_runtime::config::{PluginTables, settings_of};
use patchbay_runtime::live::{LiveAdapter, LiveConfig, LiveStrategy, OwnedWish};
use patchbay_test_replay::{built, compile_c_recorder, scratch};
use patchbay_venue::{AtEnd, Pace, Recording, Start, VenueConfig, VenueHandle, VenueServer};

use crate::Lines;
use crate::market::{BINANCE, Market};

/// Captures of Binance, loaded; `None` without a corpus.
pub fn recording(captures: &[&str]) -> Option<Arc<Recording>> {
    BINANCE.recording(captures)
}

/// A venue that serves a recording, and a private folder with its authority.
pub struct Site {
    /// Of this test alone.
    pub folder: PathBuf,
    /// Serves the recording from when all its streams are subscribed.
    pub venue: VenueHandle,
    /// Where the host's datagrams go.
    pub lines: Lines,
    market: &'static Market,
    recording: Arc<Recording>,
}

impl Site {
    /// The first of Binance's captures, and plugins in the folder; `None` without a corpus.
    pub fn new(name: &str, pace: f64, at_end: AtEnd) -> Option<Self> {
        let recording = recording(&BINANCE.captures[..1])?;
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

    /// Binance as `edit` wants it.
    pub fn serving(
        name: &str,
        recording: Arc<Recording>,
        edit: impl FnOnce(VenueConfig) -> VenueConfig,
    ) -> Self {
        Self::of(&BINANCE, name, recording, edit)
    }

    /// A market's venue as `edit` wants it.
    pub fn of(
        market: &'static Market,
        name: &str,
        recording: Arc<Recording>,
        edit: impl FnOnce(VenueConfig) -> VenueConfig,
    ) -> Self {
        let folder = scratch(name);
        let start = Start::Streams(market.streams(&recording));
        let usual = VenueConfig::new(Arc::clone(&recording), (market.protocol)());
        let usual = VenueConfig { start, at_end: AtEnd::Stay, ..usual };
        let venue = VenueServer::start(edit(usual)).unwrap();
        fs::write(folder.join("ca.pem"), venue.ca_pem()).unwrap();
        Self { folder, venue, lines: Lines::free(), market, recording }
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
        let protocol = (self.market.protocol)();
        protocol.hosts().iter().map(|&host| (host.to_owned(), address)).collect()
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
        let name = self.market.name;
        let loaded = loaded(name);
        let tables = PluginTables {
            defaults: loaded.plugin.defaults().to_owned(),
            schema: loaded.plugin.schema().to_owned(),
        };
        let lines = own.iter().chain(self.market.settings);
        let own: Vec<String> = lines.map(|&line| line.to_owned()).collect();
        let settings = settings_of(name, &tables, &own).unwrap();
        let keyring = self.market.key.map_or_else(Keyring::empty, |key| self.keyring(key));
        LiveAdapter { keyring, ..LiveAdapter::public(loaded, settings, self.wishes()) }
    }

    /// A key as a user lays it down.
    fn keyring(&self, key: &str) -> Keyring {
        let (folder, name) = (self.path("keys"), self.market.name);
        if !folder.exists() {
            fs::create_dir(&folder).unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
            let file = folder.join(format!("{name}.toml"));
            fs::write(&file, key).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        Keyring::new(Arc::new(SecretStore::folder(&folder, &[name]).unwrap()), name)
    }

    /// Every instrument of the recording.
    pub fn wishes(&self) -> Vec<OwnedWish> {
        self.market.wishes(&self.recording)
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

/// An adapter; mapped once a process.
fn loaded(name: &'static str) -> Loaded {
    static LOADED: Mutex<BTreeMap<&str, Loaded>> = Mutex::new(BTreeMap::new());
    let mut all = LOADED.lock().unwrap();
    let load = || {
        let loader = Loader::new(None, Trust::Folder).unwrap();
        loader.load(&file(name), Some(Kind::Adapter)).unwrap()
    };
    let Loaded { plugin, manifest, generation } = all.entry(name).or_insert_with(load);
    Loaded { plugin: *plugin, manifest: manifest.clone(), generation: *generation }
}

/// A strategy that is part of the test.
pub(crate) fn linked(name: &str, plugin: Plugin, case: i64) -> LiveStrategy {
    let loaded = Loaded { plugin, ..loaded("binance") };
    let settings = vec![("case".to_owned(), patchbay_runtime::config::SettingValue::Int(case))];
    LiveStrategy { name: name.to_owned(), loaded, settings }
}
