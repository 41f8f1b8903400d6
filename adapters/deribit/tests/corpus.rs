//! Every recorded frame and list against an independent decoding.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;

use common::captures;
use patchbay_deribit::Deribit;
use patchbay_plugin::abi::{
    CONTRACT_BASE, CONTRACT_QUOTE, DEPTH_PREVIOUS, DEPTH_SNAPSHOT, OK, OUTCOME_IGNORED,
    QUOTE_VENUE, SCOPE_INSTRUMENT, SESSION_CONTINUOUS,
};
use patchbay_plugin::model::{Kind, OptionSide};
use patchbay_testkit::{Capture, Input, Player, Record, corpus, laws};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A number as the text that it is in the frame.
type Digits<'a> = &'a RawValue;

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    params: Option<Params<'a>>,
}

#[derive(Deserialize)]
struct Params<'a> {
    channel: &'a str,
    #[serde(borrow)]
    data: Digits<'a>,
}

#[derive(Deserialize)]
struct Book<'a> {
    timestamp: i64,
    instrument_name: &'a str,
    change_id: u64,
    prev_change_id: Option<u64>,
    #[serde(borrow)]
    bids: Vec<(&'a str, Digits<'a>, Digits<'a>)>,
    asks: Vec<(&'a str, Digits<'a>, Digits<'a>)>,
}

/// Of a ticker: all its fields.
type Ticker<'a> = BTreeMap<&'a str, Digits<'a>>;

/// Mantissa of a number at `exp`, by moving the point; nothing may be lost.
fn shifted(digits: &str, exp: i8) -> i64 {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let places = usize::from(exp.unsigned_abs());
    let padded = format!("{fraction:0<places$}");
    let (kept, lost) = padded.split_at(places);
    assert!(lost.bytes().all(|b| b == b'0'), "{digits} at {exp}");
    format!("{whole}{kept}").parse().unwrap()
}

/// Whether a record is the book that `data` says; how many levels agreed.
fn same_book(record: &Record<'_>, data: &str, player: &Player) -> usize {
    let plain: Book<'_> = serde_json::from_str(data).unwrap();
    let (depth, of) = (record.depth().unwrap(), record.head().instrument as usize);
    let instrument = &player.instruments()[of];
    assert_eq!(instrument.symbol, plain.instrument_name);
    let flags = if plain.prev_change_id.is_some() { DEPTH_PREVIOUS } else { DEPTH_SNAPSHOT };
    assert_eq!((depth.flags, depth.scope), (flags, SCOPE_INSTRUMENT));
    let ids = (depth.head.sequence, depth.previous);
    assert_eq!(ids, (plain.change_id, plain.prev_change_id.unwrap_or(0)));
    assert_eq!(depth.head.exchange_ns, plain.timestamp * 1_000_000);
    let level = |(action, price, qty): &(&str, Digits<'_>, Digits<'_>)| {
        let qty = if *action == "delete" { 0 } else { shifted(qty.get(), instrument.qty_exp) };
        (shifted(price.get(), instrument.price_exp), qty)
    };
    assert_eq!(record.bids(), plain.bids.iter().map(level).collect::<Vec<_>>());
    assert_eq!(record.asks(), plain.asks.iter().map(level).collect::<Vec<_>>());
    plain.bids.len() + plain.asks.len()
}

/// Whether records are what a ticker says.
fn same_ticker(records: &[Record<'_>], data: &str, player: &Player) {
    let plain: Ticker<'_> = serde_json::from_str(data).unwrap();
    let digits = |field: &str| plain[field].get();
    let instrument = &player.instruments()[records[0].head().instrument as usize];
    assert_eq!(digits("instrument_name").trim_matches('"'), instrument.symbol);
    for record in records {
        assert_eq!(record.head().exchange_ns, shifted(digits("timestamp"), 0) * 1_000_000);
    }
    let quote = records[0].quote().unwrap();
    assert_eq!(quote.head.flags, QUOTE_VENUE);
    let side = |price: &str, qty: &str| match qty {
        "0.0" => (0, 0),
        _ => (shifted(price, instrument.price_exp), shifted(qty, instrument.qty_exp)),
    };
    let bid = side(digits("best_bid_price"), digits("best_bid_amount"));
    let ask = side(digits("best_ask_price"), digits("best_ask_amount"));
    assert_eq!([(quote.bid_price, quote.bid_qty), (quote.ask_price, quote.ask_qty)], [bid, ask]);
    let mark = records[1].mark().unwrap();
    let prices = ["mark_price", "index_price", "estimated_delivery_price"];
    let prices = prices.map(|field| shifted(digits(field), mark.exp));
    assert_eq!([mark.mark, mark.index, mark.settle], prices);
    let interest = records[2].open_interest().unwrap();
    assert_eq!(interest.qty, shifted(digits("open_interest"), interest.qty_exp));
    // Told once: at the first ticker, unless the list said so before.
    assert_eq!(digits("state"), "\"open\"");
    if let Some(status) = records.get(3) {
        assert_eq!(status.status().unwrap().state, SESSION_CONTINUOUS);
        assert!(instrument.provisional);
    }
    assert!(records.len() <= 4);
}

#[test]
fn every_recorded_frame_is_what_an_independent_decoding_says() {
    let Some(corpus) = corpus() else { return };
    let (mut books, mut tickers, mut levels, mut empty) = (0, 0, 0, 0);
    for files in captures(&corpus) {
        let mut player = Player::of::<Deribit>();
        let mut told = 0;
        for file in &files {
            for event in Capture::open(file).unwrap().events() {
                let played = player.play(&event.input);
                assert_eq!(played.status, OK, "{} {}", event.input, played.log);
                let Input::Frame { bytes, .. } = event.input else { continue };
                let frame: Frame<'_> = serde_json::from_slice(bytes).unwrap();
                let Some(Params { channel, data }) = frame.params else {
                    assert_eq!(played.outcome, OUTCOME_IGNORED, "an answer");
                    continue;
                };
                assert_eq!(played.outcome, 0, "the scanner reads {channel}");
                let records: Vec<_> = played.records().collect();
                if channel.starts_with("book.") {
                    let found = same_book(&records[0], data.get(), &player);
                    assert_eq!(records.len(), 1);
                    (books, levels) = (books + 1, levels + found);
                    empty += usize::from(found == 0);
                } else {
                    same_ticker(&records, data.get(), &player);
                    tickers += 1;
                    told += records.len() - 3;
                }
            }
        }
        assert!(player.instruments().iter().all(|i| (i.price_exp, i.qty_exp) == (-8, -8)));
        let unlisted = player.instruments().iter().filter(|i| i.provisional).count();
        assert_eq!(told, unlisted, "states are told where no list did");
    }
    println!("{books} books with {levels} levels, {empty} of them empty; {tickers} tickers");
    // As the corpus counts its channels.
    assert_eq!((books, tickers), (46 + 187, 89 + 273));
    assert!(empty > 0 && levels > 500);
}

#[test]
fn two_players_read_a_recording_alike() {
    let Some(corpus) = corpus() else { return };
    for files in captures(&corpus) {
        let captures: Vec<_> = files.iter().map(|file| Capture::open(file).unwrap()).collect();
        let events = captures.iter().flat_map(Capture::events);
        laws::same_input_same_output(Player::of::<Deribit>, events.map(|e| e.input));
    }
}

#[test]
fn a_recorded_list_defines_what_it_says() {
    let Some(corpus) = corpus() else { return };
    #[derive(Deserialize)]
    struct List<'a> {
        #[serde(borrow)]
        result: Vec<Entry<'a>>,
    }
    #[derive(Deserialize)]
    struct Entry<'a> {
        instrument_name: &'a str,
        kind: &'a str,
        base_currency: &'a str,
        quote_currency: &'a str,
        #[serde(borrow)]
        tick_size: Digits<'a>,
        #[serde(borrow)]
        min_trade_amount: Digits<'a>,
        #[serde(borrow)]
        strike: Option<Digits<'a>>,
        option_type: Option<&'a str>,
        expiration_timestamp: i64,
        settlement_period: &'a str,
    }
    let mut player = Player::of::<Deribit>();
    let capture = Capture::open(&captures(&corpus)[0][0]).unwrap();
    let mut entries = 0;
    for event in capture.events() {
        let Input::Reply { body, .. } = event.input else { continue };
        let played = player.play(&event.input);
        assert_eq!((played.status, played.log.as_str()), (OK, ""));
        let list: List<'_> = serde_json::from_slice(body).unwrap();
        for entry in &list.result {
            let name = entry.instrument_name;
            let found = player.instruments().iter().find(|i| i.symbol == name).expect(name);
            let kind = if entry.kind == "option" { Kind::Option } else { Kind::Inverse };
            let unit = if entry.kind == "option" { CONTRACT_BASE } else { CONTRACT_QUOTE };
            assert_eq!((found.kind, found.contract_unit, found.provisional), (kind, unit, false));
            let money = (found.base.as_str(), found.quote.as_str(), found.settle.as_str());
            let base = entry.base_currency;
            assert_eq!(money, (base, entry.quote_currency, base), "{name}");
            assert_eq!(found.tick, shifted(entry.tick_size.get(), found.price_exp), "{name}");
            let least = shifted(entry.min_trade_amount.get(), found.qty_exp);
            assert_eq!((found.lot, found.min_qty), (least, least), "{name}");
            let strike = entry.strike.map_or(0, |s| shifted(s.get(), found.price_exp));
            assert_eq!(found.strike, strike, "{name}");
            assert_eq!(found.option, entry.option_type.and_then(OptionSide::from_name), "{name}");
            let ends = entry.settlement_period != "perpetual";
            let expiry = if ends { entry.expiration_timestamp * 1_000_000 } else { 0 };
            assert_eq!((found.expiry_ns, found.session), (expiry, SESSION_CONTINUOUS), "{name}");
        }
        entries += list.result.len();
    }
    println!("{entries} instruments");
    assert_eq!(player.instruments().len(), entries);
    assert!(entries > 700);
}
