//! Plan, connections, requests and their failures, without a network.
#![allow(clippy::unwrap_used)]

mod common;

use common::frames::FRAMES;
use patchbay_binance::Binance;
use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_MARK, CHANNEL_OPEN_INTEREST, CHANNEL_QUOTES, CHANNEL_TRADES,
    CONTRACT_QUOTE, DEPTH_AUDIT, DEPTH_SNAPSHOT, ERROR, FAIL_BANNED, OK, OUTCOME_IGNORED,
    PURPOSE_AUDIT, PURPOSE_REFERENCE, PURPOSE_SNAPSHOT, PURPOSE_TIME, SCOPE_INSTRUMENT, SCOPE_NONE,
    SLOT_MARK, SLOT_OPEN_INTEREST,
};
use patchbay_plugin::bind::Command;
use patchbay_plugin::model::{Kind, Nanos};
use patchbay_plugin::{Scope, Wish};
use patchbay_testkit::{Played, Player, laws};

const NOW: Nanos = Player::START;
const SECOND: Nanos = 1_000_000_000;
const SPOT_INFO: &str = "https://api.binance.com/api/v3/exchangeInfo";
const USDM_INFO: &str = "https://fapi.binance.com/fapi/v1/exchangeInfo";

/// exchangeInfo with the filters that matter, invented.
fn info(symbols: &[&str], extra: &str) -> String {
    let entries: Vec<_> = symbols
        .iter()
        .map(|s| {
            format!(
                r#"{{"symbol":"{s}","status":"TRADING","baseAsset":"B","quoteAsset":"Q","quotePrecision":8,"filters":[{{"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1000000.00","tickSize":"0.01"}},{{"filterType":"LOT_SIZE","minQty":"0.001","maxQty":"9000.00","stepSize":"0.001"}}]{extra}}}"#
            )
        })
        .collect();
    format!(r#"{{"symbols":[{}]}}"#, entries.join(","))
}

const FUTURES: &str =
    r#","marginAsset":"Q","pricePrecision":2,"quantityPrecision":3,"deliveryDate":4133404800000"#;

fn wish(symbol: &str, kind: Kind, channels: u32) -> Wish<'_> {
    Wish { channels, symbol, kind, depth: 0, interval_ms: 0 }
}

/// One product only, its instruments known.
fn started(product: &str, symbols: &[&str], wishes: &[Wish<'_>]) -> (Player, Played) {
    let mut player = Player::with::<Binance>(&format!("products = [\"{product}\"]"));
    let plan = player.plan(wishes);
    let asked = plan.https();
    let id = asked.iter().find(|h| h.purpose == PURPOSE_REFERENCE).unwrap().id;
    let (url, body) = match product {
        "spot" => (SPOT_INFO, info(symbols, "")),
        _ => (USDM_INFO, info(symbols, FUTURES)),
    };
    let out = player.reply(id, url, body.as_bytes());
    assert_eq!(out.status, OK, "{}", out.log);
    (player, out)
}

#[test]
fn the_first_plan_declares_limits_and_asks_for_instruments() {
    let mut player = Player::of::<Binance>();
    let out = player.plan(&[]);
    let limits = out.buckets().into_iter();
    let buckets: Vec<_> =
        limits.map(|b| (b.name.as_str(), b.capacity, b.period_ns / SECOND)).collect();
    assert_eq!(buckets.len(), 9);
    for bucket in [
        ("spot rest weight", 6000, 60),
        ("usdm rest weight", 2400, 60),
        ("coinm connects", 300, 300),
        ("spot messages", 5, 1),
        ("coinm messages", 10, 1),
    ] {
        assert!(buckets.contains(&bucket), "{bucket:?} in {buckets:?}");
    }
    let asked: Vec<_> = out
        .https()
        .iter()
        .map(|h| (format!("{}{}", h.base, h.path), h.purpose, h.costs[0].cost))
        .collect();
    let time = "https://api.binance.com/api/v3/time";
    let coinm = "https://dapi.binance.com/dapi/v1/exchangeInfo";
    assert_eq!(
        asked,
        [
            (time.to_owned(), PURPOSE_TIME, 1),
            (SPOT_INFO.to_owned(), PURPOSE_REFERENCE, 20),
            (USDM_INFO.to_owned(), PURPOSE_REFERENCE, 1),
            (coinm.to_owned(), PURPOSE_REFERENCE, 1),
        ]
    );
    let ids: Vec<_> = out.https().iter().map(|h| h.id).collect();
    let reply = player.reply(ids[0], time, br#"{"serverTime":1499827319559}"#);
    assert!(
        reply
            .commands
            .contains(&Command::ServerTime { id: ids[0], server_ns: 1_499_827_319_559_000_000 })
    );
    assert!(player.plan(&[]).commands.is_empty(), "only the first plan");
}

#[test]
fn wishes_wait_for_instruments_and_become_connections_and_subscriptions() {
    let all = CHANNEL_TRADES | CHANNEL_DEPTH | CHANNEL_QUOTES | CHANNEL_MARK;
    let mut player = Player::of::<Binance>();
    let plan = player.plan(&[
        wish("BTCUSDT", Kind::Spot, all),
        wish("BTCUSDT", Kind::Linear, all),
        wish("ETHUSDT", Kind::Linear, CHANNEL_DEPTH),
    ]);
    assert!(plan.connects().is_empty());
    let ids: Vec<_> = plan.https().iter().map(|h| h.id).collect();

    let spot = player.reply(ids[1], SPOT_INFO, info(&["BTCUSDT"], "").as_bytes());
    let [link] = spot.connects()[..] else { panic!("one connection") };
    assert_eq!(link.url, "wss://stream.binance.com:9443/stream");
    assert_eq!((link.life_ns, link.silence_ns), (84_600 * SECOND, 60 * SECOND));
    assert_eq!((link.symbols, link.ping_ns), (1, 0));
    let open = player.open(7, link.tag, &link.url);
    assert_eq!(
        open.sent_texts(),
        [
            r#"{"method":"SUBSCRIBE","params":["btcusdt@depth@100ms","btcusdt@bookTicker","btcusdt@trade"],"id":1}"#
        ]
    );
    let ack = player.frame(7, br#"{"result":null,"id":1}"#);
    assert_eq!((ack.status, ack.outcome), (OK, OUTCOME_IGNORED));

    let list = info(&["ETHUSDT", "BTCUSDT"], FUTURES);
    let usdm = player.reply(ids[2], USDM_INFO, list.as_bytes());
    let links = usdm.connects();
    let urls: Vec<_> = links.iter().map(|l| (l.url.as_str(), l.symbols)).collect();
    assert_eq!(
        urls,
        [
            ("wss://fstream.binance.com/public/stream", 2),
            ("wss://fstream.binance.com/market/stream", 1),
        ]
    );
    assert_eq!(
        player.open(8, links[0].tag, &links[0].url).sent_texts(),
        [
            r#"{"method":"SUBSCRIBE","params":["btcusdt@depth@100ms","btcusdt@bookTicker","ethusdt@depth@100ms"],"id":2}"#
        ]
    );
    assert_eq!(
        player.open(9, links[1].tag, &links[1].url).sent_texts(),
        [r#"{"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@markPrice@1s"],"id":3}"#]
    );
    // A reconnect: another number, all streams again.
    player.close(9, 1006, "");
    let again = player.open(10, links[1].tag, &links[1].url);
    assert!(again.sent_texts()[0].contains(r#"["btcusdt@aggTrade","btcusdt@markPrice@1s"]"#));
}

#[test]
fn later_plans_change_only_what_changed() {
    let symbols: Vec<String> = (0..8).map(|i| format!("S{i}USDT")).collect();
    let names: Vec<_> = symbols.iter().map(String::as_str).collect();
    let wishes: Vec<_> = names.iter().map(|s| wish(s, Kind::Spot, CHANNEL_TRADES)).collect();
    let (mut player, out) = started("spot", &names, &wishes[..7]);
    let links = out.connects();
    let sizes: Vec<_> = links.iter().map(|l| l.symbols).collect();
    assert_eq!(sizes, [5, 2], "five symbols a connection");
    player.open(1, links[0].tag, "");
    // The second one is still opening.
    let mut fewer = vec![wishes[0], wishes[2]];
    fewer.extend(&wishes[5..8]);
    fewer[0].channels |= CHANNEL_QUOTES;
    let out = player.plan(&fewer);
    assert_eq!(
        out.sent_texts(),
        [
            r#"{"method":"UNSUBSCRIBE","params":["s1usdt@trade","s3usdt@trade","s4usdt@trade"],"id":2}"#,
            r#"{"method":"SUBSCRIBE","params":["s0usdt@bookTicker","s7usdt@trade"],"id":3}"#,
        ],
        "the new one goes where there is room"
    );
    assert!(out.connects().is_empty() && out.closes().is_empty());
    let out = player.plan(&fewer[2..4]);
    assert_eq!(out.closes(), [1]);
    assert!(out.sent_texts().is_empty());
    let open = player.open(2, links[1].tag, "");
    assert!(open.sent_texts()[0].contains(r#"["s5usdt@trade","s6usdt@trade"]"#));
    assert_eq!(player.plan(&[]).closes(), [2]);
    assert_eq!(player.open(3, links[1].tag, "").closes(), [3], "nobody wants it");
}

#[test]
fn long_subscriptions_are_cut_into_frames() {
    let symbols: Vec<String> = (0..150).map(|i| format!("S{i}USDT")).collect();
    let names: Vec<_> = symbols.iter().map(String::as_str).collect();
    let mut player = Player::with::<Binance>("symbols_per_connection = 200");
    let wishes: Vec<_> = names
        .iter()
        .map(|s| wish(s, Kind::Spot, CHANNEL_TRADES | CHANNEL_DEPTH | CHANNEL_QUOTES))
        .collect();
    let plan = player.plan(&wishes);
    let out = player.reply(plan.https()[1].id, SPOT_INFO, info(&names, "").as_bytes());
    let frames = player.open(1, out.connects()[0].tag, "").sent_texts();
    let counts: Vec<_> = frames.iter().map(|f| f.matches('@').count()).collect();
    assert_eq!(frames.len(), 3, "450 names");
    // `@depth@100ms` has two.
    assert_eq!(counts.iter().sum::<usize>(), 600);
}

#[test]
fn a_shutdown_is_answered_with_a_new_connection_of_the_same_tag() {
    let wishes = [wish("BTCUSDT", Kind::Spot, CHANNEL_TRADES)];
    let (mut player, out) = started("spot", &["BTCUSDT"], &wishes);
    let first = out.connects()[0].clone();
    player.open(1, first.tag, "");
    let raw = br#"{"e":"serverShutdown","E":1770123456789}"#;
    let combined =
        br#"{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}"#;
    let out = player.frame(1, raw);
    assert_eq!((out.status, out.connects()), (OK, vec![&first]));
    let again = player.frame(1, combined);
    assert!(again.connects().is_empty(), "asked for once");
    let open = player.open(2, first.tag, "");
    assert_eq!(open.sent_texts().len(), 1);
    player.close(1, 1006, "");
    assert_eq!(player.frame(2, combined).connects(), [&first]);
}

#[test]
fn unknown_symbols_and_kinds_are_logged_with_a_remedy() {
    let mut player = Player::with::<Binance>("products = [\"spot\"]");
    let plan = player.plan(&[
        wish("btcusdt", Kind::Spot, CHANNEL_TRADES),
        wish("DOGEUSDT", Kind::Spot, CHANNEL_TRADES),
        wish("BTC-1", Kind::Option, CHANNEL_TRADES),
    ]);
    let out = player.reply(plan.https()[1].id, SPOT_INFO, info(&["BTCUSDT"], "").as_bytes());
    assert!(out.connects().is_empty());
    let log = plan.log + &out.log;
    assert!(log.contains("BTC-1 (option)"), "{log}");
    assert!(log.contains("btcusdt; write BTCUSDT"), "{log}");
    assert!(log.contains(&format!("DOGEUSDT; see {SPOT_INFO}")), "{log}");
}

#[test]
fn a_snapshot_is_asked_for_and_read() {
    let wishes = [wish("BTCUSDT", Kind::Linear, CHANNEL_DEPTH)];
    let (mut player, _) = started("usdm", &["BTCUSDT"], &wishes);
    let out = player.resync(Scope::Instrument(0));
    let [http] = out.https()[..] else { panic!("one request") };
    assert_eq!(http.path, "/fapi/v1/depth?symbol=BTCUSDT&limit=1000");
    assert_eq!(http.purpose, PURPOSE_SNAPSHOT);
    assert_eq!(http.scope, (u32::from(SCOPE_INSTRUMENT), 0));
    assert_eq!(http.costs[0].cost, 20);
    // developers.binance.com, USDS-Margined Futures, "Order Book", values at this tick.
    let body = br#"{"lastUpdateId":1027024,"E":1589436922972,"T":1589436922959,"bids":[["4.00","431.000"]],"asks":[["4.02","12.000"]]}"#;
    let out = player.reply(http.id, "https://fapi.binance.com/fapi/v1/depth", body);
    let record = out.records().next().unwrap();
    let depth = record.depth().unwrap();
    assert_eq!((depth.head.sequence, depth.flags), (1_027_024, DEPTH_SNAPSHOT));
    assert_eq!((record.bids(), record.asks()), (vec![(400, 431_000)], vec![(402, 12_000)]));
    assert_eq!(player.resync(Scope::Connection(1)).status, ERROR);
    assert_eq!(player.resync(Scope::Instrument(9)).status, ERROR);
}

#[test]
fn an_audit_asks_once_and_marks_the_answer() {
    let wishes = [wish("BTCUSDT", Kind::Linear, CHANNEL_DEPTH)];
    let (mut player, _) = started("usdm", &["BTCUSDT"], &wishes);
    let out = player.audit(Scope::Instrument(0));
    let [http] = out.https()[..] else { panic!("one request") };
    assert_eq!(http.path, "/fapi/v1/depth?symbol=BTCUSDT&limit=1000");
    assert_eq!((http.purpose, http.costs[0].cost), (PURPOSE_AUDIT, 20));
    assert_eq!(http.scope, (u32::from(SCOPE_INSTRUMENT), 0));
    let (id, url) = (http.id, "https://fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT&limit=1000");
    // As in the test of a snapshot; from the scanner, then with a field that only the parser takes.
    for start in ["{", "{\"x\":0,"] {
        let body = format!(
            r#"{start}"lastUpdateId":1027024,"E":1589436922972,"T":1589436922959,"bids":[["4.00","431.000"]],"asks":[["4.02","12.000"]]}}"#
        );
        let out = player.reply(id, url, body.as_bytes());
        let record = out.records().next().unwrap();
        let depth = record.depth().unwrap();
        assert_eq!((depth.head.flags, depth.flags), (DEPTH_AUDIT, DEPTH_SNAPSHOT));
        assert_eq!((depth.scope, depth.head.sequence), (SCOPE_NONE, 1_027_024));
        assert_eq!((record.bids(), record.asks()), (vec![(400, 431_000)], vec![(402, 12_000)]));
    }
    // One that fails is not asked for again, and stands in no snapshot's way.
    for status in [0, 429, 503] {
        let id = player.audit(Scope::Instrument(0)).https()[0].id;
        let out = player.answer(id, status, url, &[], b"");
        assert!(out.https().is_empty() && out.wakes().is_empty(), "{status}");
        assert!(out.log.contains("not asked again"), "{}", out.log);
        let healed = player.resync(Scope::Instrument(0));
        assert_eq!(healed.https()[0].purpose, PURPOSE_SNAPSHOT);
    }
    assert_eq!(player.audit(Scope::Connection(1)).status, ERROR);
    assert_eq!(player.audit(Scope::Instrument(9)).status, ERROR);
}

#[test]
fn a_failed_snapshot_is_asked_for_again_in_time() {
    let wishes = [wish("BTCUSDT", Kind::Linear, CHANNEL_DEPTH)];
    let (mut player, _) = started("usdm", &["BTCUSDT"], &wishes);
    let mut id = player.resync(Scope::Instrument(0)).https()[0].id;
    let url = "https://fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT&limit=1000";
    let limit = br#"{"code":-1003,"msg":"Too many requests."}"#;
    // The venue's own pause, when it is longer.
    let out = player.answer(id, 429, url, &[("retry-after", "17")], limit);
    assert_eq!((out.status, out.wakes()), (OK, vec![NOW + 17 * SECOND]));
    assert!(out.log.contains("429") && out.log.contains("Too many"), "{}", out.log);
    let early = player.resync(Scope::Instrument(0));
    assert!(early.commands.is_empty(), "not before its time");
    assert!(player.at(NOW + 16 * SECOND).timer().https().is_empty());
    let mut now = NOW + 17 * SECOND;
    // Then 2, 4, ... up to 60 s, whatever fails.
    for (status, pause) in [(503, 2), (0, 4), (500, 8), (502, 16), (0, 32), (504, 60), (403, 60)] {
        let out = player.at(now).timer();
        let [http] = out.https()[..] else { panic!("one request at {now}") };
        assert_ne!(http.id, id);
        id = http.id;
        let out = player.answer(id, status, url, &[], b"");
        assert_eq!(out.wakes(), [now + pause * SECOND], "after {status}");
        now += pause * SECOND;
    }
    // A body that cannot be read counts as a failure, too.
    let out = player.at(now).timer();
    let out = player.answer(out.https()[0].id, 200, url, &[], b"<html>");
    assert_eq!((out.status, out.wakes()), (OK, vec![now + 60 * SECOND]));
    // A ban calls the operator.
    let out = player.at(now + 60 * SECOND).timer();
    let out = player.answer(out.https()[0].id, 418, url, &[("retry-after", "120")], b"");
    assert_eq!(out.wakes(), [now + 180 * SECOND]);
    assert_eq!(out.fails()[0].0, FAIL_BANNED);
    // What cannot succeed is given up.
    let out = player.at(now + 180 * SECOND).timer();
    let invalid = br#"{"code":-1121,"msg":"Invalid symbol."}"#;
    let out = player.answer(out.https()[0].id, 400, url, &[], invalid);
    assert!(out.https().is_empty() && out.wakes().is_empty());
    assert!(out.log.contains("not asked again"));
}

#[test]
fn open_interest_is_polled_while_it_is_wanted() {
    let wishes = [wish("BTCUSDT", Kind::Linear, CHANNEL_OPEN_INTEREST)];
    let (mut player, out) = started("usdm", &["BTCUSDT"], &wishes);
    assert!(out.connects().is_empty());
    let [http] = out.https()[..] else { panic!("one request") };
    assert_eq!(http.path, "/fapi/v1/openInterest?symbol=BTCUSDT");
    // developers.binance.com, USDS-Margined Futures, "Open Interest".
    let body = br#"{"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011}"#;
    let url = "https://fapi.binance.com/fapi/v1/openInterest?symbol=BTCUSDT";
    let out = player.reply(http.id, url, body);
    let interest = *out.slots[0].open_interest();
    assert_eq!(interest.head.kind, SLOT_OPEN_INTEREST);
    assert_eq!((interest.qty, interest.qty_exp), (1_065_950_900_000, -8));
    assert!(player.plan(&wishes).commands.is_empty(), "not before its time");
    let out = player.at(NOW + 10 * SECOND).timer();
    assert_eq!((out.https().len(), out.wakes()[0]), (1, NOW + 20 * SECOND));
    player.plan(&[]);
    let out = player.reply(out.https()[0].id, url, body);
    assert_eq!(out.status, OK);
    let out = player.at(NOW + 20 * SECOND).timer();
    assert!(out.https().is_empty(), "nobody wants it");
}

#[test]
fn replies_that_nobody_asked_for_are_recognised_by_url() {
    let mut player = Player::of::<Binance>();
    // developers.binance.com, COIN-Margined Futures, "Index Price and Mark Price".
    let premium = br#"[{"symbol":"BTCUSD_PERP","pair":"BTCUSD","markPrice":"11029.69574559","indexPrice":"10979.14437500","estimatedSettlePrice":"10981.74168236","lastFundingRate":"0.00071003","interestRate":"0.00010000","nextFundingTime":1596096000000,"time":1596094042000},{"symbol":"BTCUSD_200925","pair":"BTCUSD","markPrice":"12077.01343750","indexPrice":"10979.10312500","estimatedSettlePrice":"10981.74168236","lastFundingRate":"","interestRate":"","nextFundingTime":0,"time":1596094042000}]"#;
    let out = player.reply(0, "https://dapi.binance.com/dapi/v1/premiumIndex", premium);
    assert_eq!((out.status, out.slots.len()), (OK, 3), "{}", out.log);
    let mark = out.slots[0].mark();
    assert_eq!((mark.head.kind, mark.mark), (SLOT_MARK, 1_102_969_574_559));
    assert_eq!(out.slots[1].funding().rate, 71_003);
    let kinds: Vec<_> = player.instruments().iter().map(|i| i.kind).collect();
    assert_eq!(kinds, [Kind::Inverse, Kind::Inverse]);
    let body = br#"{"lastUpdateId":7,"bids":[],"asks":[]}"#;
    player.open(1, 0, "wss://stream.binance.com:9443/stream");
    let trade = r#"{"e":"trade","E":1,"s":"我USDT","t":1,"p":"1","q":"1","m":true}"#;
    player.frame(1, trade.as_bytes());
    let url = "https://api.binance.com/api/v3/depth?symbol=%E6%88%91USDT&limit=5";
    assert_eq!(player.reply(0, url, body).slots[0].head().instrument, 2);
    assert_eq!(player.instruments()[2].symbol, "我USDT");
    assert_eq!(player.instruments().len(), 3);
    let other = player.reply(0, "https://api.binance.com/api/v3/klines", b"[]");
    assert_eq!((other.status, other.outcome), (OK, OUTCOME_IGNORED));
    let broken = player.reply(0, SPOT_INFO, b"{}");
    assert_eq!(broken.status, ERROR);
}

#[test]
fn a_provisional_instrument_keeps_its_exponents_when_the_list_comes() {
    let mut player = Player::of::<Binance>();
    player.open(1, 0, "wss://dstream.binance.com/stream");
    let (_, _, frame) = FRAMES.into_iter().find(|f| f.0 == "dstream").unwrap();
    player.frame(1, frame.as_bytes());
    let seen = player.instruments()[0].clone();
    assert!(seen.provisional && seen.tick == 0);
    assert_eq!((seen.price_exp, seen.qty_exp), (-8, -8));
    let extra = r#","marginAsset":"BTC","pricePrecision":1,"quantityPrecision":0,"contractSize":100,"deliveryDate":1593158400000,"contractStatus":"TRADING""#;
    let list = info(&["ETHUSD_PERP", "BTCUSD_200626"], extra);
    let url = "https://dapi.binance.com/dapi/v1/exchangeInfo";
    assert_eq!(player.reply(0, url, list.as_bytes()).status, OK);
    let known = &player.instruments()[0];
    assert_eq!(known.symbol, "BTCUSD_200626");
    assert_eq!((known.price_exp, known.qty_exp, known.provisional), (-8, -8, false));
    assert_eq!((known.tick, known.expiry_ns), (1_000_000, 1_593_158_400_000_000_000));
    assert_eq!((known.contract_size, known.contract_unit), (100, CONTRACT_QUOTE));
    assert_eq!((player.instruments()[1].price_exp, player.instruments()[1].qty_exp), (-2, -3));
}

#[test]
fn a_digit_too_many_is_an_error_that_names_the_instrument() {
    let wishes = [wish("BTCUSDT", Kind::Linear, CHANNEL_DEPTH)];
    let (mut player, out) = started("usdm", &["BTCUSDT"], &wishes);
    player.open(4, out.connects()[0].tag, "");
    let frame = |price: &str| {
        format!(
            r#"{{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":1,"T":1,"s":"BTCUSDT","U":1,"u":2,"pu":0,"b":[["61800.20","1.000"],["{price}","1"]],"a":[]}}}}"#
        )
    };
    let good = player.frame(4, frame("61800.100").as_bytes());
    assert_eq!((good.status, good.outcome), (OK, 0));
    for bad in ["61800.255", "abc", "92233720368547758080"] {
        let out = player.frame(4, frame(bad).as_bytes());
        assert_eq!((out.status, out.slots.len()), (ERROR, 0));
        let log = out.log;
        for part in ["connection 4", "btcusdt@depth@100ms", "BTCUSDT", "`b`", bad] {
            assert!(log.contains(part), "{part} in {log}");
        }
    }
    let cut = player.frame(4, b"{\"stream\":");
    assert!(cut.rejected() && cut.log.contains("expected JSON"), "{}", cut.log);
    let missing = player.frame(4, br#"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1}"#);
    assert_eq!(missing.status, ERROR);
    assert!(missing.log.contains("BTCUSDT: field `u` is missing"), "{}", missing.log);
}

#[test]
fn a_bad_frame_leaves_no_instrument_behind() {
    let mut player = Player::of::<Binance>();
    player.open(1, 0, "wss://stream.binance.com:9443/stream");
    let bad = br#"{"e":"trade","E":1,"s":"AUSDT","t":1,"p":"1.000000001","q":"1","m":true}"#;
    assert_eq!(player.frame(1, bad).status, ERROR);
    assert!(player.instruments().is_empty());
    let good = br#"{"e":"trade","E":1,"s":"BUSDT","t":1,"p":"1","q":"1","m":true}"#;
    assert_eq!(player.frame(1, good).status, OK);
    assert_eq!(player.instruments()[0].symbol, "BUSDT");
}

#[test]
fn an_unopened_connection_is_recognised_by_what_it_sends() {
    for (host, kind, frame) in FRAMES {
        let mut player = Player::of::<Binance>();
        let out = player.frame(1, frame.as_bytes());
        assert_eq!(out.status, OK);
        if kind == "forceOrder" {
            assert!(out.slots.is_empty(), "its symbol is deeper: wait for another");
            continue;
        }
        let expected = match host {
            "stream" => Kind::Spot,
            "fstream" => Kind::Linear,
            _ => Kind::Inverse,
        };
        assert_eq!(player.instruments()[0].kind, expected, "{frame}");
        assert!(!out.fell_back(), "the scanner was not asked");
        assert_eq!(player.frame(1, frame.as_bytes()).outcome, 0);
    }
}

#[test]
fn errors_on_the_socket_are_logged_and_other_events_ignored() {
    let mut player = Player::of::<Binance>();
    for frame in [
        r#"{"code":2,"msg":"Invalid request: unknown variant"}"#,
        r#"{"error":{"code":2,"msg":"Invalid request"},"id":1}"#,
    ] {
        let out = player.frame(1, frame.as_bytes());
        assert_eq!((out.status, out.outcome), (OK, OUTCOME_IGNORED));
        assert!(out.log.contains("Invalid request"), "{}", out.log);
    }
    let kline = r#"{"stream":"bnbbtc@kline_1m","data":{"e":"kline","E":1,"s":"BNBBTC","k":{}}}"#;
    player.open(1, 0, "wss://stream.binance.com:9443/stream");
    let out = player.frame(1, kline.as_bytes());
    assert_eq!((out.status, out.outcome), (OK, OUTCOME_IGNORED));
}

#[test]
fn every_default_has_a_schema_and_the_other_way_round() {
    laws::settings_are_described(&Player::of::<Binance>());
}
