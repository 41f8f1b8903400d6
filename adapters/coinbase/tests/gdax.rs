//! Recordings of 2018, when the Exchange was called GDAX: whole books and their changes, in tables. Each
//! row is one message; the books that its records make equal those that the rows make by themselves.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use common::EXCHANGE;
use flate2::read::MultiGzDecoder;
use patchbay_coinbase::Coinbase;
use patchbay_plugin::abi::{SIDE_BUY, SIDE_SELL};
use patchbay_testkit::{Played, Player, corpus};
use serde_json::json;

/// Bids and asks: quantities by price, both in units of 1e-8.
type Book = [BTreeMap<i64, i64>; 2];

/// Lines of a table, each cut into its fields; the first names them.
fn table(path: &Path) -> Vec<Vec<String>> {
    let mut text = String::new();
    MultiGzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let fields = |line: &str| {
        let (mut fields, mut quoted) = (vec![String::new()], false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => fields.push(String::new()),
                c => fields.last_mut().unwrap().push(c),
            }
        }
        fields
    };
    text.lines().map(fields).collect()
}

/// A decimal in units of 1e-8.
fn units(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 8, "{text}");
    format!("{whole}{fraction:0<8}").parse().unwrap()
}

fn set(book: &mut Book, side: usize, price: i64, qty: i64) {
    if qty == 0 {
        book[side].remove(&price);
    } else {
        book[side].insert(price, qty);
    }
}

/// Plays a message; what its depth record says is done to `book`.
fn play(player: &mut Player, frame: &str, book: &mut Book) -> Played {
    let played = player.frame(1, frame.as_bytes());
    assert!(played.accepted() && !played.fell_back(), "{frame}: {}", played.log);
    for record in played.records().filter(|record| record.depth().is_some()) {
        if frame.starts_with(r#"{"type":"snapshot""#) {
            *book = Book::default();
        }
        for (side, levels) in [record.bids(), record.asks()].into_iter().enumerate() {
            levels.into_iter().for_each(|(price, qty)| set(book, side, price, qty));
        }
    }
    played
}

fn opened() -> Player {
    let mut player = Player::of::<Coinbase>();
    assert!(player.open(1, 0, EXCHANGE).accepted());
    player
}

#[test]
fn ten_minutes_with_their_matches() {
    let Some(corpus) = corpus() else { return };
    let rows = table(&corpus.join("coinbase/gdax-20180417/raw_mongo_input.csv.gz"));
    let column = |name: &str| rows[0].iter().position(|field| field == name).unwrap();
    let [kind, bids, asks, changes] = ["type", "bids", "asks", "changes"].map(column);
    let [side, price, size, time] = ["side", "price", "size", "time"].map(column);
    let [sequence, trade_id, maker, taker] =
        ["sequence", "trade_id", "maker_order_id", "taker_order_id"].map(column);
    let (mut player, mut ours, mut theirs) = (opened(), Book::default(), Book::default());
    let (mut updates, mut ids) = (0, Vec::new());
    for row in &rows[1..] {
        // Lists are written with the other quotation marks.
        let list = |at: usize| -> Vec<Vec<String>> {
            serde_json::from_str(&row[at].replace('\'', "\"")).unwrap()
        };
        match row[kind].as_str() {
            "snapshot" => {
                let (bids, asks) = (list(bids), list(asks));
                for (side, levels) in [&bids, &asks].into_iter().enumerate() {
                    levels.iter().for_each(|l| set(&mut theirs, side, units(&l[0]), units(&l[1])));
                }
                let text = format!(
                    r#"{{"type":"snapshot","product_id":"BTC-USD","bids":{},"asks":{}}}"#,
                    json!(bids),
                    json!(asks)
                );
                play(&mut player, &text, &mut ours);
            }
            "l2update" => {
                let changes = list(changes);
                for change in &changes {
                    let side = usize::from(change[0] == "sell");
                    set(&mut theirs, side, units(&change[1]), units(&change[2]));
                }
                let text = format!(
                    r#"{{"type":"l2update","product_id":"BTC-USD","time":"{}","changes":{}}}"#,
                    row[time],
                    json!(changes)
                );
                play(&mut player, &text, &mut ours);
                updates += 1;
                if updates % 1000 == 0 {
                    assert_eq!(ours, theirs, "after {updates} changes");
                }
            }
            "match" => {
                let number = |at: usize| row[at].strip_suffix(".0").unwrap();
                let text = format!(
                    r#"{{"type":"match","trade_id":{},"maker_order_id":"{}","taker_order_id":"{}","side":"{}","size":"{}","price":"{}","product_id":"BTC-USD","sequence":{},"time":"{}"}}"#,
                    number(trade_id),
                    row[maker],
                    row[taker],
                    row[side],
                    row[size],
                    row[price],
                    number(sequence),
                    row[time]
                );
                let played = play(&mut player, &text, &mut ours);
                let trade = *played.slots[0].trade();
                assert_eq!((trade.price, trade.qty), (units(&row[price]), units(&row[size])));
                let aggressor = if row[side] == "sell" { SIDE_BUY } else { SIDE_SELL };
                assert_eq!(trade.aggressor, aggressor);
                ids.push(trade.trade_id);
            }
            _ => {}
        }
    }
    assert_eq!(ours, theirs);
    // As the corpus counts them.
    assert_eq!((updates, ids.len()), (18_093, 256));
    assert!(ids.is_sorted_by(|a, b| a + 1 == *b));
    println!("{} bids, {} asks at the end", ours[0].len(), ours[1].len());
    let best = [ours[0].last_key_value(), ours[1].first_key_value()].map(|l| *l.unwrap().0);
    assert!(best[0] < best[1] && ours[0].len() > 1000 && ours[1].len() > 1000, "{best:?}");
}

/// The text of a double: these tables went through them, and the venue has no more than eight places.
fn eight_places(text: &str) -> String {
    format!("{:.8}", text.parse::<f64>().unwrap())
}

#[test]
fn three_quarters_of_an_hour() {
    let Some(corpus) = corpus() else { return };
    let table = |name: &str| table(&corpus.join("coinbase/gdax-20180424").join(name));
    let (mut player, mut ours, mut theirs) = (opened(), Book::default(), Book::default());
    let [bids, asks] = ["snapshot_bids.csv.gz", "snapshot_asks.csv.gz"].map(table);
    let side = |rows: &[Vec<String>]| -> Vec<[String; 2]> {
        rows[1..].iter().map(|row| [row[1].clone(), eight_places(&row[2])]).collect()
    };
    let (bids, asks) = (side(&bids), side(&asks));
    for (side, levels) in [&bids, &asks].into_iter().enumerate() {
        levels.iter().for_each(|[price, qty]| set(&mut theirs, side, units(price), units(qty)));
    }
    let text = format!(
        r#"{{"type":"snapshot","product_id":"BTC-USD","bids":{},"asks":{}}}"#,
        json!(bids),
        json!(asks)
    );
    play(&mut player, &text, &mut ours);
    assert_eq!(ours, theirs);
    let (mut changes, mut removed) = (0, 0);
    for part in 1..=3 {
        for row in &table(&format!("l2update_15min_{part}.csv.gz"))[1..] {
            let [side, price, qty, time] = &row[..] else { panic!("{row:?}") };
            let qty = &eight_places(qty);
            set(&mut theirs, usize::from(side == "sell"), units(price), units(qty));
            removed += usize::from(units(qty) == 0);
            let text = format!(
                r#"{{"type":"l2update","product_id":"BTC-USD","time":"{time}","changes":[["{side}","{price}","{qty}"]]}}"#
            );
            play(&mut player, &text, &mut ours);
            changes += 1;
        }
        assert_eq!(ours, theirs, "after part {part}");
    }
    // As the corpus counts them.
    assert_eq!((changes, removed), (3 * 48_462, 16_844 + 17_571 + 18_807));
    println!("{} bids, {} asks at the end", ours[0].len(), ours[1].len());
}
