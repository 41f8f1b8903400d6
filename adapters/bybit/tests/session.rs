//! Plan, topics, requests, and every trap that is known of the venue, without a network.
#![allow(clippy::unwrap_used)]

mod common;

use common::{
    BEST, DELTA, INVERSE, LINEAR, LIQUIDATION, OPTION, OPTION_TICKER, SNAPSHOT, SPOT, SPOT_DELTA,
    SPOT_TRADE, TICKER, TICKER_DELTA, TRADE, linear, list, spot,
};
use patchbay_bybit::Bybit;
use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_FUNDING, CHANNEL_LIQUIDATIONS, CHANNEL_MARK, CHANNEL_OPEN_INTEREST,
    CHANNEL_QUOTES, CHANNEL_TRADES, CONTRACT_QUOTE, DEPTH_DENSE, DEPTH_SNAPSHOT, ERROR,
    FAIL_BANNED, OK, OUTCOME_IGNORED, PURPOSE_REFERENCE, SCOPE_INSTRUMENT, SESSION_CONTINUOUS,
    SESSION_PRE_OPEN, SIDE_BUY, SIDE_SELL, SLOT_FUNDING, SLOT_MARK, SLOT_OPEN_INTEREST, SLOT_QUOTE,
    TRADE_OFF_BOOK,
};
use patchbay_plugin::bind::Command;
use patchbay_plugin::model::{Kind, Nanos, OptionSide};
use patchbay_plugin::{Scope, Wish};
use patchbay_testkit::{Played, Player, laws};

const NOW: Nanos = Player::START;
const SECOND: Nanos = 1_000_000_000;
const ALL: u32 = CHANNEL_DEPTH
    | CHANNEL_QUOTES
    | CHANNEL_TRADES
    | CHANNEL_MARK
    | CHANNEL_FUNDING
    | CHANNEL_OPEN_INTEREST
    | CHANNEL_LIQUIDATIONS;

fn wish(symbol: &str, kind: Kind, channels: u32) -> Wish<'_> {
    Wish { channels, symbol, kind, depth: 0, interval_ms: 0 }
}

fn info(category: &str) -> String {
    format!("https://api.bybit.com/v5/market/instruments-info?category={category}&limit=1000")
}

/// One product only, its instruments known.
fn started(category: &str, symbols: &[&str], wishes: &[Wish<'_>]) -> (Player, Played) {
    let mut player = Player::with::<Bybit>(&format!("products = [\"{category}\"]"));
    let plan = player.plan(wishes);
    let id = plan.https().iter().find(|h| h.purpose == PURPOSE_REFERENCE).unwrap().id;
    let entry = if category == "spot" { spot } else { linear };
    let entries: Vec<_> = symbols.iter().map(|symbol| entry(symbol)).collect();
    let out = player.reply(id, &info(category), list(category, &entries, "").as_bytes());
    assert_eq!(out.status, OK, "{}", out.log);
    (player, out)
}

/// A player with one connection that nobody asked for, as a replay has it.
fn replayed(url: &str) -> Player {
    let mut player = Player::of::<Bybit>();
    player.open(1, 0, url);
    player
}

#[test]
fn the_first_plan_declares_limits_and_asks_for_instruments() {
    let mut player = Player::of::<Bybit>();
    let out = player.plan(&[]);
    let buckets = out.buckets();
    assert_eq!(buckets.len(), 6);
    assert_eq!((buckets[0].capacity, buckets[0].period_ns), (600, 5 * SECOND));
    let urls: Vec<_> = out.https().iter().map(|h| format!("{}{}", h.base, h.path)).collect();
    let time = "https://api.bybit.com/v5/market/time".to_owned();
    assert_eq!(urls, [time.clone(), info("spot"), info("linear"), info("inverse")]);
    // market/time, Response Example.
    let body = br#"{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1688639403","timeNano":"1688639403423213947"},"retExtInfo":{},"time":1688639403423}"#;
    let id = out.https()[0].id;
    let reply = player.reply(id, &time, body);
    let server_ns = 1_688_639_403_423_213_947;
    assert!(reply.commands.contains(&Command::ServerTime { id, server_ns }), "{}", reply.log);
}

#[test]
fn topics_are_asked_for_and_the_connection_is_pinged() {
    let (mut player, out) = started("linear", &["BTCUSDT"], &[wish("BTCUSDT", Kind::Linear, ALL)]);
    let [link] = out.connects()[..] else { panic!("one connection") };
    assert_eq!(link.url, LINEAR);
    assert_eq!((link.ping_ns, link.ping_text.as_str()), (20 * SECOND, r#"{"op":"ping"}"#));
    assert_eq!(link.silence_ns, 60 * SECOND);
    let open = player.open(7, link.tag, &link.url);
    assert_eq!(
        open.sent_texts(),
        [
            r#"{"req_id":"1","op":"subscribe","args":["orderbook.50.BTCUSDT","orderbook.1.BTCUSDT","publicTrade.BTCUSDT","tickers.BTCUSDT","allLiquidation.BTCUSDT"]}"#
        ]
    );
}

#[test]
fn deeper_books_are_a_matter_of_configuration() {
    let mut player = Player::with::<Bybit>("products = [\"spot\"]\ndepth = \"1000\"");
    let plan = player.plan(&[wish("BTCUSDT", Kind::Spot, CHANNEL_DEPTH)]);
    let body = list("spot", &[spot("BTCUSDT")], "");
    let out = player.reply(plan.https()[1].id, &info("spot"), body.as_bytes());
    let open = player.open(1, out.connects()[0].tag, SPOT);
    assert!(open.sent_texts()[0].contains("orderbook.1000.BTCUSDT"));
}

#[test]
fn spot_takes_ten_topics_a_request() {
    let symbols = ["A", "B", "C", "D", "E"].map(|s| format!("{s}USDT"));
    let symbols: Vec<_> = symbols.iter().map(String::as_str).collect();
    let wishes: Vec<_> = symbols.iter().map(|s| wish(s, Kind::Spot, ALL)).collect();
    let (mut player, out) = started("spot", &symbols, &wishes);
    let frames = player.open(1, out.connects()[0].tag, SPOT).sent_texts();
    let topics = |frame: &String| frame.matches("USDT\"").count();
    assert_eq!(frames.iter().map(topics).collect::<Vec<_>>(), [10, 5]);
}

#[test]
fn topics_of_a_connection_stay_within_21000_characters() {
    let symbols: Vec<_> = (0..400).map(|n| format!("LONGSYMBOL{n:04}USDT")).collect();
    let symbols: Vec<_> = symbols.iter().map(String::as_str).collect();
    let wishes: Vec<_> = symbols.iter().map(|s| wish(s, Kind::Linear, ALL)).collect();
    let mut player = Player::with::<Bybit>("products = [\"linear\"]\nsymbols_per_connection = 500");
    let plan = player.plan(&wishes);
    let entries: Vec<_> = symbols.iter().map(|s| linear(s)).collect();
    let body = list("linear", &entries, "");
    let out = player.reply(plan.https()[1].id, &info("linear"), body.as_bytes());
    let links = out.connects();
    assert!(links.len() > 1, "{} connections", links.len());
    for (conn, link) in (1..).zip(links) {
        let frames = player.open(conn, link.tag, LINEAR).sent_texts();
        let args = |frame: &String| frame.split_once("\"args\":").unwrap().1.len() - 1;
        assert!(frames.iter().map(args).sum::<usize>() <= 21_000);
    }
}

#[test]
fn one_bad_topic_fails_the_request_and_the_rest_is_sent_again() {
    let (mut player, out) = started(
        "linear",
        &["AUSDT", "BUSDT"],
        &[wish("AUSDT", Kind::Linear, CHANNEL_DEPTH), wish("BUSDT", Kind::Linear, CHANNEL_DEPTH)],
    );
    let tag = out.connects()[0].tag;
    player.open(1, tag, LINEAR);
    let refusal = br#"{"success":false,"ret_msg":"Invalid topic: [orderbook.50.AUSDT]","conn_id":"2324d924","req_id":"1","op":"subscribe"}"#;
    let out = player.frame(1, refusal);
    assert_eq!((out.status, out.outcome), (OK, OUTCOME_IGNORED));
    assert!(out.log.contains("Invalid topic"), "{}", out.log);
    let again = [r#"{"req_id":"2","op":"subscribe","args":["orderbook.50.BUSDT"]}"#];
    assert_eq!(out.sent_texts(), again);
    let good =
        br#"{"success":true,"ret_msg":"","conn_id":"2324d924","req_id":"2","op":"subscribe"}"#;
    assert!(player.frame(1, good).sent_texts().is_empty());
    // One that does not say which: each alone.
    player.close(1, 1006, "");
    player.open(2, tag, LINEAR);
    let vague =
        br#"{"success":false,"ret_msg":"error","conn_id":"x","req_id":"3","op":"subscribe"}"#;
    let alone = player.frame(2, vague).sent_texts();
    assert_eq!(alone.len(), 2);
    assert!(alone[0].contains(r#"["orderbook.50.AUSDT"]"#));
    let last =
        br#"{"success":false,"ret_msg":"error","conn_id":"x","req_id":"4","op":"subscribe"}"#;
    let out = player.frame(2, last);
    assert!(out.sent_texts().is_empty() && out.log.contains("AUSDT"), "not asked again");
}

#[test]
fn the_first_snapshot_may_come_before_the_answer() {
    let (mut player, out) =
        started("linear", &["BTCUSDT"], &[wish("BTCUSDT", Kind::Linear, CHANNEL_DEPTH)]);
    player.open(1, out.connects()[0].tag, LINEAR);
    let out = player.frame(1, SNAPSHOT.as_bytes());
    assert_eq!(out.records().next().unwrap().depth().unwrap().flags, DEPTH_SNAPSHOT);
    let late = br#"{"success":true,"ret_msg":"","conn_id":"x","req_id":"1","op":"subscribe"}"#;
    assert_eq!(player.frame(1, late).outcome, OUTCOME_IGNORED);
}

#[test]
fn a_broken_book_is_subscribed_again_alone() {
    let wishes = ["AUSDT", "BUSDT"].map(|s| wish(s, Kind::Linear, CHANNEL_DEPTH | CHANNEL_TRADES));
    let (mut player, out) = started("linear", &["AUSDT", "BUSDT"], &wishes);
    assert!(player.resync(Scope::Instrument(1)).commands.is_empty(), "not open yet");
    player.open(1, out.connects()[0].tag, LINEAR);
    assert_eq!(
        player.resync(Scope::Instrument(1)).sent_texts(),
        [
            r#"{"req_id":"2","op":"unsubscribe","args":["orderbook.50.BUSDT"]}"#,
            r#"{"req_id":"3","op":"subscribe","args":["orderbook.50.BUSDT"]}"#,
        ]
    );
    assert_eq!(player.resync(Scope::Connection(1)).status, ERROR);
    assert_eq!(player.resync(Scope::Instrument(9)).status, ERROR);
}

#[test]
fn a_delta_is_a_change_and_no_full_side() {
    let mut player = replayed(LINEAR);
    let out = player.frame(1, SNAPSHOT.as_bytes());
    let record = out.records().next().unwrap();
    let depth = record.depth().unwrap();
    assert_eq!((depth.scope, depth.flags), (SCOPE_INSTRUMENT, DEPTH_SNAPSHOT));
    assert_eq!(
        (depth.head.sequence, depth.head.exchange_ns),
        (18_521_288, 1_672_304_484_976_000_000)
    );
    assert_eq!(record.bids()[0], (1_649_350_000_000, 600_000));
    let out = player.frame(1, DELTA.as_bytes());
    let record = out.records().next().unwrap();
    assert_eq!(record.depth().unwrap().flags, DEPTH_DENSE);
    assert_eq!(record.bids()[1].1, 0, "size 0 removes the level");
    assert_eq!(record.asks().len(), 2);
}

#[test]
fn the_order_of_fields_differs_between_products() {
    for (url, frame) in [(SPOT, SPOT_DELTA), (LINEAR, DELTA), (SPOT, SPOT_TRADE), (LINEAR, TRADE)] {
        let mut player = replayed(url);
        let out = player.frame(1, frame.as_bytes());
        assert_eq!((out.status, out.outcome), (OK, 0), "{frame}");
        let value: serde_json::Value = serde_json::from_str(frame).unwrap();
        let other = replayed(url).frame(1, value.to_string().as_bytes());
        assert_eq!(other.slots, out.slots, "sorted by key");
    }
}

#[test]
fn update_id_1_replaces_the_book_also_in_a_delta() {
    let mut player = replayed(LINEAR);
    let restart = DELTA.replace("177400507", "1");
    let out = player.frame(1, restart.as_bytes());
    assert_eq!(out.records().next().unwrap().depth().unwrap().flags, DEPTH_SNAPSHOT);
}

#[test]
fn level_1_repeats_itself_with_the_same_update_id() {
    let mut player = replayed(LINEAR);
    for _ in 0..2 {
        let out = player.frame(1, BEST.as_bytes());
        assert_eq!((out.status, out.slots.len()), (OK, 1));
        let quote = out.slots[0].quote();
        assert_eq!((quote.head.kind, quote.head.sequence), (SLOT_QUOTE, 18_521_288));
        assert_eq!((quote.bid_price, quote.ask_qty), (1_649_350_000_000, 2_900_000));
    }
    let empty = BEST.replace(r#"[["16493.50","0.006"]]"#, "[]");
    let quote = *player.frame(1, empty.as_bytes()).slots[0].quote();
    assert_eq!((quote.bid_price, quote.bid_qty), (0, 0), "a side may be empty");
    let delta = BEST.replace("snapshot", "delta");
    assert_eq!(player.frame(1, delta.as_bytes()).status, ERROR);
}

#[test]
fn the_side_of_a_trade_is_the_takers() {
    let mut player = replayed(LINEAR);
    let trade = *player.frame(1, TRADE.as_bytes()).slots[0].trade();
    assert_eq!((trade.aggressor, trade.id_hashed, trade.flags), (SIDE_BUY, 1, 0));
    assert_eq!((trade.price, trade.qty), (1_657_850_000_000, 100_000));
    assert_eq!(trade.head.exchange_ns, 1_672_304_486_865_000_000);
    let mut player = replayed(SPOT);
    let trade = *player.frame(1, SPOT_TRADE.as_bytes()).slots[0].trade();
    assert_eq!((trade.aggressor, trade.id_hashed), (SIDE_SELL, 0));
    assert_eq!(trade.trade_id, 2_280_000_001_739_247_417);
}

#[test]
fn block_trades_are_kept_off_the_tape() {
    let mut player = replayed(LINEAR);
    let block = TRADE.replace(r#""BT":false"#, r#""BT":true"#);
    assert_eq!(player.frame(1, block.as_bytes()).slots[0].trade().flags, TRADE_OFF_BOOK);
}

#[test]
fn several_trades_may_share_a_sequence() {
    let mut player = replayed(LINEAR);
    let (head, row) = TRADE.split_once("\"data\":[").unwrap();
    let row = row.strip_suffix("]}").unwrap();
    let other = row.replace("20f43950", "30f43950");
    let out = player.frame(1, format!("{head}\"data\":[{row},{other}]}}").as_bytes());
    let ids: Vec<_> =
        out.slots.iter().map(|s| (s.trade().head.sequence, s.trade().trade_id)).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0].0, ids[1].0);
    assert_ne!(ids[0].1, ids[1].1);
    // A bad one takes the good ones with it.
    let bad = row.replace("16578.50", "x");
    let out = player.frame(1, format!("{head}\"data\":[{row},{bad}]}}").as_bytes());
    assert_eq!((out.status, out.slots.len()), (ERROR, 0));
}

#[test]
fn a_ticker_delta_names_only_what_changed() {
    let mut player = replayed(LINEAR);
    let early = player.frame(1, TICKER_DELTA.as_bytes());
    assert_eq!((early.status, early.slots.len()), (OK, 0), "before its snapshot it says nothing");
    let whole = player.frame(1, TICKER.as_bytes());
    let kinds: Vec<_> = whole.slots.iter().map(|s| s.head().kind).collect();
    assert_eq!(kinds, [SLOT_MARK, SLOT_FUNDING, SLOT_OPEN_INTEREST]);
    let funding = whole.slots[1].funding();
    assert_eq!((funding.rate, funding.next_ns), (-21_200, 1_673_280_000_000_000_000));
    assert_eq!(whole.slots[2].open_interest().qty, 6_874_476_100_000);
    let changed = player.frame(1, TICKER_DELTA.as_bytes());
    let mark = *changed.slots[0].mark();
    assert_eq!(changed.slots.len(), 1);
    assert_eq!((mark.mark, mark.index), (1_721_800_000_000, 1_722_736_000_000), "index as before");
    // Not across a reconnect.
    player.close(1, 1006, "");
    player.open(2, 0, LINEAR);
    assert!(player.frame(2, TICKER_DELTA.as_bytes()).slots.is_empty());
}

#[test]
fn absent_decimals_are_empty_texts() {
    let mut player = replayed(LINEAR);
    let delivery = TICKER.replace("-0.000212", "").replace("1673280000000", "");
    let out = player.frame(1, delivery.as_bytes());
    let kinds: Vec<_> = out.slots.iter().map(|s| s.head().kind).collect();
    assert_eq!(kinds, [SLOT_MARK, SLOT_OPEN_INTEREST], "no funding: {}", out.log);
}

#[test]
fn a_liquidation_names_the_side_of_the_position() {
    let mut player = replayed(LINEAR);
    let short = *player.frame(1, LIQUIDATION.as_bytes()).slots[0].liquidation();
    assert_eq!((short.side, short.price), (SIDE_BUY, 4_499_000), "a short is bought back");
    let long = LIQUIDATION.replace("\"Sell\"", "\"Buy\"");
    assert_eq!(player.frame(1, long.as_bytes()).slots[0].liquidation().side, SIDE_SELL);
}

#[test]
fn one_symbol_is_an_instrument_of_each_category() {
    let mut player = Player::of::<Bybit>();
    for (conn, url) in (1..).zip([SPOT, LINEAR, INVERSE]) {
        player.open(conn, 0, url);
        assert_eq!(player.frame(conn, BEST.as_bytes()).status, OK);
    }
    let kinds: Vec<_> = player.instruments().iter().map(|i| (i.symbol.as_str(), i.kind)).collect();
    let kind = |kind| ("BTCUSDT", kind);
    assert_eq!(kinds, [kind(Kind::Spot), kind(Kind::Linear), kind(Kind::Inverse)]);
}

#[test]
fn lists_of_instruments_come_in_pages() {
    let mut player = Player::with::<Bybit>("products = [\"linear\"]");
    let plan = player.plan(&[]);
    let first = list("linear", &[linear("AUSDT")], "first%3DA%26last%3DB");
    let out = player.reply(plan.https()[1].id, &info("linear"), first.as_bytes());
    let [next] = out.https()[..] else { panic!("one request") };
    assert!(next.path.ends_with("&limit=1000&cursor=first%3DA%26last%3DB"), "{}", next.path);
    let url = format!("{}{}", next.base, next.path);
    let out = player.reply(next.id, &url, list("linear", &[linear("BUSDT")], "").as_bytes());
    assert!(out.https().is_empty(), "the last page");
    let symbols: Vec<_> = player.instruments().iter().map(|i| i.symbol.as_str()).collect();
    assert_eq!(symbols, ["AUSDT", "BUSDT"]);
}

#[test]
fn instruments_have_their_sizes_and_units() {
    let mut player = Player::of::<Bybit>();
    let pre = linear("NEWUSDT").replace("Trading", "PreLaunch");
    // market/instrument, Response Example, option.
    let option = r#"{"symbol":"BTC-29JUL22-25000-C","status":"Trading","baseCoin":"BTC","quoteCoin":"USD","settleCoin":"USDC","optionsType":"Call","launchTime":"1659628800000","deliveryTime":"1659081600000","deliveryFeeRate":"0.0002","priceFilter":{"minPrice":"5","maxPrice":"10000000","tickSize":"5"},"lotSizeFilter":{"maxOrderQty":"500","minOrderQty":"0.01","qtyStep":"0.01"}}"#;
    for (category, entries) in [
        ("linear", vec![linear("BTCUSDT"), pre, "{\"symbol\":\"\"}".to_owned()]),
        ("inverse", vec![linear("BTCUSD")]),
        ("spot", vec![spot("BTCUSDT")]),
        ("option", vec![option.to_owned()]),
    ] {
        let out = player.reply(0, &info(category), list(category, &entries, "").as_bytes());
        assert_eq!(out.status, OK, "{}", out.log);
    }
    let [btc, new, inverse, spot, option] = player.instruments() else { panic!("five") };
    assert_eq!((btc.price_exp, btc.qty_exp, btc.tick, btc.lot), (-2, -3, 10, 1));
    assert_eq!((btc.min_notional, btc.notional_exp, btc.expiry_ns), (5, 0, 0));
    assert_eq!((btc.settle.as_str(), btc.session), ("USDT", SESSION_CONTINUOUS));
    assert_eq!(new.session, SESSION_PRE_OPEN);
    assert_eq!((inverse.kind, inverse.contract_unit), (Kind::Inverse, CONTRACT_QUOTE));
    assert_eq!((spot.tick, spot.lot, spot.settle.as_str()), (1, 100, ""));
    assert_eq!((spot.price_exp, spot.qty_exp), (-2, -8), "as fine as the largest order");
    assert_eq!((option.option, option.strike), (Some(OptionSide::Call), 25_000));
    assert_eq!(option.expiry_ns, 1_659_081_600_000_000_000);
}

#[test]
fn options_have_topics_and_answers_of_their_own() {
    let mut player = replayed(OPTION);
    let out = player.frame(1, OPTION_TICKER.as_bytes());
    let kinds: Vec<_> = out.slots.iter().map(|s| s.head().kind).collect();
    assert_eq!(kinds, [SLOT_MARK, SLOT_OPEN_INTEREST, SLOT_QUOTE]);
    let quote = out.slots[2].quote();
    assert_eq!((quote.bid_qty, quote.ask_price), (0, 1_000_000_000), "one side is empty");
    let pong = br#"{"args":["1672916271846"],"op":"pong"}"#;
    assert_eq!(player.frame(1, pong).outcome, OUTCOME_IGNORED);
    let answer = br#"{"success":true,"conn_id":"aa01fbfffe80af37","data":{"failTopics":["tickers.X"],"successTopics":[]},"type":"COMMAND_RESP"}"#;
    let out = player.frame(1, answer);
    assert!(out.log.contains("tickers.X"), "{}", out.log);
}

#[test]
fn pongs_and_other_channels_hold_nothing() {
    let mut player = replayed(LINEAR);
    for frame in [
        r#"{"success":true,"ret_msg":"pong","conn_id":"x","req_id":"","op":"ping"}"#,
        r#"{"topic":"kline.1.BTCUSDT","data":[],"ts":1,"type":"snapshot"}"#,
    ] {
        let out = player.frame(1, frame.as_bytes());
        assert_eq!((out.status, out.outcome), (OK, OUTCOME_IGNORED), "{frame}");
    }
    assert!(player.frame(1, b"pong").rejected());
}

#[test]
fn refusals_are_obeyed() {
    let mut player = Player::with::<Bybit>("products = [\"spot\"]");
    let plan = player.plan(&[]);
    let id = plan.https()[1].id;
    // HTTP 200 with a code of its own.
    let busy =
        br#"{"retCode":10006,"retMsg":"Too many visits!","result":{},"retExtInfo":{},"time":1}"#;
    let out = player.answer(id, 200, &info("spot"), &[], busy);
    assert!(out.wakes().contains(&(NOW + SECOND)), "{:?}", out.wakes());
    assert!(out.log.contains("Too many visits!"));
    // 403: stop for ten minutes, and call the operator.
    let out = player.at(NOW + SECOND).timer();
    let out = player.answer(out.https()[0].id, 403, &info("spot"), &[], b"");
    assert_eq!(out.fails()[0].0, FAIL_BANNED);
    assert!(out.log.contains("asked again in 600000 ms"), "{}", out.log);
    // What cannot succeed is given up.
    let out = player.at(NOW + 601 * SECOND).timer();
    let ask = out.https().into_iter().find(|h| h.path.contains("instruments")).unwrap();
    let wrong =
        br#"{"retCode":10001,"retMsg":"params error","result":{},"retExtInfo":{},"time":1}"#;
    assert!(player.answer(ask.id, 200, &info("spot"), &[], wrong).log.contains("not asked again"));
}

#[test]
fn every_default_has_a_schema_and_the_other_way_round() {
    laws::settings_are_described(&Player::of::<Bybit>());
}
