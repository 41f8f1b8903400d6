//! Damaged frames and answers: the laws of every adapter, and that the scanner and the general
//! parser agree on frames that no venue sends.
#![allow(clippy::print_stdout, reason = "a test: it counts aloud")]

mod common;

use common::{FRAMES, SNAPSHOT, STREAM, TAKEN, list, listed};
use patchbay_ls::Ls;
use patchbay_plugin::abi::OK;
use patchbay_testkit::{Input, Player, laws};

const MUTATIONS: usize = 5_000;

const LIST: &str = "https://openapi.ls-sec.co.kr:8080/stock/etc";
const BOOK: &str = "https://openapi.ls-sec.co.kr:8080/stock/market-data";
const REFUSED: &str =
    r#"{"header":{"tr_cd":"NS3","tr_key":"N010950","rsp_cd":"10009","rsp_msg":"-"}}"#;

/// A connection, its frames, lists and books.
fn inputs(list: &str) -> Vec<Input<'_>> {
    let mut inputs = vec![
        Input::Plan(&[]),
        Input::reply(LIST, list.as_bytes()),
        Input::reply(BOOK, SNAPSHOT.as_bytes()),
        Input::Open { conn: 1, tag: 0, url: STREAM },
    ];
    inputs.extend(FRAMES.map(|(_, frame)| Input::text(1, frame)));
    inputs.extend([REFUSED, TAKEN].map(|frame| Input::text(1, frame)));
    inputs
}

#[test]
fn any_bytes_are_safe() {
    let list = list("t8436", &[listed("005930", 1, 0), listed("086520", 2, 0)]);
    let mut player = Player::of::<Ls>();
    let tally = laws::any_bytes_are_safe(&mut player, &inputs(&list), 1, 4 * MUTATIONS);
    println!("{tally}");
    assert!(tally.accepted > MUTATIONS / 2 && tally.rejected > MUTATIONS, "{tally}");
}

#[test]
fn a_rejected_input_leaves_nothing() {
    let list = list("t8436", &[listed("005930", 1, 0), listed("086520", 2, 0)]);
    let inputs = inputs(&list);
    let tally = laws::a_rejected_input_leaves_nothing(Player::of::<Ls>, &inputs, 1, MUTATIONS);
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
        let a = fast.frame(1, frame.as_bytes());
        assert_eq!((a.status, a.outcome), (OK, 0), "{kind}: {}", a.log);
        assert!(!a.slots.is_empty() || kind == "JIF" || kind.contains("VI"), "{kind}");
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
        let mut player = Player::of::<Ls>();
        assert!(player.open(1, 0, STREAM).accepted());
        player
    })
}
