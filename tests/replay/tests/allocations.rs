//! After warm-up, nothing on the way from frame to books and strategies allocates: counted in
//! `malloc`, `calloc` and `realloc` of host and plugins together, by a preloaded shim.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use patchbay_abi::OPCODE_TEXT;
use patchbay_history::{Captures, Event};
use patchbay_journal::{Input, List};
use patchbay_loader::Kind;
use patchbay_plugin::bind::Command as Request;
use patchbay_runtime::{Core, CoreConfig};
use patchbay_test_replay::{Plugins, built, corpus, scratch};

/// Warm-up, recorded time.
const WARM_UP_NS: i64 = 10_000_000_000;

/// Adapter, captures, and how many changes of books are in them at least.
const RECORDINGS: [(&str, &[&str], u64); 6] = [
    ("binance", &["binance-usdm/hftbacktest/btcusdt_20240808.gz"], 1000),
    ("binance", &["binance-spot/hftbacktest/btcusdt_20240808.gz"], 1000),
    ("binance", &["binance-coinm/hftbacktest/btcusd_perp_20240808.gz"], 1000),
    ("bybit", &["bybit/cryptofeed-20260809/BYBIT.jsonl.zst"], 1000),
    ("deribit", &["deribit/cryptofeed-20210405/DERIBIT-5dd9ce.0.gz"], 100),
    ("okx", &["okx/cryptofeed-20210722/OKEX.0.gz", "okx/cryptofeed-20210722/OKEX.ws.1.0.gz"], 1000),
];

#[test]
fn nothing_is_allocated_after_warm_up() {
    if std::env::var_os("PATCHBAY_ALLOC_CAPTURE").is_some() {
        return;
    }
    let folder = scratch("alloc");
    let shim = folder.join("shim.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("c/alloc_shim.c");
    let cc = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let compiled = Command::new(cc)
        .args(["-std=c11", "-O2", "-Wall", "-Werror", "-fPIC", "-shared", "-o"])
        .args([&shim, &source])
        .status();
    assert!(compiled.unwrap().success());
    // Built here, where allocations do not count.
    built(false);
    for (adapter, captures, least) in RECORDINGS {
        let Some(paths) = captures.iter().map(|file| corpus(file)).collect::<Option<Vec<_>>>()
        else {
            return;
        };
        let count = folder.join("count");
        fs::write(&count, [0; 8]).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_counts", "--nocapture", "--test-threads=1"])
            .env("LD_PRELOAD", &shim)
            .env("PATCHBAY_ALLOC_COUNT", &count)
            .env("PATCHBAY_ALLOC_CAPTURE", std::env::join_paths(&paths).unwrap())
            .env("PATCHBAY_ALLOC_LEAST", least.to_string())
            .env("PATCHBAY_ALLOC_ADAPTER", built(false).plugin(&format!("patchbay-{adapter}")))
            .env("PATCHBAY_ALLOC_STRATEGY", built(false).plugin("patchbay-recorder"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&child.stdout).into_owned();
        assert!(child.status.success(), "{text}{}", String::from_utf8_lossy(&child.stderr));
        let line = text.lines().find(|line| line.contains("allocations")).unwrap();
        println!("{captures:?}: {line}");
        assert!(line.starts_with("0 allocations"), "{captures:?}: {line}");
    }
    fs::remove_dir_all(folder).unwrap();
}

/// Only as the child of the test above.
#[test]
fn child_counts() {
    let Some(capture) = std::env::var_os("PATCHBAY_ALLOC_CAPTURE") else { return };
    let count = File::open(std::env::var_os("PATCHBAY_ALLOC_COUNT").unwrap()).unwrap();
    let read = || {
        let mut word = [0; 8];
        count.read_exact_at(&mut word, 0).unwrap();
        u64::from_le_bytes(word)
    };
    assert!(read() > 0, "the shim does not count");
    let records = records(&std::env::split_paths(&capture).collect::<Vec<_>>());
    let plugins = Plugins::new();
    let load =
        |variable: &str, kind| plugins.load(Path::new(&std::env::var_os(variable).unwrap()), kind);
    let mut core = Core::new(CoreConfig { digest: true, ..CoreConfig::default() });
    core.attach(0, &load("PATCHBAY_ALLOC_ADAPTER", Kind::Adapter)).unwrap();
    core.add_strategy(0, &load("PATCHBAY_ALLOC_STRATEGY", Kind::Strategy)).unwrap();
    let is_frame = |record: &&Record| matches!(record.what, What::Frame(_));
    let end = records.iter().find(is_frame).unwrap().at + WARM_UP_NS;
    let warm = records.iter().position(|record| record.at >= end).unwrap();
    let mut request = None;
    records[..warm].iter().for_each(|record| feed(&mut core, record, &mut request));
    let before = read();
    records[warm..].iter().for_each(|record| feed(&mut core, record, &mut request));
    let allocations = read() - before;
    let tally = core.engine().tally();
    println!(
        "\n{allocations} allocations in {} frames after warm-up ({} changes applied in all)",
        records.len() - warm,
        tally.applied,
    );
    let least: u64 = std::env::var("PATCHBAY_ALLOC_LEAST").unwrap().parse().unwrap();
    assert!(tally.applied > least && tally.gaps == 0);
}

/// What was recorded, held in memory: reading it would allocate.
struct Record {
    at: i64,
    conn: u32,
    what: What,
}

enum What {
    Open(String),
    Frame(Vec<u8>),
    /// Of a URL; empty if the recorder did not say.
    Reply(String, Vec<u8>),
}

fn records(paths: &[PathBuf]) -> Vec<Record> {
    let mut captures = Captures::open(paths).unwrap();
    let mut records = Vec::new();
    while let Some(record) = captures.next().unwrap() {
        let what = match record.event {
            Event::Open { url } => What::Open(url.to_owned()),
            Event::Frame { data, .. } => What::Frame(data.to_vec()),
            Event::Reply { url, body } => What::Reply(url.to_owned(), body.to_vec()),
            Event::Sent { .. } | Event::Close => continue,
        };
        records.push(Record { at: record.at_ns, conn: record.conn, what });
    }
    records
}

fn feed(core: &mut Core, record: &Record, request: &mut Option<u64>) {
    let (at, conn) = (&record.at, record.conn);
    let input = match &record.what {
        What::Open(url) => Input::Open { conn, tag: 0, url },
        What::Frame(data) => Input::Frame { conn, opcode: OPCODE_TEXT, data },
        What::Reply(url, body) => {
            let id = match url.is_empty() {
                true => request.take().expect("a snapshot was asked for"),
                false => 0,
            };
            let headers = List::Lent(&[]);
            Input::Reply { id, status: 200, error: 0, url, headers, body }
        }
    };
    core.take(0, *at, &input).unwrap();
    if core.actions().is_empty() {
        return;
    }
    for action in core.actions().to_vec() {
        let patchbay_engine::Action::Resync { scope_kind, scope, .. } = action else {
            continue;
        };
        core.take(0, *at, &Input::Resync { scope_kind, scope }).unwrap();
        for command in core.requests() {
            if let Request::Http(http) = command {
                *request = Some(http.id);
            }
        }
    }
}
