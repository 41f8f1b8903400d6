//! What is recorded: of each trade the four fields that a client kept of its frame, and a list of
//! instruments, against an independent decoding. Books are not recorded.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use patchbay_ls::Ls;
use patchbay_plugin::abi::{OK, SIDE_BUY, SIDE_SELL};
use patchbay_plugin::model::Instrument;
use patchbay_testkit::{Player, corpus};
use serde_json::{Map, Value};

const STREAM: &str = "wss://openapi.ls-sec.co.kr:9443/websocket";
const LIST: &str = "https://openapi.ls-sec.co.kr:8080/stock/etc";
const SECOND: i64 = 1_000_000_000;

fn text(path: &Path) -> String {
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

/// Symbol, the midnight in Korea before it, and how many trades, buyers' and sellers', by the corpus'
/// manifest.
const TICKS: [(&str, &str, i64, [usize; 2]); 2] = [
    ("raw_data_005930_20251125.txt.gz", "005930", 1_763_996_400, [162, 147]),
    ("raw_data_015760_20251126.txt.gz", "015760", 1_764_082_800, [21_031, 15_416]),
];

#[test]
fn every_recorded_trade_is_what_an_independent_decoding_says() {
    let Some(corpus) = corpus() else { return };
    for (file, symbol, midnight, sides) in TICKS {
        let mut player = Player::of::<Ls>();
        player.open(1, 0, STREAM);
        let (mut count, mut shares) = ([0, 0], 0);
        for line in text(&corpus.join("ls-securities/ticks").join(file)).lines() {
            let kept: Map<String, Value> = serde_json::from_str(line).unwrap();
            let of = |key: &str| kept[key].as_str().unwrap();
            let clock: i64 = of("chetime").parse().unwrap();
            let seconds = clock / 10_000 * 3_600 + clock / 100 % 100 * 60 + clock % 100;
            // When it was received is not recorded.
            player.at((midnight + seconds) * SECOND + SECOND / 2);
            // The frame that it was kept of, without what was not.
            let frame = format!(
                r#"{{"header":{{"tr_cd":"S3_","tr_key":"{symbol}"}},"body":{}}}"#,
                serde_json::to_string(&kept).unwrap()
            );
            let played = player.frame(1, frame.as_bytes());
            assert_eq!((played.status, played.outcome, &*played.log), (OK, 0, ""), "{line}");
            let trade = *played.slots[0].trade();
            assert_eq!(trade.head.exchange_ns, (midnight + seconds) * SECOND);
            assert_eq!(trade.price.to_string(), of("price"));
            assert_eq!(trade.qty.to_string(), of("cvolume"));
            let bought = of("cgubun") == "+";
            assert_eq!(trade.aggressor, if bought { SIDE_BUY } else { SIDE_SELL });
            count[usize::from(!bought)] += 1;
            shares += trade.qty;
        }
        println!("{symbol}: {count:?} trades, {shares} shares");
        assert_eq!(count, sides);
        assert_eq!(player.instruments().len(), 1);
    }
}

/// Names of the guide's fields, which the recording has in Korean.
const NAMES: [(&str, &str); 8] = [
    ("종목명", "hname"),
    ("단축코드", "shcode"),
    ("확장코드", "expcode"),
    ("ETF구분", "etfgubun"),
    ("상한가", "uplmtprice"),
    ("하한가", "dnlmtprice"),
    ("기준가", "recprice"),
    ("시장구분", "gubun"),
];

/// The prices that a day begins with: a base that KRX rounds to a step, and limits rounded down to one.
#[test]
fn recorded_limits_are_on_the_price_steps() {
    let Some(corpus) = corpus() else { return };
    let mut list = text(&corpus.join("ls-securities/ls_stock_list.json.gz"));
    for (korean, name) in NAMES {
        list = list.replace(&format!("\"{korean}\""), &format!("\"{name}\""));
    }
    let entries: Vec<Value> = serde_json::from_str(&list).unwrap();
    let mut player = Player::of::<Ls>();
    let body = format!(r#"{{"rsp_cd":"00000","t8436OutBlock":{list}}}"#);
    let out = player.reply(0, LIST, body.as_bytes());
    assert_eq!((out.status, &*out.log), (OK, ""));
    assert_eq!((player.instruments().len(), entries.len()), (4_212, 4_212));
    let (mut stocks, mut funds) = (0, 0);
    for (entry, instrument) in entries.iter().zip(player.instruments()) {
        let Instrument { symbol, tick, bands, .. } = instrument;
        assert_eq!((entry["shcode"].as_str(), *tick), (Some(&**symbol), 1));
        let fund = entry["etfgubun"] != "0" || entry["bu12gubun"] == "";
        assert_eq!(bands.len(), if fund { 2 } else { 7 }, "{symbol}");
        for key in ["uplmtprice", "dnlmtprice", "recprice"] {
            let price = entry[key].as_i64().unwrap();
            assert_eq!(price % instrument.tick_at(price), 0, "{symbol}: {key} {price}");
        }
        (stocks, funds) = if fund { (stocks, funds + 1) } else { (stocks + 1, funds) };
    }
    println!("{stocks} stocks, {funds} funds and notes");
    assert_eq!((stocks, funds), (2_769, 1_443));
}
