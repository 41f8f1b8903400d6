//! What a live host is made with.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use patchbay_engine::EngineConfig;
use patchbay_loader::Loaded;
use patchbay_mcast::PublisherConfig;
use patchbay_net::{Backoff, Keyring};

use super::journal::JournalConfig;
use super::lines::LinesConfig;
use super::shared::Wait;
use crate::config::SettingValue;
use crate::names::Wanted;
use crate::{Cores, LogWriter, PluginFolder};

/// One stream that is wanted; see [`patchbay_plugin::Wish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedWish {
    /// The venue's symbol.
    pub symbol: String,
    /// `INSTRUMENT_*`.
    pub kind: u8,
    /// `CHANNEL_*`, or-ed.
    pub channels: u32,
}

impl OwnedWish {
    /// As an adapter is told.
    pub(super) fn lend(&self) -> patchbay_journal::Wish<'_> {
        let (symbol, kind) = (self.symbol.as_str(), u32::from(self.kind));
        let (depth, interval_ms) = (0, 0);
        patchbay_journal::Wish { channels: self.channels, symbol, kind, depth, interval_ms }
    }
}

/// An adapter to run.
pub struct LiveAdapter {
    /// Its plugin.
    pub loaded: Loaded,
    /// Its settings, sorted by key.
    pub settings: Vec<(String, SettingValue)>,
    /// The streams that are wanted of it, whatever its venue lists.
    pub wishes: Vec<OwnedWish>,
    /// What is wanted beside them, by what its venue lists.
    pub wanted: Wanted,
    /// `CHANNEL_*` of the latter, or-ed.
    pub channels: u32,
    /// The keys that it may use.
    pub keyring: Keyring,
    /// What its venue is called here; `None` for the name of the plugin. Instances of one venue
    /// share its limits and its instruments.
    pub venue: Option<String>,
    /// Addresses to use instead of a name's own, before those of [`LiveConfig::overrides`].
    pub addresses: BTreeMap<String, SocketAddr>,
}

/// A strategy to run.
pub struct LiveStrategy {
    /// Name of the instance.
    pub name: String,
    /// Its plugin.
    pub loaded: Loaded,
    /// Its settings, sorted by key.
    pub settings: Vec<(String, SettingValue)>,
}

impl LiveAdapter {
    /// For data that needs no key.
    pub fn public(
        loaded: Loaded,
        settings: Vec<(String, SettingValue)>,
        wishes: Vec<OwnedWish>,
    ) -> Self {
        let (keyring, addresses) = (Keyring::empty(), BTreeMap::new());
        let (wanted, channels) = (Wanted::default(), 0);
        Self { loaded, settings, wishes, wanted, channels, keyring, venue: None, addresses }
    }

    pub(super) fn venue(&self) -> &str {
        self.venue.as_deref().unwrap_or_else(|| self.loaded.plugin.name())
    }
}

/// What is to run of an adapter's file, or why nothing can.
pub type Cast = dyn FnMut(&Loaded) -> Result<Vec<LiveAdapter>, String> + Send;

/// How adapters come, take each other's place and go while the host runs.
pub struct DropIn {
    /// Where their files are.
    pub folder: PluginFolder,
    /// Time between two looks at the folder.
    pub every: Duration,
    /// How long an instance and the one that takes its place both deliver, once the new one has
    /// every book.
    pub settle: Duration,
    /// Folder for copies of the files beside the journal; `None` without one.
    pub copies: Option<PathBuf>,
    /// Asked once for each file that is to run.
    pub cast: Box<Cast>,
}

/// What a live host is made with. By default its bounds are the usual ones and its lines those of
/// the loopback, and nobody can look at it.
#[derive(Default)]
pub struct LiveConfig {
    /// Bounds of the engine.
    pub engine: EngineConfig,
    /// Share of a venue's limit up to which audits are asked for; `None` for the usual one.
    pub audit_percent: Option<u32>,
    /// What threads do when there is nothing to do.
    pub wait: Wait,
    /// `LIMITED_MODE` is on.
    pub limited: bool,
    /// What it says of its data to whoever looks; usually nothing.
    pub note: String,
    /// Where threads run.
    pub cores: Cores,
    /// Where datagrams go.
    pub lines: LinesConfig,
    /// What goes out, and how often; without a channel no socket is opened.
    pub publisher: PublisherConfig,
    /// Certificate authorities beside the web's.
    pub extra_ca: Vec<PathBuf>,
    /// Addresses to use instead of a name's own.
    pub overrides: BTreeMap<String, SocketAddr>,
    /// Delays between attempts to connect.
    pub backoff: Backoff,
    /// Control socket; `None` for none.
    pub control: Option<PathBuf>,
    /// Where log lines go beside the status.
    pub log: Option<LogWriter>,
    /// Whether it says that it runs with `--production`.
    pub production: bool,
    /// Folder of what must outlive a restart; `None` for nothing.
    pub state: Option<PathBuf>,
    /// Where everything is recorded, if it is.
    pub journal: Option<JournalConfig>,
    /// Whether outputs are hashed.
    pub digest: bool,
    /// How adapters come and go while it runs; `None` if they do not.
    pub drop_in: Option<DropIn>,
    /// Strategies that see every turn.
    pub strategies: Vec<LiveStrategy>,
}
