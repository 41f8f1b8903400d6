//! From the list of instruments to a book, without a network.
#![allow(clippy::unwrap_used)]

use patchbay_plugin::Wish;
use patchbay_plugin::abi::{CHANNEL_DEPTH, DEPTH_SNAPSHOT, OK, PURPOSE_REFERENCE};
use patchbay_plugin::model::Kind;
use patchbay_template::Template;
use patchbay_testkit::{Input, Player, laws};

const LIST_URL: &str = "https://api.template.invalid/v1/instruments";
const STREAM: &str = "wss://ws.template.invalid/ws";

/// Put here what the venue's documentation prints, and say on which page it stands.
const LIST: &str =
    r#"[{"symbol":"BTC-USD","base":"BTC","quote":"USD","tick":"0.01","lot":"0.0001"}]"#;
const BOOK: &str = r#"{"type":"book","symbol":"BTC-USD","time":1000,"bids":[["1.01","2.5"]],"asks":[["1.02","0.0003"]]}"#;

#[test]
fn settings_are_described() {
    laws::settings_are_described(&Player::of::<Template>());
}

#[test]
fn a_wish_becomes_a_subscription() {
    let mut player = Player::of::<Template>();
    let symbol = "BTC-USD";
    let wish = Wish { channels: CHANNEL_DEPTH, symbol, kind: Kind::Spot, depth: 0, interval_ms: 0 };
    let plan = player.plan(&[wish]);
    let id = plan.https().iter().find(|h| h.purpose == PURPOSE_REFERENCE).unwrap().id;
    let listed = player.reply(id, LIST_URL, LIST.as_bytes());
    assert_eq!(listed.status, OK, "{}", listed.log);
    let [link] = &listed.connects()[..] else { panic!("{}", listed.log) };
    assert_eq!(link.url, STREAM);
    let sent = player.open(1, link.tag, STREAM).sent_texts();
    assert_eq!(sent, [r#"{"op":"subscribe","id":1,"streams":["book:BTC-USD"]}"#]);
}

#[test]
fn a_book_is_what_its_frame_says() {
    let mut player = Player::of::<Template>();
    player.play(&Input::reply(LIST_URL, LIST.as_bytes()));
    player.open(1, 0, STREAM);
    let out = player.frame(1, BOOK.as_bytes());
    assert_eq!((out.status, out.fell_back()), (OK, false), "{}", out.log);
    let record = out.records().next().unwrap();
    let depth = record.depth().unwrap();
    assert_eq!(
        (depth.flags & DEPTH_SNAPSHOT, depth.head.exchange_ns),
        (DEPTH_SNAPSHOT, 1_000_000_000)
    );
    assert_eq!((record.bids(), record.asks()), (vec![(101, 25_000)], vec![(102, 3)]));
}

#[test]
fn scanner_and_parser_agree_on_mutated_frames() {
    let fresh = || {
        let mut player = Player::of::<Template>();
        player.open(1, 0, STREAM);
        player
    };
    let read = laws::scanner_and_parser_agree(fresh, &[BOOK], 0, 1, 1_000);
    assert!(read.scanned > 100 && read.rejected > 10, "{read}");
}

#[test]
fn any_bytes_are_safe() {
    let inputs = [
        Input::Plan(&[]),
        Input::reply(LIST_URL, LIST.as_bytes()),
        Input::Open { conn: 1, tag: 0, url: STREAM },
        Input::text(1, BOOK),
    ];
    laws::any_bytes_are_safe(&mut Player::of::<Template>(), &inputs, 1, 1_000);
    laws::a_rejected_input_leaves_nothing(Player::of::<Template>, &inputs, 1, 1_000);
}
