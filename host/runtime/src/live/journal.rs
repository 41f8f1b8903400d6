//! The journal of a live run: what instances were given, and the order in which the engine took it.
//!
//! An I/O thread hands an input over before it sends what the adapter made of it, and the engine
//! hands each turn over, so that whoever reads a turn finds its input. The journal thread writes an
//! input right before its turn. At a bound, or when the disk fails, the journal ends there and says
//! so; the host goes on.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::{Journal as JournalFacts, JournalState, LogLevel};
use patchbay_engine::EngineConfig;
use patchbay_journal::{
    Entry, HOST, Input, JournalError, Kind, PluginFile, Start, Turn, Writer, WriterConfig,
};
use patchbay_loader::Loaded;
use patchbay_model::Nanos;
use rtrb::{Consumer, Producer, RingBuffer};

use super::shared::Shared;
use super::thread::spawn;
use crate::{Files, RuntimeError, limits};

/// Bytes of inputs that may wait for the disk, for each instance.
const INPUT_BYTES: usize = 32 << 20;
/// Turns that may wait for the disk.
const TURNS: usize = 262_144;
/// Most bytes between an input's length and its payload.
const INPUT_HEAD: usize = 12;
/// A power failure takes at most what came in so long a time.
const SYNC: Nanos = 200_000_000;
/// How long the thread sleeps when there is nothing to write.
const NAP: Duration = Duration::from_millis(1);

/// Where and how a live run is journalled.
pub struct JournalConfig {
    /// Its folder, for messages.
    pub folder: PathBuf,
    /// The same, new.
    pub files: Files,
    /// Size of a segment, a multiple of 4096 bytes.
    pub segment_bytes: u64,
    /// Bytes at which the journal ends with a gap; `u64::MAX` for no bound.
    pub max_bytes: u64,
}

const WRITING: u8 = 0;
/// A thread had no room: no input or turn is taken any more.
const OVERRUN: u8 = 1;
const GAP: u8 = 2;
const BROKEN: u8 = 3;

/// What became of the journal; written by its thread, `state` by those that feed it, too.
#[derive(Debug)]
pub(crate) struct JournalCounts {
    state: AtomicU8,
    bytes: AtomicU64,
    published: AtomicU64,
    unsynced: AtomicU64,
    segment_bytes: u64,
    max_bytes: u64,
}

impl JournalCounts {
    fn is_writing(&self) -> bool {
        self.state.load(Ordering::Relaxed) == WRITING
    }

    fn overrun(&self) {
        // States rise: one that has ended stays so.
        self.state.fetch_max(OVERRUN, Ordering::Relaxed);
    }

    /// For the status.
    pub(crate) fn facts(&self) -> JournalFacts {
        JournalFacts {
            state: match self.state.load(Ordering::Relaxed) {
                WRITING => JournalState::Writing,
                OVERRUN | GAP => JournalState::Gap,
                _ => JournalState::Failed,
            },
            segments: self.bytes.load(Ordering::Relaxed).div_ceil(self.segment_bytes),
            bytes: self.bytes.load(Ordering::Relaxed),
            bytes_max: if self.max_bytes == u64::MAX { 0 } else { self.max_bytes },
            sequence: self.published.load(Ordering::Relaxed),
            unsynced: self.unsynced.load(Ordering::Relaxed),
        }
    }
}

/// An I/O thread's end.
pub(crate) struct InputLine {
    ring: Producer<u8>,
    scratch: Vec<u8>,
    counts: Arc<JournalCounts>,
}

impl InputLine {
    /// Hands one input over; without room the journal ends before it.
    pub(crate) fn take(&mut self, instance: u32, ordinal: u64, at_ns: Nanos, input: &Input<'_>) {
        if !self.counts.is_writing() {
            return;
        }
        self.scratch.clear();
        self.scratch.extend_from_slice(&[0; INPUT_HEAD]);
        Entry::Input { instance, ordinal, at_ns, input: input.clone() }.encode(&mut self.scratch);
        let payload = (self.scratch.len() - INPUT_HEAD) as u32;
        self.scratch[..4].copy_from_slice(&payload.to_le_bytes());
        self.scratch[4..INPUT_HEAD].copy_from_slice(&ordinal.to_le_bytes());
        let Ok(mut chunk) = self.ring.write_chunk(self.scratch.len()) else {
            return self.counts.overrun();
        };
        let (first, second) = chunk.as_mut_slices();
        let (head, tail) = self.scratch.split_at(first.len());
        first.copy_from_slice(head);
        second.copy_from_slice(tail);
        chunk.commit_all();
    }
}

/// A new instance, and where its inputs will come from.
pub(crate) struct Introduction {
    instance: u32,
    sha256: [u8; 32],
    name: String,
    version: String,
    inputs: Consumer<u8>,
}

impl Introduction {
    /// The ends of a ring of inputs for instance `instance`, made of `loaded`.
    pub(crate) fn of(
        instance: u32,
        loaded: &Loaded,
        counts: Arc<JournalCounts>,
    ) -> (InputLine, Box<Self>) {
        let (ring, inputs) = RingBuffer::new(INPUT_BYTES);
        let line = InputLine { ring, scratch: Vec::with_capacity(65_536), counts };
        let (plugin, sha256) = (loaded.plugin, loaded.manifest.sha256);
        let (name, version) = (plugin.name().to_owned(), plugin.version().to_owned());
        (line, Box::new(Self { instance, sha256, name, version, inputs }))
    }
}

enum Taken {
    Turn(Turn),
    Registry(String),
    Instance(Box<Introduction>),
}

/// The engine thread's end.
pub(crate) struct TurnLine {
    ring: Producer<Taken>,
    counts: Arc<JournalCounts>,
}

impl TurnLine {
    /// The engine takes an input.
    pub(crate) fn turn(&mut self, turn: Turn) {
        self.push(Taken::Turn(turn));
    }

    /// The registry has grown.
    pub(crate) fn registry(&mut self, lines: &str) {
        self.push(Taken::Registry(lines.to_owned()));
    }

    /// An instance whose first turn follows.
    pub(crate) fn instance(&mut self, introduction: Box<Introduction>) {
        self.push(Taken::Instance(introduction));
    }

    /// What becomes of the journal.
    pub(crate) fn counts(&self) -> Arc<JournalCounts> {
        Arc::clone(&self.counts)
    }

    fn push(&mut self, taken: Taken) {
        if self.counts.is_writing() && self.ring.push(taken).is_err() {
            self.counts.overrun();
        }
    }
}

/// A journal that has its beginning: who writes it, the registry so far, what the engine decides by.
pub(crate) struct Begun {
    writer: Writer<Files>,
    folder: PathBuf,
    segment_bytes: u64,
    max_bytes: u64,
}

impl Begun {
    /// Makes the folder and writes the first records.
    pub(crate) fn new(
        config: JournalConfig,
        created_at_ns: Nanos,
        registry: &str,
        engine: &EngineConfig,
    ) -> Result<Self, RuntimeError> {
        // Nothing that a venue could guess.
        let journal_id = RandomState::new().build_hasher().finish();
        let own = WriterConfig { segment_bytes: config.segment_bytes, journal_id };
        let JournalConfig { folder, files, max_bytes, .. } = config;
        let mut writer = Writer::create(files, own)?;
        let (host, version) = ("patchbay", env!("CARGO_PKG_VERSION"));
        writer.append(&Entry::Start(Start { created_at_ns, host, version }))?;
        if !registry.is_empty() {
            writer.append(&Entry::Registry(registry.as_bytes()))?;
        }
        writer.append(&Entry::Engine(limits::settings(engine).as_slice().into()))?;
        Ok(Self { writer, folder, segment_bytes: own.segment_bytes, max_bytes })
    }

    /// Starts the thread; the end for the engine.
    pub(crate) fn start(
        self,
        shared: Arc<Shared>,
    ) -> Result<(TurnLine, JoinHandle<()>), RuntimeError> {
        let counts = Arc::new(JournalCounts {
            state: AtomicU8::new(WRITING),
            bytes: AtomicU64::new(0),
            published: AtomicU64::new(0),
            unsynced: AtomicU64::new(0),
            segment_bytes: self.segment_bytes,
            max_bytes: self.max_bytes,
        });
        let (ring, turns) = RingBuffer::new(TURNS);
        let folder = self.folder;
        let writer = self.writer;
        let theirs = Arc::clone(&counts);
        let inputs = BTreeMap::new();
        let scribe = Scribe { inputs, turns, counts: theirs, payload: Vec::new(), folder };
        let thread = spawn("journal", &[], move || scribe.run(writer, &shared))?;
        Ok((TurnLine { ring, counts }, thread))
    }
}

/// Why a journal ends before its run.
enum End {
    Gap(&'static str),
    Broken(JournalError),
}

impl From<JournalError> for End {
    fn from(error: JournalError) -> Self {
        Self::Broken(error)
    }
}

struct Scribe {
    /// By instance.
    inputs: BTreeMap<u32, Consumer<u8>>,
    turns: Consumer<Taken>,
    counts: Arc<JournalCounts>,
    payload: Vec<u8>,
    folder: PathBuf,
}

impl Scribe {
    fn run(mut self, mut writer: Writer<Files>, shared: &Shared) {
        let ended = match self.write(&mut writer, shared) {
            Ok(()) => writer.close().map(drop).map_err(End::Broken),
            Err(End::Gap(reason)) => {
                self.counts.state.store(GAP, Ordering::Relaxed);
                let marked = writer.append(&Entry::Gap { reason }).and_then(|_| writer.sync());
                marked.map_err(End::Broken).and(Err(End::Gap(reason)))
            }
            Err(broken) => Err(broken),
        };
        let folder = self.folder.display();
        match ended {
            Ok(()) => {}
            Err(End::Gap(reason)) => {
                let text = format!("{folder} ends here: {reason}; the host goes on without it");
                shared.log(LogLevel::Error, "journal", &text);
            }
            Err(End::Broken(error)) => {
                self.counts.state.store(BROKEN, Ordering::Relaxed);
                let text = format!("{error}; the host goes on without a journal");
                shared.log(LogLevel::Error, "journal", &text);
            }
        }
        // A host that stops waits for this thread, and so does one whose journal has ended.
        while !self.turns.is_abandoned() {
            thread::sleep(NAP.saturating_mul(20));
        }
    }

    fn write(&mut self, writer: &mut Writer<Files>, shared: &Shared) -> Result<(), End> {
        let mut synced = shared.clock.now();
        loop {
            // Asked first, so that nothing that was pushed before it is left.
            let over = self.turns.is_abandoned();
            let mut wrote = false;
            while let Ok(taken) = self.turns.pop() {
                self.entry(writer, taken)?;
                wrote = true;
            }
            self.counts.bytes.store(writer.bytes(), Ordering::Relaxed);
            self.counts.published.store(writer.published(), Ordering::Relaxed);
            let unsynced = writer.published() - writer.synced();
            self.counts.unsynced.store(unsynced, Ordering::Relaxed);
            if writer.bytes() > self.counts.max_bytes {
                return Err(End::Gap("it has reached journal.max_gib"));
            }
            if !wrote && !self.counts.is_writing() {
                return Err(End::Gap("the disk was slower than the venues"));
            }
            if over {
                return Ok(());
            }
            let now = shared.clock.now();
            if now - synced >= SYNC {
                synced = now;
                writer.sync()?;
                writer.prepare()?;
            }
            if !wrote {
                thread::sleep(NAP);
            }
        }
    }

    fn entry(&mut self, writer: &mut Writer<Files>, taken: Taken) -> Result<(), End> {
        match taken {
            Taken::Registry(lines) => {
                writer.append(&Entry::Registry(lines.as_bytes()))?;
            }
            Taken::Instance(made) => {
                let Introduction { instance, sha256, name, version, inputs } = *made;
                let (kind, name, version) = (abi::KIND_ADAPTER, &*name, &*version);
                let file = PluginFile { instance, kind, sha256, name, version };
                writer.append(&Entry::Plugin(file))?;
                self.inputs.insert(instance, inputs);
            }
            Taken::Turn(turn) => {
                if turn.instance == HOST {
                    self.payload.clear();
                    let Turn { instance, ordinal, at_ns, .. } = turn;
                    Entry::Input { instance, ordinal, at_ns, input: Input::Time }
                        .encode(&mut self.payload);
                } else if !self.input_of(&turn) {
                    return Err(End::Gap("the disk was slower than a venue"));
                }
                writer.stage_payload(Kind::Input, &self.payload)?;
                writer.stage(&Entry::Turn(turn))?;
                writer.publish()?;
            }
        }
        Ok(())
    }

    /// Reads the input that `turn` took; false if it was not handed over.
    fn input_of(&mut self, turn: &Turn) -> bool {
        let Some(ring) = self.inputs.get_mut(&turn.instance) else { return false };
        let mut head = [0; INPUT_HEAD];
        if !copy(ring, &mut head) {
            return false;
        }
        let (length, ordinal) = head.split_at(4);
        let length = u32::from_le_bytes(length.try_into().expect("four bytes"));
        let ordinal = u64::from_le_bytes(ordinal.try_into().expect("eight bytes"));
        self.payload.resize(length as usize, 0);
        ordinal == turn.ordinal && copy(ring, &mut self.payload)
    }
}

fn copy(ring: &mut Consumer<u8>, to: &mut [u8]) -> bool {
    let Ok(chunk) = ring.read_chunk(to.len()) else { return false };
    let (first, second) = chunk.as_slices();
    let (head, tail) = to.split_at_mut(first.len());
    head.copy_from_slice(first);
    tail.copy_from_slice(second);
    chunk.commit_all();
    true
}
