//! While one instance of an adapter takes the place of another both deliver the same, one behind the
//! other. What goes out is what goes out without; at the end of the last one its book ends.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;
use patchbay_abi::{BOOK_STALE, CAUSE_CLOSED, OPCODE_TEXT, SLOT_BOOK_STATE, Slot};
use patchbay_journal::{Input, List};
use patchbay_loader::Kind;
use patchbay_plugin::bind::Command;
use patchbay_runtime::{AdapterSetup, Core, CoreConfig};
use patchbay_test_replay::{Plugins, built, corpus};

/// Lines of each capture that are played.
const LINES: usize = 12_000;
/// Lines from one generation to the next.
const PERIOD: usize = 150;

/// What went out, receive times aside: they are the one thing that may differ.
struct Run {
    core: Core,
    /// Instance and id of the request for a snapshot.
    request: Option<(u32, u64)>,
    tape: Vec<Slot>,
    at: i64,
}

impl Run {
    fn new(setup: &AdapterSetup<'_>) -> Self {
        let mut core = Core::new(CoreConfig::default());
        core.attach(0, setup).unwrap();
        let mut run = Self { core, request: None, tape: Vec::new(), at: 0 };
        run.take(0, &Input::Plan { wishes: List::Lent(&[]) });
        run
    }

    /// Makes an instance beside the one that is there, in the place of the one before that.
    fn make(&mut self, instance: u32, setup: &AdapterSetup<'_>) {
        self.core.attach_as(instance, self.at, setup).unwrap();
        self.take(instance, &Input::Plan { wishes: List::Lent(&[]) });
    }

    fn retire(&mut self, instance: u32, conn: u32, replaced: bool) {
        self.take(instance, &Input::Close { conn, code: 0, reason: "retired", replaced });
        self.take(instance, &Input::Retire);
    }

    fn take(&mut self, instance: u32, input: &Input<'_>) {
        self.core.take(instance, self.at, input).unwrap();
        for command in self.core.requests() {
            if let Command::Http(http) = command
                && http.purpose == patchbay_abi::PURPOSE_SNAPSHOT
            {
                self.request = Some((instance, http.id));
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
            let patchbay_engine::Action::Resync { instance, scope_kind, scope, .. } = action else {
                continue;
            };
            self.take(instance, &Input::Resync { scope_kind, scope });
        }
    }

    fn line(&mut self, instance: u32, conn: u32, text: &str) {
        if text.starts_with("{\"lastUpdateId\"") {
            let Some((instance, id)) = self.request.take() else { return };
            let (url, headers) = ("", List::Lent(&[]));
            let body = text.as_bytes();
            self.take(instance, &Input::Reply { id, status: 200, error: 0, url, headers, body });
        } else {
            self.take(instance, &Input::Frame { conn, opcode: OPCODE_TEXT, data: text.as_bytes() });
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

/// Plays `lines` with another instance every [`PERIOD`] lines; how many there were before the last.
fn replace(run: &mut Run, setup: &AdapterSetup<'_>, lines: &[String], seed: u64) -> u32 {
    let (mut state, mut conn, mut at) = (seed, 1, 0);
    let snapshot = lines.iter().rposition(|line| line.starts_with("{\"lastUpdateId\"")).unwrap();
    while at < lines.len() {
        if at <= snapshot + PERIOD || at + PERIOD > lines.len() {
            run.line((conn - 1) % 2, conn, &lines[at]);
            at += 1;
            continue;
        }
        // Both deliver lines `at` to `end`, each in order, whichever is ahead.
        let end = at + 1 + random(&mut state) as usize % (PERIOD / 2);
        run.make(conn % 2, setup);
        let (mut old, mut new) = (at, at);
        let bias = 1 + random(&mut state) % 7;
        while old < end || new < end {
            let old_goes = new == end || (old < end && random(&mut state) % 8 < bias);
            let (next, by) = if old_goes { (&mut old, conn) } else { (&mut new, conn + 1) };
            run.line((by - 1) % 2, by, &lines[*next]);
            *next += 1;
        }
        run.retire((conn - 1) % 2, conn, true);
        conn += 1;
        for line in &lines[end..(end + PERIOD / 2).min(lines.len())] {
            run.line((conn - 1) % 2, conn, line);
        }
        at = (end + PERIOD / 2).min(lines.len());
    }
    conn - 1
}

#[test]
fn a_generation_takes_over_and_nothing_is_lost_or_doubled() {
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
        lines.iter().for_each(|line| alone.line(0, 1, line));
        for seed in 1..=3 {
            let mut run = Run::new(&setup);
            let before = replace(&mut run, &setup, &lines, seed);
            let repeated = run.core.engine().tally().repeated;
            println!("{capture}: {before} retired, {repeated} records came twice");
            assert!(before > 50 && repeated > 1000, "{capture}: nothing was replaced");
            let first = alone.tape.iter().zip(&run.tape).position(|(a, b)| a.words() != b.words());
            assert_eq!(first, None, "{capture}, seed {seed}: the outputs part here");
            assert_eq!(alone.tape.len(), run.tape.len(), "{capture}, seed {seed}");
            run.retire(before % 2, before + 1, false);
            let said = &run.tape[alone.tape.len()..];
            assert!(!said.is_empty(), "{capture}: it ended without a word");
            for record in said {
                assert_eq!(record.head().kind, SLOT_BOOK_STATE);
                let state = record.book_state();
                assert_eq!((state.state, state.cause), (BOOK_STALE, CAUSE_CLOSED), "{capture}");
            }
        }
    }
}
