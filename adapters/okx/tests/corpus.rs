//! Every recorded frame against an independent decoding.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::captures;
use patchbay_okx::Okx;
use patchbay_plugin::abi::{
    CHECKSUM_CRC32_25, CONTRACT_BASE, CONTRACT_QUOTE, DEPTH_CHECKSUM, DEPTH_PARTIAL,
    DEPTH_SNAPSHOT, OK, QUOTE_VENUE, SCOPE_NONE, SESSION_CONTINUOUS, SIDE_BUY, SIDE_SELL,
};
use patchbay_plugin::model::{Kind, OptionSide, parse_decimal};
use patchbay_testkit::{Capture, Input, Played, Player, corpus, laws};
use serde_json::Value;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Compares the one record of a frame with its row; how many numbers agreed.
fn compare(played: &Played, player: &Player, frame: &Value) -> usize {
    let row = &frame["data"][0];
    let record = played.records().next().unwrap();
    let head = record.head();
    let instrument = &player.instruments()[head.instrument as usize];
    assert_eq!(instrument.symbol, text(&frame["arg"]["instId"]));
    let time: i64 = text(&row["ts"]).parse().unwrap();
    assert_eq!((head.exchange_ns, head.receive_ns), (time * 1_000_000, player.now()));
    let at = |text: &str, exp| parse_decimal(text.as_bytes(), exp).unwrap();
    let pair = |price: &Value, qty: &Value| {
        (at(text(price), instrument.price_exp), at(text(qty), instrument.qty_exp))
    };
    match text(&frame["arg"]["channel"]) {
        "books" | "books-l2-tbt" => {
            let depth = record.depth().unwrap();
            let side = |name: &str| -> Vec<_> {
                let levels = row[name].as_array().unwrap().iter();
                levels.map(|level| pair(&level[0], &level[1])).collect()
            };
            let (bids, asks) = (side("bids"), side("asks"));
            let snapshot = frame["action"] == "snapshot";
            let full = snapshot && bids.len().max(asks.len()) >= 400;
            let flags = DEPTH_CHECKSUM
                | if snapshot { DEPTH_SNAPSHOT } else { 0 }
                | if full { DEPTH_PARTIAL } else { 0 };
            assert_eq!((depth.flags, depth.scope, depth.head.sequence), (flags, SCOPE_NONE, 0));
            assert_eq!(i64::from(depth.checksum as i32), row["checksum"].as_i64().unwrap());
            let numbers = 2 * (bids.len() + asks.len());
            assert_eq!((record.bids(), record.asks()), (bids, asks));
            numbers
        }
        "trades" => {
            let trade = *record.slot.trade();
            assert_eq!(trade.trade_id.to_string(), text(&row["tradeId"]));
            assert_eq!((trade.price, trade.qty), pair(&row["px"], &row["sz"]));
            let side = if row["side"] == "buy" { SIDE_BUY } else { SIDE_SELL };
            assert_eq!((trade.aggressor, trade.fills, trade.flags), (side, 0, 0));
            2
        }
        "tickers" => {
            let quote = *record.slot.quote();
            assert_eq!((quote.head.flags, quote.head.sequence), (QUOTE_VENUE, 0));
            let bid = pair(&row["bidPx"], &row["bidSz"]);
            assert_eq!((quote.bid_price, quote.bid_qty), bid);
            let ask = pair(&row["askPx"], &row["askSz"]);
            assert_eq!((quote.ask_price, quote.ask_qty), ask);
            4
        }
        other => panic!("{other} was not recorded"),
    }
}

#[test]
fn every_recorded_frame_is_what_an_independent_decoding_says() {
    let Some(corpus) = corpus() else { return };
    let (mut frames, mut numbers) = (0, 0);
    for files in captures(&corpus) {
        let mut player = Player::of::<Okx>();
        for file in files {
            for event in Capture::open(&file).unwrap().events() {
                let played = player.play(&event.input);
                assert_eq!(played.status, OK, "{} {}", event.input, played.log);
                let Input::Frame { bytes, .. } = event.input else { continue };
                let frame: Value = serde_json::from_slice(bytes).unwrap();
                if frame["event"].is_string() {
                    assert!(played.ignored() && played.slots.is_empty());
                    continue;
                }
                assert!(!played.fell_back(), "{}", event.input);
                numbers += compare(&played, &player, &frame);
                frames += 1;
            }
        }
    }
    println!("{frames} frames, {numbers} prices and quantities");
    assert!(frames > 3_500 && numbers > 10_000);
}

#[test]
fn two_players_read_a_recording_alike() {
    let Some(corpus) = corpus() else { return };
    for files in captures(&corpus) {
        let captures = files.map(|file| Capture::open(&file).unwrap());
        let events = captures.iter().flat_map(Capture::events);
        laws::same_input_same_output(Player::of::<Okx>, events.map(|event| event.input));
    }
}

#[test]
fn recorded_lists_define_what_they_say() {
    let Some(corpus) = corpus() else { return };
    let (mut checked, mut kinds) = (0, [0; 4]);
    for [file, _] in captures(&corpus) {
        let mut player = Player::of::<Okx>();
        for event in Capture::open(&file).unwrap().events() {
            let played = player.play(&event.input);
            assert_eq!((played.status, &*played.log), (OK, ""));
            let Input::Reply { body, .. } = event.input else { continue };
            let list: Value = serde_json::from_slice(body).unwrap();
            for entry in list["data"].as_array().unwrap() {
                let word = |key: &str| text(&entry[key]);
                let name = word("instId");
                let found = player.instruments().iter().find(|i| i.symbol == name).expect(name);
                let (kind, base, quote) = match word("instType") {
                    "SPOT" => (Kind::Spot, word("baseCcy"), word("quoteCcy")),
                    of => {
                        let (base, quote) = word("uly").split_once('-').unwrap();
                        let inverse = word("ctType") == "inverse";
                        let future = if inverse { Kind::Inverse } else { Kind::Linear };
                        (if of == "OPTION" { Kind::Option } else { future }, base, quote)
                    }
                };
                kinds[[Kind::Spot, Kind::Linear, Kind::Inverse, Kind::Option]
                    .iter()
                    .position(|k| *k == kind)
                    .unwrap()] += 1;
                assert_eq!((found.kind, found.provisional), (kind, false), "{name}");
                assert_eq!((&*found.base, &*found.quote), (base, quote), "{name}");
                assert_eq!(found.settle, word("settleCcy"), "{name}");
                let at = |key: &str, exp| parse_decimal(word(key).as_bytes(), exp).unwrap();
                assert_eq!(found.tick, at("tickSz", found.price_exp), "{name}");
                assert_eq!(found.lot, at("lotSz", found.qty_exp), "{name}");
                assert_eq!(found.min_qty, at("minSz", found.qty_exp), "{name}");
                assert_eq!(found.checksum, CHECKSUM_CRC32_25);
                let live = word("state") == "live";
                assert_eq!(found.session == SESSION_CONTINUOUS, live, "{name}");
                let expiry = word("expTime").parse().unwrap_or(0_i64);
                assert_eq!(found.expiry_ns, expiry * 1_000_000, "{name}");
                let size = found.contract_size as f64 * 10_f64.powi(found.contract_exp.into());
                let number = |key: &str| word(key).parse().unwrap_or(1.0_f64);
                let told = number("ctVal") * number("ctMult");
                assert!((size / told - 1.0).abs() < 1e-12, "{name}: {size} {told}");
                let inverse = kind == Kind::Inverse;
                let unit = if inverse { CONTRACT_QUOTE } else { CONTRACT_BASE };
                assert_eq!(found.contract_unit, unit, "{name}");
                if kind == Kind::Option {
                    assert_eq!(found.strike, at("stk", found.price_exp));
                    let side =
                        if name.ends_with("-C") { OptionSide::Call } else { OptionSide::Put };
                    assert_eq!(found.option, Some(side), "{name}");
                } else {
                    assert_eq!((found.option, found.strike), (None, 0), "{name}");
                }
                checked += 1;
            }
        }
    }
    println!("{checked} entries: {kinds:?} spot, linear, inverse, options");
    assert!(kinds.iter().all(|count| *count > 100), "{kinds:?}");
}
