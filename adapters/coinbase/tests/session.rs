//! Plan, connections, keys, refusals and their failures, without a network; and the venue's traps.
#![allow(clippy::unwrap_used)]

mod common;

use common::frames::{self, HEARTBEAT, PAIRS, PRODUCTS, STATUS, SUBSCRIPTIONS};
use common::{ADVANCED, EXCHANGE, l2_data, update};
use patchbay_coinbase::Coinbase;
use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_QUOTES, CHANNEL_STATUS, CHANNEL_TRADES, CONTRACT_BASE, DEPTH_DENSE,
    DEPTH_SNAPSHOT, ENCODE_BASE64, ENCODE_SECONDS, ERROR, FAIL_PERMISSION, NO_INSTRUMENT, OK,
    PURPOSE_REFERENCE, PURPOSE_TIME, SCOPE_CONNECTION, SCOPE_NONE, SECRET_HMAC_SHA256,
    SECRET_JWT_ES256, SECRET_KEY_ID, SECRET_PASSPHRASE, SECRET_WALL_TIME, SESSION_AUCTION,
    SESSION_CLOSED, SESSION_CONTINUOUS, SESSION_HALT, SIDE_BUY, SIDE_SELL, TARGET_BODY,
    TARGET_SCRATCH,
};
use patchbay_plugin::bind::Command;
use patchbay_plugin::model::{Kind, Nanos};
use patchbay_plugin::{Scope, Wish};
use patchbay_testkit::{Played, Player, laws};

const SECOND: Nanos = 1_000_000_000;
const LIST: &str = "https://api.coinbase.com/api/v3/brokerage/market/products?product_type=SPOT";
const PAIRS_AT: &str = "https://api.exchange.coinbase.com/products";
const DATA: u32 = CHANNEL_DEPTH | CHANNEL_TRADES | CHANNEL_QUOTES;
/// The second product.
const FEED: &str = "products = [\"exchange\"]";

fn wish(symbol: &str, channels: u32) -> Wish<'_> {
    Wish { channels, symbol, kind: Kind::Spot, depth: 0, interval_ms: 0 }
}

/// Its products known; what their list led to.
fn started(changes: &str, wishes: &[Wish<'_>]) -> (Player, Played) {
    let mut player = Player::with::<Coinbase>(changes);
    let plan = player.plan(wishes);
    let list = plan.https().into_iter().find(|http| http.purpose == PURPOSE_REFERENCE).unwrap();
    let (url, body) = match list.base.contains("exchange") {
        true => (PAIRS_AT, PAIRS),
        false => (LIST, PRODUCTS),
    };
    let out = player.reply(list.id, url, body.as_bytes());
    assert_eq!(out.status, OK, "{}", out.log);
    (player, out)
}

/// A connection that carries what is wished.
fn opened(changes: &str, wishes: &[Wish<'_>]) -> (Player, Played) {
    let (mut player, out) = started(changes, wishes);
    let link = out.connects()[0].clone();
    let open = player.open(1, link.tag, &link.url);
    (player, open)
}

/// What depth messages came.
fn depths(out: &Played) -> Vec<(u32, u8, u8, u64)> {
    let depths = out.records().filter_map(|record| record.depth().copied());
    depths.map(|d| (d.head.instrument, d.scope, d.flags, d.head.sequence)).collect()
}

#[test]
fn the_first_plan_declares_limits_and_asks_for_time_and_list() {
    let mut player = Player::of::<Coinbase>();
    let out = player.plan(&[]);
    let limits: Vec<_> = out
        .buckets()
        .into_iter()
        .map(|b| (b.name.as_str(), b.capacity, b.period_ns / SECOND))
        .collect();
    assert_eq!(
        limits,
        [
            ("advanced rest requests", 10, 1),
            ("advanced connects", 8, 1),
            ("advanced messages", 8, 1)
        ]
    );
    let asked: Vec<_> = out.https().iter().map(|http| (http.path.as_str(), http.purpose)).collect();
    let list = "/api/v3/brokerage/market/products?product_type=SPOT";
    assert_eq!(asked, [("/api/v3/brokerage/time", PURPOSE_TIME), (list, PURPOSE_REFERENCE)]);
    // Advanced Trade REST, "Get Server Time".
    let id = out.https()[0].id;
    let body = br#"{"iso":"2026-08-09T21:05:48.5Z","epochSeconds":"1786309548","epochMillis":"1786309548500"}"#;
    let reply = player.reply(id, "https://api.coinbase.com/api/v3/brokerage/time", body);
    let time = Command::ServerTime { id, server_ns: 1_786_309_548_500_000_000 };
    assert!(reply.commands.contains(&time), "{}", reply.log);
    // The Exchange's own, "Get server time".
    let mut player = Player::with::<Coinbase>(FEED);
    let out = player.plan(&[]);
    let asked: Vec<_> = out.https().iter().map(|http| http.path.as_str()).collect();
    assert_eq!(asked, ["/time", "/products"]);
    let id = out.https()[0].id;
    let body = br#"{"iso":"2015-01-07T23:47:25.201Z","epoch":1420674445.201}"#;
    let reply = player.reply(id, "https://api.exchange.coinbase.com/time", body);
    let time = Command::ServerTime { id, server_ns: 1_420_674_445_201_000_000 };
    assert!(reply.commands.contains(&time), "{}", reply.log);
}

#[test]
fn lists_define_pairs_futures_and_sessions() {
    let (player, _) = started("", &[]);
    let found = |symbol: &str| player.instruments().iter().find(|i| i.symbol == symbol).unwrap();
    let spot = found("BTC-USD");
    assert_eq!(
        (spot.kind, &*spot.base, &*spot.quote, &*spot.settle),
        (Kind::Spot, "BTC", "USD", "")
    );
    assert_eq!((spot.price_exp, spot.tick, spot.qty_exp, spot.lot), (-8, 1_000_000, -8, 1));
    assert_eq!((spot.min_notional, spot.notional_exp, spot.session), (1, 0, SESSION_CONTINUOUS));
    assert_eq!(found("ETH-USD").session, SESSION_HALT);
    let future = found("BIT-28AUG26-CDE");
    assert_eq!((future.kind, &*future.base, &*future.settle), (Kind::Linear, "BTC", "USD"));
    let contract = (future.contract_size, future.contract_exp, future.contract_unit);
    assert_eq!(contract, (1, -2, CONTRACT_BASE));
    assert_eq!((future.expiry_ns, future.session), (1_787_929_200 * SECOND, SESSION_CLOSED));
    let perpetual = found("BTC-PERP-INTX");
    assert_eq!((perpetual.kind, perpetual.expiry_ns), (Kind::Linear, 0));
    assert_eq!((&*perpetual.quote, perpetual.contract_size), ("USDC", 1));
    let (player, _) = started(FEED, &[]);
    let [pair] = player.instruments() else { panic!("one pair") };
    assert_eq!((&*pair.symbol, pair.tick, pair.lot), ("BTC-USD", 1_000_000, 1));
    assert_eq!(pair.session, SESSION_AUCTION, "a crossed book is legal");
}

#[test]
fn a_request_names_one_channel() {
    let wishes = [wish("BTC-USD", DATA | CHANNEL_STATUS), wish("ETH-USD", DATA)];
    let (_, open) = opened("", &wishes);
    let both = r#""product_ids":["BTC-USD","ETH-USD"]"#;
    let expected = [
        format!(r#"{{"type":"subscribe","channel":"level2",{both}}}"#),
        format!(r#"{{"type":"subscribe","channel":"market_trades",{both}}}"#),
        format!(r#"{{"type":"subscribe","channel":"ticker",{both}}}"#),
        r#"{"type":"subscribe","channel":"status"}"#.to_owned(),
        r#"{"type":"subscribe","channel":"heartbeats"}"#.to_owned(),
    ];
    assert_eq!(open.sent_texts(), expected);
    let (mut player, open) = opened(FEED, &[wish("BTC-USD", DATA | CHANNEL_STATUS)]);
    let one = r#""product_ids":["BTC-USD"]"#;
    let expected = [
        format!(r#"{{"type":"subscribe","channels":["level2_batch"],{one}}}"#),
        format!(r#"{{"type":"subscribe","channels":["matches"],{one}}}"#),
        format!(r#"{{"type":"subscribe","channels":["ticker"],{one}}}"#),
        r#"{"type":"subscribe","channels":["status"]}"#.to_owned(),
        format!(r#"{{"type":"subscribe","channels":["heartbeat"],{one}}}"#),
    ];
    assert_eq!(open.sent_texts(), expected);
    let fewer = player.plan(&[wish("BTC-USD", CHANNEL_DEPTH)]).sent_texts();
    assert!(fewer[0].starts_with(r#"{"type":"unsubscribe","channels":["matches"],"#), "{fewer:?}");
    assert_eq!(fewer.len(), 3, "heartbeats stay: {fewer:?}");
}

#[test]
fn one_feed_of_the_two() {
    let both = "products = [\"advanced\", \"exchange\"]";
    let plugin = patchbay_plugin::bind::Plugin::linked_adapter::<Coinbase>();
    let error = Player::new(plugin, both).err().unwrap().to_string();
    assert!(error.contains("name one of them"), "{error}");
    let (_, out) = started("", &[wish("BTC-USD", DATA)]);
    let [link] = out.connects()[..] else { panic!("one connection") };
    assert_eq!((&*link.url, link.silence_ns), (ADVANCED, 10 * SECOND));
    let (_, out) = started(FEED, &[wish("BTC-USD", DATA)]);
    assert_eq!(out.connects()[0].url, EXCHANGE);
}

#[test]
fn a_key_signs_each_request_with_a_jwt_of_two_minutes() {
    let (_, open) = opened("login = true", &[wish("BTC-USD", CHANNEL_DEPTH)]);
    let sends = open.sends();
    assert_eq!(sends.len(), 2, "books and heartbeats");
    for send in sends {
        let text = str::from_utf8(&send.payload).unwrap();
        assert!(text.ends_with(r#","jwt":""}"#), "{text}");
        let claims = r#"{"iss":"cdp","sub":"","nbf":,"exp":}"#;
        assert_eq!(send.scratch, [claims]);
        let [sub, nbf, exp, jwt] = &send.secrets[..] else { panic!("four places") };
        let behind = |mark: &str| claims.find(mark).unwrap() + mark.len();
        assert_eq!(
            (sub.kind, sub.target, sub.offset),
            (SECRET_KEY_ID, TARGET_SCRATCH, behind("\"sub\":\""))
        );
        for (time, mark, seconds) in [(nbf, "\"nbf\":", 0), (exp, "\"exp\":", 120)] {
            assert_eq!((time.kind, time.target), (SECRET_WALL_TIME, TARGET_SCRATCH));
            assert_eq!((time.offset, time.encoding), (behind(mark), ENCODE_SECONDS));
            assert_eq!(time.from, seconds);
        }
        assert_eq!(
            (jwt.kind, jwt.target, jwt.offset),
            (SECRET_JWT_ES256, TARGET_BODY, text.len() - 2)
        );
        assert_eq!((jwt.over, jwt.from, jwt.to), (TARGET_SCRATCH, 0, usize::MAX));
    }
}

#[test]
fn a_refused_request_is_sent_again_stream_by_stream() {
    let wishes = [wish("BTC-USD", CHANNEL_DEPTH), wish("ETH-USD", CHANNEL_DEPTH)];
    let (mut player, _) = opened("", &wishes);
    let out = player.frame(1, br#"{"type":"error","message":"ETH-USD is not valid"}"#);
    assert!(out.log.contains("ETH-USD is not valid"), "{}", out.log);
    let each =
        |symbol| format!(r#"{{"type":"subscribe","channel":"level2","product_ids":["{symbol}"]}}"#);
    assert_eq!(out.sent_texts(), [each("BTC-USD"), each("ETH-USD")]);
    let ack = |number: u64| {
        format!(
            r#"{{"channel":"subscriptions","timestamp":"2026-04-07T14:30:00.000000Z","sequence_num":{number},"events":[{{"subscriptions":{{"heartbeats":["heartbeats"]}}}}]}}"#
        )
    };
    // Heartbeats and the first of the two are taken, the second is not: it alone is given up.
    assert!(player.frame(1, ack(0).as_bytes()).log.is_empty());
    assert!(player.frame(1, ack(1).as_bytes()).log.is_empty());
    let out = player.frame(1, br#"{"type":"error","message":"ETH-USD is not valid"}"#);
    assert!(out.log.contains("level2:ETH-USD"), "{}", out.log);
    assert!(out.sent_texts().is_empty(), "{:?}", out.sent_texts());
}

#[test]
fn errors_of_rest_and_keys_call_an_operator() {
    let mut player = Player::of::<Coinbase>();
    let id = player.plan(&[]).https()[1].id;
    // Advanced Trade REST, "Error Responses".
    let no = br#"{"error":"INVALID_ARGUMENT","code":3,"message":"product_type is invalid","details":[]}"#;
    let out = player.answer(id, 400, LIST, &[], no);
    assert!(
        out.log.contains("code 3 product_type") && out.log.contains("not asked"),
        "{}",
        out.log
    );
    let out = player.answer(id, 403, LIST, &[], b"");
    assert_eq!(out.fails()[0].0, FAIL_PERMISSION);
    let out = player.answer(id, 429, LIST, &[("retry-after", "3")], br#"{"message":"Too many"}"#);
    assert_eq!(out.wakes(), [Player::START + 3 * SECOND], "{}", out.log);
    let (mut player, _) = opened("login = true", &[wish("BTC-USD", CHANNEL_DEPTH)]);
    let out = player.frame(1, br#"{"type":"error","message":"authentication failure"}"#);
    assert_eq!(out.fails(), [(FAIL_PERMISSION, "authentication failure ")]);
}

#[test]
fn every_default_has_a_schema_and_the_other_way_round() {
    laws::settings_are_described(&Player::of::<Coinbase>());
}

// The traps of the venue's sheet, by name.

/// That the side is the maker's was compared with recorded books: see the test of that name there.
#[test]
fn trap_side_is_the_makers() {
    let (mut player, _) = opened("", &[wish("BTC-USD", CHANNEL_TRADES)]);
    let (_, trades) = frames::ADVANCED[1];
    let out = player.frame(1, trades.as_bytes());
    let trade = *out.records().nth(1).unwrap().trade().unwrap();
    assert_eq!((trade.aggressor, trade.price, trade.qty), (SIDE_SELL, 126_001_000_000, 30_000_000));
    let (mut player, _) = opened(FEED, &[wish("BTC-USD", CHANNEL_TRADES)]);
    let (_, fill) = frames::EXCHANGE[2];
    let out = player.frame(1, fill.as_bytes());
    let trade = out.slots[0].trade();
    assert_eq!((trade.aggressor, trade.trade_id, trade.head.sequence), (SIDE_BUY, 10, 50));
    assert_eq!(trade.head.exchange_ns, 1_415_348_367_028_459_000);
}

#[test]
fn trap_level2_of_the_exchange_needs_a_key_and_batch_is_acknowledged_as_level2_50() {
    let wishes = [wish("BTC-USD", CHANNEL_DEPTH)];
    let (mut player, open) = opened(FEED, &wishes);
    assert!(open.sends().iter().all(|send| send.secrets.is_empty()));
    assert!(player.frame(1, SUBSCRIPTIONS.as_bytes()).ignored());
    let (mut player, open) = opened(&format!("{FEED}\ndepth = \"level2\""), &wishes);
    let books = open.sends()[0];
    let text = str::from_utf8(&books.payload).unwrap();
    assert!(text.starts_with(r#"{"type":"subscribe","channels":["level2"],"#), "{text}");
    assert_eq!(books.scratch, ["GET/users/self/verify"]);
    // The exception that names what is wrong, as the venue words it.
    let no = br#"{"type":"error","message":"Failed to subscribe","reason":"level2, level3, and full channels now require authentication"}"#;
    assert_eq!(player.frame(1, no).fails()[0].0, FAIL_PERMISSION);
}

/// What the host signs with is what the key file's Base64 says: the adapter asks for a signature in
/// Base64 of the time and a path, and names no secret.
#[test]
fn trap_the_secret_of_the_exchange_is_base64() {
    let (_, open) = opened(&format!("{FEED}\nlogin = true"), &[wish("BTC-USD", CHANNEL_DEPTH)]);
    let books = open.sends()[0];
    let text = str::from_utf8(&books.payload).unwrap();
    let named: Vec<_> = books
        .secrets
        .iter()
        .filter(|secret| secret.target == TARGET_BODY)
        .map(|s| (s.kind, text[..s.offset].rsplit('"').nth(2).unwrap()))
        .collect();
    let expected = [
        (SECRET_KEY_ID, "key"),
        (SECRET_PASSPHRASE, "passphrase"),
        (SECRET_WALL_TIME, "timestamp"),
        (SECRET_HMAC_SHA256, "signature"),
    ];
    assert_eq!(named, expected);
    let sign = books.secrets.last().unwrap();
    assert_eq!((sign.encoding, sign.over, sign.to), (ENCODE_BASE64, TARGET_SCRATCH, usize::MAX));
}

#[test]
fn trap_channels_close_without_heartbeats() {
    // Also where nothing but one channel is wanted, and once for all symbols.
    let wishes = [wish("BTC-USD", CHANNEL_TRADES), wish("ETH-USD", CHANNEL_TRADES)];
    let (mut player, open) = opened("", &wishes);
    let beats = open.sent_texts().iter().filter(|text| text.contains("heartbeats")).count();
    assert_eq!(beats, 1);
    let (_, frame) = frames::ADVANCED[3];
    let out = player.frame(1, frame.as_bytes());
    assert_eq!((out.fell_back(), depths(&out).len()), (false, 1), "a number and no more");
    let (mut player, _) = opened(FEED, &wishes[..1]);
    assert!(player.frame(1, HEARTBEAT.as_bytes()).ignored());
}

#[test]
fn trap_numbers_run_over_the_connection() {
    let wishes = [wish("BTC-USD", DATA), wish("ETH-USD", DATA)];
    let (mut player, _) = opened("", &wishes);
    let chained = |out: &Played| depths(out);
    let whole = l2_data(7, "snapshot", "BTC-USD", &update("bid", "1.00", "2"));
    let flags = DEPTH_DENSE | DEPTH_SNAPSHOT;
    assert_eq!(chained(&player.frame(1, whole.as_bytes())), [(0, SCOPE_CONNECTION, flags, 7)]);
    // Of several books under one number, the first takes it.
    let two = l2_data(8, "update", "BTC-USD", "");
    let event = r#"{"type":"update","product_id":"ETH-USD","updates":[]}"#;
    let two = two.replace("]}]}", &format!("]}},{event}]}}"));
    let expected = [(0, SCOPE_CONNECTION, DEPTH_DENSE, 8), (1, SCOPE_CONNECTION, 0, 8)];
    assert_eq!(chained(&player.frame(1, two.as_bytes())), expected);
    // What is about no book, or of no interest, takes one as well.
    let none = two.split(r#""events""#).next().unwrap().replace(":8", ":9") + r#""events":[]}"#;
    let mark = (NO_INSTRUMENT, SCOPE_CONNECTION, DEPTH_DENSE, 9);
    assert_eq!(chained(&player.frame(1, none.as_bytes())), [mark]);
    for channel in ["market_trades", "candles", "subscriptions", "channel_to_come"] {
        let other = none.replace("l2_data", channel);
        assert_eq!(chained(&player.frame(1, other.as_bytes())), [mark], "{channel}");
    }
    // All books of the connection are asked for again, and nothing else.
    let out = player.resync(Scope::Connection(1));
    let both = r#""product_ids":["BTC-USD","ETH-USD"]"#;
    let expected = [
        format!(r#"{{"type":"unsubscribe","channel":"level2",{both}}}"#),
        format!(r#"{{"type":"subscribe","channel":"level2",{both}}}"#),
    ];
    assert_eq!(out.sent_texts(), expected);
    assert!(player.resync(Scope::Connection(2)).sent_texts().is_empty(), "it is gone");
    // The Exchange counts nothing of a book: each is its own.
    let (mut player, _) = opened(FEED, &[wish("BTC-USD", DATA)]);
    let (_, whole) = frames::EXCHANGE[0];
    let out = player.frame(1, whole.as_bytes());
    assert_eq!(depths(&out), [(0, SCOPE_NONE, DEPTH_SNAPSHOT, 0)]);
    let out = player.resync(Scope::Instrument(0));
    assert!(
        out.sent_texts()[0].starts_with(r#"{"type":"unsubscribe","channels":["level2_batch"]"#)
    );
}

#[test]
fn trap_prices_carry_more_zeros_than_the_tick() {
    let (mut player, _) = opened(FEED, &[wish("BTC-USD", CHANNEL_DEPTH)]);
    let (_, changes) = frames::EXCHANGE[1];
    let out = player.frame(1, changes.as_bytes());
    let record = out.records().next().unwrap();
    assert_eq!(record.bids(), [(2_235_627_000_000, 0), (2_235_630_000_000, 100_000_000)]);
}

#[test]
fn trap_sides_are_mixed_in_one_list() {
    let (mut player, _) = opened("", &[wish("BTC-USD", CHANNEL_DEPTH)]);
    let list =
        [("offer", "3", "1"), ("bid", "2", "4"), ("offer", "5", "0"), ("bid", "1", "0.00000000")];
    let list = list.map(|(side, price, qty)| update(side, price, qty)).join(",");
    let out = player.frame(1, l2_data(0, "update", "BTC-USD", &list).as_bytes());
    let record = out.records().next().unwrap();
    let (one, exps) = (100_000_000, record.depth().unwrap().head.exchange_ns);
    assert_eq!(record.bids(), [(2 * one, 4 * one), (one, 0)]);
    assert_eq!(record.asks(), [(3 * one, one), (5 * one, 0)]);
    assert_eq!((out.fell_back(), exps % SECOND), (false, SECOND / 10), "the event's time");
    let odd = l2_data(1, "update", "BTC-USD", &update("ask", "3", "1"));
    assert_eq!(player.frame(1, odd.as_bytes()).status, ERROR, "no side of the venue's");
    let (mut player, _) = opened(FEED, &[wish("BTC-USD", CHANNEL_DEPTH)]);
    let mixed = br#"{"type":"l2update","product_id":"BTC-USD","changes":[["sell","3","1"],["buy","2","4"],["sell","5","0"]],"time":"2022-08-04T15:25:05.010758Z"}"#;
    let out = player.frame(1, mixed);
    let record = out.records().next().unwrap();
    assert_eq!(
        (record.bids(), record.asks()),
        (vec![(2 * one, 4 * one)], vec![(3 * one, one), (5 * one, 0)])
    );
}

#[test]
fn trap_trades_of_before_the_subscription_are_told_first() {
    let (mut player, _) = opened("", &[wish("ETH-USD", CHANNEL_TRADES)]);
    let (_, update) = frames::ADVANCED[1];
    let out = player.frame(1, update.replace("update", "snapshot").as_bytes());
    assert_eq!(out.records().count(), 1, "its number alone");
    let (mut player, _) = opened(FEED, &[wish("BTC-USD", CHANNEL_TRADES)]);
    let (_, fill) = frames::EXCHANGE[2];
    let out = player.frame(1, fill.replace("\"match\"", "\"last_match\"").as_bytes());
    assert!(out.accepted() && out.slots.is_empty() && !out.fell_back());
}

#[test]
fn trap_the_newest_trade_is_told_first() {
    let (mut player, _) = opened("", &[wish("BTC-USD", CHANNEL_TRADES)]);
    let trade = |id: u64| {
        format!(
            r#"{{"product_id":"BTC-USD","trade_id":"{id}","price":"1","size":"1","time":"2026-04-07T14:30:02.789012Z","side":"SELL"}}"#
        )
    };
    let text = format!(
        r#"{{"channel":"market_trades","timestamp":"2026-04-07T14:30:00Z","sequence_num":0,"events":[{{"type":"update","trades":[{},{},{}]}}]}}"#,
        trade(12),
        trade(11),
        trade(10)
    );
    let out = player.frame(1, text.as_bytes());
    let ids: Vec<_> = out.records().skip(1).map(|r| r.trade().unwrap().trade_id).collect();
    assert_eq!((ids, out.fell_back()), (vec![10, 11, 12], false));
}

#[test]
fn trap_usdc_pairs_have_the_data_of_usd_pairs() {
    let (_, out) = started("", &[wish("BTC-USDC", DATA)]);
    assert!(out.log.contains("no symbol BTC-USDC; see https://api.coinbase.com/"), "{}", out.log);
    assert!(out.connects().is_empty());
}

#[test]
fn trap_status_tells_of_all_products() {
    let (mut player, _) = opened("", &[wish("ETH-USD", CHANNEL_STATUS)]);
    let known = player.instruments().len();
    let out = player.frame(1, STATUS.as_bytes());
    assert_eq!(out.records().count(), 1, "BTC-USD is nobody's");
    let own = STATUS.replace("BTC-USD", "ETH-USD");
    let out = player.frame(1, own.as_bytes());
    let told: Vec<_> = out.records().filter_map(|r| r.status().map(|s| s.state)).collect();
    assert_eq!(told, [SESSION_CONTINUOUS], "it was halted");
    let out = player.frame(1, own.as_bytes());
    assert_eq!(out.records().filter(|r| r.status().is_some()).count(), 0, "nothing new");
    assert_eq!(player.instruments().len(), known);
    // EX Status Channel.
    let (mut player, _) = opened(FEED, &[wish("BTC-USD", CHANNEL_STATUS)]);
    let list = format!(r#"{{"type":"status","products":{},"currencies":[]}}"#, PAIRS);
    assert!(player.frame(1, list.as_bytes()).ignored());
    let over = list.replace(r#""auction_mode":true"#, r#""auction_mode":false"#);
    let out = player.frame(1, over.as_bytes());
    assert_eq!(out.slots[0].status().state, SESSION_CONTINUOUS);
}

#[test]
fn trap_tickers_without_quantities_are_no_quotes() {
    let (mut player, _) = opened(FEED, &[wish("BTC-USD", CHANNEL_QUOTES)]);
    let (_, ticker) = frames::EXCHANGE[3];
    let out = player.frame(1, ticker.as_bytes());
    let quote = out.slots[0].quote();
    assert_eq!((quote.bid_price, quote.ask_qty), (128_504_000_000, 156_637_040));
    let old = ticker.replace("best_bid_size", "x").replace("best_ask_size", "y");
    let out = player.frame(1, old.as_bytes());
    assert!(out.accepted() && out.slots.is_empty());
    let empty = ticker.replace("1.56637040", "0.00000000");
    let out = player.frame(1, empty.as_bytes());
    let quote = out.slots[0].quote();
    assert_eq!((quote.ask_price, quote.ask_qty), (0, 0));
}
