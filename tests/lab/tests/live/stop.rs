//! A host that is told to stop at any moment stops in order; one that is kept to a few symbols keeps
//! to them.
//!
//! `PATCHBAY_STOPS` says at how many moments (50 are the promise).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use patchbay_net::SplitMix64;
use patchbay_test_lab::{Site, number, recording};
use patchbay_test_replay::built;
use patchbay_venue::AtEnd;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Moments, unless `PATCHBAY_STOPS` says how many.
const STOPS: u64 = 6;
/// Latest moment, ms after the start: by then the book is live and there is something in every
/// buffer.
const LATEST_MS: u64 = 2500;
/// Until the program has been mapped and asks for signals.
const EARLIEST_MS: u64 = 60;

fn host(site: &Site, more: &str) -> Command {
    let mut command = built(!cfg!(debug_assertions)).command(&["--plugins"]);
    command.env_remove("LD_LIBRARY_PATH");
    command.arg(site.path("plugins")).args(["run", "--production"]).arg(site.configure(more));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn stop(child: Child) -> (Option<i32>, String, Duration) {
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let asked = Instant::now();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap(), asked.elapsed())
}

#[test]
fn a_signal_at_any_moment_is_an_orderly_stop() {
    let Some(site) = Site::new("stop", 10.0, AtEnd::Repeat) else { return };
    let mut random = SplitMix64::new(11);
    let (stops, mut longest, mut turns, mut empty) =
        (number("PATCHBAY_STOPS", STOPS), Duration::ZERO, 0, 0);
    for at in 0..stops {
        let moment = EARLIEST_MS + random.below(LATEST_MS - EARLIEST_MS);
        let child = host(&site, "").spawn().unwrap();
        sleep(Duration::from_millis(moment));
        let (code, said, took) = stop(child);
        longest = longest.max(took);
        assert_eq!((code, &*said), (Some(0), ""), "stop {at}, after {moment} ms");
        match newest_journal(&site.path("state/journals")) {
            // It had not begun.
            None => empty += 1,
            Some(journal) => {
                turns += replayed(&site, &journal);
                fs::remove_dir_all(journal).unwrap();
            }
        }
    }
    println!(
        "{stops} stops, the longest took {longest:?}; {turns} turns replayed, {empty} came before \
         the journal"
    );
    assert!(turns > 500, "next to nothing happened");
    site.remove();
}

fn newest_journal(folder: &Path) -> Option<PathBuf> {
    let journals = fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path());
    journals.max()
}

/// Turns of a journal that ends clean and replays.
fn replayed(site: &Site, journal: &Path) -> u64 {
    let output = built(!cfg!(debug_assertions))
        .command(&["--plugins"])
        .arg(site.path("plugins"))
        .arg("replay")
        .arg(journal)
        .arg("--json")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{}: {said}", journal.display());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["turns"].as_u64().unwrap()
}

#[test]
fn limited_mode_keeps_to_ten_symbols_of_a_category() {
    // With the list of all instruments of that day.
    let day = "binance-spot/cryptofeed-20211012";
    let files = ["BINANCE.0.gz", "BINANCE.http.0.0.gz", "BINANCE.ws.1.0.gz"];
    let files = files.map(|file| format!("{day}/{file}"));
    let Some(recording) = recording(&files.each_ref().map(String::as_str)) else { return };
    let site = Site::serving("limited", recording, |venue| venue);
    site.install();
    let symbols =
        ["BTC", "ETH", "BNB", "ADA", "XRP", "SOL", "DOGE", "LTC", "LINK", "TRX", "DOT", "EOS"];
    let symbols = symbols.map(|base| format!("\"spot:{base}USDT\""));
    let asked = |limited: bool| {
        let config = site.configure("");
        let text = fs::read_to_string(&config).unwrap();
        let text = text.replace("\"spot:ETHUSDT\"", &symbols.join(", "));
        let mut command = host(&site, "");
        fs::write(&config, text).unwrap();
        if limited {
            command.env("LIMITED_MODE", "true");
        }
        let before = site.venue.ledger().connections.len();
        let child = command.spawn().unwrap();
        let subscribed = || {
            let ledger = site.venue.ledger();
            let theirs = ledger.connections[before..].iter().flat_map(|conn| &conn.subscriptions);
            let symbols = theirs.filter_map(|name| name.strip_prefix('+')?.split('@').next());
            let mut symbols: Vec<_> = symbols.map(str::to_owned).collect();
            symbols.sort();
            symbols.dedup();
            symbols
        };
        let wanted = if limited { 10 } else { 12 };
        let started = Instant::now();
        while subscribed().len() < wanted && started.elapsed() < Duration::from_secs(20) {
            sleep(Duration::from_millis(50));
        }
        sleep(Duration::from_millis(500));
        assert_eq!(stop(child).0, Some(0));
        subscribed()
    };
    let (all, limited) = (asked(false), asked(true));
    assert_eq!((all.len(), limited.len()), (12, 10), "{all:?} {limited:?}");
    let first: Vec<_> = symbols[..10].iter().map(|s| s[6..s.len() - 1].to_lowercase()).collect();
    assert!(limited.iter().all(|symbol| first.contains(symbol)), "{limited:?}");
    site.remove();
}
