//! While one connection replaces another both deliver the same, one behind the other. What goes out
//! is what goes out without.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;
use patchbay_abi::{OPCODE_TEXT, Slot};
use patchbay_journal::{Input, List};
use patchbay_loader::Kind;
use patchbay_plugin::bind::Command;
use patchbay_runtime::{AdapterSetup, Core, CoreConfig};
use patchbay_test_replay::{Plugins, built, corpus};

/// Lines of each capture that are played.
const LINES: usize = 12_000;
/// Lines from one rotation to the next.
const PERIOD: usize = 150;

/// What went out, receive times aside: they are the one thing that may differ.
struct Run {
    core: Core,
    request: Option<u64>,
    tape: Vec<Slot>,
    at: i64,
}

impl Run {
    fn new(setup: &AdapterSetup<'_>) -> Self {
        let mut core = Core::new(CoreConfig::default());
        core.attach(0, setup).unwrap();
        let mut run = Self { core, request: None, tape: Vec::new(), at: 0 };
        run.take(&Input::Plan { wishes: List::Lent(&[]) });
        run
    }

    fn take(&mut self, input: &Input<'_>) {
        self.core.take(0, self.at, input).unwrap();
        for command in self.core.requests() {
            if let Command::Http(http) = command
                && http.purpose == patchbay_abi::PURPOSE_SNAPSHOT
            {
                self.request = Some(http.id);
            }
        }
        let mut rest = self.core.out().slots.as_slice();
        while let Some(head) = rest.first() {
            let (record, after) = rest.split_at(1 + head.continuation());
            self.tape.extend_from_slice(record);
            let from = self.tape.len() - record.len();
            self.tape[from].head_mut().receive_ns = 0;
            rest = after;
        }
        for action in self.core.actions().to_vec() {
            let patchbay_engine::Action::Resync { scope_kind, scope, .. } = action else {
                continue;
            };
            self.take(&Input::Resync { scope_kind, scope });
        }
    }

    fn line(&mut self, conn: u32, text: &str) {
        if text.starts_with("{\"lastUpdateId\"") {
            let Some(id) = self.request.take() else { return };
            let (url, headers) = ("", List::Lent(&[]));
            let body = text.as_bytes();
            self.take(&Input::Reply { id, status: 200, error: 0, url, headers, body });
        } else {
            self.take(&Input::Frame { conn, opcode: OPCODE_TEXT, data: text.as_bytes() });
        }
    }
}

fn lines(path: PathBuf) -> Vec<String> {
    let lines = BufReader::new(MultiGzDecoder::new(File::open(path).unwrap())).lines();
    let texts = lines.map(|line| line.unwrap().split_once(' ').unwrap().1.to_owned());
    texts.filter(|text| text.starts_with('{')).take(LINES).collect()
}

/// SplitMix64.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Plays `lines` with a rotation every [`PERIOD`] lines; how many there were.
fn rotate(run: &mut Run, lines: &[String], seed: u64) -> u32 {
    let (mut state, mut conn, mut at) = (seed, 1, 0);
    let snapshot = lines.iter().rposition(|line| line.starts_with("{\"lastUpdateId\"")).unwrap();
    while at < lines.len() {
        if at <= snapshot + PERIOD || at + PERIOD > lines.len() {
            run.line(conn, &lines[at]);
            at += 1;
            continue;
        }
        // Both deliver lines `at` to `end`, each in order, whichever is ahead.
        let end = at + 1 + random(&mut state) as usize % (PERIOD / 2);
        let (mut old, mut new) = (at, at);
        let bias = 1 + random(&mut state) % 7;
        while old < end || new < end {
            let old_goes = new == end || (old < end && random(&mut state) % 8 < bias);
            let (next, by) = if old_goes { (&mut old, conn) } else { (&mut new, conn + 1) };
            run.line(by, &lines[*next]);
            *next += 1;
        }
        run.take(&Input::Close { conn, code: 1000, reason: "replaced", replaced: true });
        conn += 1;
        for line in &lines[end..(end + PERIOD / 2).min(lines.len())] {
            run.line(conn, line);
        }
        at = (end + PERIOD / 2).min(lines.len());
    }
    conn - 1
}

#[test]
fn a_rotation_loses_nothing_and_doubles_nothing() {
    let plugins = Plugins::new();
    let setup = plugins.load(&built(false).plugin("patchbay-binance"), Kind::Adapter);
    for capture in [
        "binance-usdm/hftbacktest/btcusdt_20240808.gz",
        "binance-spot/hftbacktest/btcusdt_20240808.gz",
        "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
    ] {
        let Some(path) = corpus(capture) else { return };
        let lines = lines(path);
        let mut alone = Run::new(&setup);
        lines.iter().for_each(|line| alone.line(1, line));
        for seed in 1..=3 {
            let mut run = Run::new(&setup);
            let rotations = rotate(&mut run, &lines, seed);
            let repeated = run.core.engine().tally().repeated;
            println!("{capture}: {rotations} rotations, {repeated} records came twice");
            assert!(rotations > 50 && repeated > 1000, "{capture}: nothing was rotated");
            let first = alone.tape.iter().zip(&run.tape).position(|(a, b)| a.words() != b.words());
            assert_eq!(first, None, "{capture}, seed {seed}: the outputs part here");
            assert_eq!(alone.tape.len(), run.tape.len(), "{capture}, seed {seed}");
        }
    }
}
