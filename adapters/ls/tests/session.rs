//! Plan, requests, answers, tokens, and every trap that is known of the venue, without a network.
#![allow(clippy::unwrap_used)]

mod common;

use common::{
    BOOK, BOOK_KOSDAQ, BOOK_NXT, INTERRUPTION, INTERRUPTION_NXT, OPERATION, REST, SNAPSHOT,
    SNAPSHOT_NXT, STREAM, TAKEN, TOKEN, TRADE, TRADE_KOSDAQ, TRADE_NXT, list, listed, master,
};
use patchbay_ls::Ls;
use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_STATUS, CHANNEL_TRADES, DEPTH_NEWEST, DEPTH_PARTIAL, DEPTH_SNAPSHOT,
    ENCODE_TEXT, ERROR, FAIL_PERMISSION, NO_INSTRUMENT, OK, OUTCOME_IGNORED, PURPOSE_SNAPSHOT,
    SCOPE_NONE, SECRET_KEY_ID, SECRET_SECRET, SECRET_TOKEN, SESSION_AUCTION, SESSION_CLOSED,
    SESSION_CONTINUOUS, SESSION_HALT, SESSION_PRE_OPEN, SESSION_UNKNOWN, SIDE_BUY, SIDE_NONE,
    SIDE_SELL, SLOT_DEPTH, SLOT_STATUS, TARGET_BODY, TARGET_HEADER, TRADE_AUCTION, TRADE_OFF_BOOK,
};
use patchbay_plugin::model::{Instrument, Kind, Nanos};
use patchbay_plugin::{Http, Scope, Wish};
use patchbay_testkit::{Played, Player, laws};

const SECOND: Nanos = 1_000_000_000;
/// 2026-09-28 00:00 in Korea, a Monday.
const MIDNIGHT: Nanos = 1_790_521_200 * SECOND;
const ALL: u32 = CHANNEL_DEPTH | CHANNEL_TRADES | CHANNEL_STATUS;

fn wish(symbol: &str, channels: u32) -> Wish<'_> {
    Wish { channels, symbol, kind: Kind::Equity, depth: 0, interval_ms: 0 }
}

/// In the middle of a day, with its plan.
fn planned(changes: &str, symbols: &[&str], channels: u32) -> (Player, Played) {
    let mut player = Player::with::<Ls>(changes);
    player.at(MIDNIGHT + 12 * 3_600 * SECOND);
    let wishes: Vec<_> = symbols.iter().map(|symbol| wish(symbol, channels)).collect();
    let plan = player.plan(&wishes);
    (player, plan)
}

/// With a token and its lists: 005930 and 000660 of KOSPI, 086520 of KOSDAQ, 069500 a fund; NXT has
/// the first and the third.
fn started(changes: &str, symbols: &[&str], channels: u32) -> (Player, Played) {
    let (mut player, plan) = planned(changes, symbols, channels);
    let asked = player.reply(plan.https()[0].id, REST, TOKEN.as_bytes());
    let [all, kospi, kosdaq] = asked.https()[..] else { panic!("three lists: {}", asked.log) };
    let krx = [("005930", 1, 0), ("000660", 1, 0), ("086520", 2, 0), ("069500", 1, 1)];
    let krx = krx.map(|(code, market, fund)| listed(code, market, fund));
    player.reply(all.id, REST, list("t8436", &krx).as_bytes());
    let nxt = [master("005930", 1), master("000660", 0)];
    player.reply(kospi.id, REST, list("t9945", &nxt).as_bytes());
    let out = player.reply(kosdaq.id, REST, list("t9945", &[master("086520", 1)]).as_bytes());
    assert_eq!(out.status, OK, "{}", out.log);
    (player, out)
}

/// With its connection, 7, open; what is sent over it.
fn opened(symbols: &[&str], channels: u32) -> (Player, Vec<String>) {
    let (mut player, out) = started("", symbols, channels);
    assert!(out.connects().len() <= 1, "it was asked for when the first list came");
    let sent = player.open(7, 1, STREAM).sent_texts();
    (player, sent)
}

/// A player with one connection that nobody asked for, as a replay has it.
fn replayed() -> Player {
    let mut player = Player::of::<Ls>();
    player.at(MIDNIGHT + 12 * 3_600 * SECOND);
    player.open(1, 0, STREAM);
    player
}

fn found<'p>(player: &'p Player, symbol: &str) -> &'p Instrument {
    player.instruments().iter().find(|i| i.symbol == symbol).unwrap()
}

fn body(http: &Http) -> &str {
    str::from_utf8(&http.body).unwrap()
}

fn at(hours: i64, minutes: i64, seconds: i64) -> Nanos {
    MIDNIGHT + (hours * 3_600 + minutes * 60 + seconds) * SECOND
}

#[test]
fn settings_are_described() {
    laws::settings_are_described(&Player::of::<Ls>());
}

#[test]
fn the_first_plan_declares_limits_and_asks_for_nothing_but_a_token() {
    let (_, plan) = planned("", &["005930"], ALL);
    let limits: Vec<_> =
        plan.buckets().into_iter().map(|b| (&*b.name, b.capacity, b.period_ns / SECOND)).collect();
    let expected = [("ls rest requests", 10, 1), ("ls connects", 20, 60), ("ls messages", 5, 1)];
    assert_eq!(limits, expected);
    let [token] = plan.https()[..] else { panic!("one request") };
    assert_eq!(
        (&*token.method, token.base.clone() + &token.path),
        ("POST", format!("{REST}/oauth2/token"))
    );
    assert_eq!(body(token), "grant_type=client_credentials&scope=oob&appkey=&appsecretkey=");
    assert_eq!((&*token.token_field, &*token.token), ("access_token", "ls"));
    let places: Vec<_> = token.secrets.iter().map(|s| (s.kind, &body(token)[..s.offset])).collect();
    let (form, key) = ("grant_type=client_credentials&scope=oob&appkey=", "&appsecretkey=");
    let secret = format!("{form}{key}");
    assert_eq!(places, [(SECRET_KEY_ID, form), (SECRET_SECRET, &*secret)]);
    assert!(plan.connects().is_empty());
}

#[test]
fn requests_are_posts_with_the_token_in_a_header_and_texts_where_texts_are_wanted() {
    let (mut player, plan) = planned("", &["005930"], ALL);
    let asked = player.reply(plan.https()[0].id, REST, TOKEN.as_bytes());
    let texts: Vec<_> = asked.https().iter().map(|h| (&*h.method, &*h.path, body(h))).collect();
    let expected = [
        ("POST", "/stock/etc", r#"{"t8436InBlock":{"gubun":"0"}}"#),
        ("POST", "/stock/market-data", r#"{"t9945InBlock":{"gubun":"1"}}"#),
        ("POST", "/stock/market-data", r#"{"t9945InBlock":{"gubun":"2"}}"#),
    ];
    assert_eq!(texts, expected);
    let first = asked.https()[0];
    let names: Vec<_> = first.headers.iter().map(|(n, v)| (&**n, &**v)).collect();
    assert!(names.contains(&("tr_cd", "t8436")) && names.contains(&("tr_cont", "N")));
    let [token] = &first.secrets[..] else { panic!("one secret") };
    assert_eq!((token.kind, token.target, &*token.key), (SECRET_TOKEN, TARGET_HEADER, "ls"));
    assert_eq!((names[token.header], token.offset), (("authorization", "Bearer "), 7));
}

#[test]
fn the_token_goes_in_every_message_and_one_stream_in_each() {
    let (mut player, _) = started("", &["005930"], ALL);
    let open = player.open(7, 1, STREAM);
    let sends = open.sends();
    for send in &sends {
        let [token] = &send.secrets[..] else { panic!("one secret") };
        assert_eq!(
            (token.kind, token.target, token.encoding),
            (SECRET_TOKEN, TARGET_BODY, ENCODE_TEXT)
        );
        assert!(send.payload[..token.offset].ends_with(br#"{"token":""#));
    }
    let texts = open.sent_texts();
    let expected = [("H1_", "005930"), ("S3_", "005930"), ("VI_", "005930"), ("JIF", "0")].map(|(code, key)| {
        format!(r#"{{"header":{{"token":"","tr_type":"3"}},"body":{{"tr_cd":"{code}","tr_key":"{key}"}}}}"#)
    });
    assert_eq!(texts, expected);
    let fewer = player.plan(&[wish("005930", CHANNEL_DEPTH | CHANNEL_STATUS)]).sent_texts();
    assert_eq!(fewer, [texts[1].replace(r#""tr_type":"3""#, r#""tr_type":"4""#)]);
}

#[test]
fn the_server_does_not_pick_the_market_the_list_does() {
    let (_, sent) = opened(&["086520"], ALL);
    let codes: Vec<_> = sent.iter().map(|text| text.split('"').nth(15).unwrap()).collect();
    assert_eq!(codes, ["HA_", "K3_", "VI_", "JIF"]);
}

#[test]
fn keys_of_nxt_have_exactly_ten_characters() {
    let (_, sent) = opened(&["N005930"], CHANNEL_DEPTH | CHANNEL_TRADES);
    assert!(sent[0].ends_with(r#"{"tr_cd":"NH1","tr_key":"N005930   "}}"#), "{}", sent[0]);
    assert!(sent[1].ends_with(r#"{"tr_cd":"NS3","tr_key":"N005930   "}}"#), "{}", sent[1]);
}

#[test]
fn every_symbol_shares_the_stream_of_the_market() {
    let (_, sent) = opened(&["005930", "086520", "N005930"], CHANNEL_STATUS);
    assert_eq!(sent.iter().filter(|text| text.contains("JIF")).count(), 1, "{sent:?}");
}

#[test]
fn a_connection_says_who_it_is_in_which_language_or_is_dropped() {
    let (mut player, plan) = planned("", &["005930"], ALL);
    let asked = player.reply(plan.https()[0].id, REST, TOKEN.as_bytes());
    let krx = list("t8436", &[listed("005930", 1, 0)]);
    let out = player.reply(asked.https()[0].id, REST, krx.as_bytes());
    let [link] = out.connects()[..] else { panic!("one connection") };
    assert_eq!((&*link.url, link.ping_ns, link.silence_ns), (STREAM, 30 * SECOND, 75 * SECOND));
    let names: Vec<_> = link.headers.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["User-Agent", "Accept-Language"]);
}

#[test]
fn a_token_is_asked_for_again_before_it_ends_and_connections_are_replaced() {
    let (mut player, _) = opened(&["005930"], ALL);
    let start = player.now();
    let played = player.sleep_until(start + 86_339 * SECOND);
    let https: Vec<_> = played.iter().flat_map(Played::https).collect();
    assert!(
        https.iter().all(|http| http.path == "/stock/etc" || http.path == "/stock/market-data")
    );
    let played = player.sleep_until(start + 86_340 * SECOND);
    let https: Vec<_> = played.iter().flat_map(Played::https).collect();
    let [token] = https[..] else { panic!("{https:?}") };
    assert_eq!(token.path, "/oauth2/token");
    // Until 07:00, not for a day: it says so.
    let short = TOKEN.replace("86400", "66031");
    let out = player.reply(token.id, REST, short.as_bytes());
    let [link] = out.connects()[..] else { panic!("another connection in its place") };
    assert_eq!((link.tag, out.closes().len()), (1, 0));
    let (tag, due) = (link.tag, player.now() + (66_031 - 60) * SECOND);
    assert_eq!(player.open(8, tag, STREAM).sends().len(), 4, "all streams over it");
    let mut tokens = |until| {
        let played = player.sleep_until(until);
        played.iter().flat_map(Played::https).filter(|http| http.path == "/oauth2/token").count()
    };
    assert_eq!(
        (tokens(due - SECOND), tokens(due)),
        (0, 1),
        "the next one, a minute before its end"
    );
}

#[test]
fn the_life_of_a_token_has_the_name_of_the_example_and_not_of_the_table() {
    let (mut player, plan) = planned("", &["005930"], ALL);
    let table = TOKEN.replace("expires_in", "expire_in");
    let out = player.reply(plan.https()[0].id, REST, table.as_bytes());
    assert!(out.https().is_empty() && out.log.contains("expires_in"), "{}", out.log);
}

#[test]
fn a_token_that_another_process_ended_is_issued_once_more_and_not_twice_in_a_minute() {
    let (mut player, _) = opened(&["005930"], ALL);
    let stale = TAKEN.replace("00000", "IGW00121");
    let start = player.now();
    let tokens = |played: &[Played]| {
        let https = played.iter().flat_map(Played::https);
        https.filter(|http| http.path == "/oauth2/token").map(|http| http.id).collect::<Vec<_>>()
    };
    player.at(start + 10 * SECOND);
    for _ in 0..5 {
        player.frame(7, stale.as_bytes());
    }
    assert!(tokens(&player.sleep_until(start + 59 * SECOND)).is_empty(), "within a minute");
    let ids = tokens(&player.sleep_until(start + 60 * SECOND));
    assert_eq!(ids.len(), 1);
    let out = player.reply(ids[0], REST, TOKEN.as_bytes());
    assert_eq!(out.connects().len(), 1, "old connections have the old token");
}

#[test]
fn a_quota_at_the_token_pauses_a_minute_and_elsewhere_a_second() {
    let quota = br#"{"rsp_cd":"IGW00201","rsp_msg":"-"}"#;
    let (mut player, plan) = planned("", &["005930"], ALL);
    let out = player.answer(plan.https()[0].id, 500, REST, &[], quota);
    assert!(out.log.contains("asked again in 60000 ms"), "{}", out.log);
    let (mut player, plan) = planned("", &["005930"], ALL);
    let asked = player.reply(plan.https()[0].id, REST, TOKEN.as_bytes());
    let out = player.answer(asked.https()[0].id, 200, REST, &[], quota);
    assert!(out.log.contains("asked again in 1200 ms"), "{}", out.log);
}

#[test]
fn refusals_come_with_status_200_and_500_and_a_wrong_key_needs_an_operator() {
    for status in [200, 500] {
        let (mut player, plan) = planned("", &["005930"], ALL);
        let text = br#"{"rsp_cd":"IGW00105","rsp_msg":"-"}"#;
        let out = player.answer(plan.https()[0].id, status, REST, &[], text);
        assert!(out.log.contains("not asked again"), "{}", out.log);
        assert_eq!(out.fails()[0].0, FAIL_PERMISSION);
    }
}

#[test]
fn success_is_any_code_that_begins_with_00() {
    for code in ["00000", "00040", "00463"] {
        let out = replayed().frame(1, TAKEN.replace("00000", code).as_bytes());
        assert_eq!((out.status, out.outcome, &*out.log), (OK, OUTCOME_IGNORED, ""));
    }
    let out = replayed().frame(1, TAKEN.replace("00000", "10009").as_bytes());
    assert_eq!((out.status, out.outcome), (OK, OUTCOME_IGNORED));
    assert!(out.log.contains("S3_ 005930 10009"), "{}", out.log);
}

#[test]
fn every_book_is_whole_and_empty_levels_are_dropped() {
    let out = replayed().frame(1, BOOK.as_bytes());
    let record = out.records().find(|r| r.head().kind == SLOT_DEPTH).unwrap();
    let depth = record.depth().unwrap();
    assert_eq!(depth.flags, DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL);
    assert_eq!((depth.scope, depth.head.sequence), (SCOPE_NONE, 0));
    assert_eq!(record.bids(), [(72_300, 70_581), (72_200, 100_447), (72_100, 156_534)]);
    assert_eq!(record.asks(), [(72_400, 32_616), (72_500, 66_102), (72_600, 74_102)]);
    let out = replayed().frame(1, BOOK_NXT.as_bytes());
    let record = out.records().find(|r| r.head().kind == SLOT_DEPTH).unwrap();
    assert_eq!((record.bids().len(), record.asks().len()), (10, 10));
    assert_eq!((record.bids()[9], record.asks()[9]), ((46_200, 2_829), (47_200, 133)));
}

#[test]
fn times_are_those_of_korea_and_get_their_date_from_the_receive_time() {
    let mut player = replayed();
    let time = |player: &mut Player, now, text: &str| {
        player.at(now);
        let frame = TRADE.replace("090851", text).replace("10887", text);
        player.frame(1, frame.as_bytes()).slots[0].trade().head.exchange_ns
    };
    assert_eq!(time(&mut player, at(12, 0, 0), "090851"), at(9, 8, 51));
    assert_eq!(time(&mut player, at(23, 59, 59), "235958"), at(23, 59, 58));
    assert_eq!(time(&mut player, at(24, 0, 1), "235959"), at(23, 59, 59), "over midnight");
    assert_eq!(time(&mut player, at(24, 0, 2), "000001"), at(24, 0, 1));
    let out = player.frame(1, TRADE.replace("090851", "K0257").as_bytes());
    assert_eq!(out.slots[0].trade().head.exchange_ns, 0, "no time at all");
}

#[test]
fn a_book_may_go_back_a_second_and_no_more() {
    let mut player = replayed();
    let time = |player: &mut Player, text: &str| {
        let out = player.frame(1, BOOK.replace("084242", text).as_bytes());
        out.records().find(|r| r.head().kind == SLOT_DEPTH).unwrap().head().exchange_ns
    };
    assert_eq!(time(&mut player, "084242"), at(8, 42, 42));
    assert_eq!(time(&mut player, "084241"), at(8, 42, 42), "as new as the last");
    assert_eq!(time(&mut player, "084240"), at(8, 42, 40), "old: the host drops it");
    assert_eq!(time(&mut player, "084243"), at(8, 42, 43));
}

#[test]
fn an_auction_is_told_before_its_book_which_may_be_crossed() {
    let crossed = BOOK.replace(r#""bidho1":"72300""#, r#""bidho1":"72900""#);
    let mut player = replayed();
    let kinds = |out: &Played| out.records().map(|r| r.head().kind).collect::<Vec<_>>();
    let out = player.frame(1, crossed.as_bytes());
    assert_eq!(kinds(&out), [SLOT_STATUS, SLOT_DEPTH]);
    assert_eq!(out.slots[0].status().state, SESSION_AUCTION);
    let again = player.frame(1, crossed.as_bytes());
    assert_eq!(kinds(&again), [SLOT_DEPTH], "told before");
    for (phase, state) in
        [("1", SESSION_CONTINUOUS), ("2", SESSION_UNKNOWN), ("0", SESSION_UNKNOWN)]
    {
        let frame = BOOK.replace(r#""donsigubun":"3""#, &format!(r#""donsigubun":"{phase}""#));
        let out = replayed().frame(1, frame.as_bytes());
        let told = out.slots[0].head().kind == SLOT_STATUS;
        assert_eq!(told, state != SESSION_UNKNOWN, "{phase}");
        assert!(!told || out.slots[0].status().state == state);
    }
}

#[test]
fn a_book_is_asked_for_by_rest_where_numbers_are_numbers_and_times_have_hundredths() {
    let (mut player, _) = opened(&["005930", "N005930"], ALL);
    for (symbol, asked, answer, best) in [
        (
            "005930",
            r#"{"t1101InBlock":{"shcode":"005930"}}"#,
            SNAPSHOT,
            [(4_545, 448), (4_550, 83)],
        ),
        (
            "N005930",
            r#"{"t8450InBlock":{"shcode":"005930","exchgubun":"N"}}"#,
            SNAPSHOT_NXT,
            NXT_BEST,
        ),
    ] {
        let index = player.instruments().iter().position(|i| i.symbol == symbol).unwrap() as u32;
        let out = player.resync(Scope::Instrument(index));
        let [http] = out.https()[..] else { panic!("one request") };
        assert_eq!(
            (http.purpose, &*http.path, body(http)),
            (PURPOSE_SNAPSHOT, "/stock/market-data", asked)
        );
        let out = player.reply(http.id, REST, answer.as_bytes());
        assert_eq!(out.status, OK, "{}", out.log);
        let record = out.records().find(|r| r.head().kind == SLOT_DEPTH).unwrap();
        assert_eq!((record.head().instrument, [record.bids()[0], record.asks()[0]]), (index, best));
        assert_eq!(record.head().exchange_ns % SECOND, 0, "no newer than a frame of that second");
    }
}

/// Of the guide's example.
const NXT_BEST: [(i64, i64); 2] = [(60_600, 105), (60_700, 39)];

#[test]
fn the_side_of_a_trade_is_the_takers_and_auctions_have_none() {
    for (mark, side, flags) in [
        ("+", SIDE_BUY, 0),
        ("-", SIDE_SELL, 0),
        ("", SIDE_NONE, TRADE_AUCTION),
        (" ", SIDE_NONE, TRADE_AUCTION),
    ] {
        let frame = TRADE.replace(r#""cgubun":"+""#, &format!(r#""cgubun":"{mark}""#));
        let trade = *replayed().frame(1, frame.as_bytes()).slots[0].trade();
        assert_eq!((trade.aggressor, trade.flags), (side, flags), "{mark:?}");
        assert_eq!((trade.price, trade.qty), (55_550, 1));
        assert_eq!((trade.trade_id, trade.head.sequence), (0, 10_887), "there is no id");
    }
    for (frame, price) in [(TRADE_KOSDAQ, 81_700), (TRADE_NXT, 60_600)] {
        assert_eq!(replayed().frame(1, frame.as_bytes()).slots[0].trade().price, price);
    }
}

#[test]
fn the_cumulative_volume_tells_what_is_missing_and_what_comes_twice() {
    let mut player = replayed();
    let mut next = |total: u64, qty: u64| {
        let frame = TRADE.replace("10887", &total.to_string());
        let frame = frame.replace(r#""cvolume":"1""#, &format!(r#""cvolume":"{qty}""#));
        let out = player.frame(1, frame.as_bytes());
        (out.slots.len(), out.log.contains("trades are missing"))
    };
    assert_eq!(next(10_887, 1), (1, false), "the first");
    assert_eq!(next(10_890, 3), (1, false));
    assert_eq!(next(10_890, 3), (0, false), "the same again");
    assert_eq!(next(10_899, 4), (1, true), "5 shares before it");
    assert_eq!(next(7, 7), (1, false), "the first of the next day");
}

#[test]
fn evening_trades_of_another_exchange_are_not_of_this_book() {
    let of = |frame: &str, name: &str| {
        let [krx, nxt] = ["KRX", "NXT"].map(|name| format!(r#""exchname":"{name}""#));
        let with = format!(r#""exchname":"{name}""#);
        let frame = frame.replace(&krx, &with).replace(&nxt, &with);
        replayed().frame(1, frame.as_bytes()).slots[0].trade().flags
    };
    assert_eq!([of(TRADE, "KRX"), of(TRADE, "NXT")], [0, TRADE_OFF_BOOK]);
    assert_eq!([of(TRADE_NXT, "NXT"), of(TRADE_NXT, "KRX")], [0, TRADE_OFF_BOOK]);
}

#[test]
fn symbols_are_written_in_one_way() {
    for key in ["005930", "A005930", "005930  "] {
        let frame = TRADE.replace(r#""tr_key":"005930""#, &format!(r#""tr_key":"{key}""#));
        let mut player = replayed();
        player.frame(1, frame.as_bytes());
        assert_eq!(player.instruments()[0].symbol, "005930", "{key:?}");
    }
    let mut player = replayed();
    player.frame(1, TRADE_NXT.as_bytes());
    assert_eq!(player.instruments()[0].symbol, "N010950");
}

#[test]
fn an_interruption_is_an_auction_and_its_kind_the_code() {
    let mut player = replayed();
    for (kind, expected) in [
        ("1", &[(SESSION_AUCTION, 0), (SESSION_AUCTION, 1)][..]),
        ("3", &[(SESSION_AUCTION, 3)]),
        ("0", &[(SESSION_CONTINUOUS, 3), (SESSION_CONTINUOUS, 0)]),
    ] {
        let frame = INTERRUPTION.replace(r#""vi_gubun":"0""#, &format!(r#""vi_gubun":"{kind}""#));
        let out = player.frame(1, frame.as_bytes());
        let told: Vec<_> = out.slots.iter().map(|s| (s.status().state, s.status().code)).collect();
        assert_eq!(told, expected, "{kind}");
        assert_eq!(out.slots[0].status().head.exchange_ns, at(9, 24, 15));
    }
    assert_eq!(player.instruments()[0].symbol, "145270");
    let mut player = replayed();
    let out = player.frame(1, INTERRUPTION_NXT.as_bytes());
    assert_eq!(
        (out.status, player.instruments()[0].symbol.as_str()),
        (OK, "N115450"),
        "{}",
        out.log
    );
}

#[test]
fn the_operation_of_a_market_is_told_of_its_stocks_that_the_connection_carries() {
    let (mut player, _) = opened(&["005930", "086520", "N005930"], ALL);
    let mut told = |market: &str, status: &str| {
        let frame = OPERATION.replace(r#""jangubun":"C""#, &format!(r#""jangubun":"{market}""#));
        let frame = frame.replace(r#""jstatus":"21""#, &format!(r#""jstatus":"{status}""#));
        let out = player.frame(7, frame.as_bytes());
        assert_eq!((out.status, out.outcome), (OK, 0), "{}", out.log);
        let names: Vec<_> = out.slots.iter().map(|slot| *slot.status()).collect();
        let name = |index: u32| match index {
            NO_INSTRUMENT => "all".to_owned(),
            index => player.instruments()[index as usize].symbol.clone(),
        };
        names.iter().map(|s| (name(s.head.instrument), s.state)).collect::<Vec<_>>()
    };
    let one =
        |symbol: &str, state| vec![("all".to_owned(), SESSION_UNKNOWN), (symbol.to_owned(), state)];
    let none = one("all", SESSION_UNKNOWN)[..1].to_vec();
    assert_eq!(told("1", "11"), one("005930", SESSION_AUCTION));
    assert_eq!(told("1", "22"), none, "a countdown");
    assert_eq!(told("1", "21"), one("005930", SESSION_CONTINUOUS));
    assert_eq!(told("2", "21"), one("086520", SESSION_CONTINUOUS));
    assert_eq!(told("6", "A5"), one("N005930", SESSION_PRE_OPEN), "ten minutes before");
    assert_eq!(told("6", "55"), one("N005930", SESSION_CONTINUOUS));
    assert_eq!(told("6", "57"), one("N005930", SESSION_CLOSED));
    assert_eq!(told("6", "B2"), one("N005930", SESSION_PRE_OPEN));
    assert_eq!(told("6", "56"), one("N005930", SESSION_CONTINUOUS));
    assert_eq!(told("6", "D3"), none, "it closes in a minute");
    assert_eq!(told("1", "64"), none, "orders by programs are held back");
    assert_eq!(told("1", "61"), one("005930", SESSION_HALT), "a circuit breaker");
    assert_eq!(told("1", "62"), one("005930", SESSION_AUCTION));
    assert_eq!(told("1", "63"), one("005930", SESSION_CONTINUOUS));
    assert_eq!(told("1", "41"), one("005930", SESSION_CLOSED));
    assert_eq!(told("1", "51"), one("005930", SESSION_CONTINUOUS), "at the closing price");
    assert_eq!(told("1", "52"), one("005930", SESSION_AUCTION), "single prices");
    assert_eq!(told("1", "69"), one("005930", SESSION_CLOSED), "the day is over");
    assert_eq!(told("5", "61"), [], "of derivatives it means something else");
    assert_eq!(told("C", "21"), [], "Hong Kong");
}

/// KRX, at a price and just below it.
#[test]
fn price_steps_depend_on_the_price_and_funds_have_two() {
    let (player, _) = started("", &[], ALL);
    let stock = found(&player, "005930");
    for (price, below, at) in [
        (2_000, 1, 5),
        (5_000, 5, 10),
        (20_000, 10, 50),
        (50_000, 50, 100),
        (200_000, 100, 500),
        (500_000, 500, 1_000),
    ] {
        assert_eq!((stock.tick_at(price - 1), stock.tick_at(price)), (below, at), "{price}");
    }
    let fund = found(&player, "069500");
    assert_eq!([1_999, 2_000, 600_000].map(|price| fund.tick_at(price)), [1, 5, 5]);
    assert_eq!(found(&player, "N086520").bands, stock.bands, "NXT has the same");
}

#[test]
fn instruments_are_whole_won_and_whole_shares() {
    let (player, _) = started("", &[], ALL);
    let stock = found(&player, "005930");
    assert_eq!((&*stock.base, &*stock.quote, stock.kind), ("005930", "KRW", Kind::Equity));
    assert_eq!((stock.price_exp, stock.qty_exp, stock.lot, stock.min_qty), (0, 0, 1, 1));
    assert!(player.instruments().iter().all(|i| i.symbol != "N000660"), "NXT does not trade it");
}

#[test]
fn a_book_of_kosdaq_reads_as_one_of_kospi() {
    let out = replayed().frame(1, BOOK_KOSDAQ.as_bytes());
    let record = out.records().find(|r| r.head().kind == SLOT_DEPTH).unwrap();
    assert_eq!((record.bids()[0], record.asks()[0]), ((762_000, 286), (763_000, 560)));
    let broken = BOOK_KOSDAQ.replace(r#""offerho3":"765000""#, r#""offerho3":"765000.5""#);
    let out = replayed().frame(1, broken.as_bytes());
    assert!(out.status == ERROR && out.log.contains("HA_, 086520"), "{}", out.log);
}
