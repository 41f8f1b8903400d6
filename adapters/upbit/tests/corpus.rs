//! Every recorded frame and list against an independent decoding.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};

use patchbay_plugin::abi::{
    DEPTH_NEWEST, DEPTH_PARTIAL, DEPTH_SNAPSHOT, OK, SCOPE_NONE, SIDE_BUY, SIDE_SELL,
};
use patchbay_testkit::{Capture, Input, Player, Record, corpus, laws};
use patchbay_upbit::Upbit;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A number as the text that it is in the frame.
type Digits<'a> = &'a RawValue;

#[derive(Deserialize)]
struct Frame<'a> {
    cd: &'a str,
    tms: i64,
    #[serde(borrow)]
    obu: Option<Vec<Unit<'a>>>,
    ttms: Option<i64>,
    #[serde(borrow)]
    tp: Option<Digits<'a>>,
    #[serde(borrow)]
    tv: Option<Digits<'a>>,
    ab: Option<&'a str>,
    sid: Option<u64>,
}

#[derive(Deserialize)]
struct Unit<'a> {
    #[serde(borrow)]
    ap: Digits<'a>,
    #[serde(borrow)]
    bp: Digits<'a>,
    #[serde(borrow, rename = "as")]
    ask: Digits<'a>,
    #[serde(borrow)]
    bs: Digits<'a>,
}

/// A socket, and the list of markets of twelve days later.
fn captures(corpus: &Path) -> [PathBuf; 2] {
    ["upbit/cryptofeed-20210405/UPBIT-d78752.0.gz", "upbit/cryptofeed-20210417/UPBIT.0.gz"]
        .map(|file| corpus.join(file))
}

/// Mantissa of a number at 1e-8, by moving the point; nothing may be lost.
fn shifted(digits: Digits<'_>) -> i64 {
    let text = digits.get();
    let (number, power) = text.split_once('E').unwrap_or((text, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let places = usize::try_from(8 + power.parse::<i32>().unwrap()).unwrap();
    let padded = format!("{fraction:0<places$}");
    let (kept, lost) = padded.split_at(places);
    assert!(lost.bytes().all(|b| b == b'0'), "{digits}");
    format!("{whole}{kept}").parse().unwrap()
}

/// Compares the one record of a frame; how many numbers agreed.
fn compare(record: &Record<'_>, frame: &Frame<'_>) -> usize {
    if let Some(units) = &frame.obu {
        let depth = record.depth().unwrap();
        assert_eq!(depth.flags, DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL);
        assert_eq!((depth.scope, depth.head.exchange_ns), (SCOPE_NONE, frame.tms * 1_000_000));
        let bids: Vec<_> = units.iter().map(|u| (shifted(u.bp), shifted(u.bs))).collect();
        let asks: Vec<_> = units.iter().map(|u| (shifted(u.ap), shifted(u.ask))).collect();
        assert_eq!((record.bids(), record.asks()), (bids, asks));
        return 4 * units.len();
    }
    let trade = *record.slot.trade();
    assert_eq!(trade.head.exchange_ns, frame.ttms.unwrap() * 1_000_000);
    assert_eq!(trade.price, shifted(frame.tp.unwrap()));
    assert_eq!(trade.qty, shifted(frame.tv.unwrap()));
    let side = if frame.ab == Some("BID") { SIDE_BUY } else { SIDE_SELL };
    assert_eq!((trade.aggressor, Some(trade.trade_id)), (side, frame.sid));
    2
}

#[test]
fn every_recorded_frame_is_what_an_independent_decoding_says() {
    let Some(corpus) = corpus() else { return };
    let [socket, _] = captures(&corpus);
    let mut player = Player::of::<Upbit>();
    let (mut books, mut trades, mut numbers) = (0, 0, 0);
    for event in Capture::open(&socket).unwrap().events() {
        let played = player.play(&event.input);
        assert_eq!((played.status, &*played.log), (OK, ""), "{}", event.input);
        let Input::Frame { bytes, .. } = event.input else { continue };
        assert!(!played.fell_back(), "{}", event.input);
        let frame: Frame<'_> = serde_json::from_slice(bytes).unwrap();
        let record = played.records().next().unwrap();
        let head = record.head();
        assert_eq!(player.instruments()[head.instrument as usize].symbol, frame.cd);
        assert_eq!(head.receive_ns, player.now());
        numbers += compare(&record, &frame);
        (books, trades) = match frame.obu {
            Some(_) => (books + 1, trades),
            None => (books, trades + 1),
        };
    }
    println!("{books} books, {trades} trades, {numbers} prices and quantities");
    // As the corpus' own manifest counts them.
    assert_eq!((books, trades), (1061, 672));
}

#[test]
fn two_players_read_a_recording_alike() {
    let Some(corpus) = corpus() else { return };
    let captures = captures(&corpus).map(|file| Capture::open(&file).unwrap());
    let events = captures.iter().flat_map(Capture::events);
    laws::same_input_same_output(Player::of::<Upbit>, events.map(|event| event.input));
}

#[test]
fn the_recorded_list_defines_what_it_says() {
    let Some(corpus) = corpus() else { return };
    let [socket, list] = captures(&corpus);
    let mut player = Player::of::<Upbit>();
    let mut seen = 0;
    for file in [socket, list] {
        for event in Capture::open(&file).unwrap().events() {
            let played = player.play(&event.input);
            assert_eq!((played.status, &*played.log), (OK, ""));
            let Input::Reply { body, .. } = event.input else { continue };
            let entries: Vec<serde_json::Value> = serde_json::from_slice(body).unwrap();
            for entry in &entries {
                let name = entry["market"].as_str().unwrap();
                let found = player.instruments().iter().find(|i| i.symbol == name).expect(name);
                assert_eq!(format!("{}-{}", found.quote, found.base), name);
                // What the socket has shown before stays the same instrument.
                assert_eq!((found.price_exp, found.qty_exp, found.provisional), (-8, -8, false));
                assert_eq!((found.tick, found.lot), (1, 1), "{name}");
                seen += 1;
            }
            assert!(player.instruments().iter().all(|i| !i.provisional), "all nine are in it");
        }
    }
    println!("{seen} markets");
    assert_eq!(seen, 294);
}
