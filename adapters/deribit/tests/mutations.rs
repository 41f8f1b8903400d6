//! Damaged input: never a panic, never a record that the parser would not have made, nothing left of
//! what was rejected.
#![allow(clippy::print_stdout)]

mod common;

use common::frames::{FRAMES, INSTRUMENTS, URL, frame, notice};
use patchbay_deribit::Deribit;
use patchbay_plugin::abi::OK;
use patchbay_testkit::{Input, Player, laws};

const MUTATIONS: usize = 3_000;

/// What is no market data: answers, refusals, heartbeats, states.
const OTHERS: [&str; 8] = [
    r#"{"jsonrpc":"2.0","id":1,"result":["book.BTC-PERPETUAL.100ms"],"usIn":1,"usOut":2,"usDiff":1,"testnet":false}"#,
    r#"{"jsonrpc":"2.0","id":1,"error":{"code":10028,"message":"too_many_requests","data":null}}"#,
    r#"{"jsonrpc":"2.0","id":2,"error":{"code":13004,"message":"invalid_credentials"}}"#,
    r#"{"jsonrpc":"2.0","id":3,"result":{"access_token":"a","expires_in":31536000,"refresh_token":"r","scope":"connection","token_type":"bearer"}}"#,
    r#"{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"test_request"}}"#,
    r#"{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"heartbeat"}}"#,
    r#"{"jsonrpc":"2.0","method":"subscription","params":{"channel":"platform_state","data":{"price_index":"btc_usd","locked":true}}}"#,
    r#"{"jsonrpc":"2.0","method":"subscription","params":{"channel":"instrument.state.option.any","data":{"timestamp":1553080940000,"state":"created","instrument_name":"BTC-25MAR27-60000-C"}}}"#,
];

fn texts() -> Vec<String> {
    let frames = FRAMES.into_iter().map(|(_, channel, data)| notice(channel, data));
    frames.chain(OTHERS.map(str::to_owned)).collect()
}

/// A player whose limits are declared and whose connection is open, and what it is given.
fn inputs(texts: &[String]) -> Vec<Input<'_>> {
    let list = "https://www.deribit.com/api/v2/public/get_instruments?currency=any";
    let status = "https://www.deribit.com/api/v2/public/status";
    let mut inputs = vec![
        Input::Plan(&[]),
        Input::Open { conn: 1, tag: 0, url: URL },
        Input::reply(list, INSTRUMENTS.as_bytes()),
        Input::reply(
            status,
            br#"{"jsonrpc":"2.0","result":{"locked":"partial","locked_indices":["btc_usd"]}}"#,
        ),
    ];
    inputs.extend(texts.iter().map(|text| Input::text(1, text)));
    inputs
}

#[test]
fn any_bytes_are_safe() {
    let texts = texts();
    let mut player = Player::of::<Deribit>();
    let tally = laws::any_bytes_are_safe(&mut player, &inputs(&texts), 1, 10 * MUTATIONS);
    println!("{tally}");
    assert!(tally.accepted > MUTATIONS && tally.rejected > MUTATIONS, "{tally}");
}

#[test]
fn a_rejected_input_leaves_nothing() {
    let texts = texts();
    let fresh = Player::of::<Deribit>;
    let tally = laws::a_rejected_input_leaves_nothing(fresh, &inputs(&texts), 1, 3 * MUTATIONS);
    println!("{tally}");
}

/// A player with an open connection.
fn opened() -> Player {
    let mut player = Player::of::<Deribit>();
    player.plan(&[]);
    assert!(player.open(1, 0, URL).accepted());
    player
}

#[test]
fn scanner_and_parser_agree_on_mutated_frames() {
    let texts = FRAMES.map(|(_, channel, data)| notice(channel, data));
    let frames: Vec<_> = texts.iter().map(String::as_str).collect();
    for (of, (kind, ..)) in FRAMES.into_iter().enumerate() {
        let read = laws::scanner_and_parser_agree(opened, &frames, of, of as u64, MUTATIONS);
        println!("{kind}: {read}");
        assert!(read.scanned > 100 && read.parsed > 100 && read.rejected > 100, "{kind}: {read}");
    }
}

#[test]
fn documented_frames_are_scanned_and_read_alike_in_any_order() {
    for (kind, channel, data) in FRAMES {
        let [mut fast, mut slow] = [opened(), opened()];
        let a = fast.frame(1, frame(kind).as_bytes());
        assert_eq!((a.status, a.outcome), (OK, 0), "{kind}: {}", a.log);
        assert!(!a.slots.is_empty());
        // serde_json sorts keys: of a book, asks come before bids.
        let sorted: serde_json::Value = serde_json::from_str(data).expect("the data are JSON");
        let b = slow.frame(1, format!(" {}", notice(channel, &sorted.to_string())).as_bytes());
        assert_eq!((b.status, &b.slots), (OK, &a.slots), "{kind}: {}", b.log);
        assert!(b.fell_back());
    }
}
