//! The demo as a user runs it, and a consumer that knows only `docs/wire.md`.

use std::path::Path;

use patchbay_test_lab::{Lines, Listener};
use patchbay_test_replay::{built, corpus, scratch};
use serde_json::Value;

/// How long the host runs: a snapshot cycle (30 s) after the latecomer.
const RUN: &str = "45s";
/// How long it is listened to, s: longer than the demo and what it takes to load its recordings in a
/// debug build.
const SECONDS: u32 = 75;
/// Seconds after the others.
const LATE: u32 = 8;

#[test]
fn books_go_live_and_a_stranger_on_the_line_has_the_same() {
    let Some(folder) = corpus("binance-spot/hftbacktest") else { return };
    let corpus = folder.ancestors().nth(2).unwrap();
    let scratch = scratch("demo");
    // Where `demo` looks for it.
    std::fs::create_dir(scratch.join("plugins")).unwrap();
    private(&scratch.join("plugins"));
    let plugin = scratch.join("plugins/binance.so");
    std::fs::copy(built(false).plugin("patchbay-binance"), plugin).unwrap();

    let lines = Lines::free();
    let [crypto, _] = lines.groups();
    let from_the_start = Listener::start(crypto, SECONDS, 0, "0:0");
    let late = Listener::start(crypto, SECONDS, LATE, "0:0");
    let lossy = ["7:3", "8:0.01"].map(|drop| Listener::start(crypto, SECONDS, 0, drop));
    let plugins = scratch.join("plugins");
    let output = built(false)
        .command(&["--plugins", plugins.to_str().unwrap(), "demo", "--for", RUN, "--json"])
        .arg("--control")
        .arg(scratch.join("run/control"))
        .arg("--multicast")
        .args(lines.texts())
        .env("PATCHBAY_CORPUS", corpus)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let status: Value = serde_json::from_slice(&output.stdout).unwrap();
    let books = status["books"].as_array().unwrap();
    assert_eq!(books.len(), 6, "{books:?}");
    for book in books {
        assert_eq!((&book["state"], &book["evidence"]), (&"Live".into(), &"chained".into()));
        assert_eq!((&book["gaps"], &book["crossed"]), (&0.into(), &0.into()));
    }
    assert_eq!(status["totals"]["rejected"], 0);
    assert!(status["totals"]["frames"].as_u64().unwrap() > 3000);

    let heard = from_the_start.heard();
    println!("{}", summary(&heard));
    for zero in ["crc_errors", "decode_errors", "holes", "lost", "restarts"] {
        assert_eq!(heard[zero], 0, "{zero}");
    }
    for kind in ["Book", "BookState", "Trade", "Quote", "Instrument", "Venue", "End"] {
        assert!(heard["kinds"][kind].as_u64().is_some_and(|count| count > 0), "no {kind}");
    }
    assert_eq!(agreeing(&heard, books), 6, "a book is missing");
    let late = late.heard();
    assert_eq!((&late["holes"], agreeing(&late, books)), (&0.into(), 6), "it came late");
    for lossy in lossy {
        let heard = lossy.heard();
        println!("{} holes, {} books good at the end", heard["holes"], agreeing(&heard, books));
        assert!(heard["holes"].as_u64().unwrap() > 0, "nothing was lost");
    }
    std::fs::remove_dir_all(scratch).unwrap();
}

/// Books that the listener held good to the end, each of them equal to the host's.
fn agreeing(heard: &Value, books: &[Value]) -> usize {
    let theirs = heard["books"].as_array().unwrap().iter();
    let mut agreeing = 0;
    for theirs in theirs.filter(|book| book.get("bids").is_some()) {
        let same = |key: &str, own: &Value| own[key] == theirs[key];
        let own = books.iter().find(|own| same("symbol", own) && same("kind", own)).unwrap();
        assert_eq!(theirs["venue_sequence"], own["sequence"], "{}", own["symbol"]);
        for side in ["bids", "asks"] {
            let levels = theirs[side].as_array().unwrap();
            assert!(!levels.is_empty(), "{} has no {side}", own["symbol"]);
            for (level, own_level) in levels.iter().zip(own[side].as_array().unwrap()) {
                let price = mantissa(&level[0], &own["price_exp"]);
                let qty = mantissa(&level[1], &own["qty_exp"]);
                assert_eq!([price, qty], [own_level[0].as_i64(), own_level[1].as_i64()], "{own}");
            }
        }
        agreeing += 1;
    }
    agreeing
}

/// Decimal text as a whole number at `exp`.
fn mantissa(text: &Value, exp: &Value) -> Option<i64> {
    let decimals = usize::try_from(-exp.as_i64()?).ok()?;
    let (whole, fraction) = text.as_str()?.split_once('.').unwrap_or((text.as_str()?, ""));
    assert!(fraction.len() <= decimals, "{text} does not fit {exp}");
    format!("{whole}{fraction:0<decimals$}").parse().ok()
}

/// What the reader counted, without its books.
fn summary(heard: &Value) -> Value {
    let mut heard = heard.clone();
    if let Some(object) = heard.as_object_mut() {
        object.remove("books");
        object.remove("instruments");
    }
    heard
}

fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}
