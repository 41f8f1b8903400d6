//! A small journal of real frames, and storages that do harm.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(dead_code, reason = "every test binary uses its own part")]
#![allow(clippy::print_stderr, reason = "a skipped test says why")]

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::PathBuf,
};

use flate2::bufread::MultiGzDecoder;
use patchbay_journal::{
    Entry, HOST, HeaderLine, Input, JournalError, Kind, List, Memory, PluginFile, Reader, Setting,
    Start, Storage, StorageError, StorageFault, Tail, Turn, Value, Wish, Writer, WriterConfig,
};

pub(crate) const SMALL: WriterConfig = WriterConfig { segment_bytes: 4096, journal_id: 0x5EED };

/// Kind and payload of every record: equal exactly if the entries are.
pub(crate) type Contents = Vec<(Kind, Vec<u8>)>;

/// Local time in ns and text of the first 30 recorded lines; `None`, and why, without a corpus.
pub(crate) fn frames() -> Option<Vec<(i64, Vec<u8>)>> {
    let corpus = env::var_os("PATCHBAY_CORPUS").map(PathBuf::from).unwrap_or_else(|| {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus")
    });
    let path = corpus.join("binance-usdm/hftbacktest/btcusdt_20240808.gz");
    let Ok(file) = fs::File::open(&path) else {
        assert!(env::var_os("CI").is_none(), "{} is missing", path.display());
        eprintln!("skipped: {} is missing; set PATCHBAY_CORPUS", path.display());
        return None;
    };
    let lines = BufReader::new(MultiGzDecoder::new(BufReader::new(file))).lines();
    let frame = |line: std::io::Result<String>| {
        let line = line.unwrap();
        let (at, json) = line.split_once(' ').unwrap();
        (at.parse().unwrap(), json.as_bytes().to_vec())
    };
    Some(lines.take(30).map(frame).collect())
}

pub(crate) fn input(instance: u32, ordinal: u64, at_ns: i64, input: Input<'_>) -> Entry<'_> {
    Entry::Input { instance, ordinal, at_ns, input }
}

pub(crate) fn settings() -> Vec<Setting<'static>> {
    vec![
        Setting { key: "depth", value: Value::Int(-20) },
        Setting { key: "ratio", value: Value::Float((-0.25_f64).to_bits()) },
        Setting { key: "symbols.0", value: Value::Text("BTCUSDT") },
        Setting { key: "testnet", value: Value::Bool(true) },
    ]
}

pub(crate) fn wishes() -> Vec<Wish<'static>> {
    let wish = |symbol| Wish { channels: 3, symbol, kind: 2, depth: 20, interval_ms: 100 };
    vec![wish("BTCUSDT"), wish("ETHUSDT")]
}

pub(crate) fn headers() -> Vec<HeaderLine<'static>> {
    vec![
        HeaderLine { name: "content-type", value: "application/json" },
        HeaderLine { name: "x-mbx-used-weight-1m", value: "25" },
    ]
}

pub(crate) fn plugin(sha256: [u8; 32]) -> Entry<'static> {
    Entry::Plugin(PluginFile { instance: 1, kind: 1, sha256, name: "binance", version: "0.1.0" })
}

/// Entries of a session that received `frames`: every kind of entry, and a turn a frame.
pub(crate) fn session(frames: &[(i64, Vec<u8>)]) -> Vec<Entry<'_>> {
    let start = frames[0].0;
    let mut entries = vec![
        Entry::Start(Start { created_at_ns: start, host: "patchbay", version: "0.1.0" }),
        Entry::Registry(b"BTCUSDT 1 -2 -3"),
        plugin([7; 32]),
        input(1, 1, start, Input::Create { seed: 42, config: List::Owned(settings()) }),
        input(1, 2, start, Input::Clock { wall_offset_ns: -1_270_000_000 }),
        input(1, 3, start, Input::Plan { wishes: List::Owned(wishes()) }),
        input(1, 4, start, Input::Open { conn: 1, tag: 9, url: "wss://fstream.binance.com/ws" }),
    ];
    for (number, (at_ns, data)) in (1..).zip(frames) {
        let ordinal = number + 4;
        entries.push(input(1, ordinal, *at_ns, Input::Frame { conn: 1, opcode: 1, data }));
        entries.push(Entry::Turn(Turn { number, at_ns: *at_ns, instance: 1, ordinal }));
    }
    let end = frames[frames.len() - 1].0;
    entries.extend([
        input(1, 40, end, Input::Timer),
        input(1, 41, end, Input::Resync { scope_kind: 1, scope: 3 }),
        input(HOST, 1, end, Input::Time),
        input(
            1,
            42,
            end,
            Input::Reply {
                id: 8,
                status: 200,
                error: 0,
                url: "https://fapi.binance.com/fapi/v1/depth",
                headers: List::Owned(headers()),
                body: b"{\"lastUpdateId\":1}",
            },
        ),
        input(1, 43, end, Input::Close { conn: 1, code: 1000, reason: "rotated", replaced: true }),
        Entry::Gap { reason: "journal.bytes_max reached" },
    ]);
    entries
}

/// Appends `entries` in groups of one to four, with a sync or a spare segment now and then.
pub(crate) fn write<S: Storage>(
    writer: &mut Writer<S>,
    entries: &[Entry<'_>],
) -> Result<(), JournalError> {
    for (number, entry) in entries.iter().enumerate() {
        writer.stage(entry)?;
        match number % 10 {
            0 | 1 | 4 | 6 => writer.publish()?,
            8 => writer.sync()?,
            9 => drop(writer.prepare()?),
            _ => {}
        }
    }
    writer.publish()
}

pub(crate) fn contents(entries: &[Entry<'_>]) -> Contents {
    entries.iter().map(payload).collect()
}

pub(crate) fn payload(entry: &Entry<'_>) -> (Kind, Vec<u8>) {
    let mut bytes = Vec::new();
    entry.encode(&mut bytes);
    (entry.kind(), bytes)
}

/// All that a reader yields, checked against `expected` record by record: always a prefix of it.
pub(crate) fn read_prefix<S: Storage>(
    mut reader: Reader<S>,
    expected: &Contents,
) -> (usize, Result<Tail, JournalError>) {
    let mut count = 0;
    let mut bytes = Vec::new();
    loop {
        match reader.next() {
            Ok(Some(record)) => {
                assert_eq!(record.sequence, count as u64 + 1);
                bytes.clear();
                record.entry.encode(&mut bytes);
                let (kind, payload) = &expected[count];
                assert!(record.entry.kind() == *kind && bytes == *payload, "record {count}");
                count += 1;
            }
            Ok(None) => return (count, Ok(reader.tail().unwrap())),
            Err(error) => {
                assert_eq!(reader.next(), Err(error.clone()), "an error must stay");
                return (count, Err(error));
            }
        }
    }
}

pub(crate) fn small(entries: &[Entry<'_>]) -> Writer<Memory> {
    let mut writer = Writer::create(Memory::new(), SMALL).unwrap();
    write(&mut writer, entries).unwrap();
    writer
}

/// A small journal that was closed, with what is in it.
pub(crate) fn closed(entries: &[Entry<'_>]) -> (Memory, Contents) {
    let mut expected = contents(entries);
    expected.push((Kind::End, Vec::new()));
    (small(entries).close().unwrap(), expected)
}

/// A small journal whose host was killed: no end, zeros behind the last record, a spare segment.
pub(crate) fn killed(entries: &[Entry<'_>]) -> (Memory, Contents) {
    let mut writer = small(entries);
    writer.prepare().unwrap();
    (writer.storage().clone(), contents(entries))
}

/// Memory that stops working at its `steps`-th change, of which `tear` bytes are still done.
pub(crate) struct Dying {
    pub(crate) memory: Memory,
    pub(crate) steps: usize,
    pub(crate) tear: usize,
    pub(crate) dead: bool,
    pub(crate) calls_when_dead: usize,
}

impl Dying {
    pub(crate) fn new(steps: usize, tear: usize) -> Self {
        Self { memory: Memory::new(), steps, tear, dead: false, calls_when_dead: 0 }
    }

    /// How much of the change to do: all of it, part of it, or nothing.
    fn step(&mut self, all: usize) -> (usize, Result<(), StorageError>) {
        let error = Err(StorageError::new(StorageFault::Full, "No space left on device"));
        if self.dead {
            self.calls_when_dead += 1;
            return (0, error);
        }
        if self.steps > 1 {
            self.steps -= 1;
            return (all, Ok(()));
        }
        self.dead = true;
        (self.tear.min(all), error)
    }
}

impl Storage for Dying {
    fn list(&self) -> Result<Vec<u32>, StorageError> {
        self.memory.list()
    }

    fn create(&mut self, number: u32, bytes: u64) -> Result<(), StorageError> {
        let (done, result) = self.step(1);
        if done == 1 {
            self.memory.create(number, bytes)?;
        }
        result
    }

    fn write_at(&mut self, number: u32, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let (done, result) = self.step(bytes.len());
        self.memory.write_at(number, offset, &bytes[..done])?;
        result
    }

    fn read(&self, number: u32, into: &mut Vec<u8>) -> Result<(), StorageError> {
        self.memory.read(number, into)
    }

    fn truncate(&mut self, number: u32, bytes: u64) -> Result<(), StorageError> {
        let (done, result) = self.step(1);
        if done == 1 {
            self.memory.truncate(number, bytes)?;
        }
        result
    }

    fn sync(&mut self, _: u32) -> Result<(), StorageError> {
        self.step(1).1
    }

    fn remove(&mut self, number: u32) -> Result<(), StorageError> {
        let (done, result) = self.step(1);
        if done == 1 {
            self.memory.remove(number)?;
        }
        result
    }
}
