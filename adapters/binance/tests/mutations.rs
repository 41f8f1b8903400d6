//! Damaged frames and answers: the laws of every adapter, and that the scanner and the general
//! parser agree on frames that no venue sends.
#![allow(clippy::print_stdout, reason = "a test: it counts aloud")]

mod common;

use common::frames::FRAMES;
use patchbay_binance::Binance;
use patchbay_plugin::abi::OK;
use patchbay_testkit::{Input, Player, laws};

const MUTATIONS: usize = 10_000;

/// Spot's list of instruments and a snapshot, invented.
const ANSWERS: [(&str, &str); 2] = [
    (
        "https://api.binance.com/api/v3/exchangeInfo",
        r#"{"symbols":[{"symbol":"BNBBTC","status":"TRADING","baseAsset":"BNB","quoteAsset":"BTC","quotePrecision":8,"filters":[{"filterType":"PRICE_FILTER","minPrice":"0.0001","maxPrice":"1000.0000","tickSize":"0.0001"},{"filterType":"LOT_SIZE","minQty":"0.001","maxQty":"9000.00","stepSize":"0.001"}]}]}"#,
    ),
    (
        "https://api.binance.com/api/v3/depth?symbol=BNBBTC&limit=1000",
        r#"{"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[["0.0026","100"]]}"#,
    ),
];

/// A connection to each product, its frames, and answers; connections count from 1.
fn inputs() -> Vec<Input<'static>> {
    let urls = [
        ("stream", "wss://stream.binance.com:9443/stream"),
        ("fstream", "wss://fstream.binance.com/stream"),
        ("dstream", "wss://dstream.binance.com/stream"),
    ];
    let mut inputs = vec![Input::Plan(&[])];
    inputs.extend(ANSWERS.map(|(url, body)| Input::reply(url, body.as_bytes())));
    for (conn, (host, url)) in (1..).zip(urls) {
        inputs.push(Input::Open { conn, tag: 0, url });
        let frames = FRAMES.into_iter().filter(|frame| frame.0 == host);
        inputs.extend(frames.map(|(_, _, frame)| Input::text(conn, frame)));
    }
    inputs
}

#[test]
fn any_bytes_are_safe() {
    let mut player = Player::of::<Binance>();
    let tally = laws::any_bytes_are_safe(&mut player, &inputs(), 1, 10 * MUTATIONS);
    println!("{tally}");
    assert!(tally.accepted > MUTATIONS && tally.rejected > MUTATIONS, "{tally}");
}

#[test]
fn a_rejected_input_leaves_nothing() {
    let fresh = Player::of::<Binance>;
    let tally = laws::a_rejected_input_leaves_nothing(fresh, &inputs(), 1, 3 * MUTATIONS);
    println!("{tally}");
}

#[test]
fn scanner_and_parser_agree_on_mutated_frames() {
    let frames = FRAMES.map(|(_, _, frame)| frame);
    for (of, (host, kind, _)) in FRAMES.into_iter().enumerate() {
        let fresh = || opened(host);
        let read = laws::scanner_and_parser_agree(fresh, &frames, of, of as u64, MUTATIONS);
        println!("{host} {kind}: {read}");
        assert!(read.scanned > 100 && read.parsed > 100 && read.rejected > 100, "{kind}: {read}");
    }
}

#[test]
fn documented_frames_are_scanned_and_read_alike_in_any_order() {
    for (host, kind, frame) in FRAMES {
        let [mut fast, mut slow] = [opened(host), opened(host)];
        let a = fast.frame(1, frame.as_bytes());
        assert_eq!((a.status, a.outcome), (OK, 0), "{host} {kind}");
        assert!(!a.slots.is_empty());
        // serde_json sorts keys; and nothing of the wrapper is needed.
        let value: serde_json::Value = serde_json::from_str(frame).expect("the frames are JSON");
        for other in [value.to_string(), value["data"].to_string()] {
            let b = slow.frame(1, other.as_bytes());
            assert_eq!((b.status, &b.slots), (OK, &a.slots), "{other}");
            assert!(b.fell_back());
        }
    }
}

/// A player with a connection to `host`.
fn opened(host: &str) -> Player {
    let mut player = Player::of::<Binance>();
    assert!(player.open(1, 0, &format!("wss://{host}.binance.com/stream")).accepted());
    player
}
