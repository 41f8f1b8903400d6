//! `patchbay run` and `patchbay top`: a host, and looking at one.

use std::collections::BTreeMap;
use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::{BookState, Client, Detail, LogLevel, Status, Venue};
use patchbay_engine::{AuditConfig, EngineConfig, HistoryConfig};
use patchbay_loader::{Kind, Loaded};
use patchbay_runtime::config::{Config, HostConfig, Instance, LIMITED_SYMBOLS, limited_mode};
use patchbay_runtime::live::{DropIn, LiveAdapter, LiveConfig, LiveHost, LiveStrategy, Wait};
use patchbay_runtime::names::Wanted;
use patchbay_runtime::{HostClock, LogThread, LogWriter, PluginFolder};
use patchbay_tui::{Attached, InProcess, Options};

use crate::args::{RunArgs, TopArgs, WaitArg, WatchArgs};
use crate::console::{error, say};
use crate::production::{self, Service};
use crate::record;
use crate::replay::COPIES;
use crate::signal::Stop;
use crate::{BAD_CONFIG, BROKEN, FAILED, Failure, check, plugin};

/// All market data that an adapter may offer.
pub(crate) const ALL_CHANNELS: u32 = abi::CHANNEL_TRADES
    | abi::CHANNEL_DEPTH
    | abi::CHANNEL_QUOTES
    | abi::CHANNEL_MARK
    | abi::CHANNEL_FUNDING
    | abi::CHANNEL_LIQUIDATIONS
    | abi::CHANNEL_ORDERS;

/// Time between two looks at the plugin folder.
const EVERY: Duration = Duration::from_secs(1);
/// How long an adapter and the one that takes its place both deliver.
const SETTLE: Duration = Duration::from_secs(1);

/// How often the stop flag and the clock are looked at.
const LOOK: Duration = Duration::from_millis(50);

pub(crate) fn run(args: &RunArgs, folder: Option<&Path>) -> Result<(), Failure> {
    if args.production {
        production::refuse_linker_variables()?;
    } else if let Some(text) = production::linker_warning() {
        error(&format!("warning: {text}; --production refuses that"));
    }
    // Before anything that a signal should not leave half done.
    if !args.production {
        let stop = stop(&args.watch, true)?;
        let (config, limited) = load(args, folder)?;
        return watch(start(args, &config, folder, limited, None)?, &args.watch, stop);
    }
    let signals = Stop::watch_service()?;
    let (config, limited) = load(args, folder)?;
    let service = Service::new(LogThread::start(config.host.log.clone())?, signals)?;
    service.say(LogLevel::Info, &banner(args, &config, limited));
    let started = start(args, &config, folder, limited, Some(service.writer()));
    let ended = started.and_then(|host| service.watch(host, args.watch.limit));
    if let Err(failure) = &ended {
        service.say(LogLevel::Error, &failure.text);
    }
    ended
}

fn load(args: &RunArgs, folder: Option<&Path>) -> Result<(Config, bool), Failure> {
    let config = check::load(&args.config, folder)?;
    let limited = limited_mode(std::env::var_os("LIMITED_MODE").as_deref())
        .map_err(|error| Failure { text: error.to_string(), code: BAD_CONFIG })?;
    Ok((config, limited))
}

fn start(
    args: &RunArgs,
    config: &Config,
    folder: Option<&Path>,
    limited: bool,
    log: Option<LogWriter>,
) -> Result<LiveHost, Failure> {
    let folder = plugin::open_configured(folder, &config.host.plugins)?;
    let adapters = adapters(config, &folder, limited)?;
    let strategies = strategies(config, &folder)?;
    let (production, own) = (args.production, live_config(&args.watch, Some(config), limited)?);
    let journal = record::journal(&args.watch, config, &folder, &adapters)?;
    let copies = journal.as_ref().map(|journal| journal.folder.join(COPIES));
    let drop_in = config.host.plugins.watch.then(|| drop_in(&args.config, folder, limited, copies));
    let own = LiveConfig { state: Some(config.host.state_folder.clone()), journal, ..own };
    let own = LiveConfig { log, production, strategies, drop_in, ..own };
    Ok(LiveHost::start(own, adapters)?)
}

/// Adapters as their files come and go, each as the configuration file at `path` says it then.
fn drop_in(path: &Path, folder: PluginFolder, limited: bool, copies: Option<PathBuf>) -> DropIn {
    let path = path.to_owned();
    let cast = move |loaded: &Loaded| {
        let config = check::load_plugin(&path, loaded).map_err(|failure| failure.text)?;
        let all = config.instances.iter();
        let adapters = all.map(|own| adapter(own, &config, loaded.clone(), limited));
        adapters.collect::<Result<_, _>>().map_err(|failure| failure.text)
    };
    DropIn { folder, every: EVERY, settle: SETTLE, copies, cast: Box::new(cast) }
}

fn banner(args: &RunArgs, config: &Config, limited: bool) -> String {
    let names: Vec<&str> = config.instances.iter().map(|instance| &*instance.name).collect();
    format!(
        "patchbay {}, process {}, {}, host number {}, {}{}",
        env!("CARGO_PKG_VERSION"),
        std::process::id(),
        args.config.display(),
        config.host.number,
        names.join(", "),
        if limited { ", LIMITED_MODE" } else { "" },
    )
}

pub(crate) fn adapters(
    config: &Config,
    folder: &PluginFolder,
    limited: bool,
) -> Result<Vec<LiveAdapter>, Failure> {
    let wanted = config.instances.iter().filter(|i| i.kind == Kind::Adapter);
    let mut adapters = Vec::new();
    for instance in wanted {
        let loaded = folder.load(&instance.plugin, instance.kind)?;
        adapters.push(adapter(instance, config, loaded, limited)?);
    }
    if adapters.is_empty() && config.waiting.is_empty() {
        return Err(Failure {
            text: "the configuration names no adapter; add a table such as [adapters.binance]"
                .into(),
            code: BAD_CONFIG,
        });
    }
    Ok(adapters)
}

pub(crate) fn adapter(
    instance: &Instance,
    config: &Config,
    loaded: Loaded,
    limited: bool,
) -> Result<LiveAdapter, Failure> {
    let per_kind = limited.then_some(LIMITED_SYMBOLS);
    Ok(LiveAdapter {
        loaded,
        settings: instance.settings.clone(),
        keyring: config.host.secrets.keyring(&instance.keys)?,
        wishes: Vec::new(),
        wanted: Wanted::new(instance.streams.clone(), per_kind),
        channels: ALL_CHANNELS,
        venue: None,
        addresses: BTreeMap::new(),
    })
}

fn strategies(config: &Config, folder: &PluginFolder) -> Result<Vec<LiveStrategy>, Failure> {
    let wanted = config.instances.iter().filter(|i| i.kind == Kind::Strategy);
    wanted
        .map(|instance| {
            let loaded = folder.load(&instance.plugin, instance.kind)?;
            let (name, settings) = (instance.name.clone(), instance.settings.clone());
            Ok(LiveStrategy { name, loaded, settings })
        })
        .collect()
}

/// What is the same for `run` and `demo`.
pub(crate) fn live_config(
    watch: &WatchArgs,
    config: Option<&Config>,
    limited: bool,
) -> Result<LiveConfig, Failure> {
    let own = config.map_or_else(LiveConfig::default, |config| configured(&config.host));
    let socket = config.and_then(|config| config.host.control_socket.as_deref());
    Ok(LiveConfig {
        wait: match watch.wait {
            Some(WaitArg::Spin) => Wait::Spin,
            Some(WaitArg::Block) => Wait::Block,
            None => own.wait,
        },
        limited,
        control: Some(control_path(watch.control.as_deref().or(socket))?),
        ..own
    })
}

/// What the configuration says of the host itself.
fn configured(host: &HostConfig) -> LiveConfig {
    LiveConfig {
        engine: EngineConfig {
            history: HistoryConfig {
                arena_slots: host.history.arena_bytes / size_of::<abi::Slot>(),
                messages: host.history.messages,
            },
            crossed_ns: host.books.crossed_ns,
            audits: AuditConfig { interval_ns: host.books.audit_ns },
            quality: host.quality,
        },
        audit_percent: Some(host.books.audit_percent),
        wait: host.wait,
        cores: host.cores.clone(),
        lines: host.multicast.lines,
        publisher: host.multicast.publisher,
        extra_ca: host.network.extra_ca.clone(),
        overrides: host.network.addresses.clone(),
        ..LiveConfig::default()
    }
}

fn on_terminal(watch: &WatchArgs) -> bool {
    !watch.json && watch.limit.is_none() && stdout().is_terminal()
}

/// Watches for signals that ask for an orderly stop, unless there is to be a screen, which does so
/// for itself.
pub(crate) fn stop(args: &WatchArgs, screen: bool) -> std::io::Result<Option<Stop>> {
    (!(screen && on_terminal(args))).then(Stop::watch).transpose()
}

/// Shows the host until it is told to stop, on a screen if nothing else watches; then what it did.
pub(crate) fn watch(host: LiveHost, args: &WatchArgs, stop: Option<Stop>) -> Result<(), Failure> {
    let Some(stop) = stop else {
        patchbay_tui::run(InProcess(host.handler()), Options::default())?;
        let failed = host.has_failed();
        host.stop();
        return if failed { Err(died()) } else { Ok(()) };
    };
    let (clock, mut waited) = (HostClock::start(), Duration::ZERO);
    let started = clock.now();
    let mut shown = 0;
    let mut logged = 0;
    while !host.has_failed()
        && !host.is_stopping()
        && !stop.is_asked()
        && args.limit.is_none_or(|limit| waited < limit)
    {
        thread::sleep(LOOK);
        // Not the sum of the sleeps: on a busy machine they are longer.
        waited = Duration::from_nanos((clock.now() - started).unsigned_abs());
        if !args.json && waited.as_secs() > shown {
            shown = waited.as_secs();
            let status = host.status();
            logged = say_log(&status, logged);
            say(&line(&status));
        }
    }
    let failed = host.has_failed();
    let last = host.stop();
    if args.json {
        say(&serde_json::to_string(&*last)?);
    }
    if failed { Err(died()) } else { Ok(()) }
}

/// A thread of the host ended by itself.
pub(crate) fn died() -> Failure {
    let text = "a thread of the host has ended by itself, which is a fault in patchbay; the log's \
                last error says where";
    Failure { text: text.to_owned(), code: BROKEN }
}

/// New warnings and errors of the log; the number of the last line seen.
fn say_log(status: &Status, after: u64) -> u64 {
    for line in status.log.iter().filter(|line| line.seq > after) {
        if matches!(line.level, LogLevel::Warn | LogLevel::Error) {
            say(&format!("{}: {}", line.source, line.text));
        }
    }
    status.log.last().map_or(after, |line| line.seq)
}

/// The host in one line.
pub(crate) fn line(status: &Status) -> String {
    let (totals, latency) = (&status.totals, &status.latency);
    let sum = |count: fn(&Venue) -> u64| status.venues.iter().map(count).sum::<u64>();
    let unreached = status.venues.iter().filter(|venue| venue.unreached_since_ns != 0);
    let unreached: String = unreached
        .map(|venue| {
            let seconds = (status.host.now_ns - venue.unreached_since_ns) / 1_000_000_000;
            format!(", no answer from {} for {seconds} s", venue.venue)
        })
        .collect();
    let quantiles = match latency.count {
        0 => String::new(),
        _ => {
            let [p50, p99, p999] =
                [latency.p50_ns, latency.p99_ns, latency.p999_ns].map(|ns| ns / 1_000);
            format!(", p50 {p50} µs, p99 {p99} µs, p99.9 {p999} µs")
        }
    };
    format!(
        "{} of {} connections, {} of {} books live, {} frames, {} gaps, {} datagrams\
         {quantiles}{unreached}",
        sum(|venue| venue.open),
        sum(|venue| venue.connections),
        status.books_in(BookState::Live),
        status.books.len(),
        totals.frames,
        totals.gaps,
        status.channels.iter().map(|channel| channel.datagrams).sum::<u64>(),
    )
}

pub(crate) fn top(args: &TopArgs) -> Result<(), Failure> {
    let path = control_path(args.control.as_deref())?;
    if args.json {
        let status = Client::connect(&path)?.status(&Detail::default())?;
        say(&serde_json::to_string(&status)?);
        return Ok(());
    }
    patchbay_tui::run(Attached::to(&path)?, Options::default())?;
    Ok(())
}

pub(crate) fn control_path(given: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(path) = given {
        return Ok(path.to_owned());
    }
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/state"));
    let Some(folder) = runtime.or_else(home) else {
        let text = "neither XDG_RUNTIME_DIR nor HOME is set; name the socket with --control";
        return Err(Failure { text: text.to_owned(), code: FAILED });
    };
    Ok(folder.join("patchbay").join("control"))
}
