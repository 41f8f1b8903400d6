//! Plan, requests, answers, and every trap that is known of the venue, without a network.
#![allow(clippy::unwrap_used)]

mod common;

use common::{BOOK, MARKETS, REFUSAL, STREAM, TICKER, TRADE, UP, list, market};
use patchbay_bithumb::Bithumb;
use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_QUOTES, CHANNEL_STATUS, CHANNEL_TRADES, DEPTH_NEWEST, DEPTH_PARTIAL,
    DEPTH_SNAPSHOT, ERROR, FAIL_CONFIG, OK, OUTCOME_IGNORED, PURPOSE_OTHER, PURPOSE_REFERENCE,
    SCOPE_NONE, SESSION_CLOSED, SESSION_CONTINUOUS, SESSION_HALT, SESSION_PRE_OPEN,
    SESSION_UNKNOWN, SIDE_BUY, SIDE_SELL, SLOT_STATUS,
};
use patchbay_plugin::model::{Instrument, Kind, Nanos};
use patchbay_plugin::{Scope, Wish};
use patchbay_testkit::{Played, Player, laws};

const NOW: Nanos = Player::START;
const SECOND: Nanos = 1_000_000_000;
const ALL: u32 = CHANNEL_DEPTH | CHANNEL_QUOTES | CHANNEL_TRADES | CHANNEL_STATUS;

fn wish(symbol: &str, channels: u32) -> Wish<'_> {
    Wish { channels, symbol, kind: Kind::Spot, depth: 0, interval_ms: 0 }
}

/// Its instruments known; what their list led to.
fn started(changes: &str, symbols: &[&str], channels: u32) -> (Player, Played) {
    let mut player = Player::with::<Bithumb>(changes);
    let wishes: Vec<_> = symbols.iter().map(|symbol| wish(symbol, channels)).collect();
    let plan = player.plan(&wishes);
    let id = plan.https().iter().find(|h| h.purpose == PURPOSE_REFERENCE).unwrap().id;
    let out = player.reply(id, MARKETS, list(symbols).as_bytes());
    assert_eq!(out.status, OK, "{}", out.log);
    (player, out)
}

/// A player with one connection that nobody asked for, as a replay has it.
fn replayed() -> Player {
    let mut player = Player::of::<Bithumb>();
    player.open(1, 0, STREAM);
    player
}

fn found<'p>(player: &'p Player, symbol: &str) -> &'p Instrument {
    player.instruments().iter().find(|i| i.symbol == symbol).unwrap()
}

#[test]
fn settings_are_described() {
    laws::settings_are_described(&Player::of::<Bithumb>());
}

#[test]
fn the_first_plan_declares_limits_and_asks_for_markets_and_warnings() {
    let out = Player::of::<Bithumb>().plan(&[]);
    let limits: Vec<_> = out
        .buckets()
        .into_iter()
        .map(|b| (b.name.as_str(), b.capacity, b.period_ns / SECOND))
        .collect();
    assert_eq!(limits, [("bithumb rest requests", 10, 1), ("bithumb connects", 10, 1)]);
    let asked: Vec<_> = out.https().iter().map(|h| (h.base.clone() + &h.path, h.purpose)).collect();
    let twice = [(MARKETS.to_owned(), PURPOSE_REFERENCE), (MARKETS.to_owned(), PURPOSE_OTHER)];
    assert_eq!(asked, twice);
}

#[test]
fn a_request_names_every_stream_and_its_flags_are_in_camel_case() {
    let (mut player, out) = started("", &["KRW-BTC", "KRW-ETH"], ALL);
    let [link] = out.connects()[..] else { panic!("one connection") };
    assert_eq!(link.url, STREAM);
    let open = player.open(7, link.tag, &link.url);
    assert_eq!(
        open.sent_texts(),
        [
            r#"[{"ticket":"patchbay-1"},{"type":"orderbook","codes":["KRW-BTC","KRW-ETH"],"level":1},{"type":"ticker","codes":["KRW-BTC","KRW-ETH"]},{"type":"trade","codes":["KRW-BTC","KRW-ETH"],"isOnlyRealtime":true},{"format":"DEFAULT"}]"#
        ]
    );
}

#[test]
fn a_request_replaces_the_one_before() {
    let (mut player, out) = started("", &["KRW-BTC", "KRW-ETH"], CHANNEL_DEPTH);
    player.open(7, out.connects()[0].tag, STREAM);
    let fewer = player.plan(&[wish("KRW-ETH", CHANNEL_DEPTH)]).sent_texts();
    assert_eq!(fewer.len(), 1, "no request takes anything back");
    assert!(fewer[0].contains(r#"{"type":"orderbook","codes":["KRW-ETH"],"level":1}"#));
    let more = player.plan(&[wish("KRW-ETH", CHANNEL_DEPTH), wish("KRW-BTC", CHANNEL_TRADES)]);
    let [text] = &more.sent_texts()[..] else { panic!("one request") };
    assert!(
        text.contains(r#"["KRW-ETH"],"level":1"#)
            && text.contains(r#""trade","codes":["KRW-BTC"]"#)
    );
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
    assert!(text.contains(r#"["KRW-BTC","KRW-ETH"]"#), "{text}");
    assert_eq!(player.resync(Scope::Instrument(9)).status, ERROR);
    assert_eq!(player.resync(Scope::Connection(7)).status, ERROR, "no chain runs over one");
}

#[test]
fn a_resubscription_repeats_no_trade() {
    let (mut player, out) = started("", &["KRW-BTC"], CHANNEL_TRADES);
    let text = &player.open(7, out.connects()[0].tag, STREAM).sent_texts()[0];
    assert!(text.contains(r#""codes":["KRW-BTC"],"isOnlyRealtime":true"#), "{text}");
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
fn grouped_books_are_a_matter_of_configuration() {
    let (mut player, out) = started("level = \"1000\"", &["KRW-BTC"], CHANNEL_DEPTH);
    let text = &player.open(7, out.connects()[0].tag, STREAM).sent_texts()[0];
    assert!(text.contains(r#""codes":["KRW-BTC"],"level":1000"#), "{text}");
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
fn frames_are_binary() {
    for frame in [BOOK, TRADE, TICKER] {
        let [a, b] =
            [replayed().binary(1, frame.as_bytes()), replayed().frame(1, frame.as_bytes())];
        assert_eq!((a.status, a.outcome, &a.slots), (OK, 0, &b.slots), "{frame}");
    }
}

#[test]
fn every_book_is_whole_and_the_newest_wins() {
    let out = replayed().binary(1, BOOK.as_bytes());
    let record = out.records().next().unwrap();
    let depth = record.depth().unwrap();
    assert_eq!(depth.flags, DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL);
    assert_eq!((depth.scope, depth.head.sequence), (SCOPE_NONE, 0));
    assert_eq!(depth.head.exchange_ns, 1_725_930_007_672_000_000);
    assert_eq!(
        record.bids(),
        [(47_830_000_000_000, 563_700_000), (47_740_000_000_000, 140_000_000)]
    );
    assert_eq!(
        record.asks(),
        [(47_880_000_000_000, 434_780_000), (48_230_000_000_000, 20_000_000)]
    );
}

#[test]
fn times_are_milli_or_microseconds() {
    let book = BOOK.replace("1725930007672", "1725930007672519");
    let out = replayed().binary(1, book.as_bytes());
    assert_eq!((out.status, out.outcome), (OK, 0), "{}", out.log);
    assert_eq!(out.slots[0].depth().head.exchange_ns, 1_725_930_007_672_519_000);
    let late = BOOK.replace("1725930007672", "18446744073709551615");
    assert_eq!(replayed().binary(1, late.as_bytes()).status, ERROR);
}

#[test]
fn a_side_that_has_ended_is_filled_up_with_zeros() {
    let units = r#"{"ask_price":0,"bid_price":477400,"ask_size":0,"bid_size":1.4}"#;
    let last = r#"{"ask_price":482300,"bid_price":477400,"ask_size":0.2,"bid_size":1.4}"#;
    let out = replayed().binary(1, BOOK.replace(last, units).as_bytes());
    assert_eq!((out.status, out.outcome), (OK, 0), "{}", out.log);
    let record = out.records().next().unwrap();
    assert_eq!((record.bids().len(), record.asks().len()), (2, 1));
}

#[test]
fn numbers_keep_more_digits_than_a_double_has() {
    let frame = BOOK.replace("5.6370", "12345678901.12345678");
    let out = replayed().binary(1, frame.as_bytes());
    assert_eq!(out.records().next().unwrap().bids()[0].1, 1_234_567_890_112_345_678);
    let finer = replayed().binary(1, BOOK.replace("5.6370", "5.637000001").as_bytes());
    assert_eq!(finer.status, ERROR, "never a rounding");
}

#[test]
fn a_quantity_beyond_64_bits_is_an_error_that_names_it() {
    let frame = BOOK.replace("4.3478", "123456789012.5");
    let out = replayed().binary(1, frame.as_bytes());
    assert_eq!((out.status, out.slots.len()), (ERROR, 0));
    assert!(out.log.contains("KRW-BTC") && out.log.contains("123456789012.5"), "{}", out.log);
}

#[test]
fn the_side_of_a_trade_is_the_takers() {
    for (frame, side) in [(TRADE.to_owned(), SIDE_BUY), (TRADE.replace("BID", "ASK"), SIDE_SELL)] {
        let trade = *replayed().binary(1, frame.as_bytes()).slots[0].trade();
        assert_eq!(trade.aggressor, side);
        assert_eq!((trade.price, trade.qty), (48_970_000_000_000, 148_250_000));
        assert_eq!((trade.trade_id, trade.id_hashed), (17_259_299_343_730_000, 0));
        assert_eq!(trade.head.sequence, 0, "ids are in no order");
    }
    let neither = replayed().binary(1, TRADE.replace("BID", "BOTH").as_bytes());
    assert_eq!(neither.status, ERROR);
}

#[test]
fn the_text_of_a_time_is_that_of_seoul_and_is_not_read() {
    for time in ["09:58:54", "00:00:00"] {
        let frame = TRADE.replace("09:58:54", time);
        let trade = *replayed().binary(1, frame.as_bytes()).slots[0].trade();
        assert_eq!(trade.head.exchange_ns, 1_725_929_934_373_000_000, "when it was matched");
    }
}

#[test]
fn a_ticker_tells_the_session_once() {
    let mut player = replayed();
    for (state, suspended, session) in [
        ("PREVIEW", false, SESSION_PRE_OPEN),
        ("ACTIVE", false, SESSION_CONTINUOUS),
        ("ACTIVE", true, SESSION_HALT),
        ("DELISTED", false, SESSION_CLOSED),
    ] {
        let suspended = format!(r#""is_trading_suspended":{suspended}"#);
        let frame = TICKER.replace("ACTIVE", state);
        let frame = frame.replace(r#""is_trading_suspended":false"#, &suspended);
        let out = player.binary(1, frame.as_bytes());
        assert_eq!((out.status, out.outcome, out.slots.len()), (OK, 0, 1), "{}", out.log);
        let status = out.slots[0].status();
        assert_eq!((status.head.kind, status.state, status.code), (SLOT_STATUS, session, 0));
        assert_eq!(status.head.exchange_ns, 1_725_927_377_287_000_000);
        assert!(player.binary(1, frame.as_bytes()).slots.is_empty(), "told before");
    }
}

#[test]
fn a_warning_to_traders_is_a_code_and_leaves_the_session_as_it_is() {
    let (mut player, out) = started("", &["KRW-BTC", "KRW-ETH"], ALL);
    player.open(7, out.connects()[0].tag, STREAM);
    player.binary(7, TICKER.as_bytes());
    player.at(NOW + 60 * SECOND);
    let asked = player.timer();
    let id = asked.https().iter().find(|h| h.purpose == PURPOSE_OTHER).unwrap().id;
    let body =
        |warning| format!("[{},{}]", market("KRW-BTC", warning), market("KRW-NEW", "CAUTION"));
    let out = player.reply(id, MARKETS, body("CAUTION").as_bytes());
    let [slot] = &out.slots[..] else { panic!("{}", out.log) };
    assert_eq!((slot.status().state, slot.status().code), (SESSION_CONTINUOUS, 1));
    assert!(player.reply(id, MARKETS, body("CAUTION").as_bytes()).slots.is_empty(), "told before");
    assert_eq!(player.reply(id, MARKETS, body("NONE").as_bytes()).slots[0].status().code, 0);
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
    let (player, _) = started("", &["KRW-BTC", "BTC-ETH"], ALL);
    let krw = found(&player, "KRW-BTC");
    assert_eq!((&*krw.base, &*krw.quote, &*krw.settle), ("BTC", "KRW", ""));
    assert_eq!((krw.kind, krw.price_exp, krw.qty_exp, krw.lot), (Kind::Spot, -8, -8, 1));
    assert_eq!((krw.min_notional, krw.notional_exp), (5000, 0));
    let other = found(&player, "BTC-ETH");
    assert_eq!((other.tick, other.bands.len()), (0, 0), "no table is known");
}

/// As the documents had them in 2026: at a price, and just below it.
#[test]
fn price_steps_depend_on_the_price() {
    const UNIT: i64 = 100_000_000;
    let (player, _) = started("", &["KRW-BTC"], ALL);
    let instrument = found(&player, "KRW-BTC");
    for (price, below, at) in [
        (UNIT, 10_000, 100_000),
        (10 * UNIT, 100_000, UNIT / 100),
        (100 * UNIT, UNIT / 100, UNIT),
        (1_000 * UNIT, UNIT, UNIT),
        (5_000 * UNIT, UNIT, 5 * UNIT),
        (10_000 * UNIT, 5 * UNIT, 10 * UNIT),
        (50_000 * UNIT, 10 * UNIT, 50 * UNIT),
        (100_000 * UNIT, 50 * UNIT, 100 * UNIT),
        (500_000 * UNIT, 100 * UNIT, 500 * UNIT),
        (1_000_000 * UNIT, 500 * UNIT, 1_000 * UNIT),
    ] {
        let told = (instrument.tick_at(price - 1), instrument.tick_at(price));
        assert_eq!(told, (below, at), "at {price}e-8");
    }
}

#[test]
fn unknown_codes_are_skipped_in_silence_and_so_never_asked_for() {
    let mut player = Player::of::<Bithumb>();
    let plan = player.plan(&[wish("KRW-NOPE", ALL), wish("krw-btc", ALL)]);
    let out = player.reply(plan.https()[0].id, MARKETS, list(&["KRW-BTC"]).as_bytes());
    assert!(out.connects().is_empty() && out.log.contains("KRW-NOPE"), "{}", out.log);
    assert!(out.log.contains("write KRW-BTC"), "{}", out.log);
}

#[test]
fn refusals_come_with_status_200_too() {
    let answered = |status: u32, name: &str| {
        let mut player = Player::of::<Bithumb>();
        let id = player.plan(&[]).https()[0].id;
        let body = format!(r#"{{"error":{{"name":{name},"message":"-"}}}}"#);
        let out = player.answer(id, status, MARKETS, &[], body.as_bytes());
        assert!(player.instruments().is_empty() && out.status == OK);
        out.log
    };
    for (status, name) in [(200, "\"too_many_requests\""), (429, "\"too_many_requests\"")] {
        let log = answered(status, name);
        assert!(
            log.contains("too_many_requests") && log.contains("asked again in 1000 ms"),
            "{log}"
        );
    }
    assert!(answered(200, "500").contains("asked again in"));
    for (status, name) in [(200, "\"order_not_found\""), (400, "404")] {
        let log = answered(status, name);
        assert!(log.contains("not asked again"), "{log}");
    }
}
