//! From the list of markets to books, trades and orders, without a network.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use patchbay_bitstamp::Bitstamp;
use patchbay_plugin::Wish;
use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_ORDERS, CHANNEL_TRADES, DEPTH_NEWEST, DEPTH_PARTIAL, DEPTH_SNAPSHOT,
    ERROR, OK, ORDER_ADD, ORDER_DELETE, ORDER_EXECUTE, ORDER_REDUCE, OUTCOME_IGNORED,
    PURPOSE_REFERENCE, SESSION_CONTINUOUS, SESSION_HALT, SIDE_BUY, SIDE_SELL,
};
use patchbay_plugin::model::Kind;
use patchbay_testkit::{Input, Played, Player, laws};

const MARKETS: &str = "https://www.bitstamp.net/api/v2/markets/";
const STREAM: &str = "wss://ws.bitstamp.net";

/// The fields of www.bitstamp.net/api, Markets, of BTC/USD.
const LIST: &str = r#"[{"name":"BTC/USD","market_symbol":"btcusd","base_currency":"BTC","base_decimals":8,"counter_currency":"USD","counter_decimals":2,"minimum_order_value":"10","trading":"Enabled","instant_order_counter_decimals":2,"instant_and_market_orders":"Enabled","description":"Bitcoin / U.S. dollar","market_type":"SPOT"}]"#;

/// The fields of www.bitstamp.net/websocket/v2, one table each; cut to three levels.
const BOOK: &str = r#"{"data":{"timestamp":"1622520011","microtimestamp":"1622520011989838","bids":[["36653.62","0.75000000"]],"asks":[["36665.20","0.10000000"],["36669.76","0.75000000"]]},"channel":"order_book_btcusd","event":"data"}"#;
const TRADE: &str = r#"{"data":{"id":619501668,"timestamp":"1787174919","amount":0.34778488,"amount_str":"0.34778488","price":69590.13,"price_str":"69590.13","type":0,"microtimestamp":"1787174919977000","buy_order_id":2041200416022642,"sell_order_id":2041200408317957},"channel":"live_trades_btcusd","event":"trade"}"#;
const ORDER: &str = r#"{"data":{"id":1297851689496576,"id_str":"1297851689496576","order_type":1,"order_subtype":0,"datetime":"1605693298","microtimestamp":"1605693298239000","amount":0.014,"amount_str":"0.01400000","amount_traded":"0","amount_at_create":"0.01400000","price":18058.68,"price_str":"18058.68"},"channel":"live_orders_btcusd","event":"order_created"}"#;
const FRAMES: [&str; 3] = [BOOK, TRADE, ORDER];

const SUCCEEDED: &str =
    r#"{"event":"bts:subscription_succeeded","channel":"live_orders_btcusd","data":{}}"#;
const REFUSED: &str =
    r#"{"event":"bts:error","channel":"","data":{"code":null,"message":"Incorrect JSON format."}}"#;
const RECONNECT: &str = r#"{"event":"bts:request_reconnect","channel":"","data":""}"#;
const HEARTBEAT: &str = r#"{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}"#;

/// Everything wanted of BTC/USD; what the list of markets led to.
fn started() -> (Player, Played) {
    let mut player = Player::of::<Bitstamp>();
    let channels = CHANNEL_DEPTH | CHANNEL_TRADES | CHANNEL_ORDERS;
    let symbol = "btcusd";
    let plan =
        player.plan(&[Wish { channels, symbol, kind: Kind::Spot, depth: 0, interval_ms: 0 }]);
    let id = plan.https().iter().find(|h| h.purpose == PURPOSE_REFERENCE).unwrap().id;
    let out = player.reply(id, MARKETS, LIST.as_bytes());
    assert_eq!(out.status, OK, "{}", out.log);
    (player, out)
}

/// A connection that nobody asked for, as a replay has it.
fn replayed() -> Player {
    let mut player = Player::of::<Bitstamp>();
    player.play(&Input::reply(MARKETS, LIST.as_bytes()));
    player.open(1, 0, STREAM);
    player
}

/// What a frame leads to that the scanner takes.
fn scanned(frame: &str) -> Played {
    let out = replayed().frame(1, frame.as_bytes());
    assert_eq!((out.status, out.outcome, out.fell_back()), (OK, 0, false), "{}", out.log);
    out
}

#[test]
fn settings_are_described() {
    laws::settings_are_described(&Player::of::<Bitstamp>());
}

#[test]
fn a_request_names_one_channel() {
    let (mut player, out) = started();
    let [link] = &out.connects()[..] else { panic!("{}", out.log) };
    assert_eq!((&*link.url, &*link.ping_text), (STREAM, r#"{"event":"bts:heartbeat"}"#));
    let mut sent = player.open(7, link.tag, STREAM).sent_texts();
    sent.sort();
    let request =
        |channel| format!(r#"{{"event":"bts:subscribe","data":{{"channel":"{channel}_btcusd"}}}}"#);
    assert_eq!(sent, ["live_orders", "live_trades", "order_book"].map(request));
    for answer in [SUCCEEDED, HEARTBEAT] {
        let out = player.frame(7, answer.as_bytes());
        assert_eq!((out.status, out.outcome, &*out.log), (OK, OUTCOME_IGNORED, ""));
    }
    assert!(player.frame(7, REFUSED.as_bytes()).log.contains("Incorrect JSON format."));
}

#[test]
fn a_connection_that_ends_is_replaced() {
    let (mut player, out) = started();
    player.open(7, out.connects()[0].tag, STREAM);
    let out = player.frame(7, RECONNECT.as_bytes());
    assert_eq!((out.connects().len(), out.status), (1, OK), "{}", out.log);
}

#[test]
fn a_market_has_decimals_and_a_state() {
    let (player, _) = started();
    let [market] = player.instruments() else { panic!("one market") };
    assert_eq!((&*market.base, &*market.quote, market.kind), ("BTC", "USD", Kind::Spot));
    assert_eq!((market.price_exp, market.qty_exp, market.tick, market.lot), (-2, -8, 1, 1));
    assert_eq!((market.min_notional, market.session), (10, SESSION_CONTINUOUS));
    for (from, to, found) in
        [("Enabled", "Disabled", vec![SESSION_HALT]), ("SPOT", "PERPETUAL", vec![])]
    {
        let mut player = Player::of::<Bitstamp>();
        player.play(&Input::reply(MARKETS, LIST.replacen(from, to, 1).as_bytes()));
        let sessions: Vec<_> = player.instruments().iter().map(|i| i.session).collect();
        assert_eq!(sessions, found, "{to}");
    }
}

#[test]
fn every_book_is_whole_and_the_newest_wins() {
    let out = scanned(BOOK);
    let record = out.records().next().unwrap();
    let depth = record.depth().unwrap();
    assert_eq!(depth.flags, DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL);
    assert_eq!((depth.head.exchange_ns, depth.head.sequence), (1_622_520_011_989_838_000, 0));
    assert_eq!(record.bids(), [(3_665_362, 75_000_000)]);
    assert_eq!(record.asks(), [(3_666_520, 10_000_000), (3_666_976, 75_000_000)]);
}

#[test]
fn a_trade_is_of_its_taker() {
    for (frame, side) in
        [(TRADE.to_owned(), SIDE_BUY), (TRADE.replace(r#""type":0"#, r#""type":1"#), SIDE_SELL)]
    {
        let trade = *scanned(&frame).slots[0].trade();
        assert_eq!((trade.trade_id, trade.aggressor), (619_501_668, side));
        assert_eq!((trade.price, trade.qty), (6_959_013, 34_778_488));
        assert_eq!(trade.head.exchange_ns, 1_787_174_919_977_000_000);
    }
    let neither = TRADE.replace(r#""type":0"#, r#""type":2"#);
    assert_eq!(replayed().frame(1, neither.as_bytes()).status, ERROR);
}

#[test]
fn orders_come_one_by_one() {
    let traded = ORDER.replace(r#""amount_traded":"0""#, r#""amount_traded":"0.5""#);
    let bought = ORDER.replace(r#""order_type":1"#, r#""order_type":0"#);
    for (frame, event, action, side) in [
        (ORDER, "order_created", ORDER_ADD, SIDE_SELL),
        (&*bought, "order_deleted", ORDER_DELETE, SIDE_BUY),
        (ORDER, "order_changed", ORDER_REDUCE, SIDE_SELL),
        (&*traded, "order_changed", ORDER_EXECUTE, SIDE_SELL),
    ] {
        let order = *scanned(&frame.replace("order_created", event)).slots[0].order();
        assert_eq!(order.head.flags, action | u16::from(side) << 4, "{event}");
        assert_eq!((order.order_id, order.trade_id), (1_297_851_689_496_576, 0));
        assert_eq!((order.price, order.qty), (1_805_868, 1_400_000));
        assert_eq!(order.head.exchange_ns, 1_605_693_298_239_000_000);
    }
}

#[test]
fn scanner_and_parser_agree_on_mutated_frames() {
    for of in 0..FRAMES.len() {
        let read = laws::scanner_and_parser_agree(replayed, &FRAMES, of, of as u64, 10_000);
        println!("{read}");
        assert!(read.scanned > 1_000 && read.rejected > 100, "{read}");
    }
}

#[test]
fn any_bytes_are_safe() {
    let mut inputs = vec![
        Input::Plan(&[]),
        Input::reply(MARKETS, LIST.as_bytes()),
        Input::Open { conn: 1, tag: 0, url: STREAM },
    ];
    let answers = [SUCCEEDED, REFUSED, RECONNECT, HEARTBEAT];
    inputs.extend(FRAMES.into_iter().chain(answers).map(|frame| Input::text(1, frame)));
    laws::any_bytes_are_safe(&mut Player::of::<Bitstamp>(), &inputs, 1, 10_000);
    laws::a_rejected_input_leaves_nothing(Player::of::<Bitstamp>, &inputs, 1, 10_000);
}
