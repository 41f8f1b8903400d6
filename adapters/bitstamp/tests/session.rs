//! From the list of markets to books, trades and orders, without a network.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use patchbay_bitstamp::Bitstamp;
use patchbay_plugin::Wish;
use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_ORDERS, CHANNEL_TRADES, DEPTH_NEWEST, DEPTH_PARTIAL, DEPTH_SNAPSHOT,
    ERROR, OK, ORDER_ADD, ORDER_DELETE, ORDER_EXECUTE, ORDER_REDUCE, OUTCOME_IGNORED,
    PURPOSE_REFERENCE, SESSION_CONTINUOUS, SESSION_HALT, SIDE_BUY, SIDE_NONE, SIDE_SELL,
};
use patchbay_plugin::model::Kind;
use patchbay_testkit::{Input, Played, Player, laws};

const MARKETS: &str = "https://www.bitstamp.net/api/v2/markets/";
const STREAM: &str = "wss://ws.bitstamp.net";

/// The fields of API Markets. No market of the documentation's is printed: decimals are those of the
/// frames below.
const LIST: &str = r#"[{"name":"BTC/USD","market_symbol":"btcusd","base_currency":"BTC","base_decimals":8,"counter_currency":"USD","counter_decimals":2,"minimum_order_value":"10","trading":"Enabled","instant_order_counter_decimals":2,"instant_and_market_orders":"Enabled","description":"Bitcoin / U.S. dollar","market_type":"SPOT"}]"#;

/// github.com/crypto-crawler/crypto-msg-parser, `crypto-msg-parser/tests/bitstamp.rs`, `l2_topk`.
const BOOK: &str = r#"{"data":{"timestamp":"1653978373","microtimestamp":"1653978373164007","bids":[["31524.50","0.36400000"],["31521.05","0.23734197"],["31521.03","0.66028343"]],"asks":[["31535.44","0.31708837"],["31539.38","0.47520104"],["31543.37","0.01071471"]]},"channel":"order_book_btcusd","event":"data"}"#;
/// github.com/thrasher-corp/gocryptotrader, `exchanges/bitstamp/bitstamp_test.go`, `TestWsTrade`,
/// without its spaces.
const TRADE: &str = r#"{"data":{"microtimestamp":"1580336751488517","amount":0.00598803,"buy_order_id":4621328909,"sell_order_id":4621329035,"amount_str":"0.00598803","price_str":"9334.73","timestamp":"1580336751","price":9334.73,"type":1,"id":104007706},"event":"trade","channel":"live_trades_btcusd"}"#;
/// API Public order event data for gap recovery, the example of an `OrderEvent`, as the channel whose
/// gaps it fills has it: the data first.
const ORDER: &str = r#"{"data":{"id":1458532827766784,"id_str":"1458532827766784","order_type":0,"order_subtype":0,"datetime":"1643698764","microtimestamp":"1643698764000000","amount":0.5,"amount_str":"0.5","amount_traded":"0.5","amount_at_create":"1.0","price":50000,"price_str":"50000.00","is_liquidation":false},"channel":"live_orders_btcusd","event":"order_created","event_id":"019f4ac8-1234-abcd-af00-3e9012000020","order_source":"orderbook"}"#;
const FRAMES: [&str; 3] = [BOOK, TRADE, ORDER];

/// github.com/JKorf/Bitstamp.Net, `Bitstamp.Net.UnitTests/Subscriptions/ExchangeApi/Concurrent.txt`, of
/// another channel.
const SUCCEEDED: &str =
    r#"{"event":"bts:subscription_succeeded","channel":"live_orders_btcusd","data":{}}"#;
/// github.com/semenmsu/crypto, `bitstamp/README.md`.
const REFUSED: &str =
    r#"{"event":"bts:error","channel":"","data":{"code":null,"message":"Incorrect JSON format."}}"#;
/// WS Reconnection.
const RECONNECT: &str = r#"{"event":"bts:request_reconnect","channel":"","data":""}"#;
/// WS Heartbeat.
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
    assert_eq!((depth.head.exchange_ns, depth.head.sequence), (1_653_978_373_164_007_000, 0));
    let bids = [(3_152_450, 36_400_000), (3_152_105, 23_734_197), (3_152_103, 66_028_343)];
    let asks = [(3_153_544, 31_708_837), (3_153_938, 47_520_104), (3_154_337, 1_071_471)];
    assert_eq!((record.bids(), record.asks()), (bids.to_vec(), asks.to_vec()));
}

#[test]
fn a_trade_is_of_its_taker() {
    let kind = r#""type":1"#;
    for (frame, side) in [
        (TRADE.to_owned(), SIDE_SELL),
        (TRADE.replace(kind, r#""type":0"#), SIDE_BUY),
        // As before the venue told the taker.
        (TRADE.replace(&format!(",{kind}"), ""), SIDE_NONE),
    ] {
        let trade = *scanned(&frame).slots[0].trade();
        assert_eq!((trade.trade_id, trade.aggressor), (104_007_706, side));
        assert_eq!((trade.price, trade.qty), (933_473, 598_803));
        assert_eq!(trade.head.exchange_ns, 1_580_336_751_488_517_000);
    }
    let neither = TRADE.replace(kind, r#""type":2"#);
    assert_eq!(replayed().frame(1, neither.as_bytes()).status, ERROR);
}

#[test]
fn orders_come_one_by_one() {
    let untouched = ORDER.replace(r#""amount_traded":"0.5""#, r#""amount_traded":"0""#);
    let sold = ORDER.replace(r#""order_type":0"#, r#""order_type":1"#);
    for (frame, event, action, side) in [
        (ORDER, "order_created", ORDER_ADD, SIDE_BUY),
        (&*sold, "order_deleted", ORDER_DELETE, SIDE_SELL),
        (ORDER, "order_changed", ORDER_EXECUTE, SIDE_BUY),
        (&*untouched, "order_changed", ORDER_REDUCE, SIDE_BUY),
    ] {
        let order = *scanned(&frame.replace("order_created", event)).slots[0].order();
        assert_eq!(order.head.flags, action | u16::from(side) << 4, "{event}");
        assert_eq!((order.order_id, order.trade_id), (1_458_532_827_766_784, 0));
        assert_eq!((order.price, order.qty), (5_000_000, 50_000_000));
        assert_eq!(order.head.exchange_ns, 1_643_698_764_000_000_000);
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
