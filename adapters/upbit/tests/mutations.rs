//! Damaged frames and answers: the laws of every adapter, and that the scanner and the general
//! parser agree on frames that no venue sends.
#![allow(clippy::print_stdout, reason = "a test: it counts aloud")]

mod common;

use common::{FRAMES, MARKETS, REFUSAL, STREAM, UP, list};
use patchbay_plugin::abi::OK;
use patchbay_testkit::{Input, Player, laws};
use patchbay_upbit::Upbit;

const MUTATIONS: usize = 10_000;

/// The list, a connection, its frames and answers.
fn inputs(list: &str) -> Vec<Input<'_>> {
    let mut inputs = vec![
        Input::Plan(&[]),
        Input::reply(MARKETS, list.as_bytes()),
        Input::Open { conn: 1, tag: 0, url: STREAM },
    ];
    inputs.extend(FRAMES.map(|(_, frame)| Input::binary(1, frame.as_bytes())));
    inputs.extend([REFUSAL, UP].map(|frame| Input::text(1, frame)));
    inputs
}

#[test]
fn any_bytes_are_safe() {
    let list = list(&["KRW-BTC", "BTC-ETH", "USDT-BTC"]);
    let mut player = Player::of::<Upbit>();
    let tally = laws::any_bytes_are_safe(&mut player, &inputs(&list), 1, 5 * MUTATIONS);
    println!("{tally}");
    assert!(tally.accepted > MUTATIONS / 2 && tally.rejected > MUTATIONS, "{tally}");
}

#[test]
fn a_rejected_input_leaves_nothing() {
    let list = list(&["KRW-BTC", "BTC-ETH", "USDT-BTC"]);
    let inputs = inputs(&list);
    let tally = laws::a_rejected_input_leaves_nothing(Player::of::<Upbit>, &inputs, 1, MUTATIONS);
    println!("{tally}");
}

#[test]
fn scanner_and_parser_agree_on_mutated_frames() {
    let fresh = || {
        let [player, _] = opened();
        player
    };
    let frames = FRAMES.map(|(_, frame)| frame);
    for (of, (kind, _)) in FRAMES.into_iter().enumerate() {
        let read = laws::scanner_and_parser_agree(fresh, &frames, of, of as u64, MUTATIONS);
        println!("{kind}: {read}");
        assert!(read.scanned > 100 && read.parsed > 100 && read.rejected > 100, "{kind}");
    }
}

#[test]
fn documented_frames_are_scanned_and_read_alike_in_any_order() {
    for (kind, frame) in FRAMES {
        let [mut fast, mut slow] = opened();
        let a = fast.binary(1, frame.as_bytes());
        assert_eq!((a.status, a.outcome), (OK, 0), "{kind}: {}", a.log);
        assert!(!a.slots.is_empty(), "{kind}");
        // serde_json sorts keys.
        let value: serde_json::Value = serde_json::from_str(frame).expect("the frames are JSON");
        let b = slow.frame(1, format!(" {value}").as_bytes());
        assert_eq!((b.status, &b.slots), (OK, &a.slots), "{kind}");
        assert!(b.fell_back());
    }
}

/// Two players with a connection.
fn opened() -> [Player; 2] {
    [(); 2].map(|()| {
        let mut player = Player::of::<Upbit>();
        assert!(player.open(1, 0, STREAM).accepted());
        player
    })
}
