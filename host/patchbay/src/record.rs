//! `patchbay record`, and where any live run writes its journal.

use std::fs;
use std::path::{Path, PathBuf};

use patchbay_runtime::config::{Config, limited_mode};
use patchbay_runtime::live::{JournalConfig, LiveAdapter, LiveConfig, LiveHost, state_is_free};
use patchbay_runtime::{Files, HostClock, PluginFolder};

use crate::args::{RecordArgs, WatchArgs};
use crate::console::say;
use crate::live::{adapters, live_config, stop, watch};
use crate::replay::COPIES;
use crate::{BAD_CONFIG, Failure, check, plugin};

/// Adapters and their connections, and the journal; nothing is sent and nothing is shown.
pub(crate) fn run(args: &RecordArgs, folder: Option<&Path>) -> Result<(), Failure> {
    let stop = stop(&args.watch, false)?;
    let config = check::load(&args.config, folder)?;
    let limited = limited_mode(std::env::var_os("LIMITED_MODE").as_deref())
        .map_err(|error| Failure { text: error.to_string(), code: BAD_CONFIG })?;
    let folder = plugin::open_configured(folder, &config.host.plugins)?;
    if let Some(waiting) = config.waiting.first() {
        return Err(Failure { text: waiting.why.clone(), code: BAD_CONFIG });
    }
    let adapters = adapters(&config, &folder, limited)?;
    let path = match &args.watch.journal {
        Some(path) => path.clone(),
        None => next(&config)?,
    };
    let own = live_config(&args.watch, Some(&config), limited)?;
    let mut publisher = own.publisher;
    publisher.channels = [false; 2];
    let bounds = (config.host.journal.segment_bytes, config.host.journal.max_bytes);
    let journal = Some(begin(&path, bounds, &folder, &adapters)?);
    let state = Some(config.host.state_folder);
    let host = LiveHost::start(LiveConfig { publisher, journal, state, ..own }, adapters)?;
    if !args.watch.json {
        say(&format!("recording to {}", path.display()));
    }
    watch(host, &args.watch, stop)
}

/// The journal of a run: where the command line says, or as configured.
pub(crate) fn journal(
    args: &WatchArgs,
    config: &Config,
    folder: &PluginFolder,
    adapters: &[LiveAdapter],
) -> Result<Option<JournalConfig>, Failure> {
    let path = match &args.journal {
        Some(path) => path.clone(),
        None if config.host.journal.enabled => next(config)?,
        None => return Ok(None),
    };
    let bounds = (config.host.journal.segment_bytes, config.host.journal.max_bytes);
    begin(&path, bounds, folder, adapters).map(Some)
}

/// A new journal with bytes of a segment and of the whole as its bounds, and the plugins beside it
/// that it will name.
pub(crate) fn begin(
    path: &Path,
    (segment_bytes, max_bytes): (u64, u64),
    folder: &PluginFolder,
    adapters: &[LiveAdapter],
) -> Result<JournalConfig, Failure> {
    let files = Files::create(path)?;
    for adapter in adapters {
        folder.keep_copy(adapter.loaded.plugin.name(), &adapter.loaded, &path.join(COPIES))?;
    }
    Ok(JournalConfig { folder: path.to_owned(), files, segment_bytes, max_bytes })
}

/// A folder for this run, by its start in ns; of earlier runs as many as are to be kept stay.
fn next(config: &Config) -> Result<PathBuf, Failure> {
    // Nothing of a running host's is removed.
    state_is_free(&config.host.state_folder)?;
    let journals = config.host.state_folder.join("journals");
    fs::create_dir_all(&journals)?;
    let entries = fs::read_dir(&journals)?.collect::<Result<Vec<_>, _>>()?;
    let mut earlier: Vec<_> = entries
        .into_iter()
        .filter(|entry| entry.file_name().to_string_lossy().parse::<u64>().is_ok())
        .map(|entry| entry.path())
        .collect();
    earlier.sort();
    let surplus = earlier.len().saturating_sub(config.host.journal.keep);
    for path in &earlier[..surplus] {
        fs::remove_dir_all(path)?;
    }
    Ok(journals.join(HostClock::start().now().to_string()))
}
