//! The adapter behind its real trampolines, and the recorded captures.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr)]

pub(crate) mod frames;

use std::cell::RefCell;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use patchbay_binance::Binance;
use patchbay_plugin::abi::{OPCODE_TEXT, OUTCOME_FALLBACK, SLOT_DEPTH, Slot, Status};
use patchbay_plugin::bind::{AdapterInstance, Answer, Call, Command, Plugin};
use patchbay_plugin::model::{Instrument, Nanos};
use patchbay_plugin::{FrameBuf, Open, Scope, Value, Wish};

/// Host time of all calls that do not matter.
pub(crate) const NOW: Nanos = 1_700_000_000_000_000_000;

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The adapter's log lines so far.
pub(crate) fn log() -> Vec<String> {
    LOG.take()
}

fn write_log(_level: u32, text: &str) {
    LOG.with_borrow_mut(|log| log.push(text.to_owned()));
}

/// What came out of a call, kept.
#[derive(Debug)]
pub(crate) struct Out {
    pub(crate) status: Status,
    pub(crate) outcome: u32,
    pub(crate) slots: Vec<Slot>,
    pub(crate) commands: Vec<Command>,
}

impl From<Call<'_>> for Out {
    fn from(call: Call<'_>) -> Self {
        Self {
            status: call.status,
            outcome: call.outcome,
            slots: call.slots.to_vec(),
            commands: call.commands.collect(),
        }
    }
}

impl Out {
    pub(crate) fn fell_back(&self) -> bool {
        self.outcome == OUTCOME_FALLBACK
    }

    /// Head slots with their levels.
    pub(crate) fn records(&self) -> Vec<(Slot, Vec<(i64, i64)>)> {
        let (mut at, mut records) = (0, Vec::new());
        while at < self.slots.len() {
            let head = self.slots[at];
            let mut levels = Vec::new();
            if head.head().kind == SLOT_DEPTH {
                let rest = &self.slots[at + 1..][..head.continuation()];
                let count = usize::from(head.depth().bids) + usize::from(head.depth().asks);
                let all = rest.iter().flat_map(|slot| slot.levels());
                levels.extend(all.take(count).map(|l| (l.price, l.qty)));
            }
            records.push((head, levels));
            at += 1 + head.continuation();
        }
        records
    }
}

/// One instance.
pub(crate) struct Rig {
    adapter: AdapterInstance,
    buf: FrameBuf,
    /// Definitions by index, the newest of each.
    pub(crate) instruments: Vec<Instrument>,
}

impl Rig {
    /// With the default configuration, changed at some keys.
    pub(crate) fn new(changes: &[(&str, Value<'_>)]) -> Self {
        let plugin = Plugin::linked_adapter::<Binance>();
        let table: toml::Table = plugin.defaults().parse().unwrap();
        let mut flat = Vec::new();
        flatten("", &toml::Value::Table(table), &mut flat);
        let changed: Vec<_> = changes.iter().map(|(key, _)| *key).collect();
        let mut config: Vec<(&str, Value<'_>)> = flat
            .iter()
            .filter(|(key, _)| !changed.contains(&key.as_str()))
            .map(|(key, value)| (key.as_str(), borrow(value)))
            .collect();
        config.extend(changes);
        config.sort_by_key(|(key, _)| *key);
        Self {
            adapter: plugin.adapter(&config, 1, 0, write_log).unwrap(),
            buf: FrameBuf::default(),
            instruments: Vec::new(),
        }
    }

    pub(crate) fn plan(&mut self, wishes: &[Wish<'_>]) -> Out {
        let out = self.adapter.plan(NOW, wishes).into();
        self.keep(out)
    }

    pub(crate) fn open(&mut self, conn: u32, tag: u32, url: &str) -> Out {
        let out = self.adapter.open(NOW, Open { conn, tag, url }).into();
        self.keep(out)
    }

    pub(crate) fn close(&mut self, conn: u32) -> Out {
        self.adapter.close(NOW, conn, 1006, "").into()
    }

    pub(crate) fn frame(&mut self, conn: u32, text: &[u8]) -> Out {
        self.buf.fill(text);
        let out = self.adapter.frame(NOW, conn, OPCODE_TEXT, &mut self.buf).into();
        self.keep(out)
    }

    /// An answer with status 200.
    pub(crate) fn reply(&mut self, id: u64, url: &str, body: &[u8]) -> Out {
        self.answer(NOW, id, 200, url, &[], body)
    }

    pub(crate) fn answer(
        &mut self,
        now: Nanos,
        id: u64,
        status: u32,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Out {
        self.buf.fill(body);
        let answer =
            Answer { id, status, error: u32::from(status == 0), url, headers, body: &mut self.buf };
        let out = self.adapter.reply(now, answer).into();
        self.keep(out)
    }

    pub(crate) fn timer(&mut self, now: Nanos) -> Out {
        let out = self.adapter.timer(now).into();
        self.keep(out)
    }

    pub(crate) fn resync(&mut self, scope: Scope) -> Out {
        self.adapter.resync(NOW, scope).into()
    }

    fn keep(&mut self, out: Out) -> Out {
        for command in &out.commands {
            if let Command::Define { index, instrument } = command {
                let at = *index as usize;
                assert!(at <= self.instruments.len(), "indices are dense");
                self.instruments.truncate(self.instruments.len().max(at));
                match self.instruments.get_mut(at) {
                    Some(known) => *known = (**instrument).clone(),
                    None => self.instruments.push((**instrument).clone()),
                }
            }
        }
        out
    }
}

fn flatten(prefix: &str, value: &toml::Value, out: &mut Vec<(String, toml::Value)>) {
    let under = |key: &str| match prefix {
        "" => key.to_owned(),
        _ => format!("{prefix}.{key}"),
    };
    match value {
        toml::Value::Table(table) => table.iter().for_each(|(k, v)| flatten(&under(k), v, out)),
        toml::Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, v)| flatten(&under(&i.to_string()), v, out))
        }
        leaf => out.push((prefix.to_owned(), leaf.clone())),
    }
}

fn borrow(value: &toml::Value) -> Value<'_> {
    match value {
        toml::Value::String(text) => Value::Text(text),
        toml::Value::Integer(int) => Value::Int(*int),
        toml::Value::Boolean(bool) => Value::Bool(*bool),
        other => panic!("no configuration value: {other:?}"),
    }
}

/// The folder of recorded captures; `None`, said aloud, where there is none.
pub(crate) fn corpus() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let path = std::env::var_os("PATCHBAY_CORPUS").map_or(default, PathBuf::from);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "CI needs the corpus at {}", path.display());
    eprintln!("SKIPPED: no corpus at {}; set PATCHBAY_CORPUS", path.display());
    None
}

pub(crate) fn unzip(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

/// One line of a capture.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'a> {
    Open(&'a str),
    Reply { url: &'a str, body: &'a str },
    Frame(&'a str),
}

/// Reads hftbacktest's and cryptofeed's old format; see the corpus' README.
pub(crate) fn event(line: &str) -> Option<Event<'_>> {
    let json = line.find('{').map(|at| &line[at..]);
    if line.starts_with("http") {
        let (url, _) = line.split_once(" -> ")?;
        return Some(Event::Reply { url, body: json? });
    }
    if line.starts_with("wss://") {
        return line.split_once(" <-> ").map(|(url, _)| Event::Open(url));
    }
    if !line.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let json = json?;
    if json.starts_with("{\"lastUpdateId\"") {
        return Some(Event::Reply { url: "", body: json });
    }
    Some(Event::Frame(json))
}

/// Binance's captures: files of one recording, in the order to read them.
pub(crate) fn captures(corpus: &Path) -> Vec<Vec<PathBuf>> {
    let mut all = Vec::new();
    for product in ["spot", "usdm", "coinm"] {
        let folder = corpus.join(format!("binance-{product}"));
        for recording in sorted(&folder) {
            let name = recording.file_name().unwrap().to_str().unwrap().to_owned();
            let files = sorted(&recording);
            match name.as_str() {
                "hftbacktest" => all.extend(files.into_iter().map(|file| vec![file])),
                name if name.starts_with("cryptofeed") => all.push(files),
                _ => {}
            }
        }
    }
    assert!(all.len() >= 15, "{} captures", all.len());
    all
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
