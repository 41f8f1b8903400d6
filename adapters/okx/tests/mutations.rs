//! Damaged frames and answers: the laws of every adapter, and that the scanner and the general
//! parser agree on frames that no venue sends.
#![allow(clippy::print_stdout, reason = "a test: it counts aloud")]

mod common;

use common::PUBLIC;
use common::frames::{FRAMES, FUTURES, OPTION, SPOT, SWAP, is_scanned};
use patchbay_okx::Okx;
use patchbay_plugin::abi::{OK, OUTCOME_FALLBACK};
use patchbay_testkit::{Input, Player, laws};

const MUTATIONS: usize = 10_000;

/// Lists, a connection, its frames and events.
fn inputs() -> Vec<Input<'static>> {
    let mut inputs = vec![Input::Plan(&[])];
    inputs.extend([SPOT, SWAP, FUTURES, OPTION].map(|list| {
        let url = "https://www.okx.com/api/v5/public/instruments?instType=SPOT";
        Input::reply(url, list.as_bytes())
    }));
    inputs.push(Input::Open { conn: 1, tag: 0, url: PUBLIC });
    inputs.extend(FRAMES.map(|(_, frame)| Input::text(1, frame)));
    inputs.extend(
        [
            "pong",
            r#"{"id":"1","event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"a4d3ae55"}"#,
            r#"{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade. Please reconnect.","connId":"a4d3ae55"}"#,
        ]
        .map(|frame| Input::text(1, frame)),
    );
    inputs
}

#[test]
fn any_bytes_are_safe() {
    let mut player = Player::of::<Okx>();
    let tally = laws::any_bytes_are_safe(&mut player, &inputs(), 1, 10 * MUTATIONS);
    println!("{tally}");
    assert!(tally.accepted > MUTATIONS && tally.rejected > MUTATIONS, "{tally}");
}

#[test]
fn a_rejected_input_leaves_nothing() {
    let tally =
        laws::a_rejected_input_leaves_nothing(Player::of::<Okx>, &inputs(), 1, 3 * MUTATIONS);
    println!("{tally}");
}

#[test]
fn scanner_and_parser_agree_on_mutated_frames() {
    let frames = FRAMES.map(|(_, frame)| frame);
    for (of, (kind, _)) in FRAMES.into_iter().enumerate() {
        let read = laws::scanner_and_parser_agree(opened, &frames, of, of as u64, MUTATIONS);
        println!("{kind}: {read}");
        assert_eq!(read.scanned > 100, is_scanned(kind), "{kind}: {read}");
        assert!(read.parsed > 100 && read.rejected > 100, "{kind}: {read}");
    }
}

#[test]
fn documented_frames_are_scanned_and_read_alike_in_any_order() {
    for (kind, frame) in FRAMES {
        let [mut fast, mut slow] = [opened(), opened()];
        let a = fast.frame(1, frame.as_bytes());
        let expected = if is_scanned(kind) { 0 } else { OUTCOME_FALLBACK };
        assert_eq!((a.status, a.outcome), (OK, expected), "{kind}");
        assert_eq!(a.slots.is_empty(), kind == "index-tickers", "{kind}");
        // serde_json sorts keys.
        let value: serde_json::Value = serde_json::from_str(frame).expect("the frames are JSON");
        let b = slow.frame(1, format!(" {value}").as_bytes());
        assert_eq!((b.status, &b.slots), (OK, &a.slots), "{kind}");
        assert!(b.fell_back());
    }
}

/// A player with a connection.
fn opened() -> Player {
    let mut player = Player::of::<Okx>();
    assert!(player.open(1, 0, PUBLIC).accepted());
    player
}
