//! The driver that feeds a journal: the same inputs, in the same order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use patchbay_engine::{AuditConfig, Registry};
use patchbay_journal::{Entry, Input, Kind, PluginFile, Reader, Tail, Turn, Value as JournalValue};
use patchbay_model::Nanos;
use patchbay_plugin::Value;

use crate::{AdapterSetup, Core, CoreConfig, Files, RuntimeError, limits};

/// What a journal says of itself before its first input.
pub struct JournalSource {
    folder: PathBuf,
    reader: Reader<Files>,
}

impl JournalSource {
    /// Opens the journal in `folder`.
    ///
    /// # Errors
    ///
    /// If it is damaged; the message names file and offset.
    pub fn open(folder: &Path) -> Result<Self, RuntimeError> {
        let files = Files::open(folder)?;
        Ok(Self { folder: folder.to_owned(), reader: Reader::open(files)? })
    }

    /// What was cut off at the end, once all is read.
    pub fn tail(&self) -> Option<Tail> {
        self.reader.tail()
    }

    fn wrong(&self, what: String) -> RuntimeError {
        RuntimeError::Replay { folder: self.folder.clone(), what }
    }
}

/// Runs a journal: the plugin files that it names, over its inputs. `bind` finds a plugin by name
/// and SHA-256; `started` is called when all instances are made, with the time at which strategies
/// were started. What the engine decides by is the journal's, whatever `config` says.
///
/// # Errors
///
/// If the journal is damaged, or a plugin cannot be found.
pub fn replay_journal(
    source: &mut JournalSource,
    config: CoreConfig,
    mut bind: impl FnMut(&PluginFile<'_>) -> Result<AdapterSetup<'static>, RuntimeError>,
    mut started: impl FnMut(&mut Core, Nanos) -> Result<(), RuntimeError>,
) -> Result<Core, RuntimeError> {
    let mut core: Option<Core> = None;
    let (mut config, mut known) = (Some(config), String::new());
    if let Some(config) = &mut config {
        (config.engine.crossed_ns, config.engine.audits) = (0, AuditConfig::default());
    }
    let mut setups = BTreeMap::new();
    let mut ready = false;
    let folder = source.folder.clone();
    let wrong = |what: String| RuntimeError::Replay { folder: folder.clone(), what };
    // An input counts once the engine has taken it: it waits for its turn.
    let mut waiting = Vec::new();
    while let Some(record) = source.reader.next()? {
        match record.entry {
            Entry::Plugin(file) => drop(setups.insert(file.instance, bind(&file)?)),
            input @ Entry::Input { .. } => {
                waiting.clear();
                input.encode(&mut waiting);
            }
            Entry::Turn(turn) => {
                let entry = Entry::decode(Kind::Input as u16, &waiting);
                let Ok(Entry::Input { instance, ordinal, at_ns, input }) = entry else {
                    return Err(wrong(orphan(&turn)));
                };
                let core = match &mut core {
                    Some(core) => core,
                    none => none.insert(begin(&folder, &known, config.take())?),
                };
                if let Input::Create { seed, config } = &input {
                    let next = core.seats().len() as u32;
                    let Some(setup) = setups.get(&instance).filter(|_| instance <= next) else {
                        return Err(wrong(orphan(&turn)));
                    };
                    let config: Vec<_> = config.iter().map(|s| (s.key, value(s.value))).collect();
                    let setup = AdapterSetup { config: &config, seed: *seed, ..*setup };
                    core.attach_as(instance, at_ns, &setup)?;
                } else {
                    if !std::mem::replace(&mut ready, true) {
                        started(core, at_ns)?;
                    }
                    core.take(instance, at_ns, &input)?;
                }
                let taken = Turn { number: core.turns(), at_ns, instance, ordinal };
                if taken != turn {
                    return Err(wrong(orphan(&turn)));
                }
            }
            Entry::Gap { reason } => {
                return Err(wrong(format!("it ends in a gap ({reason}); replay up to it only")));
            }
            // What stands before the first turn was given in earlier runs.
            Entry::Registry(lines) if core.is_none() => {
                known.push_str(&String::from_utf8_lossy(lines));
            }
            Entry::Engine(settings) => {
                if let Some(config) = &mut config {
                    limits::read(&settings, &mut config.engine).map_err(wrong)?;
                }
            }
            Entry::Start(_) | Entry::Registry(_) | Entry::End => {}
        }
    }
    core.ok_or_else(|| source.wrong("it holds no adapter; record one with `--journal`".into()))
}

fn begin(folder: &Path, known: &str, config: Option<CoreConfig>) -> Result<Core, RuntimeError> {
    let registry = Registry::parse(known)
        .map_err(|source| RuntimeError::Registry { path: folder.to_owned(), source })?;
    Ok(Core::new(CoreConfig { registry, ..config.unwrap_or_default() }))
}

fn orphan(turn: &Turn) -> String {
    let Turn { number, instance, ordinal, .. } = turn;
    format!(
        "turn {number} takes input {ordinal} of instance {instance}, which does not stand before \
         it; restore the journal from a copy"
    )
}

const fn value(from: JournalValue<'_>) -> Value<'_> {
    match from {
        JournalValue::Text(text) => Value::Text(text),
        JournalValue::Int(int) => Value::Int(int),
        JournalValue::Float(bits) => Value::Float(f64::from_bits(bits)),
        JournalValue::Bool(bool) => Value::Bool(bool),
    }
}
