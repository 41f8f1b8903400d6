//! The importers on small hand-made files: every kind of line, connection numbers, order, refusals.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use patchbay_history::{CaptureError, Captures, Event, Format, recognise};

/// Writes a file of this test run; `name` must be used once only.
fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("captures-{name}"));
    fs::write(&path, content).unwrap();
    path
}

/// One line a record: milliseconds after 1700000000, connection, what happened.
fn told(captures: &mut Captures) -> Result<Vec<String>, (Vec<String>, CaptureError)> {
    let mut told = Vec::new();
    loop {
        let record = match captures.next() {
            Ok(Some(record)) => record,
            Ok(None) => return Ok(told),
            Err(error) => return Err((told, error)),
        };
        let text = |data: &[u8]| data.escape_ascii().to_string();
        let event = match record.event {
            Event::Open { url } => format!("open {url}"),
            Event::Frame { binary: false, data } => format!("frame {}", text(data)),
            Event::Frame { binary: true, data } => format!("bytes {}", text(data)),
            Event::Reply { url, body } => format!("reply {url} {}", text(body)),
            Event::Sent { data } => format!("sent {}", text(data)),
            Event::Close => "close".to_owned(),
        };
        let at = record.at_ns / 1_000_000 - 1_700_000_000_000;
        told.push(format!("{at} {} {event}", record.conn));
    }
}

fn tell(paths: &[&PathBuf]) -> Vec<String> {
    told(&mut Captures::open(paths).unwrap()).unwrap()
}

const SOCKET: &str = "configuration: {}
1700000000.5: before it was opened
wss://a <-> 1700000001.0
wss://a <- 1700000001.25: hello
1700000001.5: b'\\x00\\'\\n'
1700000001.75: b'not closed

a stray line
wss://b <-> 1700000002.0
https://r?x -> 1700000002.25: {\"a\": \"b -> c\"}
1700000002.125: late
";

#[test]
fn every_kind_of_line_is_told() {
    let path = file("kinds", SOCKET);
    let mut captures = Captures::open(&[&path]).unwrap();
    let expected = [
        "500 1 frame before it was opened",
        "1000 1 close",
        "1000 2 open wss://a",
        "1250 2 sent hello",
        "1500 2 bytes \\x00\\'\\n",
        "2000 2 close",
        "2000 3 open wss://b",
        "2250 0 reply https://r?x {\\\"a\\\": \\\"b -> c\\\"}",
        "2250 3 frame late",
    ];
    assert_eq!(told(&mut captures).unwrap(), expected);

    let stats = captures.files().next().unwrap();
    assert_eq!(stats.format, Format::CryptofeedLines);
    assert_eq!((stats.lines, stats.empty, stats.stray, stats.raised), (11, 1, 2, 1));
    assert_eq!((stats.frames, stats.replies, stats.sent), (3, 1, 1));
    assert_eq!(stats.first_ns, Some(1_700_000_000_500_000_000));
    assert_eq!(stats.last_ns, Some(1_700_000_002_250_000_000));
    let lines: Vec<_> = stats.first_stray.iter().map(|stray| stray.line).collect();
    assert_eq!(lines, [6, 8]);
    let urls: Vec<_> = stats.connections.iter().map(|c| (c.conn, c.url.as_str())).collect();
    assert_eq!(urls, [(1, ""), (2, "wss://a"), (3, "wss://b")]);
}

const FORMAT_2: &str = r#"{"t":"header","format":2,"config":{}}
{"t":"http","conn":"A.http.1","ts":1700000000.0000001,"url":"https://r","data":"{\"a\":\"\u00e9\"}"}
{"t":"connect","conn":"A.ws.2","ts":1700000001,"addr":"wss://a"}
{"t":"send","conn":"A.ws.2","ts":1700000001.5,"addr":"wss://a","data":"hi"}
{"t":"recv","conn":"A.ws.2","ts":1700000003.0,"data":"a1"}
{"t":"recv","conn":"A.ws.2","ts":1700000002.5,"data":"a2"}
{"t":"connect","conn":"A.ws.2","ts":1700000004,"addr":"wss://a2"}
{"t":"connect","conn":"A.ws.3","ts":1700000000.5,"addr":"wss://b"}
{"t":"recv","conn":"A.ws.3","ts":1700000002,"b64":"AP8="}
{"t":"recv","conn":"A.ws.3","ts":1700000003,"data":"b2"}
{"t":"recv","conn":"A.ws.3","ts":"now","data":"stray"}
{"t":"recv","conn":"A.ws.3","ts":1700000005,"b64":"AP8"}
{"t":"recv","conn":"A.ws.4","ts":1700000006,"data":"no connect"}
"#;

#[test]
fn format_2_is_told_in_order_of_time() {
    let path = file("format2", FORMAT_2);
    let mut captures = Captures::open(&[&path]).unwrap();
    let expected = [
        "0 0 reply https://r {\\\"a\\\":\\\"\\xc3\\xa9\\\"}",
        "500 1 open wss://b",
        "1000 2 open wss://a",
        "1500 2 sent hi",
        "2000 1 bytes \\x00\\xff",
        "3000 2 frame a1",
        "3000 2 frame a2",
        "3000 1 frame b2",
        "4000 2 close",
        "4000 3 open wss://a2",
        "6000 4 frame no connect",
    ];
    assert_eq!(told(&mut captures).unwrap(), expected);
    let stats = captures.files().next().unwrap();
    assert_eq!(stats.format, Format::CryptofeedJsonl);
    assert_eq!(stats.first_ns, Some(1_700_000_000_000_000_100), "not through a double");
    assert_eq!((stats.lines, stats.stray, stats.raised), (13, 2, 1));
}

#[test]
fn hftbacktest_has_one_connection_and_a_snapshot() {
    let path = file(
        "hft",
        "1700000000500000 {\"stream\":\"a\"}\n1700000000600000000 {\"lastUpdateId\": 1}\n\
         1700000000600000 {\"result\":null}\n17000000007 {}\n1700000000800000 {\"cut\n",
    );
    let mut captures = Captures::open(&[&path]).unwrap();
    let expected = [
        "500 1 frame {\\\"stream\\\":\\\"a\\\"}",
        "600 1 reply  {\\\"lastUpdateId\\\": 1}",
        "600 1 frame {\\\"result\\\":null}",
    ];
    assert_eq!(told(&mut captures).unwrap(), expected);
    let stats = captures.files().next().unwrap();
    assert_eq!(stats.format, Format::Hftbacktest);
    assert_eq!(stats.stray, 2);
    assert_eq!(stats.connections.len(), 1);
}

#[test]
fn files_merge_by_time_and_ties_by_argument() {
    let one = file("merge-1", "wss://a <-> 1700000001.0\n1700000002.0: a1\n1700000004.0: a2\n");
    let two = file("merge-2", "wss://b <-> 1700000000.0\n1700000002.0: b1\n1700000003.0: b2\n");
    let rest = file("merge-3", "https://r -> 1700000003.5: x\n");
    let expected =
        ["0 1 open wss://b", "1000 2 open wss://a", "2000 2 frame a1", "2000 1 frame b1"];
    assert_eq!(tell(&[&one, &two, &rest])[..4], expected);
    let expected =
        ["2000 1 frame b1", "2000 2 frame a1", "3000 1 frame b2", "3500 0 reply https://r x"];
    assert_eq!(tell(&[&rest, &two, &one])[2..6], expected);
}

#[test]
fn compression_changes_nothing() {
    let plain = file("kinds-plain", SOCKET);
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(&SOCKET.as_bytes()[..100]).unwrap();
    let mut gzipped = gz.finish().unwrap();
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(&SOCKET.as_bytes()[100..]).unwrap();
    gzipped.extend(gz.finish().unwrap());
    let gzipped = file("kinds-gz.txt", gzipped);
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let zstd = file("kinds-zst.gz", ruzstd::encoding::compress_to_vec(SOCKET.as_bytes(), level));
    assert_eq!(tell(&[&gzipped]), tell(&[&plain]));
    assert_eq!(tell(&[&zstd]), tell(&[&plain]));
}

#[test]
fn a_damaged_file_does_not_end_the_others() {
    let text: String =
        (0..2000).map(|i| format!("{}.0: {}\n", 1_700_000_000 + i, i * 7919)).collect();
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(text.as_bytes()).unwrap();
    let whole = gz.finish().unwrap();
    let cut = file("cut", &whole[..whole.len() / 2]);
    let other = file("not-cut", "1700000000.0: first\n1799999999.0: last\n");
    let mut captures = Captures::open(&[&cut, &other]).unwrap();
    let (before, error) = told(&mut captures).unwrap_err();
    assert!(before.len() > 2);
    assert!(error.to_string().contains("captures-cut: cut short or damaged in line"), "{error}");
    let after = told(&mut captures).unwrap();
    assert_eq!(after, ["99999999000 2 frame last"]);
}

#[test]
fn what_is_no_capture_is_refused_with_what_was_found() {
    let cases: [(&str, &[u8], &str); 6] = [
        ("no-text", b"", "found no text at all"),
        ("blank", b"\n\n", "found no text at all"),
        ("csv", b"side,price\nbuy,1\n", "found \"side,price\""),
        ("json", b"{\"type\":\"orderbookdepth\"}\n", "{\\\"type\\\""),
        ("binary", b"\x89PNG\r\n\x1a\n", "\\x89PNG"),
        ("log", b"1430438401000 order_lost {}\n", "order_lost"),
    ];
    for (name, content, found) in cases {
        let path = file(name, content);
        let error = Captures::open(&[&path]).err().unwrap().to_string();
        for part in [&*path.to_string_lossy(), "not a capture", found, "hftbacktest"] {
            assert!(error.contains(part), "{name}: {error}");
        }
    }
    let error =
        Captures::open(&[file("format3", "{\"t\":\"header\",\"format\":3}\n")]).err().unwrap();
    assert!(
        error.to_string().ends_with("line 1: found cryptofeed format 3, expected format 2"),
        "{error}"
    );
    assert!(matches!(Captures::open(&["/nowhere"]), Err(CaptureError::Open { .. })));
    assert!(matches!(Captures::open::<PathBuf>(&[]), Err(CaptureError::NoFiles)));
}

#[test]
fn a_stray_first_line_is_survived() {
    let path = file("stray-first", "resumed\n\n1700000001.0: frame\n");
    assert_eq!(tell(&[&path]), ["1000 1 frame frame"]);
}

#[test]
fn a_journal_is_recognised_and_not_merged() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("captures-journal");
    fs::create_dir_all(&directory).unwrap();
    assert!(recognise(&directory).unwrap_err().to_string().contains("without a segment"));
    let segment = directory.join("00000001");
    fs::write(&segment, b"PBJOURN1\0\0\0").unwrap();
    assert_eq!(recognise(&segment).unwrap(), Format::Journal);
    assert_eq!(recognise(&directory).unwrap(), Format::Journal);
    let capture = file("beside-journal", SOCKET);
    let error = Captures::open(&[capture, directory.clone()]).err().unwrap().to_string();
    assert!(error.contains("a patchbay journal, not a capture"), "{error}");
    fs::remove_dir_all(directory).unwrap();
}
