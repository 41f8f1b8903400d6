//! A frame that is missing is found by the next of its instrument, and the book is not live again
//! without a new snapshot.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;
use patchbay_abi::OPCODE_TEXT;
use patchbay_book::State;
use patchbay_journal::{Input, List};
use patchbay_loader::Kind;
use patchbay_plugin::bind::Command;
use patchbay_runtime::{AdapterSetup, Core, CoreConfig};
use patchbay_test_replay::{Plugins, built, corpus};

/// One run through the whole path, frame by frame.
struct Run {
    core: Core,
    request: Option<u64>,
}

impl Run {
    fn new(setup: &AdapterSetup<'_>) -> Self {
        let mut core = Core::new(CoreConfig::default());
        core.attach(0, setup).unwrap();
        let mut run = Self { core, request: None };
        run.take(0, &Input::Plan { wishes: List::Lent(&[]) });
        run
    }

    fn take(&mut self, at: i64, input: &Input<'_>) {
        self.core.take(0, at, input).unwrap();
        for command in self.core.requests() {
            if let Command::Http(http) = command
                && http.purpose == patchbay_abi::PURPOSE_SNAPSHOT
            {
                self.request = Some(http.id);
            }
        }
        for action in self.core.actions().to_vec() {
            let patchbay_engine::Action::Resync { scope_kind, scope, .. } = action else {
                continue;
            };
            self.take(at, &Input::Resync { scope_kind, scope });
        }
    }

    fn line(&mut self, at: i64, text: &str) {
        if text.starts_with("{\"lastUpdateId\"") {
            let id = self.request.take().expect("a snapshot was asked for");
            let (url, headers) = ("", List::Lent(&[]));
            let body = text.as_bytes();
            self.take(at, &Input::Reply { id, status: 200, error: 0, url, headers, body });
        } else {
            self.take(at, &Input::Frame { conn: 1, opcode: OPCODE_TEXT, data: text.as_bytes() });
        }
    }

    fn state(&self) -> State {
        self.core.engine().listings().next().map_or(State::Empty, |(_, l)| l.book.state())
    }
}

fn lines(path: PathBuf) -> Vec<String> {
    let lines = BufReader::new(MultiGzDecoder::new(File::open(path).unwrap())).lines();
    let texts = lines.map(|line| line.unwrap().split_once(' ').unwrap().1.to_owned());
    texts.filter(|text| text.contains("@depth") || text.contains("lastUpdateId")).collect()
}

/// A removal needs a run of its own from the snapshot on, so that this takes a sample near it. Every
/// single change of the whole capture is removed in `host/book`, where a book can be cloned.
#[test]
fn each_removed_change_is_found_through_the_whole_path() {
    let plugins = Plugins::new();
    let setup = plugins.load(&built(false).plugin("patchbay-binance"), Kind::Adapter);
    for capture in [
        "binance-usdm/hftbacktest/btcusdt_20240808.gz",
        "binance-spot/hftbacktest/btcusdt_20240808.gz",
        "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
    ] {
        let Some(path) = corpus(capture) else { return };
        let lines = lines(path);
        let snapshot = lines.iter().position(|l| l.starts_with("{\"lastUpdateId\"")).unwrap();
        let mut found = 0;
        for removed in (snapshot + 4..snapshot + 400).step_by(9) {
            let mut run = Run::new(&setup);
            for (at, line) in lines[..removed].iter().enumerate() {
                run.line(at as i64, line);
            }
            assert_eq!(run.state(), State::Live, "{capture}: before {removed}");
            run.line(removed as i64, &lines[removed + 1]);
            assert_eq!(run.state(), State::Stale, "{capture}: {removed} was not missed");
            assert_eq!(run.core.engine().tally().gaps, 1);
            for line in &lines[removed + 2..removed + 60] {
                run.line(removed as i64, line);
                assert_eq!(run.state(), State::Stale, "{capture}: after {removed}");
            }
            assert_eq!(run.core.engine().tally().gaps, 1);
            found += 1;
        }
        println!("{capture}: {found} removals found");
    }
}
