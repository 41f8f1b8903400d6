//! Nanoseconds a frame: this scanner, its scalar twin, and serde_json, interleaved in one
//! process on thread CPU time.
//!
//! `cargo run --release -p patchbay-scan --example speed [spot|usdm|coinm] [kind only]`;
//! `ROUNDS=1` for an instruction counter.
#![allow(clippy::print_stdout, reason = "it prints a table")]
#![allow(unsafe_code, reason = "thread CPU time has no safe interface in std")]

#[path = "speed/general.rs"]
mod general;
#[path = "speed/scanner.rs"]
mod scanner;

use flate2::read::MultiGzDecoder;
use patchbay_scan::Cursor;
use std::io::Read;

/// A pass over frames; the sum over all decoded fields, which all contenders must agree on.
type Pass = fn(&[&[u8]], &str) -> u64;

const PASSES: [(&str, Pass); 3] = [
    ("scan", |frames, product| sum(frames, |f| scanner::read(Cursor::new(f), product))),
    ("scalar", |frames, product| sum(frames, |f| scanner::read(Cursor::scalar(f), product))),
    ("serde_json", |frames, _| sum(frames, general::serde_json)),
];

fn sum(frames: &[&[u8]], mut read: impl FnMut(&[u8]) -> Option<u64>) -> u64 {
    frames.iter().fold(0, |sum, frame| sum.wrapping_add(read(frame).expect("a recorded frame")))
}

/// CPU time of this thread in ns.
fn cpu_ns() -> i64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a timespec that may be written.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

fn main() {
    let product = std::env::args().nth(1).unwrap_or_else(|| "usdm".to_owned());
    let only = std::env::args().nth(2);
    let symbol = if product == "coinm" { "btcusd_perp" } else { "btcusdt" };
    let root = std::env::var("PATCHBAY_CORPUS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus").into());
    let path = format!("{root}/binance-{product}/hftbacktest/{symbol}_20240808.gz");
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut bytes = Vec::new();
    MultiGzDecoder::new(file).read_to_end(&mut bytes).expect("a gzip file");
    let frames: Vec<&[u8]> = bytes
        .split(|&byte| byte == b'\n')
        .filter_map(|line| line.splitn(2, |&byte| byte == b' ').nth(1))
        .filter(|frame| frame.starts_with(br#"{"stream""#))
        .collect();
    print!("{:<11} {:>7} {:>6}", product, "frames", "bytes");
    PASSES.iter().for_each(|(name, _)| print!(" {name:>16}"));
    println!("   ns/frame median (min), ratio to serde_json");
    for kind in ["depth", "trade", "bookTicker", "mixed"] {
        let needle = format!("@{kind}");
        let of_kind = |frame: &&[u8]| {
            kind == "mixed" || frame.windows(needle.len()).take(40).any(|w| w == needle.as_bytes())
        };
        let frames: Vec<&[u8]> = frames.iter().copied().filter(of_kind).collect();
        if only.as_ref().is_none_or(|only| only == kind) {
            // Back to back: in real life the bytes were just copied in, not fetched from memory.
            let packed = frames.concat();
            let mut rest = &packed[..];
            let mut cut = |frame: &&[u8]| rest.split_off(..frame.len()).expect("it was packed");
            let frames: Vec<&[u8]> = frames.iter().map(&mut cut).collect();
            measure(kind, &product, &frames);
            measure(
                "  in cache",
                &product,
                &frames[..frames.len().min(1_000_000 / frames[0].len())],
            );
        }
    }
}

fn measure(kind: &str, product: &str, frames: &[&[u8]]) {
    let rounds = std::env::var("ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(25);
    let mut times = [const { Vec::new() }; PASSES.len()];
    for round in 0..=rounds {
        let mut sums = [0; PASSES.len()];
        for (i, (_, pass)) in PASSES.iter().enumerate() {
            let start = cpu_ns();
            sums[i] = pass(frames, product);
            let spent = (cpu_ns() - start) as f64 / frames.len() as f64;
            // The first round warms up.
            if round > 0 {
                times[i].push(spent);
            }
        }
        assert!(sums.iter().all(|&sum| sum == sums[0]), "contenders disagree: {sums:?}");
    }
    times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
    let bytes: usize = frames.iter().map(|frame| frame.len()).sum();
    print!("{kind:<11} {:>7} {:>6}", frames.len(), bytes / frames.len());
    for times in &times {
        print!(" {:>8.0} ({:>5.0})", times[rounds / 2], times[0]);
    }
    println!(
        "   {:.1}x ({:.1}x)",
        times[2][rounds / 2] / times[0][rounds / 2],
        times[2][0] / times[0][0]
    );
}
