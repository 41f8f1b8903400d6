//! The importers on recordings: counts and times against the corpus' manifest, which was made by
//! other programs.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use patchbay_history::{Captures, Event, FileStats, Format, Record, recognise};

/// The corpus, or `None`, said on the terminal, where it is missing. On CI it must not be.
fn corpus() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus");
    let root = std::env::var_os("PATCHBAY_CORPUS").map_or_else(|| beside.into(), PathBuf::from);
    if root.join("MANIFEST.toml").is_file() {
        return Some(root);
    }
    let reason = format!("no MANIFEST.toml in {}; set PATCHBAY_CORPUS", root.display());
    assert!(std::env::var_os("CI").is_none(), "{reason}");
    skipped(&reason);
    None
}

#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn skipped(reason: &str) {
    eprintln!("SKIPPED: {reason}");
}

/// An entry of the manifest.
struct Entry {
    path: String,
    kind: String,
    records: u64,
    first: Option<String>,
    last: Option<String>,
}

fn manifest(root: &Path) -> Vec<Entry> {
    let text = fs::read_to_string(root.join("MANIFEST.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let files = table["file"].as_array().unwrap();
    let text = |file: &toml::Value, key: &str| Some(file.get(key)?.as_str()?.to_owned());
    let entry = |file: &toml::Value| Entry {
        path: text(file, "path").unwrap(),
        kind: text(file, "kind").unwrap(),
        records: file.get("records").and_then(toml::Value::as_integer).map_or(0, |n| n as u64),
        first: text(file, "first"),
        last: text(file, "last"),
    };
    files.iter().map(entry).collect()
}

/// What the format of a file ought to be, by where it lies; the importers see none of this.
fn expected_format(path: &str) -> Option<Format> {
    if path.contains("/cryptofeed-20260809/") {
        Some(Format::CryptofeedJsonl)
    } else if path.contains("/cryptofeed-") {
        Some(Format::CryptofeedLines)
    } else if path.contains("/hftbacktest/") {
        Some(Format::Hftbacktest)
    } else if path.contains("ls-securities/ticks/") {
        Some(Format::LsTrades)
    } else if path.contains("ls_stock_list") {
        Some(Format::LsList)
    } else if path.ends_with(".log.xz") {
        Some(Format::BitstampEvents)
    } else {
        None
    }
}

/// `2021-07-22T01:13:22.988Z`, or without a fraction, in milliseconds since the epoch.
fn millis(text: &str) -> i64 {
    let number = |at: usize, len: usize| text[at..at + len].parse::<i64>().unwrap();
    let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2));
    // Days from civil, for years that begin in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719_469;
    ((days * 24 + number(11, 2)) * 60 + number(14, 2)) * 60_000
        + number(17, 2) * 1000
        + if text.len() > 20 { number(20, 3) } else { 0 }
}

/// What one pass over captures gives, counted here and not by the reader.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    records: u64,
    frames: u64,
    binary: u64,
    replies: u64,
    sent: u64,
    opens: u64,
    closes: u64,
    /// First and last time of a frame, and of a REST answer.
    frame_ns: Option<(i64, i64)>,
    reply_ns: Option<(i64, i64)>,
    bytes: u64,
}

impl Seen {
    fn count(&mut self, record: &Record<'_>) {
        self.records += 1;
        let at = record.at_ns;
        let extend = |span: &mut Option<(i64, i64)>| *span = Some((span.map_or(at, |s| s.0), at));
        match record.event {
            Event::Frame { binary, data } => {
                self.frames += 1;
                self.binary += u64::from(binary);
                self.bytes += data.len() as u64;
                extend(&mut self.frame_ns);
            }
            Event::Reply { body, .. } => {
                self.replies += 1;
                self.bytes += body.len() as u64;
                extend(&mut self.reply_ns);
            }
            Event::Sent { .. } => self.sent += 1,
            Event::Open { .. } => self.opens += 1,
            Event::Close => self.closes += 1,
        }
    }
}

/// Reads all; checks on the way that times do not step back.
fn read<P: AsRef<Path>>(paths: &[P]) -> (Seen, Vec<FileStats>) {
    let mut captures = Captures::open(paths).unwrap();
    let (mut seen, mut last) = (Seen::default(), i64::MIN);
    while let Some(record) = captures.next().unwrap() {
        assert!(record.at_ns >= last);
        last = record.at_ns;
        seen.count(&record);
    }
    (seen, captures.files().cloned().collect())
}

/// The manifest counts frames of a socket, with hftbacktest's snapshot among them, and bodies in
/// files of REST answers.
#[test]
fn every_capture_holds_what_the_manifest_says() {
    let Some(root) = corpus() else { return };
    let mut covered = BTreeMap::new();
    for entry in manifest(&root) {
        let Some(format) = expected_format(&entry.path) else {
            continue;
        };
        let path = root.join(&entry.path);
        assert_eq!(recognise(&path).unwrap(), format, "{}", entry.path);
        if format == Format::LsList {
            continue; // one answer, which has no time
        }
        let (seen, stats) = read(&[&path]);
        let (records, span) = match (entry.kind.as_str(), format) {
            ("rest-snapshot" | "instruments", _) => (seen.replies, seen.reply_ns),
            (_, Format::Hftbacktest) => (seen.frames + seen.replies, seen.frame_ns),
            _ => (seen.frames, seen.frame_ns),
        };
        assert_eq!(records, entry.records, "{}", entry.path);
        let (first, last) = span.unwrap();
        assert_eq!(first / 1_000_000, millis(entry.first.as_ref().unwrap()), "{}", entry.path);
        assert_eq!(last / 1_000_000, millis(entry.last.as_ref().unwrap()), "{}", entry.path);
        let stats = &stats[0];
        assert_eq!((stats.stray, stats.raised), (0, 0), "{}: {:?}", entry.path, stats.first_stray);
        assert_eq!(
            (stats.frames, stats.replies, stats.sent),
            (seen.frames, seen.replies, seen.sent)
        );
        *covered.entry(format.to_string()).or_insert(0) += 1;
    }
    let covered: Vec<_> = covered.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(
        covered,
        [
            ("Bitstamp events", 1),
            ("cryptofeed format 2", 2),
            ("cryptofeed lines", 28),
            ("hftbacktest", 11),
            ("trades of LS Securities", 2)
        ]
    );
}

/// Each line of each capture is told, is the configuration, or is counted.
#[test]
fn no_line_is_lost() {
    let Some(root) = corpus() else { return };
    for entry in manifest(&root) {
        let Some(format) = expected_format(&entry.path).filter(|f| *f != Format::LsList) else {
            continue;
        };
        let (seen, stats) = read(&[root.join(&entry.path)]);
        // What was kept of LS Securities does not say where the connection went.
        let unsaid = if format == Format::LsTrades { seen.opens } else { 0 };
        let told = seen.records - seen.closes - unsaid + stats[0].empty + stats[0].stray;
        let others = stats[0].lines - told;
        let most = u64::from(format != Format::Hftbacktest); // the configuration or the header
        assert!(others <= most, "{}: {others} lines lost", entry.path);
    }
}

#[test]
fn other_files_of_the_corpus_are_refused() {
    let Some(root) = corpus() else { return };
    let mut refused = 0;
    for entry in manifest(&root).iter().filter(|entry| expected_format(&entry.path).is_none()) {
        let path = root.join(&entry.path);
        let error = recognise(&path).expect_err(&entry.path).to_string();
        assert!(error.contains(&*path.to_string_lossy()), "{error}");
        refused += 1;
    }
    assert!(refused > 400, "{refused}");
}

/// The list of stocks has no time: it comes first, at that of the first trade.
#[test]
fn a_list_comes_before_the_trades_that_it_is_merged_with() {
    let Some(root) = corpus() else { return };
    let paths = ["ticks/raw_data_005930_20251125.txt.gz", "ls_stock_list.json.gz"];
    let paths = paths.map(|path| root.join("ls-securities").join(path));
    let mut captures = Captures::open(&paths).unwrap();
    let list = captures.next().unwrap().unwrap();
    assert_eq!(list.at_ns / 1_000_000, millis("2025-11-25T00:26:19Z"));
    let Event::Reply { url, body } = list.event else { panic!("no list") };
    assert!(url.ends_with("/stock/etc"), "{url}");
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    let stocks = body["t8436OutBlock"].as_array().unwrap();
    assert_eq!((stocks.len(), &stocks[0]["shcode"]), (4_212, &"000020".into()));
    assert!(stocks.iter().all(|stock| stock["gubun"] == "1" || stock["gubun"] == "2"));
    let open = captures.next().unwrap().unwrap();
    assert!(matches!(open.event, Event::Open { .. }));
    let trade = captures.next().unwrap().unwrap();
    let Event::Frame { data, .. } = trade.event else { panic!("no trade") };
    let frame: serde_json::Value = serde_json::from_slice(data).unwrap();
    assert_eq!(frame["header"], serde_json::json!({"tr_cd": "S3_", "tr_key": "005930"}));
    let mut text = String::new();
    GzDecoder::new(fs::File::open(&paths[0]).unwrap()).read_to_string(&mut text).unwrap();
    let kept: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(frame["body"], kept);
}

/// Upbit sends bytes, and only Upbit.
#[test]
fn bytes_literals_are_taken_out_of_their_wrapping() {
    let Some(root) = corpus() else { return };
    let path = root.join("upbit/cryptofeed-20210405/UPBIT-d78752.0.gz");
    let mut captures = Captures::open(&[path]).unwrap();
    let mut frames = 0;
    while let Some(record) = captures.next().unwrap() {
        if let Event::Frame { binary, data } = record.event {
            assert!(binary);
            assert!(serde_json::from_slice::<serde_json::Value>(data).unwrap().is_object());
            frames += 1;
        }
    }
    assert_eq!(frames, 1733);
}

/// The two sockets of Bybit's file stand one after the other and were open at the same time.
#[test]
fn format_2_is_put_in_order() {
    let Some(root) = corpus() else { return };
    let path = root.join("bybit/cryptofeed-20260809/BYBIT.jsonl.zst");
    let mut captures = Captures::open(&[path]).unwrap();
    let (mut turns, mut last) = (0, 0);
    while let Some(record) = captures.next().unwrap() {
        if matches!(record.event, Event::Frame { .. }) && record.conn != last {
            turns += 1;
            last = record.conn;
        }
    }
    assert!(turns > 100, "{turns} changes between the connections");
    let stats = captures.files().next().unwrap();
    let urls: Vec<_> = stats.connections.iter().map(|c| (c.conn, c.url.as_str())).collect();
    assert_eq!(
        urls,
        [
            (1, "wss://stream.bybit.com/v5/public/linear"),
            (2, "wss://stream.bybit.com/v5/public/spot")
        ]
    );
}

/// The recording of a socket and that of its REST answers: the order of the arguments is nothing.
#[test]
fn parts_of_a_recording_merge_in_any_order() {
    let Some(root) = corpus() else { return };
    let part = |name: &str| root.join("binance-usdm").join(name);
    let mut paths = vec![
        part("cryptofeed-20210722/BINANCE_FUTURES.0.gz"),
        part("cryptofeed-20210722/BINANCE_FUTURES.http.0.0.gz"),
        part("cryptofeed-20210722/BINANCE_FUTURES.ws.1.0.gz"),
        part("hftbacktest/btcusdt_20230404.dat.gz"),
        part("hftbacktest/btcusdt_20230405.dat.gz"),
    ];
    let lines = |paths: &[PathBuf]| {
        let mut captures = Captures::open(paths).unwrap();
        let mut lines = Vec::new();
        while let Some(record) = captures.next().unwrap() {
            lines.push(format!("{} {} {:?}", record.at_ns, record.conn, record.event).into_bytes());
        }
        lines
    };
    let forward = lines(&paths);
    paths.reverse();
    assert!(forward == lines(&paths), "the order of the arguments made a difference");
    let frames = 1535 + 13_384 + 60_381; // the 13,384 hold the snapshot
    assert_eq!(forward.len(), frames + 1 + 4 + 1); // exchangeInfo, snapshots, the opening
}

#[test]
fn half_a_file_gives_its_half_and_says_so() {
    let Some(root) = corpus() else { return };
    for (name, whole) in [
        ("binance-spot/hftbacktest/btcusdt_20240808.gz", 41_249),
        ("coinbase/cryptofeed-20210417/COINBASE.ws.28.0.gz", 9_950),
    ] {
        let bytes = fs::read(root.join(name)).unwrap();
        let stem = name.replace('/', "_");
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("half-{stem}"));
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let mut captures = Captures::open(&[&path]).unwrap();
        let mut records = 0;
        let error = loop {
            match captures.next() {
                Ok(Some(_)) => records += 1,
                Ok(None) => panic!("{name}: the end was not noticed"),
                Err(error) => break error.to_string(),
            }
        };
        assert!(records > whole / 4 && records < whole, "{name}: {records} of {whole}");
        assert!(error.contains(&*path.to_string_lossy()), "{error}");
        assert!(error.contains(&format!("in line {}", records + 1)), "{error}");
        assert!(captures.next().unwrap().is_none());
        fs::remove_file(path).unwrap();
    }
}
