//! Every recorded frame and list against an independent decoding.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;

use common::{advanced, exchange};
use patchbay_coinbase::Coinbase;
use patchbay_plugin::abi::{
    DEPTH_DENSE, DEPTH_SNAPSHOT, NO_INSTRUMENT, OK, QUOTE_VENUE, SCOPE_CONNECTION, SCOPE_NONE,
    SESSION_CLOSED, SESSION_CONTINUOUS, SESSION_HALT, SIDE_BUY, SIDE_SELL,
};
use patchbay_plugin::model::{Instrument, Kind, parse_decimal};
use patchbay_testkit::{Capture, Input, Player, Record, corpus, laws};
use serde_json::Value;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn at(value: &Value, exp: i8) -> i64 {
    parse_decimal(text(value).as_bytes(), exp).unwrap()
}

/// ISO 8601 as ns, by a count of days: all recordings are of 2021 to 2026.
fn ns(value: &Value) -> i64 {
    let text = text(value).strip_suffix('Z').unwrap();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let n = |from: usize, to: usize| whole[from..to].parse::<i64>().unwrap();
    let (year, month) = (n(0, 4), n(5, 7));
    let leap = |year: i64| i64::from(year % 4 == 0);
    let months = [31, 28 + leap(year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let days: i64 = (1970..year).map(|year| 365 + leap(year)).sum::<i64>()
        + months[..month as usize - 1].iter().sum::<i64>()
        + n(8, 10)
        - 1;
    let seconds = ((days * 24 + n(11, 13)) * 60 + n(14, 16)) * 60 + n(17, 19);
    seconds * 1_000_000_000 + format!("{fraction:0<9}").parse::<i64>().unwrap()
}

/// Compares levels with rows of side, price and quantity; how many agreed.
fn same_levels(record: &Record<'_>, of: &Instrument, rows: &[[&Value; 3]], buy: &str) -> usize {
    let side = |bids: bool| -> Vec<_> {
        let ours = rows.iter().filter(|row| (row[0] == buy) == bids);
        ours.map(|[_, price, qty]| (at(price, of.price_exp), at(qty, of.qty_exp))).collect()
    };
    assert_eq!((record.bids(), record.asks()), (side(true), side(false)), "{}", of.symbol);
    rows.len()
}

fn same_trade(record: &Record<'_>, of: &Instrument, row: &Value) {
    let trade = record.trade().unwrap();
    assert_eq!(of.symbol, text(&row["product_id"]));
    let id = row["trade_id"].as_str().map_or_else(|| row["trade_id"].to_string(), str::to_owned);
    assert_eq!((trade.trade_id.to_string(), trade.id_hashed), (id, 0));
    assert_eq!(trade.price, at(&row["price"], of.price_exp));
    assert_eq!(trade.qty, at(&row["size"], of.qty_exp));
    // The maker's.
    let side = if text(&row["side"]).eq_ignore_ascii_case("sell") { SIDE_BUY } else { SIDE_SELL };
    assert_eq!((trade.aggressor, trade.fills, trade.flags), (side, 0, 0));
    assert_eq!(trade.head.exchange_ns, ns(&row["time"]));
    assert_eq!(trade.head.sequence, row["sequence"].as_u64().unwrap_or(0));
}

#[test]
fn every_frame_of_advanced_trade_is_what_an_independent_decoding_says() {
    let Some(corpus) = corpus() else { return };
    let mut player = Player::of::<Coinbase>();
    let (mut levels, mut counts) = (0, BTreeMap::<String, usize>::new());
    for event in Capture::open(&advanced(&corpus)).unwrap().events() {
        let played = player.play(&event.input);
        assert_eq!((played.status, &*played.log), (OK, ""), "{}", event.input);
        let Input::Frame { bytes, .. } = event.input else { continue };
        let frame: Value = serde_json::from_slice(bytes).unwrap();
        let (channel, event) = (text(&frame["channel"]), &frame["events"][0]);
        let mut records = played.records();
        let first = records.next().unwrap();
        let depth = first.depth().unwrap();
        let of = |record: &Record<'_>| &player.instruments()[record.head().instrument as usize];
        let snapshot = event["type"] == "snapshot";
        // Whatever it is about, it has the next number of the connection.
        let id = (depth.scope, depth.chain, depth.head.sequence);
        assert_eq!(id, (SCOPE_CONNECTION, 1, frame["sequence_num"].as_u64().unwrap()));
        let whole = if snapshot && channel == "l2_data" { DEPTH_SNAPSHOT } else { 0 };
        assert_eq!(depth.flags, DEPTH_DENSE | whole);
        let time = if channel == "l2_data" {
            let rows = event["updates"].as_array().unwrap().iter();
            let rows: Vec<[&Value; 3]> =
                rows.map(|row| [&row["side"], &row["price_level"], &row["new_quantity"]]).collect();
            assert_eq!(of(&first).symbol, text(&event["product_id"]));
            levels += same_levels(&first, of(&first), &rows, "bid");
            &event["updates"][0]["event_time"]
        } else {
            assert_eq!((depth.head.instrument, depth.bids, depth.asks), (NO_INSTRUMENT, 0, 0));
            &frame["timestamp"]
        };
        assert_eq!(depth.head.exchange_ns, ns(time));
        let rest: Vec<_> = records.collect();
        match channel {
            "market_trades" if !snapshot => {
                // The newest is told first, and given last.
                let trades = event["trades"].as_array().unwrap();
                assert_eq!(rest.len(), trades.len());
                for (record, row) in rest.iter().zip(trades.iter().rev()) {
                    same_trade(record, of(record), row);
                }
            }
            "ticker" => {
                let row = &event["tickers"][0];
                let (quote, of) = (rest[0].quote().unwrap(), of(&rest[0]));
                assert_eq!((of.symbol.as_str(), rest.len()), (text(&row["product_id"]), 1));
                assert_eq!((quote.head.flags, quote.head.sequence), (QUOTE_VENUE, id.2));
                let price = [&row["best_bid"], &row["best_ask"]].map(|text| at(text, of.price_exp));
                let qty = ["best_bid_quantity", "best_ask_quantity"];
                let qty = qty.map(|key| at(&row[key], of.qty_exp));
                assert_eq!([quote.bid_price, quote.ask_price], price);
                assert_eq!([quote.bid_qty, quote.ask_qty], qty);
            }
            _ => assert!(rest.is_empty(), "{channel}"),
        }
        let scanned = !matches!(channel, "subscriptions" | "candles");
        assert_eq!(played.fell_back(), !scanned, "{channel}");
        *counts.entry(channel.to_owned()).or_default() += 1;
    }
    println!("{levels} levels; {counts:?}");
    // As the corpus counts its channels.
    let expected = [
        ("candles", 6),
        ("heartbeats", 25),
        ("l2_data", 775),
        ("market_trades", 59),
        ("subscriptions", 5),
        ("ticker", 160),
    ];
    assert_eq!(counts, expected.map(|(name, count)| (name.to_owned(), count)).into());
    assert!(levels > 69_000);
}

#[test]
fn every_frame_of_the_exchange_is_what_an_independent_decoding_says() {
    let Some(corpus) = corpus() else { return };
    let mut player = Player::of::<Coinbase>();
    let mut counts = BTreeMap::<String, usize>::new();
    let captures = exchange(&corpus).map(|file| Capture::open(&file).unwrap());
    for event in captures.iter().flat_map(Capture::events) {
        let played = player.play(&event.input);
        assert_eq!((played.status, &*played.log), (OK, ""), "{}", event.input);
        let Input::Frame { bytes, .. } = event.input else { continue };
        let frame: Value = serde_json::from_slice(bytes).unwrap();
        let kind = text(&frame["type"]);
        *counts.entry(kind.to_owned()).or_default() += 1;
        let records: Vec<_> = played.records().collect();
        let of = |record: &Record<'_>| &player.instruments()[record.head().instrument as usize];
        if kind == "subscriptions" {
            assert!(played.ignored());
            continue;
        }
        assert!(!played.fell_back(), "the scanner reads {kind}");
        match kind {
            "snapshot" | "l2update" => {
                let (depth, instrument) = (records[0].depth().unwrap(), of(&records[0]));
                assert_eq!(instrument.symbol, text(&frame["product_id"]));
                assert_eq!((depth.scope, depth.head.sequence), (SCOPE_NONE, 0));
                let (bids, asks) = (Value::from("buy"), Value::from("sell"));
                let rows: Vec<[&Value; 3]> = if kind == "snapshot" {
                    let side = |key: &str, name| -> Vec<_> {
                        let rows = frame[key].as_array().unwrap().iter();
                        rows.map(|row| [name, &row[0], &row[1]]).collect()
                    };
                    [side("bids", &bids), side("asks", &asks)].concat()
                } else {
                    let rows = frame["changes"].as_array().unwrap().iter();
                    rows.map(|row| [&row[0], &row[1], &row[2]]).collect()
                };
                same_levels(&records[0], instrument, &rows, "buy");
                let whole = kind == "snapshot";
                let time = if whole { 0 } else { ns(&frame["time"]) };
                let flags = if whole { DEPTH_SNAPSHOT } else { 0 };
                assert_eq!((depth.flags, depth.head.exchange_ns), (flags, time));
            }
            "match" => same_trade(&records[0], of(&records[0]), &frame),
            _ => assert!(records.is_empty(), "{kind}: no quantities, or a trade of before"),
        }
    }
    let expected = [
        ("l2update", 9719),
        ("last_match", 10),
        ("match", 97),
        ("snapshot", 10),
        ("subscriptions", 3),
        ("ticker", 107),
    ];
    assert_eq!(counts, expected.map(|(name, count)| (name.to_owned(), count)).into());
}

#[test]
fn two_players_read_a_recording_alike() {
    let Some(corpus) = corpus() else { return };
    let [list, socket] = exchange(&corpus);
    for files in [vec![advanced(&corpus)], vec![list, socket]] {
        let captures: Vec<_> = files.iter().map(|file| Capture::open(file).unwrap()).collect();
        let events = captures.iter().flat_map(Capture::events);
        laws::same_input_same_output(Player::of::<Coinbase>, events.map(|event| event.input));
    }
}

#[test]
fn recorded_lists_define_what_they_say() {
    let Some(corpus) = corpus() else { return };
    let (mut defined, mut aliases) = (0, 0);
    for file in [advanced(&corpus), exchange(&corpus)[0].clone()] {
        let mut player = Player::of::<Coinbase>();
        let capture = Capture::open(&file).unwrap();
        for event in capture.events() {
            let Input::Reply { url, body, .. } = event.input else { continue };
            let played = player.play(&event.input);
            assert_eq!((played.status, &*played.log), (OK, ""), "{url}");
            let list: Value = serde_json::from_slice(body).unwrap();
            for entry in list["products"].as_array().or_else(|| list.as_array()).unwrap() {
                let one = |keys: [&str; 2]| keys.into_iter().find_map(|key| entry.get(key));
                let name = text(one(["product_id", "id"]).unwrap());
                let found = player.instruments().iter().find(|i| i.symbol == name);
                if entry["alias"].as_str().is_some_and(|alias| !alias.is_empty()) {
                    assert!(found.is_none(), "{name} is another's");
                    aliases += 1;
                    continue;
                }
                let found = found.expect(name);
                assert_eq!((found.kind, found.provisional), (Kind::Spot, false), "{name}");
                let word = |keys| text(one(keys).unwrap());
                assert_eq!(found.base, word(["base_currency_id", "base_currency"]), "{name}");
                assert_eq!(found.quote, word(["quote_currency_id", "quote_currency"]), "{name}");
                let size = |keys, exp| at(one(keys).unwrap(), exp);
                let tick = size(["price_increment", "quote_increment"], found.price_exp);
                assert_eq!(found.tick, tick, "{name}");
                let lot = size(["base_increment", "base_increment"], found.qty_exp);
                assert_eq!(found.lot, lot, "{name}");
                let least = size(["base_min_size", "base_min_size"], found.qty_exp);
                assert_eq!(found.min_qty, least, "{name}");
                let notional = size(["quote_min_size", "min_market_funds"], found.notional_exp);
                assert_eq!(found.min_notional, notional, "{name}");
                let expected = match (text(&entry["status"]), &entry["trading_disabled"]) {
                    ("delisted", _) => SESSION_CLOSED,
                    (_, Value::Bool(true)) => SESSION_HALT,
                    _ => SESSION_CONTINUOUS,
                };
                assert_eq!(found.session, expected, "{name}");
                defined += 1;
            }
        }
    }
    println!("{defined} products, {aliases} aliases");
    assert_eq!((defined, aliases), (520 + 162, 400));
}

/// What a book is at a time, by the frames of a recording: best bid and ask before each trade.
#[test]
fn trap_side_is_the_makers_in_both_feeds() {
    let Some(corpus) = corpus() else { return };
    for (file, least) in [(advanced(&corpus), 70), (exchange(&corpus)[1].clone(), 50)] {
        // Time, whether it is a trade, symbol, side, price, quantity; the first books come first.
        let mut told: Vec<(i64, bool, String, String, f64, f64)> = Vec::new();
        let number = |value: &Value| text(value).parse::<f64>().unwrap();
        let word = |value: &Value| text(value).to_lowercase();
        for bytes in Capture::open(&file).unwrap().frames() {
            let frame: Value = serde_json::from_slice(bytes).unwrap();
            let symbol = |of: &Value| of["product_id"].as_str().unwrap_or_default().to_owned();
            let event = &frame["events"][0];
            for row in event["updates"].as_array().into_iter().flatten() {
                let time = if event["type"] == "snapshot" { 0 } else { ns(&row["event_time"]) };
                let (price, qty) = (number(&row["price_level"]), number(&row["new_quantity"]));
                told.push((time, false, symbol(event), word(&row["side"]), price, qty));
            }
            for (key, side) in [("bids", "bid"), ("asks", "offer")] {
                for row in frame[key].as_array().into_iter().flatten() {
                    let (price, qty) = (number(&row[0]), number(&row[1]));
                    told.push((0, false, symbol(&frame), side.to_owned(), price, qty));
                }
            }
            for row in frame["changes"].as_array().into_iter().flatten() {
                let side = if row[0] == "buy" { "bid" } else { "offer" }.to_owned();
                let (price, qty) = (number(&row[1]), number(&row[2]));
                told.push((ns(&frame["time"]), false, symbol(&frame), side, price, qty));
            }
            let mut trades: Vec<_> = event["trades"].as_array().into_iter().flatten().collect();
            trades.retain(|_| event["type"] == "update");
            trades.extend((frame["type"] == "match").then_some(&frame));
            for row in trades {
                let (price, qty) = (number(&row["price"]), number(&row["size"]));
                told.push((ns(&row["time"]), true, symbol(row), word(&row["side"]), price, qty));
            }
        }
        told.sort_by_key(|line| (line.0, !line.1));
        let mut books: BTreeMap<String, [BTreeMap<u64, f64>; 2]> = BTreeMap::new();
        let (mut makers, mut takers) = (0, 0);
        for (_, traded, symbol, side, price, qty) in told {
            let book = books.entry(symbol).or_default();
            // Prices are positive, so that their bits are in their order.
            let best = [book[0].last_key_value(), book[1].first_key_value()]
                .map(|level| level.map_or(0.0, |(price, _)| f64::from_bits(*price)));
            if traded {
                let (at_bid, at_ask) = (price <= best[0], price >= best[1]);
                makers += i32::from(at_ask && side == "sell" || at_bid && side == "buy");
                takers += i32::from(at_ask && side == "buy" || at_bid && side == "sell");
            } else if qty == 0.0 {
                book[usize::from(side == "offer")].remove(&price.to_bits());
            } else {
                book[usize::from(side == "offer")].insert(price.to_bits(), qty);
            }
        }
        println!("{}: {makers} of makers, {takers} of takers", file.display());
        assert!(makers >= least && takers == 0, "{makers}, {takers}");
    }
}
