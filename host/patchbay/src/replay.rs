//! `patchbay replay`: recorded input in, books out.

use std::fs;
use std::path::{Path, PathBuf};

use patchbay_history::{Captures, Format, recognise};
use patchbay_journal::{PluginFile, Writer, WriterConfig};
use patchbay_loader::{Kind, Loaded};
use patchbay_model::Nanos;
use patchbay_runtime::config::settings_of;
use patchbay_runtime::{
    AdapterSetup, Core, CoreConfig, Files, JournalSource, PluginFolder, Report, RuntimeError,
    replay_captures, replay_journal,
};

use crate::args::ReplayArgs;
use crate::console::{error, plugin_log, say};
use crate::{FAILED, Failure, plugin};

/// Folder, within a journal, of the plugin files that it names.
pub(crate) const COPIES: &str = "plugins";

pub(crate) fn run(args: &ReplayArgs, folder: Option<&Path>) -> Result<(), Failure> {
    let mut core = core(args, folder)?;
    core.close()?;
    save_faults(&core, args)?;
    let report = Report::of(&core);
    say(&if args.json { serde_json::to_string(&report)? } else { report.to_string() });
    Ok(())
}

/// The core after all of the input.
pub(crate) fn core(args: &ReplayArgs, folder: Option<&Path>) -> Result<Core, Failure> {
    let folder = plugin::open(folder)?;
    let journal = match args.files.iter().find(|f| matches!(recognise(f), Ok(Format::Journal))) {
        Some(journal) => Some(journal_folder(journal, args)?),
        None => None,
    };
    match &journal {
        Some(journal) => from_journal(journal, args, &folder),
        None => from_captures(args, &folder),
    }
}

fn from_captures(args: &ReplayArgs, folder: &PluginFolder) -> Result<Core, Failure> {
    let Some(name) = &args.adapter else {
        return Err(failure("captures need `--adapter NAME`; see `patchbay plugin list`"));
    };
    let mut captures = Captures::open(&args.files)?;
    let loaded = folder.load(name, Kind::Adapter)?;
    let journal = args.journal.as_ref().map(|path| journal_writer(path)).transpose()?;
    if let Some(path) = &args.journal {
        folder.keep_copy(name, &loaded, &path.join(COPIES))?;
    }
    let mut core = Core::new(CoreConfig { journal, digest: true, ..CoreConfig::default() });
    let tables = plugin::tables(&loaded.plugin);
    let settings = settings_of(loaded.plugin.name(), &tables, &args.settings)?;
    let config: Vec<_> = settings.iter().map(|(key, value)| (key.as_str(), value.lend())).collect();
    core.attach(0, &AdapterSetup { config: &config, ..setup(&loaded) })?;
    add_strategies(&mut core, 0, args, folder)?;
    replay_captures(&mut core, &mut captures, |_, _| true)?;
    let strays: u64 = captures.files().map(|file| file.stray).sum();
    if strays > 0 {
        error(&format!("{strays} lines of the captures are no records and were passed over"));
    }
    Ok(core)
}

fn from_journal(journal: &Path, args: &ReplayArgs, folder: &PluginFolder) -> Result<Core, Failure> {
    if args.journal.is_some() || !args.settings.is_empty() {
        return Err(failure("a journal brings its own configuration, and is not journalled again"));
    }
    let mut source = JournalSource::open(journal)?;
    let copies = journal.join(COPIES);
    let bind = |file: &PluginFile<'_>| {
        if let Some(name) = args.adapter.as_ref().filter(|name| *name != file.name) {
            let (name, found) = (name.clone(), format!("the journal holds `{}`", file.name));
            return Err(RuntimeError::NoSuchPlugin {
                name,
                folder: journal.to_owned(),
                found,
                refused: false,
            });
        }
        let loaded = folder.load_exact(&copies, file.name, file.sha256, Kind::Adapter)?;
        Ok(setup(&loaded))
    };
    let config = CoreConfig { digest: true, ..CoreConfig::default() };
    let core = replay_journal(&mut source, config, bind, |core, at| {
        add_strategies(core, at, args, folder)
    })?;
    if let Some(cut) = source.tail().filter(|tail| *tail != patchbay_journal::Tail::Clean) {
        error(&format!("the journal's end was cut: {cut:?}"));
    }
    Ok(core)
}

fn add_strategies(
    core: &mut Core,
    at: Nanos,
    args: &ReplayArgs,
    folder: &PluginFolder,
) -> Result<(), RuntimeError> {
    for name in &args.strategies {
        let loaded = folder.load(name, Kind::Strategy)?;
        core.add_strategy(at, &setup(&loaded))?;
    }
    Ok(())
}

fn setup(loaded: &Loaded) -> AdapterSetup<'static> {
    AdapterSetup {
        plugin: loaded.plugin,
        sha256: loaded.manifest.sha256,
        config: &[],
        seed: 0,
        log: &plugin_log,
    }
}

/// The folder of a journal that was named by itself or by one of its segments.
fn journal_folder(named: &Path, args: &ReplayArgs) -> Result<PathBuf, Failure> {
    let folder = |path: &Path| match path.is_dir() {
        true => path.to_owned(),
        false => match path.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        },
    };
    let journal = folder(named);
    if args.files.iter().any(|file| folder(file) != journal) {
        return Err(failure("a journal is replayed alone; name its folder and nothing else"));
    }
    Ok(journal)
}

fn journal_writer(path: &Path) -> Result<Writer<Files>, Failure> {
    // A replay is a function of its input: nothing random, not even here.
    Ok(Writer::create(Files::create(path)?, WriterConfig::new(1))?)
}

/// The frames on which plugins panicked, for whoever mends them; never fed again.
fn save_faults(core: &Core, args: &ReplayArgs) -> Result<(), Failure> {
    for seat in core.seats() {
        let Some(fault) = &seat.fault else { continue };
        let folder = args.faults.clone().unwrap_or_else(|| PathBuf::from("patchbay-faults"));
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{}-{}.frame", seat.name, fault.ordinal));
        fs::write(&path, &fault.bytes)?;
        error(&format!(
            "plugin {} panicked on input {}; the input is in {}, and it was given nothing after \
             that",
            seat.name,
            fault.ordinal,
            path.display(),
        ));
    }
    Ok(())
}

fn failure(text: &str) -> Failure {
    Failure { text: text.to_owned(), code: FAILED }
}
