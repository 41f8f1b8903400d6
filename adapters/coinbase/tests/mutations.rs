//! Damaged frames and answers: the laws of every adapter, and that the scanner and the general
//! parser agree on frames that no venue sends.
#![allow(clippy::print_stdout, reason = "a test: it counts aloud")]

mod common;

use common::frames::{self, HEARTBEAT, PAIRS, PRODUCTS, STATUS, SUBSCRIPTIONS};
use common::{ADVANCED, EXCHANGE};
use patchbay_coinbase::Coinbase;
use patchbay_plugin::abi::{OK, OUTCOME_FALLBACK};
use patchbay_testkit::mutate::{Random, mutate};
use patchbay_testkit::{Input, Player, laws};

const MUTATIONS: usize = 10_000;

/// Both feeds: address and frames.
const FEEDS: [(&str, [(&str, &str); 4]); 2] =
    [(ADVANCED, frames::ADVANCED), (EXCHANGE, frames::EXCHANGE)];

/// Lists, connections, frames, answers and refusals.
fn inputs() -> Vec<Input<'static>> {
    let mut inputs = vec![
        Input::Plan(&[]),
        Input::reply(
            "https://api.coinbase.com/api/v3/brokerage/market/products",
            PRODUCTS.as_bytes(),
        ),
        Input::reply("https://api.exchange.coinbase.com/products", PAIRS.as_bytes()),
        Input::Open { conn: 1, tag: 0, url: ADVANCED },
        Input::Open { conn: 2, tag: 0, url: EXCHANGE },
    ];
    inputs.extend(frames::ADVANCED.map(|(_, frame)| Input::text(1, frame)));
    inputs.extend(frames::EXCHANGE.map(|(_, frame)| Input::text(2, frame)));
    inputs.extend([
        Input::text(1, STATUS),
        Input::text(2, HEARTBEAT),
        Input::text(2, SUBSCRIPTIONS),
        Input::text(2, r#"{"type":"error","message":"Failed to subscribe","reason":"why"}"#),
    ]);
    inputs
}

#[test]
fn any_bytes_are_safe() {
    let mut player = Player::of::<Coinbase>();
    let tally = laws::any_bytes_are_safe(&mut player, &inputs(), 1, 10 * MUTATIONS);
    println!("{tally}");
    assert!(tally.accepted > MUTATIONS && tally.rejected > MUTATIONS, "{tally}");
}

#[test]
fn a_rejected_input_leaves_nothing() {
    let tally =
        laws::a_rejected_input_leaves_nothing(Player::of::<Coinbase>, &inputs(), 1, 3 * MUTATIONS);
    println!("{tally}");
}

#[test]
fn scanner_and_parser_agree_on_mutated_frames() {
    for (url, frames) in FEEDS {
        for (seed, (kind, frame)) in frames.into_iter().enumerate() {
            let [mut fast, mut slow] = opened(url);
            let mut random = Random(seed as u64);
            let (mut scanned, mut parsed, mut ignored, mut rejected) = (0, 0, 0, 0);
            for _ in 0..MUTATIONS {
                let other = frames[random.below(frames.len())].1;
                let bytes = mutate(&mut random, frame.as_bytes(), other.as_bytes());
                let shown = String::from_utf8_lossy(&bytes);
                let a = fast.frame(1, &bytes);
                let b = slow.frame(1, &[b" ", &*bytes].concat());
                assert_eq!((a.status, &a.slots), (b.status, &b.slots), "{kind}: {shown}");
                assert_eq!(a.commands, b.commands, "{kind}: {shown}");
                assert_ne!(b.outcome, 0, "{shown}");
                match (a.status, a.outcome) {
                    (OK, 0) => scanned += 1,
                    (OK, OUTCOME_FALLBACK) => parsed += 1,
                    (OK, _) => ignored += 1,
                    _ => rejected += 1,
                }
            }
            println!(
                "{kind}: {scanned} scanned, {parsed} parsed, {ignored} ignored, {rejected} rejected"
            );
            assert!(scanned > 100 && parsed > 100 && rejected > 100, "{kind}");
        }
    }
}

#[test]
fn documented_frames_are_scanned_and_read_alike_in_any_order() {
    for (url, frames) in FEEDS {
        for (kind, frame) in frames {
            let [mut fast, mut slow] = opened(url);
            let a = fast.frame(1, frame.as_bytes());
            assert_eq!((a.status, a.outcome), (OK, 0), "{kind}: {}", a.log);
            assert!(!a.slots.is_empty(), "{kind}");
            // serde_json sorts keys.
            let value: serde_json::Value =
                serde_json::from_str(frame).expect("the frames are JSON");
            let b = slow.frame(1, format!(" {value}").as_bytes());
            assert_eq!((b.status, &b.slots), (OK, &a.slots), "{kind}");
            assert!(b.fell_back());
        }
    }
}

/// Two players with a connection.
fn opened(url: &str) -> [Player; 2] {
    [(); 2].map(|()| {
        let mut player = Player::of::<Coinbase>();
        assert!(player.open(1, 0, url).accepted());
        player
    })
}
