//! What `patchbay.toml` says about the host itself.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use patchbay_control::LogLevel;
use patchbay_loader::Trust;
use patchbay_mcast::PublisherConfig;
use patchbay_model::Nanos;
use patchbay_quality::QualityConfig;
use toml::de::DeTable;

use super::check::check;
use super::complete::Complete;
use super::known::{host_defaults, host_schema};
use super::problem::{ConfigError, Problem};
use super::secrets::Secrets;
use super::source::Source;
use super::trust;
use crate::cores::Cores;
use crate::live::{LinesConfig, Wait};

/// Where plugins come from.
#[derive(Clone, Debug)]
pub struct Plugins {
    /// Folder of plugin files.
    pub folder: PathBuf,
    /// Which of them may be loaded.
    pub trust: Trust,
    /// Whether adapters come, change and go with their files while the host runs.
    pub watch: bool,
}

/// Bounds of what is remembered for readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// Messages of an instrument.
    pub messages: usize,
    /// Memory that all of them share, a whole number of MiB.
    pub arena_bytes: usize,
}

/// What is done about books that are live and may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Books {
    /// How long one may be crossed or locked, ns; 0 for as long as it likes.
    pub crossed_ns: Nanos,
    /// Between two audits of an adapter instance, ns; 0 for none.
    pub audit_ns: Nanos,
    /// Share of a venue's limit up to which audits are asked for.
    pub audit_percent: u32,
}

/// How journals are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Journal {
    /// Size of a segment, a whole number of MiB.
    pub segment_bytes: u64,
    /// Whether a run is journalled.
    pub enabled: bool,
    /// Bytes at which the journal of a run ends, a whole number of GiB.
    pub max_bytes: u64,
    /// Journals of earlier runs that are kept.
    pub keep: usize,
}

/// What goes out by UDP multicast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multicast {
    /// Whether anything does.
    pub enabled: bool,
    /// Where it goes.
    pub lines: LinesConfig,
    /// What, and how often.
    pub publisher: PublisherConfig,
}

/// The log files of `--production`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFiles {
    /// Folder.
    pub folder: PathBuf,
    /// What is less important is not written.
    pub level: LogLevel,
    /// Most bytes of a file, a whole number of MiB.
    pub file_bytes: u64,
    /// Files that are kept, the one being written among them.
    pub files: u32,
}

/// How venues are reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkConfig {
    /// PEM files of issuers of certificates that are believed beside the web's.
    pub extra_ca: Vec<PathBuf>,
    /// Addresses in place of names' own, by `host` or `host:port`.
    pub addresses: BTreeMap<String, SocketAddr>,
}

/// The host, without the instances that it runs.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// Number among all hosts of a network; publisher id of its multicast lines.
    pub number: u8,
    /// What threads do when there is nothing to do.
    pub wait: Wait,
    /// Where threads may run.
    pub cores: Cores,
    /// Where plugins come from.
    pub plugins: Plugins,
    /// Folder of the registry, of journals and of saved faults.
    pub state_folder: PathBuf,
    /// Bounds of what is remembered.
    pub history: History,
    /// What is done about books that may be wrong.
    pub books: Books,
    /// What counts as out of the ordinary in the data.
    pub quality: QualityConfig,
    /// How journals are written.
    pub journal: Journal,
    /// What goes out.
    pub multicast: Multicast,
    /// Control socket; `None` for the one in the user's runtime folder.
    pub control_socket: Option<PathBuf>,
    /// Log files.
    pub log: LogFiles,
    /// Where keys come from.
    pub secrets: Secrets,
    /// How venues are reached.
    pub network: NetworkConfig,
}

impl HostConfig {
    /// Reads `patchbay.toml`, and the list of trusted plugins if it asks for one. Neither tables of
    /// instances nor the machine are looked at; [`Config::load`](super::Config::load) does that.
    ///
    /// # Errors
    ///
    /// Everything that is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let source = Source::read(path, true, &mut problems);
        let table = source.as_ref().and_then(|source| source.parse(&mut problems));
        let host = source
            .as_ref()
            .zip(table.as_ref())
            .map(|(source, table)| Self::read(path, source, table, &mut problems));
        ConfigError::unless_none(problems)?;
        Ok(host.expect("a file without problems was read"))
    }

    /// With the default where a value is wrong: of use only if there are no problems.
    pub(super) fn read(
        path: &Path,
        source: &Source,
        table: &DeTable<'_>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let settings = check(&host_schema(), source, "", table, problems);
        let settings = Complete { settings: host_defaults().under(settings), folder };
        Self {
            number: settings.count("host.number"),
            wait: match settings.text("host.wait") {
                "spin" => Wait::Spin,
                _ => Wait::Block,
            },
            cores: Cores {
                engine: settings.ints("host.cores.engine"),
                io: settings.ints("host.cores.io"),
                multicast: settings.ints("host.cores.multicast"),
            },
            plugins: Plugins {
                folder: settings.path("plugins.folder"),
                trust: match settings.text("plugins.trust") {
                    "listed" => {
                        Trust::Listed(trust::read(&settings.path("plugins.list"), problems))
                    }
                    _ => Trust::Folder,
                },
                watch: settings.bool("plugins.watch"),
            },
            state_folder: settings.path("state.folder"),
            history: History {
                messages: settings.count("history.messages"),
                arena_bytes: settings.count::<usize>("history.arena_mib") << 20,
            },
            books: Books {
                crossed_ns: settings.int("books.crossed_ms") * 1_000_000,
                audit_ns: settings.int("books.audit_s") * 1_000_000_000,
                audit_percent: settings.count("books.audit_percent"),
            },
            quality: quality(&settings),
            journal: Journal {
                segment_bytes: settings.count::<u64>("journal.segment_mib") << 20,
                enabled: settings.bool("journal.enabled"),
                max_bytes: settings.count::<u64>("journal.max_gib") << 30,
                keep: settings.count("journal.keep"),
            },
            multicast: multicast(&settings),
            control_socket: settings.path_or_none("control.socket"),
            log: LogFiles {
                folder: settings.path("log.folder"),
                level: match settings.text("log.level") {
                    "error" => LogLevel::Error,
                    "warn" => LogLevel::Warn,
                    "debug" => LogLevel::Debug,
                    _ => LogLevel::Info,
                },
                file_bytes: settings.count::<u64>("log.file_mib") << 20,
                files: settings.count("log.files"),
            },
            secrets: match settings.text("secrets.from") {
                "credentials" => Secrets::of_unit(),
                _ => Secrets::Folder(settings.path("secrets.folder")),
            },
            network: NetworkConfig {
                extra_ca: settings.paths("network.extra_ca"),
                addresses: settings.redirections("network.addresses"),
            },
        }
    }
}

fn quality(settings: &Complete<'_>) -> QualityConfig {
    let (ms, second): (Nanos, Nanos) = (1_000_000, 1_000_000_000);
    if !settings.bool("quality.enabled") {
        return QualityConfig::default();
    }
    QualityConfig {
        order_ns: settings.int("quality.order_ms") * ms,
        late_ns: settings.int("quality.late_ms") * ms,
        offset_ns: settings.int("quality.offset_ms") * ms,
        step_ns: settings.int("quality.step_ms") * ms,
        drift_ppm: settings.int("quality.drift_ppm"),
        price_bps: settings.int("quality.price_bps"),
        volume_times: settings.int("quality.volume_times"),
        silence_ns: settings.int("quality.silence_s") * second,
        books: settings.bool("quality.books"),
        quiet_ns: settings.int("quality.quiet_s") * second,
    }
}

fn multicast(settings: &Complete<'_>) -> Multicast {
    let (ms, second): (Nanos, Nanos) = (1_000_000, 1_000_000_000);
    let enabled = settings.bool("multicast.enabled");
    Multicast {
        enabled,
        lines: LinesConfig {
            groups: [settings.group("multicast.crypto"), settings.group("multicast.stocks")],
            interface: settings.interface("multicast.interface"),
            ttl: settings.count("multicast.ttl"),
        },
        publisher: PublisherConfig {
            publisher: settings.count("host.number"),
            channels: [enabled; 2],
            max_datagram: settings.count("multicast.datagram_bytes"),
            snapshot_cycle_ns: settings.int("multicast.snapshot_cycle_s") * second,
            snapshot_burst: settings.count("multicast.snapshot_burst"),
            heartbeat_ns: settings.int("multicast.heartbeat_ms") * ms,
            repeat_ns: settings.int("multicast.repeat_s") * second,
            text_ns: settings.int("multicast.monitor_ms") * ms,
            derived_quotes: settings.bool("multicast.derived_quotes"),
        },
    }
}
