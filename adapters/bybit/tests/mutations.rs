//! Damaged frames and answers: the laws of every adapter, and that the scanner and the general
//! parser agree on frames that no venue sends.
#![allow(clippy::print_stdout, reason = "a test: it counts aloud")]

mod common;

use common::{FRAMES, LINEAR, SPOT, linear, list, spot};
use patchbay_bybit::Bybit;
use patchbay_plugin::abi::OK;
use patchbay_testkit::{Input, Player, laws};

const MUTATIONS: usize = 10_000;
const INFO: &str = "https://api.bybit.com/v5/market/instruments-info?category=";

/// Lists, a connection to each product, its frames.
fn inputs<'a>(urls: &'a [String; 2], bodies: &'a [String; 2]) -> Vec<Input<'a>> {
    let mut inputs = vec![Input::Plan(&[])];
    inputs.extend(urls.iter().zip(bodies).map(|(url, body)| Input::reply(url, body.as_bytes())));
    for (conn, url) in (1..).zip([SPOT, LINEAR]) {
        inputs.push(Input::Open { conn, tag: 0, url });
        let frames = FRAMES.into_iter().filter(|frame| frame.0 == url);
        inputs.extend(frames.map(|(_, frame)| Input::text(conn, frame)));
    }
    inputs
}

fn answers() -> ([String; 2], [String; 2]) {
    let bodies = [
        list("spot", &[spot("BTCUSDT")], ""),
        list("linear", &[linear("BTCUSDT"), linear("ROSEUSDT")], ""),
    ];
    (["spot", "linear"].map(|category| format!("{INFO}{category}&limit=1000")), bodies)
}

#[test]
fn any_bytes_are_safe() {
    let (urls, bodies) = answers();
    let mut player = Player::of::<Bybit>();
    let tally = laws::any_bytes_are_safe(&mut player, &inputs(&urls, &bodies), 1, 5 * MUTATIONS);
    println!("{tally}");
    assert!(tally.accepted > MUTATIONS / 2 && tally.rejected > MUTATIONS, "{tally}");
}

#[test]
fn a_rejected_input_leaves_nothing() {
    let (urls, bodies) = answers();
    let inputs = inputs(&urls, &bodies);
    let tally = laws::a_rejected_input_leaves_nothing(Player::of::<Bybit>, &inputs, 1, MUTATIONS);
    println!("{tally}");
}

#[test]
fn scanner_and_parser_agree_on_mutated_frames() {
    let frames = FRAMES.map(|(_, frame)| frame);
    for (of, (url, frame)) in FRAMES.into_iter().enumerate() {
        let fresh = || {
            let mut player = Player::of::<Bybit>();
            assert!(player.open(1, 0, url).accepted());
            player
        };
        let read = laws::scanner_and_parser_agree(fresh, &frames, of, of as u64, MUTATIONS);
        println!("{}: {read}", &frame[..40]);
        assert!(read.scanned > 100 && read.parsed > 100 && read.rejected > 100, "{frame}: {read}");
    }
}

#[test]
fn documented_frames_are_scanned() {
    for (url, frame) in FRAMES {
        let mut player = Player::of::<Bybit>();
        player.open(1, 0, url);
        let played = player.frame(1, frame.as_bytes());
        assert_eq!((played.status, played.outcome), (OK, 0), "{frame}: {}", played.log);
    }
}
