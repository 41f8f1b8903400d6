//! Plan, requests, answers, and every trap that is known of the venue, without a network.
#![allow(clippy::unwrap_used)]

mod common;

use common::{BARE_TRADE, BOOK, MARKETS, REFUSAL, STREAM, TICKER, TRADE, UP, list, market};
use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_QUOTES, CHANNEL_STATUS, CHANNEL_TRADES, DEPTH_NEWEST, DEPTH_PARTIAL,
    DEPTH_SNAPSHOT, ERROR, FAIL_BANNED, FAIL_CONFIG, OK, OUTCOME_IGNORED, PURPOSE_OTHER,
    PURPOSE_REFERENCE, QUOTE_VENUE, SCOPE_NONE, SESSION_CLOSED, SESSION_CONTINUOUS,
    SESSION_PRE_OPEN, SESSION_UNKNOWN, SIDE_BUY, SIDE_SELL, SLOT_QUOTE, SLOT_STATUS,
};
use patchbay_plugin::bind::Plugin;
use patchbay_plugin::model::{Instrument, Kind, Nanos};
use patchbay_plugin::{Scope, Wish};
use patchbay_testkit::{Played, Player, laws};
use patchbay_upbit::Upbit;

const NOW: Nanos = Player::START;
const SECOND: Nanos = 1_000_000_000;
const ALL: u32 = CHANNEL_DEPTH | CHANNEL_QUOTES | CHANNEL_TRADES | CHANNEL_STATUS;

fn wish(symbol: &str, channels: u32) -> Wish<'_> {
    Wish { channels, symbol, kind: Kind::Spot, depth: 0, interval_ms: 0 }
}

/// Its instruments known; what their list led to.
fn started(changes: &str, symbols: &[&str], channels: u32) -> (Player, Played) {
    let mut player = Player::with::<Upbit>(changes);
    let wishes: Vec<_> = symbols.iter().map(|symbol| wish(symbol, channels)).collect();
    let plan = player.plan(&wishes);
    let id = plan.https().iter().find(|h| h.purpose == PURPOSE_REFERENCE).unwrap().id;
    let out = player.reply(id, MARKETS, list(symbols).as_bytes());
    assert_eq!(out.status, OK, "{}", out.log);
    (player, out)
}

/// A player with one connection that nobody asked for, as a replay has it.
fn replayed() -> Player {
    let mut player = Player::of::<Upbit>();
    player.open(1, 0, STREAM);
    player
}

fn found<'p>(player: &'p Player, symbol: &str) -> &'p Instrument {
    player.instruments().iter().find(|i| i.symbol == symbol).unwrap()
}

#[test]
fn settings_are_described() {
    laws::settings_are_described(&Player::of::<Upbit>());
}

#[test]
fn the_first_plan_declares_limits_and_asks_for_markets_and_warnings() {
    let out = Player::of::<Upbit>().plan(&[]);
    let limits: Vec<_> = out
        .buckets()
        .into_iter()
        .map(|b| (b.name.as_str(), b.capacity, b.period_ns / SECOND))
        .collect();
    let expected = [
        ("upbit rest requests", 10, 1),
        ("upbit connects", 5, 1),
        ("upbit messages", 5, 1),
        ("upbit messages a minute", 100, 60),
    ];
    assert_eq!(limits, expected);
    let asked: Vec<_> = out.https().iter().map(|h| (h.base.clone() + &h.path, h.purpose)).collect();
    let twice = [(MARKETS.to_owned(), PURPOSE_REFERENCE), (MARKETS.to_owned(), PURPOSE_OTHER)];
    assert_eq!(asked, twice);
}

#[test]
fn a_request_names_every_stream_and_costs_one_message() {
    let (mut player, out) = started("", &["KRW-BTC", "BTC-ETH"], ALL);
    let [link] = out.connects()[..] else { panic!("one connection") };
    assert_eq!(link.url, STREAM);
    let open = player.open(7, link.tag, &link.url);
    assert_eq!(
        open.sent_texts(),
        [
            r#"[{"ticket":"patchbay-1"},{"type":"orderbook","codes":["KRW-BTC.30","BTC-ETH.30"]},{"type":"ticker","codes":["KRW-BTC","BTC-ETH"]},{"type":"trade","codes":["KRW-BTC","BTC-ETH"],"is_only_realtime":true},{"format":"SIMPLE"}]"#
        ]
    );
    let costs: Vec<_> = open.sends()[0].costs.iter().map(|c| (c.bucket, c.cost)).collect();
    assert_eq!(costs, [(2, 1), (3, 1)], "of a second and of a minute");
}

#[test]
fn a_request_replaces_the_one_before() {
    let (mut player, out) = started("", &["KRW-BTC", "KRW-ETH"], CHANNEL_DEPTH);
    player.open(7, out.connects()[0].tag, STREAM);
    let fewer = player.plan(&[wish("KRW-ETH", CHANNEL_DEPTH)]).sent_texts();
    assert_eq!(fewer.len(), 1, "no request takes anything back");
    assert!(fewer[0].contains(r#"{"type":"orderbook","codes":["KRW-ETH.30"]}"#));
    let more = player.plan(&[wish("KRW-ETH", CHANNEL_DEPTH), wish("KRW-BTC", CHANNEL_TRADES)]);
    let [text] = &more.sent_texts()[..] else { panic!("one request") };
    assert!(text.contains("KRW-ETH.30") && text.contains(r#""trade","codes":["KRW-BTC"]"#));
    assert!(
        player
            .plan(&[wish("KRW-ETH", CHANNEL_DEPTH), wish("KRW-BTC", CHANNEL_TRADES)])
            .sent_texts()
            .is_empty(),
        "nothing changed"
    );
}

#[test]
fn a_request_is_never_cut_in_two() {
    let names: Vec<_> = (0..300).map(|n| format!("KRW-C{n}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let (mut player, out) = started("symbols_per_connection = 300", &names, ALL);
    let sent = player.open(7, out.connects()[0].tag, STREAM).sent_texts();
    let [text] = &sent[..] else { panic!("{} requests, of which the last holds", sent.len()) };
    assert_eq!(text.matches("KRW-C").count(), 900);
}

#[test]
fn a_broken_book_is_asked_for_with_all_others() {
    let (mut player, out) = started("", &["KRW-BTC", "KRW-ETH"], CHANNEL_DEPTH);
    assert!(player.resync(Scope::Instrument(1)).commands.is_empty(), "not open yet");
    player.open(7, out.connects()[0].tag, STREAM);
    let sent = player.resync(Scope::Instrument(1)).sent_texts();
    let [text] = &sent[..] else { panic!("one request") };
    assert!(text.contains(r#"["KRW-BTC.30","KRW-ETH.30"]"#), "{text}");
    assert_eq!(player.resync(Scope::Instrument(9)).status, ERROR);
    assert_eq!(player.resync(Scope::Connection(7)).status, ERROR, "no chain runs over one");
}

#[test]
fn a_resubscription_repeats_no_trade() {
    let (mut player, out) = started("", &["KRW-BTC"], CHANNEL_TRADES);
    let text = &player.open(7, out.connects()[0].tag, STREAM).sent_texts()[0];
    assert!(text.contains(r#""codes":["KRW-BTC"],"is_only_realtime":true"#), "{text}");
}

#[test]
fn nothing_is_acknowledged_and_a_refusal_calls_for_the_operator() {
    let (mut player, out) = started("", &["KRW-BTC"], ALL);
    player.open(7, out.connects()[0].tag, STREAM);
    let out = player.frame(7, REFUSAL.as_bytes());
    assert_eq!((out.status, out.outcome), (OK, OUTCOME_IGNORED));
    let [(FAIL_CONFIG, why)] = out.fails()[..] else { panic!("{:?}", out.fails()) };
    assert!(why.contains("WRONG_FORMAT"), "{why}");
    assert!(out.log.contains("WRONG_FORMAT") && out.sent_texts().is_empty(), "{}", out.log);
}

#[test]
fn only_books_in_krw_are_grouped_and_their_depth_is_configured() {
    let (mut player, out) =
        started("depth = \"5\"\nlevel = \"10000\"", &["KRW-BTC", "BTC-ETH"], CHANNEL_DEPTH);
    let text = &player.open(7, out.connects()[0].tag, STREAM).sent_texts()[0];
    let [plain, grouped] = [
        r#"{"type":"orderbook","codes":["BTC-ETH.5"]}"#,
        r#"{"type":"orderbook","codes":["KRW-BTC.5"],"level":10000}"#,
    ];
    assert!(text.contains(plain) && text.contains(grouped), "{text}");
}

#[test]
fn an_idle_connection_is_pinged_before_120_s() {
    let (_, out) = started("", &["KRW-BTC"], ALL);
    let link = out.connects()[0];
    assert!(link.ping_ns > 0 && link.ping_ns < 60 * SECOND);
    assert_eq!((link.ping_text.as_str(), link.silence_ns), ("", 60 * SECOND));
    let up = replayed().frame(1, UP.as_bytes());
    assert_eq!((up.status, up.outcome), (OK, OUTCOME_IGNORED), "of a text `PING`");
}

#[test]
fn no_origin_header_is_sent() {
    let (_, out) = started("", &["KRW-BTC"], ALL);
    let none =
        |headers: &[(String, String)]| headers.iter().all(|h| h.0.to_lowercase() != "origin");
    assert!(none(&out.connects()[0].headers));
    let plan = Player::of::<Upbit>().plan(&[]);
    assert!(plan.https().iter().all(|http| none(&http.headers)));
}

#[test]
fn frames_are_binary() {
    for frame in [BOOK, TRADE, TICKER] {
        let [a, b] =
            [replayed().binary(1, frame.as_bytes()), replayed().frame(1, frame.as_bytes())];
        assert_eq!((a.status, a.outcome, &a.slots), (OK, 0, &b.slots), "{frame}");
    }
}

#[test]
fn every_book_is_whole_and_the_newest_wins() {
    let mut player = replayed();
    let out = player.binary(1, BOOK.as_bytes());
    let record = out.records().next().unwrap();
    let depth = record.depth().unwrap();
    assert_eq!(depth.flags, DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL);
    assert_eq!((depth.scope, depth.head.sequence), (SCOPE_NONE, 0));
    assert_eq!(depth.head.exchange_ns, 1_746_601_573_804_000_000);
    assert_eq!(record.bids(), [(13_700_100_000_000_000, 3_656_812)]);
    assert_eq!(record.asks(), [(13_700_200_000_000_000, 10_623_869)]);
}

#[test]
fn a_side_that_has_ended_is_filled_up_with_zeros() {
    let more =
        r#"},{"ap":0,"bp":137000000,"as":0,"bs":1.5},{"ap":0.0,"bp":0.0,"as":0.0,"bs":0.0}]"#;
    let out = replayed().binary(1, BOOK.replace("}]", more).as_bytes());
    assert_eq!((out.status, out.outcome), (OK, 0), "{}", out.log);
    let record = out.records().next().unwrap();
    assert_eq!((record.bids().len(), record.asks().len()), (2, 1));
    let empty =
        BOOK.replace(r#"{"ap":137002000,"bp":137001000,"as":0.10623869,"bs":0.03656812}"#, "");
    let out = replayed().binary(1, empty.as_bytes());
    let record = out.records().next().unwrap();
    assert!(out.accepted() && record.bids().is_empty() && record.asks().is_empty());
}

#[test]
fn numbers_are_doubles_and_small_ones_have_an_exponent() {
    let frame = BOOK.replace(r#""ap":137002000,"bp":137001000"#, r#""ap":2.2E-7,"bp":2E-7"#);
    let out = replayed().binary(1, frame.as_bytes());
    assert_eq!((out.status, out.outcome), (OK, 0), "{}", out.log);
    let record = out.records().next().unwrap();
    assert_eq!((record.bids()[0].0, record.asks()[0].0), (20, 22));
}

#[test]
fn a_quantity_beyond_64_bits_is_an_error_that_names_it() {
    let frame = BOOK.replace("0.10623869", "123456789012.5");
    let out = replayed().binary(1, frame.as_bytes());
    assert_eq!((out.status, out.slots.len()), (ERROR, 0));
    assert!(out.log.contains("KRW-BTC") && out.log.contains("123456789012.5"), "{}", out.log);
}

#[test]
fn the_side_of_a_trade_is_the_takers() {
    for (frame, side) in [(TRADE.to_owned(), SIDE_BUY), (TRADE.replace("BID", "ASK"), SIDE_SELL)] {
        let trade = *replayed().binary(1, frame.as_bytes()).slots[0].trade();
        assert_eq!(trade.aggressor, side);
        assert_eq!((trade.price, trade.qty), (10_047_300_000_000_000, 14_208));
        assert_eq!((trade.trade_id, trade.id_hashed), (17_303_368_620_470_000, 0));
        assert_eq!(trade.head.sequence, 0, "ids are in no order");
        assert_eq!(trade.head.exchange_ns, 1_730_336_862_047_000_000, "when it was matched");
    }
    let neither = replayed().binary(1, TRADE.replace("BID", "BOTH").as_bytes());
    assert_eq!(neither.status, ERROR);
}

#[test]
fn a_trade_brings_the_best_bid_and_ask_since_2024() {
    let out = replayed().binary(1, TRADE.as_bytes());
    assert_eq!(out.slots.len(), 2);
    let quote = out.slots[1].quote();
    assert_eq!((quote.head.kind, quote.head.flags), (SLOT_QUOTE, QUOTE_VENUE));
    assert_eq!(quote.head.exchange_ns, 1_730_336_862_082_000_000);
    assert_eq!((quote.bid_price, quote.bid_qty), (10_046_500_000_000_000, 1_990_656));
    assert_eq!((quote.ask_price, quote.ask_qty), (10_047_300_000_000_000, 43_139_478));
    assert_eq!(replayed().binary(1, BARE_TRADE.as_bytes()).slots.len(), 1);
}

#[test]
fn a_ticker_tells_the_session_once() {
    let mut player = replayed();
    for (state, session) in [
        ("PREVIEW", SESSION_PRE_OPEN),
        ("ACTIVE", SESSION_CONTINUOUS),
        ("DELISTED", SESSION_CLOSED),
    ] {
        let frame = TICKER.replace("ACTIVE", state);
        let out = player.binary(1, frame.as_bytes());
        assert_eq!((out.status, out.outcome, out.slots.len()), (OK, 0, 1), "{}", out.log);
        let status = out.slots[0].status();
        assert_eq!((status.head.kind, status.state, status.code), (SLOT_STATUS, session, 0));
        assert_eq!(status.head.exchange_ns, 1_524_046_049_766_000_000);
        assert!(player.binary(1, frame.as_bytes()).slots.is_empty(), "told before");
    }
}

#[test]
fn warnings_to_traders_are_codes_and_leave_the_session_as_it_is() {
    let (mut player, out) = started("", &["KRW-BTC", "KRW-ETH"], ALL);
    player.open(7, out.connects()[0].tag, STREAM);
    player.binary(7, TICKER.as_bytes());
    player.at(NOW + 60 * SECOND);
    let asked = player.timer();
    let id = asked.https().iter().find(|h| h.purpose == PURPOSE_OTHER).unwrap().id;
    let body = |btc: String| format!("[{btc},{}]", market("KRW-NEW", true, false, false));
    let flagged = body(market("KRW-BTC", true, true, true));
    let out = player.reply(id, MARKETS, flagged.as_bytes());
    let [slot] = &out.slots[..] else { panic!("{}", out.log) };
    let status = slot.status();
    assert_eq!((status.state, status.code), (SESSION_CONTINUOUS, 1 | 2 | 32));
    assert!(player.reply(id, MARKETS, flagged.as_bytes()).slots.is_empty(), "told before");
    let over = player.reply(id, MARKETS, body(market("KRW-BTC", false, false, false)).as_bytes());
    assert_eq!(over.slots[0].status().code, 0);
    let old = r#"[{"market":"KRW-BTC","korean_name":"비트코인","english_name":"Bitcoin"}]"#;
    assert!(player.reply(id, MARKETS, old.as_bytes()).slots.is_empty(), "without details");
}

#[test]
fn a_list_says_nothing_of_sessions() {
    let (mut player, _) = started("instruments_s = 60", &["KRW-BTC"], ALL);
    player.open(9, 0, STREAM);
    player.binary(9, TICKER.as_bytes());
    player.at(NOW + 60 * SECOND);
    let asked = player.timer();
    let id = asked.https().iter().find(|h| h.purpose == PURPOSE_REFERENCE).unwrap().id;
    player.reply(id, MARKETS, list(&["KRW-BTC"]).as_bytes());
    assert_eq!(found(&player, "KRW-BTC").session, SESSION_UNKNOWN);
    assert!(player.binary(9, TICKER.as_bytes()).slots.is_empty(), "it is what was told before");
}

#[test]
fn instruments_are_pairs_of_quote_and_base() {
    let (player, _) = started("", &["KRW-BTC", "BTC-ETH", "USDT-BTC", "SGD-BTC"], ALL);
    let krw = found(&player, "KRW-BTC");
    assert_eq!((&*krw.base, &*krw.quote, &*krw.settle), ("BTC", "KRW", ""));
    assert_eq!((krw.kind, krw.price_exp, krw.qty_exp, krw.lot), (Kind::Spot, -8, -8, 1));
    let least = |symbol: &str| {
        let i = found(&player, symbol);
        (i.min_notional, i.notional_exp)
    };
    assert_eq!((least("KRW-BTC"), least("BTC-ETH")), ((5000, 0), (5, -5)));
    assert_eq!((least("USDT-BTC"), least("SGD-BTC")), ((5, -1), (0, 0)));
    let other = found(&player, "SGD-BTC");
    assert_eq!((other.tick, other.bands.len()), (0, 0), "no table is known");
}

/// kr/docs/krw-market-info (since 2025-07-31), docs/usdt-market-info (since 2024-08-19),
/// docs/btc-market-info, changelog/usdtkrw_tick_unit_change: at a price, and just below it.
#[test]
fn price_steps_depend_on_the_price() {
    const UNIT: i64 = 100_000_000;
    let (player, _) = started("", &["KRW-BTC", "KRW-USDT", "BTC-ETH", "USDT-BTC"], ALL);
    let steps = |symbol: &str, expected: &[(i64, i64, i64)]| {
        let instrument = found(&player, symbol);
        for &(price, below, at) in expected {
            let told = (instrument.tick_at(price - 1), instrument.tick_at(price));
            assert_eq!(told, (below, at), "{symbol} at {price}e-8");
        }
    };
    steps(
        "KRW-BTC",
        &[
            (1_000, 1, 10),
            (10_000, 10, 100),
            (100_000, 100, 1_000),
            (1_000_000, 1_000, 10_000),
            (UNIT / 10, 10_000, 100_000),
            (UNIT, 100_000, UNIT / 100),
            (10 * UNIT, UNIT / 100, UNIT / 10),
            (100 * UNIT, UNIT / 10, UNIT),
            (1_000 * UNIT, UNIT, UNIT),
            (5_000 * UNIT, UNIT, 5 * UNIT),
            (10_000 * UNIT, 5 * UNIT, 10 * UNIT),
            (50_000 * UNIT, 10 * UNIT, 50 * UNIT),
            (100_000 * UNIT, 50 * UNIT, 100 * UNIT),
            (500_000 * UNIT, 100 * UNIT, 500 * UNIT),
            (1_000_000 * UNIT, 500 * UNIT, 1_000 * UNIT),
            (2_000_000 * UNIT, 1_000 * UNIT, 1_000 * UNIT),
        ],
    );
    steps(
        "KRW-USDT",
        &[
            (1_000 * UNIT, UNIT, UNIT / 2),
            (5_000 * UNIT, UNIT / 2, UNIT / 2),
            (10_000 * UNIT, UNIT / 2, 10 * UNIT),
        ],
    );
    steps(
        "USDT-BTC",
        &[
            (10_000, 1, 10),
            (100_000, 10, 100),
            (1_000_000, 100, 1_000),
            (UNIT / 10, 1_000, 10_000),
            (UNIT, 10_000, 100_000),
            (10 * UNIT, 100_000, UNIT / 100),
        ],
    );
    steps("BTC-ETH", &[(UNIT, 1, 1)]);
}

#[test]
fn price_steps_are_a_matter_of_configuration() {
    let (player, _) = started("[ticks]\nKRW = [\"0 0.5\"]", &["KRW-BTC", "USDT-BTC"], ALL);
    let krw = found(&player, "KRW-BTC");
    assert_eq!((krw.tick, krw.bands.len()), (50_000_000, 0));
    assert_eq!(found(&player, "USDT-BTC").bands.len(), 7);
    let error = Player::new(Plugin::linked_adapter::<Upbit>(), "[ticks]\nKRW = [\"0.5\"]")
        .map(drop)
        .unwrap_err();
    assert!(error.to_string().contains("FROM STEP"), "{error}");
}

#[test]
fn unknown_codes_are_skipped_in_silence_and_so_never_asked_for() {
    let mut player = Player::of::<Upbit>();
    let plan = player.plan(&[wish("KRW-NOPE", ALL), wish("krw-btc", ALL)]);
    let out = player.reply(plan.https()[0].id, MARKETS, list(&["KRW-BTC"]).as_bytes());
    assert!(out.connects().is_empty() && out.log.contains("KRW-NOPE"), "{}", out.log);
    assert!(out.log.contains("write KRW-BTC"), "{}", out.log);
}

#[test]
fn over_the_limit_waits_and_an_address_that_is_blocked_waits_longer() {
    let waits = |status: u32, body: &str| {
        let mut player = Player::of::<Upbit>();
        let id = player.plan(&[]).https()[0].id;
        let out = player.answer(id, status, MARKETS, &[], body.as_bytes());
        let wake = out.wakes().last().copied().unwrap_or(0);
        let fails: Vec<_> = out.fails().iter().map(|fail| fail.0).collect();
        ((wake - NOW) / SECOND, fails)
    };
    let error = r#"{"error":{"name":"too_many_requests","message":"-"}}"#;
    assert_eq!(waits(429, error), (1, vec![]));
    assert_eq!(waits(503, ""), (1, vec![]));
    assert_eq!(waits(418, error), (600, vec![FAIL_BANNED]));
    // What has not been refused itself waits as well.
    let mut player = Player::of::<Upbit>();
    let id = player.plan(&[]).https()[0].id;
    player.answer(id, 418, MARKETS, &[], error.as_bytes());
    let early = player.sleep_until(NOW + 599 * SECOND);
    assert!(early.iter().all(|out| out.https().is_empty()), "nothing for ten minutes");
    let late = player.sleep_until(NOW + 601 * SECOND);
    assert_eq!(late.iter().map(|out| out.https().len()).sum::<usize>(), 2);
}

#[test]
fn a_refusal_names_a_status_or_a_word() {
    for (body, told) in [
        // reference/rest-api-guide.
        (r#"{"error":{"name":404,"message":"Code not found"}}"#, "code 404 404 Code not found"),
        (r#"{"error":{"name":"validation_error","message":"x"}}"#, "code 400 validation_error x"),
    ] {
        let mut player = Player::of::<Upbit>();
        let id = player.plan(&[]).https()[0].id;
        let out = player.answer(id, 400, MARKETS, &[], body.as_bytes());
        assert!(out.log.contains(told) && out.log.contains("not asked again"), "{}", out.log);
    }
}
