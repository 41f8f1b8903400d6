//! Plan, connections, login, events and their failures, without a network; and the venue's traps.
#![allow(clippy::unwrap_used)]

mod common;

use common::frames::{FRAMES, FUTURES, OPTION, SPOT, SWAP};
use common::{PUBLIC, books};
use patchbay_okx::Okx;
use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_FUNDING, CHANNEL_LIQUIDATIONS, CHANNEL_MARK, CHANNEL_OPEN_INTEREST,
    CHANNEL_QUOTES, CHANNEL_STATUS, CHANNEL_TRADES, CHECKSUM_CRC32_25, CONTRACT_BASE,
    CONTRACT_QUOTE, DEPTH_CHECKSUM, DEPTH_PREVIOUS, DEPTH_SNAPSHOT, ENCODE_BASE64, ENCODE_SECONDS,
    ERROR, FAIL_CONFIG, FAIL_PERMISSION, NO_INSTRUMENT, OK, PURPOSE_REFERENCE, PURPOSE_TIME,
    SCOPE_INSTRUMENT, SCOPE_NONE, SECRET_HMAC_SHA256, SECRET_KEY_ID, SECRET_PASSPHRASE,
    SECRET_WALL_TIME, SESSION_AUCTION, SESSION_CONTINUOUS, SESSION_HALT, SESSION_PRE_OPEN,
    SIDE_BUY, SLOT_STATUS, TARGET_BODY, TARGET_SCRATCH, TRADE_AGGREGATED, TRADE_OFF_BOOK,
};
use patchbay_plugin::bind::Command;
use patchbay_plugin::model::{Kind, Nanos, OptionSide};
use patchbay_plugin::{Scope, Wish};
use patchbay_testkit::{Played, Player, laws};

const SECOND: Nanos = 1_000_000_000;
const LISTS: &str = "https://www.okx.com/api/v5/public/instruments";
const ALL: u32 = CHANNEL_TRADES
    | CHANNEL_DEPTH
    | CHANNEL_QUOTES
    | CHANNEL_MARK
    | CHANNEL_FUNDING
    | CHANNEL_OPEN_INTEREST
    | CHANNEL_LIQUIDATIONS
    | CHANNEL_STATUS;

fn wish(symbol: &str, kind: Kind, channels: u32) -> Wish<'_> {
    Wish { channels, symbol, kind, depth: 0, interval_ms: 0 }
}

/// Its instruments known; what the last list led to.
fn started(changes: &str, wishes: &[Wish<'_>]) -> (Player, Played) {
    let mut player = Player::with::<Okx>(changes);
    let plan = player.plan(wishes);
    let lists: Vec<_> = plan
        .https()
        .iter()
        .filter(|http| http.purpose == PURPOSE_REFERENCE)
        .map(|http| (http.id, http.path.clone()))
        .collect();
    let mut all = Vec::new();
    for (id, path) in lists {
        let body = match path.split("instType=").nth(1).unwrap() {
            "SPOT" => SPOT,
            "SWAP" => SWAP,
            "FUTURES" => FUTURES,
            _ => OPTION,
        };
        let out = player.reply(id, LISTS, body.as_bytes());
        assert_eq!(out.status, OK, "{}", out.log);
        all.push(out);
    }
    let out = all.into_iter().reduce(|mut one, other| {
        one.commands.extend(other.commands);
        one.log += &other.log;
        one
    });
    (player, out.unwrap())
}

/// A connection that carries what is wished.
fn opened(changes: &str, wishes: &[Wish<'_>]) -> (Player, Played) {
    let (mut player, out) = started(changes, wishes);
    let tag = out.connects()[0].tag;
    let open = player.open(1, tag, PUBLIC);
    (player, open)
}

fn frame_of(kind: &str) -> &'static [u8] {
    FRAMES.iter().find(|(name, _)| *name == kind).unwrap().1.as_bytes()
}

#[test]
fn the_first_plan_declares_limits_and_asks_for_every_list() {
    let mut player = Player::of::<Okx>();
    let out = player.plan(&[]);
    let limits: Vec<_> = out
        .buckets()
        .into_iter()
        .map(|b| (b.name.as_str(), b.capacity, b.period_ns / SECOND))
        .collect();
    assert_eq!(
        limits,
        [("okx rest calls", 10, 2), ("okx connects", 3, 1), ("okx requests", 480, 3600)]
    );
    let asked: Vec<_> = out.https().iter().map(|http| (http.path.as_str(), http.purpose)).collect();
    let list = |query| (query, PURPOSE_REFERENCE);
    assert_eq!(
        asked,
        [
            ("/api/v5/public/time", PURPOSE_TIME),
            list("/api/v5/public/instruments?instType=SPOT"),
            list("/api/v5/public/instruments?instType=SWAP"),
            list("/api/v5/public/instruments?instType=FUTURES"),
            list("/api/v5/public/instruments?instType=OPTION&instFamily=BTC-USD"),
            list("/api/v5/public/instruments?instType=OPTION&instFamily=ETH-USD"),
        ]
    );
    // DOC Public Data, "Get system time".
    let id = out.https()[0].id;
    let body = br#"{"code":"0","msg":"","data":[{"ts":"1597026383085"}]}"#;
    let reply = player.reply(id, "https://www.okx.com/api/v5/public/time", body);
    let time = Command::ServerTime { id, server_ns: 1_597_026_383_085_000_000 };
    assert!(reply.commands.contains(&time), "{}", reply.log);
}

#[test]
fn lists_define_contracts_options_and_sessions() {
    let (player, _) = started("", &[]);
    let found = |symbol: &str| player.instruments().iter().find(|i| i.symbol == symbol).unwrap();
    let spot = found("BTC-USDT");
    assert_eq!((spot.kind, &*spot.base, &*spot.quote), (Kind::Spot, "BTC", "USDT"));
    assert_eq!((spot.checksum, spot.session), (CHECKSUM_CRC32_25, SESSION_CONTINUOUS));
    assert_eq!((spot.price_exp, spot.tick, spot.lot), (-8, 10_000_000, 1));
    let inverse = found("BTC-USD-SWAP");
    let contract = |i: &patchbay_plugin::model::Instrument| {
        (i.kind, i.contract_size, i.contract_exp, i.contract_unit)
    };
    assert_eq!(contract(inverse), (Kind::Inverse, 100, 0, CONTRACT_QUOTE));
    assert_eq!((&*inverse.settle, inverse.expiry_ns), ("BTC", 0));
    let linear = found("BTC-USDT-SWAP");
    assert_eq!(contract(linear), (Kind::Linear, 1, -2, CONTRACT_BASE));
    assert_eq!((&*linear.settle, linear.session), ("USDT", SESSION_HALT));
    let future = found("BTC-USD-241220");
    assert_eq!((future.session, future.expiry_ns), (SESSION_PRE_OPEN, 1_734_681_600 * SECOND));
    let option = found("BTC-USD-241217-92000-C");
    assert_eq!(contract(option), (Kind::Option, 1, -2, CONTRACT_BASE));
    assert_eq!((option.strike, option.option), (9_200_000_000_000, Some(OptionSide::Call)));
}

#[test]
fn each_kind_has_its_streams_over_one_connection() {
    let wishes = [
        wish("BTC-USDT", Kind::Spot, ALL),
        wish("BTC-USD-SWAP", Kind::Inverse, ALL),
        wish("BTC-USD-241217-92000-C", Kind::Option, CHANNEL_MARK | CHANNEL_LIQUIDATIONS),
    ];
    let (mut player, out) = started("", &wishes);
    let [link] = out.connects()[..] else { panic!("one connection") };
    assert_eq!((&*link.url, &*link.ping_text, link.ping_ns), (PUBLIC, "ping", 20 * SECOND));
    let sent = player.open(1, link.tag, PUBLIC).sent_texts();
    let whole = sent.join("\n");
    assert!(
        whole.starts_with(r#"{"id":"1","op":"subscribe","args":[{"channel":"books","#),
        "{whole}"
    );
    for (arg, count) in [
        (r#"{"channel":"books","instId":"BTC-USDT"}"#, 1),
        (r#"{"channel":"bbo-tbt","instId":"BTC-USD-SWAP"}"#, 1),
        (r#"{"channel":"trades","instId":"BTC-USDT"}"#, 1),
        (r#"{"channel":"funding-rate","instId":"BTC-USD-SWAP"}"#, 1),
        (r#""channel":"funding-rate""#, 1),
        (r#""channel":"mark-price""#, 2),
        (r#""channel":"open-interest""#, 1),
        // The swap and the option have the same index.
        (r#"{"channel":"index-tickers","instId":"BTC-USD"}"#, 1),
        (r#"{"channel":"liquidation-orders","instType":"SWAP"}"#, 1),
        (r#"{"channel":"liquidation-orders","instType":"OPTION"}"#, 1),
        (r#"{"channel":"instruments","instType":"SPOT"}"#, 1),
        (r#"{"channel":"status"}"#, 1),
        ("trades-all", 0),
    ] {
        assert_eq!(whole.matches(arg).count(), count, "{arg} in {whole}");
    }
    let fewer = player.plan(&wishes[..2]).sent_texts().join("\n");
    assert!(fewer.contains("unsubscribe") && fewer.contains("-92000-C"), "{fewer}");
    assert!(!fewer.contains("index-tickers"), "the swap still has it: {fewer}");
}

#[test]
fn single_trades_come_over_the_business_socket() {
    let wishes = [wish("BTC-USDT", Kind::Spot, CHANNEL_TRADES | CHANNEL_DEPTH)];
    let (_, out) = started("trades = \"trades-all\"", &wishes);
    let urls: Vec<_> = out.connects().iter().map(|link| link.url.clone()).collect();
    assert_eq!(urls, [PUBLIC, "wss://ws.okx.com:8443/ws/v5/business"]);
    let (_, out) = started("", &wishes);
    assert_eq!(out.connects().len(), 1, "no stream is wanted there");
}

#[test]
fn a_symbol_is_unknown_only_when_all_lists_have_come() {
    let mut player = Player::of::<Okx>();
    let plan = player.plan(&[
        wish("BTC-USD-241220", Kind::Inverse, CHANNEL_DEPTH),
        wish("BTC-USDX", Kind::Spot, CHANNEL_DEPTH),
    ]);
    let ids: Vec<_> = plan.https().iter().map(|http| http.id).collect();
    for (id, body) in ids[1..5].iter().zip([SPOT, SWAP, FUTURES, OPTION]) {
        assert_eq!(player.reply(*id, LISTS, body.as_bytes()).log, "", "ETH-USD is to come");
    }
    let out = player.reply(ids[5], LISTS, br#"{"code":"0","msg":"","data":[]}"#);
    assert!(out.log.contains("okx has no symbol BTC-USDX"), "{}", out.log);
    assert!(!out.log.contains("241220"), "{}", out.log);
}

#[test]
fn a_gap_in_one_instrument_resubscribes_that_one_alone() {
    let wishes = [
        wish("BTC-USDT", Kind::Spot, CHANNEL_DEPTH | CHANNEL_TRADES),
        wish("BTC-USD-SWAP", Kind::Inverse, CHANNEL_DEPTH),
    ];
    let (mut player, _) = opened("", &wishes);
    let out = player.resync(Scope::Instrument(1));
    let arg = r#"{"channel":"books","instId":"BTC-USD-SWAP"}"#;
    let expected = [
        format!(r#"{{"id":"2","op":"unsubscribe","args":[{arg}]}}"#),
        format!(r#"{{"id":"3","op":"subscribe","args":[{arg}]}}"#),
    ];
    assert_eq!(out.sent_texts(), expected);
    assert_eq!(player.resync(Scope::Connection(1)).status, ERROR);
}

#[test]
fn books_of_10_ms_wait_for_a_login() {
    let wishes = [wish("BTC-USDT", Kind::Spot, CHANNEL_DEPTH)];
    let (mut player, open) = opened("depth = \"books-l2-tbt\"", &wishes);
    let [login] = open.sends()[..] else { panic!("the login alone") };
    let text = str::from_utf8(&login.payload).unwrap();
    assert!(text.starts_with(r#"{"op":"login","args":[{"apiKey":"","#), "{text}");
    assert_eq!(login.scratch, ["GET/users/self/verify"]);
    let slots: Vec<_> = login
        .secrets
        .iter()
        .map(|s| {
            (s.kind, s.target, text[..s.offset.min(text.len())].rsplit('"').nth(2).unwrap_or(""))
        })
        .collect();
    assert_eq!(
        [slots[0], slots[1], slots[3], slots[4]],
        [
            (SECRET_KEY_ID, TARGET_BODY, "apiKey"),
            (SECRET_PASSPHRASE, TARGET_BODY, "passphrase"),
            (SECRET_WALL_TIME, TARGET_BODY, "timestamp"),
            (SECRET_HMAC_SHA256, TARGET_BODY, "sign"),
        ]
    );
    let (time, sign) = (&login.secrets[2], &login.secrets[4]);
    assert_eq!((time.target, time.offset, time.encoding), (TARGET_SCRATCH, 0, ENCODE_SECONDS));
    assert_eq!((sign.over, sign.from, sign.to), (TARGET_SCRATCH, 0, usize::MAX));
    assert_eq!(sign.encoding, ENCODE_BASE64);
    let done = player.frame(1, br#"{"event":"login","code":"0","msg":"","connId":"a4d3ae55"}"#);
    let sent = done.sent_texts().join("");
    assert!(sent.contains(r#"{"channel":"books-l2-tbt","instId":"BTC-USDT"}"#), "{sent}");
    // A key that is refused is for an operator (DOC Error Code, WebSocket, Public).
    for why in ["60009 Login failed.", "60024 Wrong passphrase", "60032 API key doesn't exist."] {
        let (mut player, _) = opened("depth = \"books-l2-tbt\"", &wishes);
        let (code, text) = why.split_once(' ').unwrap();
        let no =
            format!(r#"{{"event":"error","code":"{code}","msg":"{text}","connId":"a4d3ae55"}}"#);
        assert_eq!(player.frame(1, no.as_bytes()).fails(), [(FAIL_PERMISSION, why)]);
    }
}

#[test]
fn without_the_fee_tier_the_public_books_are_used() {
    let wishes = [wish("BTC-USDT", Kind::Spot, CHANNEL_DEPTH)];
    let (mut player, _) = opened("depth = \"books50-l2-tbt\"", &wishes);
    player.frame(1, br#"{"event":"login","code":"0","msg":"","connId":"a4d3ae55"}"#);
    let tier = br#"{"id":"1","event":"error","code":"64003","msg":"Your trading fee tier doesn't meet the requirement to access this channel","connId":"a4d3ae55"}"#;
    let out = player.frame(1, tier);
    assert!(out.log.contains("64003") && out.log.contains("books"), "{}", out.log);
    let sent = out.sent_texts().join("\n");
    assert!(
        sent.contains(r#""op":"subscribe","args":[{"channel":"books","instId":"BTC-USDT"}]"#),
        "{sent}"
    );
    assert!(player.frame(1, tier).sent_texts().is_empty(), "once");
}

#[test]
fn a_service_upgrade_is_answered_with_a_connection_of_the_same_tag() {
    let wishes = [wish("BTC-USDT", Kind::Spot, CHANNEL_DEPTH)];
    let (mut player, out) = started("", &wishes);
    let link = out.connects()[0].clone();
    player.open(1, link.tag, PUBLIC);
    // DOC Overview, WebSocket, Notification.
    let notice = br#"{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade. Please reconnect.","connId":"a4d3ae55"}"#;
    assert_eq!(player.frame(1, notice).connects(), [&link]);
    assert!(player.frame(1, notice).connects().is_empty(), "asked for once");
    assert_eq!(player.open(2, link.tag, PUBLIC).sent_texts().len(), 1);
}

#[test]
fn a_refused_request_is_sent_again_without_what_was_bad() {
    let wishes = [wish("BTC-USDT", Kind::Spot, CHANNEL_DEPTH | CHANNEL_TRADES)];
    let (mut player, _) = opened("", &wishes);
    let no = br#"{"id":"1","event":"error","code":"60018","msg":"Wrong URL or channel doesn't exist.","connId":"a4d3ae55"}"#;
    let out = player.frame(1, no);
    assert!(out.log.contains("60018"), "{}", out.log);
    let sent = out.sent_texts();
    assert_eq!(sent.len(), 2, "each alone: {sent:?}");
    let yes = br#"{"id":"2","event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"a4d3ae55"}"#;
    assert!(player.frame(1, yes).ignored());
}

#[test]
fn close_codes_and_addresses_that_are_refused_call_an_operator() {
    let (mut player, _) = opened("", &[wish("BTC-USDT", Kind::Spot, CHANNEL_DEPTH)]);
    assert_eq!(player.close(1, 4001, "Login failed.").fails()[0].0, FAIL_PERMISSION);
    let many = "The number of subscribed channels exceeds the limit.";
    assert_eq!(player.close(1, 4008, many).fails()[0].0, FAIL_CONFIG);
    // No data for 30 s: the host connects again by itself.
    assert!(player.close(1, 4004, "No data received in 30s").fails().is_empty());
    let id = Player::of::<Okx>().plan(&[]).https()[1].id;
    let mut player = Player::of::<Okx>();
    player.plan(&[]);
    let out = player.answer(id, 403, LISTS, &[], b"");
    assert_eq!(out.fails()[0].0, FAIL_PERMISSION);
    let limit = br#"{"code":"50011","msg":"Too Many Requests","data":[]}"#;
    let out = player.answer(id, 429, LISTS, &[], limit);
    assert_eq!(player.known().wake, Some(Player::START + SECOND), "{}", out.log);
    // HTTP 200 does not mean success.
    let busy = br#"{"code":"50013","msg":"Systems are busy. Please try again later.","data":[]}"#;
    let out = player.reply(id, LISTS, busy);
    assert!(out.log.contains("asked again"), "{}", out.log);
    let wrong = br#"{"code":"51000","msg":"Parameter instType error","data":[]}"#;
    let out = player.reply(id, LISTS, wrong);
    assert!(out.log.contains("51000") && out.log.contains("not asked again"), "{}", out.log);
}

#[test]
fn every_default_has_a_schema_and_the_other_way_round() {
    laws::settings_are_described(&Player::of::<Okx>());
}

// The traps of the venue's sheet, by name.

#[test]
fn trap_ping_and_pong_are_no_json() {
    let (mut player, _) = opened("", &[wish("BTC-USDT", Kind::Spot, CHANNEL_DEPTH)]);
    let out = player.frame(1, b"pong");
    assert!(out.accepted() && out.ignored() && out.log.is_empty(), "{}", out.log);
    assert_eq!(player.frame(1, b"pongo").status, ERROR);
}

#[test]
fn trap_a_maintenance_reset_steps_back_and_a_keepalive_stands_still() {
    let (mut player, _) = opened("", &[wish("BTC-USDT", Kind::Spot, CHANNEL_DEPTH)]);
    let depth = |out: &Played| *out.records().next().unwrap().depth().unwrap();
    let first = depth(&player.frame(1, frame_of("books, snapshot")));
    assert_eq!((first.head.sequence, first.scope), (123_456, SCOPE_INSTRUMENT));
    assert_eq!(first.flags & (DEPTH_SNAPSHOT | DEPTH_PREVIOUS), DEPTH_SNAPSHOT, "-1 is no id");
    for (previous, sequence) in [(123_456, 123_456), (123_456, 3)] {
        let text = books(r#""asks":[],"bids":[]"#, 0, previous, sequence);
        let out = player.frame(1, text.as_bytes());
        assert!(!out.fell_back());
        let next = depth(&out);
        assert_eq!((next.previous, next.head.sequence), (previous, sequence));
        assert_eq!((next.flags, next.bids, next.asks), (DEPTH_PREVIOUS, 0, 0));
    }
}

#[test]
fn trap_a_checksum_of_0_is_none() {
    let (mut player, _) = opened("", &[wish("BTC-USDT", Kind::Spot, CHANNEL_DEPTH)]);
    for (checksum, flag) in [(0, 0), (-855_196_043, DEPTH_CHECKSUM), (1, DEPTH_CHECKSUM)] {
        let text = books(r#""asks":[],"bids":[["8476.97","256","0","12"]]"#, checksum, 1, 2);
        let out = player.frame(1, text.as_bytes());
        let record = out.records().next().unwrap();
        let depth = record.depth().unwrap();
        assert_eq!(depth.flags, DEPTH_PREVIOUS | flag);
        assert_eq!(i64::from(depth.checksum as i32), checksum);
    }
    // Before 2022 there were no ids.
    let out = player.frame(1, frame_of("books-l2-tbt"));
    let record = out.records().next().unwrap();
    let depth = record.depth().unwrap();
    assert_eq!((depth.scope, depth.flags, depth.head.sequence), (SCOPE_NONE, DEPTH_CHECKSUM, 0));
}

#[test]
fn trap_asks_come_first_and_a_side_may_be_empty() {
    let (mut player, _) = opened("", &[wish("BTC-USDT", Kind::Spot, CHANNEL_DEPTH)]);
    let out = player.frame(1, frame_of("books, snapshot"));
    let record = out.records().next().unwrap();
    assert_eq!(record.bids(), [(847_697_000_000, 25_600_000_000)]);
    assert_eq!(record.asks(), [(847_698_000_000, 41_500_000_000), (847_700_000_000, 700_000_000)]);
    let empty = br#"{"arg":{"channel":"bbo-tbt","instId":"BTC-USD-241217-92000-C"},"data":[{"asks":[["0.342","5","0","1"]],"bids":[],"ts":"1670324386802","seqId":7}]}"#;
    let out = player.frame(1, empty);
    let quote = out.slots[0].quote();
    assert_eq!((quote.bid_price, quote.bid_qty), (0, 0));
    assert_eq!((quote.ask_price, quote.ask_qty), (34_200_000, 500_000_000));
    let ticker = br#"{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instType":"SPOT","instId":"BTC-USDT","last":"","lastSz":"0","askPx":"","askSz":"","bidPx":"8888.88","bidSz":"5","ts":"1597026383085"}]}"#;
    let out = player.frame(1, ticker);
    let quote = out.slots[0].quote();
    assert_eq!((quote.ask_price, quote.bid_qty, out.fell_back()), (0, 500_000_000, false));
}

#[test]
fn trap_side_is_the_takers_and_count_merges() {
    let (mut player, _) = opened("", &[wish("BTC-USDT", Kind::Spot, CHANNEL_TRADES)]);
    let out = player.frame(1, frame_of("trades"));
    let trade = out.slots[0].trade();
    assert_eq!((trade.aggressor, trade.fills, trade.flags), (SIDE_BUY, 3, TRADE_AGGREGATED));
    assert_eq!((trade.trade_id, trade.head.sequence), (130_639_474, 1234));
    let out = player.frame(1, frame_of("trades-all"));
    let trade = out.slots[0].trade();
    assert_eq!((trade.fills, trade.flags, trade.head.sequence), (0, 0, 0));
}

#[test]
fn trap_fills_of_the_liquidity_programme_are_on_the_tape_though_no_book_had_them() {
    let (mut player, _) = opened("", &[wish("BTC-USDT", Kind::Spot, CHANNEL_TRADES)]);
    let usual = String::from_utf8(frame_of("trades").to_vec()).unwrap();
    let of_the_programme = usual.replace(r#""source":"0""#, r#""source":"1""#);
    assert_ne!(usual, of_the_programme);
    let out = player.frame(1, of_the_programme.as_bytes());
    assert_eq!(out.slots[0].trade().flags & TRADE_OFF_BOOK, 0);
    assert_eq!(out.slots[0].trade().trade_id, 130_639_474);
}

#[test]
fn trap_figures_have_the_digits_of_doubles() {
    let wishes = [wish("BTC-USD-SWAP", Kind::Inverse, ALL)];
    let (mut player, _) = opened("", &wishes);
    let out = player.frame(1, frame_of("open-interest"));
    let interest = out.slots[0].open_interest();
    assert_eq!((interest.qty, interest.qty_exp), (221_611_301_000_000_309, -11));
    let out = player.frame(1, frame_of("funding-rate"));
    let funding = out.slots[0].funding();
    assert_eq!((funding.rate, funding.rate_exp), (1_875_391_284_828, -16));
    assert_eq!(funding.next_ns, 1_700_726_400 * SECOND);
    assert_eq!(funding.interval_ns, 8 * 3600 * SECOND);
}

#[test]
fn trap_the_index_is_of_another_symbol_and_goes_with_its_connection() {
    let (mut player, _) = opened("", &[wish("BTC-USD-SWAP", Kind::Inverse, CHANNEL_MARK)]);
    let index = |price: &str| {
        format!(
            r#"{{"arg":{{"channel":"index-tickers","instId":"BTC-USD"}},"data":[{{"instId":"BTC-USD","idxPx":"{price}","ts":"1597026383085"}}]}}"#
        )
    };
    let mark = |symbol: &str| {
        format!(
            r#"{{"arg":{{"channel":"mark-price","instId":"{symbol}"}},"data":[{{"instType":"SWAP","instId":"{symbol}","markPx":"84660.1","ts":"1744590349506"}}]}}"#
        )
    };
    assert!(player.frame(1, index("84651.123").as_bytes()).slots.is_empty());
    for symbol in ["BTC-USD-SWAP", "BTC-USD-241220"] {
        let out = player.frame(1, mark(symbol).as_bytes());
        let told = out.slots[0].mark();
        assert_eq!((told.mark, told.index, told.exp), (84_660_100, 84_651_123, -3));
    }
    let out = player.frame(1, mark("BTC-USDT-SWAP").as_bytes());
    assert_eq!(
        (out.slots[0].mark().mark, out.slots[0].mark().index),
        (846_601, 0),
        "its own has not come"
    );
    player.close(1, 1006, "");
    player.open(2, 0, PUBLIC);
    let out = player.frame(2, mark("BTC-USD-SWAP").as_bytes());
    assert_eq!(out.slots[0].mark().index, 0, "of a connection that is gone");
}

#[test]
fn trap_liquidations_and_lists_tell_of_others() {
    let wishes = [
        wish("BTC-USDT-SWAP", Kind::Linear, CHANNEL_LIQUIDATIONS | CHANNEL_STATUS),
        wish("BTC-USDT", Kind::Spot, CHANNEL_STATUS),
    ];
    let (mut player, _) = opened("", &wishes);
    let before = player.instruments().len();
    let out = player.frame(1, frame_of("liquidation-orders"));
    assert!(out.accepted() && out.slots.is_empty(), "IOST is nobody's");
    let own =
        str::from_utf8(frame_of("liquidation-orders")).unwrap().replace("IOST-USDT", "BTC-USDT");
    let out = player.frame(1, own.as_bytes());
    let liquidation = out.slots[0].liquidation();
    assert_eq!((liquidation.price, liquidation.exp, liquidation.side), (7831, -6, SIDE_BUY));
    assert_eq!(liquidation.qty, 130_000_000);
    // DOC Public Data, Instruments channel: the whole list, then changes.
    let list = format!(
        r#"{{"arg":{{"channel":"instruments","instType":"SWAP"}},{}"#,
        SWAP.split_once(r#""msg":"","#).unwrap().1.replace("suspend", "live")
    );
    let out = player.frame(1, list.as_bytes());
    let states: Vec<_> = out.records().map(|r| (r.head().kind, r.slot.status().state)).collect();
    assert_eq!(states, [(SLOT_STATUS, SESSION_CONTINUOUS)], "{}", out.log);
    let auction = SPOT.split_once(r#""msg":"","#).unwrap().1.replace("live", "preopen");
    let list = format!(r#"{{"arg":{{"channel":"instruments","instType":"SPOT"}},{auction}"#);
    let out = player.frame(1, list.as_bytes());
    assert_eq!(out.slots[0].status().state, SESSION_AUCTION, "a crossed book is legal");
    assert_eq!(player.instruments().len(), before);
    let out = player.frame(1, frame_of("status"));
    let status = out.slots[0].status();
    assert_eq!((status.head.instrument, status.state), (NO_INSTRUMENT, SESSION_HALT));
}

#[test]
fn trap_usd_margined_contracts_of_a_usd_index_are_linear() {
    let mut player = Player::of::<Okx>();
    player.open(1, 0, PUBLIC);
    for (symbol, kind) in [
        ("BTC-USD_UM-SWAP", Kind::Linear),
        ("BTC-USD-SWAP", Kind::Inverse),
        ("BTC-USDC-260327", Kind::Linear),
        ("BTC-USD-260327-60000-C", Kind::Option),
        ("BTC-USDT", Kind::Spot),
    ] {
        let text = str::from_utf8(frame_of("trades")).unwrap().replace("BTC-USDT", symbol);
        assert_eq!(player.frame(1, text.as_bytes()).status, OK);
        assert_eq!(player.instruments().last().unwrap().kind, kind, "{symbol}");
    }
}
