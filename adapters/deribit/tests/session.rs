//! Plan, logins, subscriptions, heartbeats and refusals, without a network.
#![allow(clippy::unwrap_used)]

mod common;

use common::frames::{INSTRUMENTS, URL, frame, notice};
use patchbay_deribit::Deribit;
use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_MARK, CHANNEL_QUOTES, CHANNEL_TRADES, CONTRACT_BASE, CONTRACT_QUOTE,
    DEPTH_PREVIOUS, DEPTH_SNAPSHOT, ENCODE_HEX, ENCODE_MILLIS, ENCODE_TEXT, ERROR, FAIL_PERMISSION,
    NO_INSTRUMENT, OK, PURPOSE_OTHER, PURPOSE_REFERENCE, PURPOSE_TIME, SECRET_HMAC_SHA256,
    SECRET_KEY_ID, SECRET_WALL_TIME, SESSION_CANCEL_ONLY, SESSION_CLOSED, SESSION_CONTINUOUS,
    SESSION_HALT, SESSION_SETTLING, SIDE_BUY, SIDE_SELL, SLOT_FUNDING, SLOT_LIQUIDATION, SLOT_MARK,
    SLOT_OPEN_INTEREST, SLOT_QUOTE, SLOT_STATUS, SLOT_TRADE, TARGET_BODY, TARGET_SCRATCH,
    TRADE_LIQUIDATION, TRADE_OFF_BOOK,
};
use patchbay_plugin::bind::Command;
use patchbay_plugin::model::{Kind, Nanos, OptionSide};
use patchbay_plugin::{Scope, Wish};
use patchbay_testkit::{Played, Player, laws};

const NOW: Nanos = Player::START;
const SECOND: Nanos = 1_000_000_000;
const LIST: &str = "https://www.deribit.com/api/v2/public/get_instruments?currency=any";
const STATUS: &str = "https://www.deribit.com/api/v2/public/status";

fn wish(symbol: &str, kind: Kind, channels: u32) -> Wish<'_> {
    Wish { channels, symbol, kind, depth: 0, interval_ms: 0 }
}

/// With the list of instruments read.
fn started(settings: &str, wishes: &[Wish<'_>]) -> (Player, Played) {
    let mut player = Player::with::<Deribit>(settings);
    let plan = player.plan(wishes);
    let id = plan.https().iter().find(|h| h.purpose == PURPOSE_REFERENCE).unwrap().id;
    let out = player.reply(id, LIST, INSTRUMENTS.as_bytes());
    assert_eq!((out.status, out.log.as_str()), (OK, ""));
    (player, out)
}

/// With a connection that carries what is wished, and what was sent over it.
fn connected(settings: &str, wishes: &[Wish<'_>]) -> (Player, Played) {
    let (mut player, out) = started(settings, wishes);
    let [link] = out.connects()[..] else { panic!("one connection") };
    assert_eq!(link.url, URL);
    let out = player.open(1, link.tag, URL);
    (player, out)
}

fn perpetual(channels: u32) -> [Wish<'static>; 1] {
    [wish("BTC-PERPETUAL", Kind::Inverse, channels)]
}

/// A book notification with nothing in it.
fn chained(symbol: &str, previous: &str, id: u64) -> String {
    let data = format!(
        r#"{{"timestamp":1,"instrument_name":"{symbol}","change_id":{id},{previous}"bids":[],"asks":[]}}"#
    );
    notice(&format!("book.{symbol}.100ms"), &data)
}

#[test]
fn the_first_plan_declares_limits_and_asks_for_clock_state_and_list() {
    let mut player = Player::of::<Deribit>();
    let out = player.plan(&[]);
    let limits = out.buckets();
    let limits: Vec<_> =
        limits.iter().map(|b| (b.name.as_str(), b.capacity, b.period_ns / SECOND)).collect();
    let expected =
        [("deribit requests", 5, 1), ("deribit messages", 10, 3), ("deribit connects", 30, 60)];
    assert_eq!(limits, expected);
    let asked: Vec<_> = out.https().iter().map(|h| (h.path.clone(), h.purpose)).collect();
    assert_eq!(
        asked,
        [
            ("/api/v2/public/get_time".to_owned(), PURPOSE_TIME),
            ("/api/v2/public/status".to_owned(), PURPOSE_OTHER),
            ("/api/v2/public/get_instruments?currency=any".to_owned(), PURPOSE_REFERENCE),
        ]
    );
    // docs.deribit.com, public/get_time.
    let id = out.https()[0].id;
    let body = br#"{"jsonrpc":"2.0","id":2,"result":1550147385946}"#;
    let out = player.reply(id, "https://www.deribit.com/api/v2/public/get_time", body);
    let time = Command::ServerTime { id, server_ns: 1_550_147_385_946_000_000 };
    assert!(out.commands.contains(&time));
}

#[test]
fn a_connection_asks_for_heartbeats_and_subscribes() {
    let all = CHANNEL_DEPTH | CHANNEL_QUOTES | CHANNEL_TRADES | CHANNEL_MARK;
    let (_, out) = connected("", &perpetual(all));
    let sent = out.sent_texts();
    assert_eq!(
        sent[0],
        r#"{"jsonrpc":"2.0","id":1,"method":"public/set_heartbeat","params":{"interval":30}}"#
    );
    assert!(
        sent[1].contains(r#""method":"public/subscribe","params":{"channels":["platform_state","#)
    );
    assert_eq!(
        sent[2..],
        [
            r#"{"jsonrpc":"2.0","id":3,"method":"public/subscribe","params":{"channels":["book.BTC-PERPETUAL.100ms","quote.BTC-PERPETUAL","trades.BTC-PERPETUAL.100ms","ticker.BTC-PERPETUAL.100ms"]}}"#
        ]
    );
    assert!(out.sends().iter().all(|send| send.secrets.is_empty() && send.costs.len() == 1));
}

#[test]
fn raw_needs_a_login_by_signature() {
    let (mut player, out) = connected("interval = \"raw\"", &perpetual(CHANNEL_DEPTH));
    let sends = out.sends();
    assert_eq!(sends.len(), 3, "streams wait");
    let login = sends[1];
    let text = str::from_utf8(&login.payload).unwrap();
    assert_eq!(
        text,
        r#"{"jsonrpc":"2.0","id":2,"method":"public/auth","params":{"grant_type":"client_signature","scope":"connection account:read trade:none wallet:none block_trade:none","nonce":"2","client_id":"","timestamp":,"signature":""}}"#
    );
    let places: Vec<_> =
        login.secrets.iter().map(|s| (s.kind, s.target, s.encoding, &text[..s.offset])).collect();
    let before = |end: &str| &text[..text.find(end).unwrap()];
    assert_eq!(places[0], (SECRET_KEY_ID, TARGET_BODY, ENCODE_TEXT, before(r#"","timestamp"#)));
    assert_eq!(places[1], (SECRET_WALL_TIME, TARGET_BODY, ENCODE_MILLIS, before(r#","signature"#)));
    assert_eq!(places[2], (SECRET_WALL_TIME, TARGET_SCRATCH, ENCODE_MILLIS, ""));
    assert_eq!(places[3], (SECRET_HMAC_SHA256, TARGET_BODY, ENCODE_HEX, before(r#""}}"#)));
    // Time, nonce and no data, a line each (docs.deribit.com, public/auth).
    assert_eq!(
        (login.secrets[3].over, login.scratch.as_slice()),
        (TARGET_SCRATCH, &["\n2\n".to_owned()][..])
    );
    // docs.deribit.com, public/auth, its answer without what does not matter.
    let answer = br#"{"jsonrpc":"2.0","id":2,"result":{"access_token":"1582628593469.1MbQ-J_4","expires_in":900,"refresh_token":"1582628593469.1GP4rQd0","scope":"connection","token_type":"bearer"}}"#;
    let out = player.frame(1, answer);
    assert!(out.sent_texts()[0].contains(r#""channels":["book.BTC-PERPETUAL.raw"]"#));
    assert!(!out.log.contains("1MbQ"), "{}", out.log);
    // Another connection, with a login of its own, takes over before the token ends.
    let before = player.sleep_until(NOW + 719 * SECOND);
    assert!(before.iter().all(|out| out.connects().is_empty()));
    let after = player.sleep_until(NOW + 790 * SECOND);
    assert_eq!(after.iter().map(|out| out.connects().len()).sum::<usize>(), 1);
}

#[test]
fn a_refused_login_calls_the_operator() {
    let (mut player, _) = connected("login = true", &perpetual(CHANNEL_DEPTH));
    let refusal = br#"{"jsonrpc":"2.0","id":2,"error":{"code":13004,"message":"invalid_credentials"},"testnet":false}"#;
    let out = player.frame(1, refusal);
    assert_eq!(out.fails()[0].0, FAIL_PERMISSION);
    assert!(out.sends().is_empty() && out.log.contains("invalid_credentials"), "{}", out.log);
}

#[test]
fn raw_without_a_login_is_refused() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_DEPTH));
    let refusal = br#"{"jsonrpc":"2.0","id":3,"error":{"code":13778,"message":"raw_subscriptions_not_available_for_unauthorized"}}"#;
    assert_eq!(player.frame(1, refusal).fails()[0].0, FAIL_PERMISSION);
}

#[test]
fn a_test_request_is_answered_at_once() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_DEPTH));
    let beat = br#"{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"heartbeat"}}"#;
    let out = player.frame(1, beat);
    assert!(out.ignored() && out.commands.is_empty());
    let request = br#"{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"test_request"}}"#;
    let out = player.frame(1, request);
    assert_eq!(
        out.sent_texts(),
        [r#"{"jsonrpc":"2.0","id":4,"method":"public/test","params":{}}"#]
    );
    assert_eq!(out.sends()[0].conn, 1);
}

#[test]
fn streams_that_an_answer_does_not_name_were_refused() {
    let channels = CHANNEL_DEPTH | CHANNEL_QUOTES;
    let (mut player, _) = connected("", &perpetual(channels));
    let answer = br#"{"jsonrpc":"2.0","id":3,"result":["quote.BTC-PERPETUAL"],"usIn":1,"usOut":2,"usDiff":1,"testnet":false}"#;
    let out = player.frame(1, answer);
    let expected = "warn: connection 1, book.BTC-PERPETUAL.100ms: refused without a reason";
    assert_eq!((out.status, out.log.trim()), (OK, expected));
}

#[test]
fn answers_out_of_order_are_told_by_their_ids() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_DEPTH));
    let more = [
        wish("BTC-PERPETUAL", Kind::Inverse, CHANNEL_DEPTH),
        wish("SOL_USDC", Kind::Spot, CHANNEL_DEPTH),
    ];
    let out = player.plan(&more);
    assert!(out.sent_texts()[0].contains(
        r#""id":4,"method":"public/subscribe","params":{"channels":["book.SOL_USDC.100ms"]"#
    ));
    let late = player.frame(1, br#"{"jsonrpc":"2.0","id":4,"result":[]}"#);
    assert!(late.log.contains("book.SOL_USDC.100ms: refused"), "{}", late.log);
    let early =
        player.frame(1, br#"{"jsonrpc":"2.0","id":3,"result":["book.BTC-PERPETUAL.100ms"]}"#);
    assert_eq!(early.log, "");
}

#[test]
fn a_breach_of_limits_is_not_answered_with_more_requests() {
    let channels = CHANNEL_DEPTH | CHANNEL_QUOTES;
    let (mut player, _) = connected("", &perpetual(channels));
    let refusal = br#"{"jsonrpc":"2.0","id":3,"error":{"code":10028,"message":"too_many_requests","data":null}}"#;
    let out = player.frame(1, refusal);
    // The session is closed, or replaced; the host paces what comes then.
    assert!(out.sends().is_empty() && out.connects().len() == 1, "{:?}", out.commands);
    assert!(player.frame(1, refusal).connects().is_empty(), "asked for once");
}

#[test]
fn a_book_is_healed_by_giving_its_stream_up_first() {
    let wishes = [
        wish("BTC-PERPETUAL", Kind::Inverse, CHANNEL_DEPTH | CHANNEL_TRADES),
        wish("SOL_USDC", Kind::Spot, CHANNEL_DEPTH),
    ];
    let (mut player, _) = connected("", &wishes);
    let out = player.resync(Scope::Instrument(0));
    let channels = r#""params":{"channels":["book.BTC-PERPETUAL.100ms"]}}"#;
    let expected = [("unsubscribe", 4), ("subscribe", 5)].map(|(verb, id)| {
        format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"public/{verb}",{channels}"#)
    });
    assert_eq!(out.sent_texts(), expected, "nothing of other books or streams");
    assert_eq!(player.resync(Scope::Connection(1)).status, ERROR);
}

#[test]
fn the_first_notification_is_a_snapshot_and_others_name_the_one_before() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_DEPTH));
    let read = |out: Played| {
        let record = out.records().next().unwrap();
        let depth = record.depth().unwrap();
        (depth.flags, depth.head.sequence, depth.previous, record.bids(), record.asks())
    };
    let first = read(player.frame(1, frame("snapshot").as_bytes()));
    assert_eq!((first.0, first.1), (DEPTH_SNAPSHOT, 297_217));
    assert_eq!(first.3[0], (504_234_000_000, 3_000_000_000));
    let second = read(player.frame(1, frame("change").as_bytes()));
    assert_eq!((second.0, second.1, second.2), (DEPTH_PREVIOUS, 297_218, 297_217));
    assert_eq!(second.3, [(504_194_000_000, 0), (504_234_000_000, 0)]);
    // The same book by a frame with `null` before it, as some documents have.
    let null =
        read(player.frame(1, chained("BTC-PERPETUAL", r#""prev_change_id":null,"#, 7).as_bytes()));
    assert_eq!((null.0, null.1), (DEPTH_SNAPSHOT, 7));
}

#[test]
fn a_delete_removes_whatever_its_amount() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_DEPTH));
    let odd = frame("change").replace(r#"["delete",5041.94,0.0]"#, r#"["delete",5041.94,7.5]"#);
    let out = player.frame(1, odd.as_bytes());
    assert_eq!(out.records().next().unwrap().bids()[0], (504_194_000_000, 0));
}

#[test]
fn books_may_be_empty_or_one_sided() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_DEPTH));
    let out = player.frame(1, chained("BTC-PERPETUAL", "", 0).as_bytes());
    let depth = *out.slots[0].depth();
    assert_eq!((depth.bids, depth.asks, depth.slots, depth.flags), (0, 0, 0, DEPTH_SNAPSHOT));
    let quote = player.frame(1, frame("quote, one-sided").as_bytes());
    let quote = *quote.slots[0].quote();
    assert_eq!([quote.bid_price, quote.bid_qty], [0, 0]);
    assert_eq!([quote.ask_price, quote.ask_qty], [50_000, 150_000_000]);
}

#[test]
fn numbers_keep_all_digits() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_DEPTH));
    // As a double, 90071992547.40993 ends in 992; as 1e-8, both are exact.
    let text = frame("change, 2026").replace("1.0002e6", "90071992547.40993001");
    for text in [text.clone(), format!(" {text}")] {
        let out = player.frame(1, text.as_bytes());
        assert_eq!(
            out.records().next().unwrap().bids(),
            [(504_194_000_000, 9_007_199_254_740_993_001)]
        );
    }
    let finer = frame("change, 2026").replace("5041.94", "5041.940000001");
    let out = player.frame(1, finer.as_bytes());
    assert_eq!((out.status, out.slots.len()), (ERROR, 0));
    for part in ["connection 1", "book.BTC-PERPETUAL.100ms", "`bids`", "5041.940000001"] {
        assert!(out.log.contains(part), "{part} in {}", out.log);
    }
}

#[test]
fn exponents_are_numbers_too() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_DEPTH));
    let out = player.frame(1, frame("change, 2026").as_bytes());
    let record = out.records().next().unwrap();
    assert_eq!(record.bids(), [(504_194_000_000, 100_020_000_000_000)]);
    assert_eq!(record.asks(), [(504_264_000_000, 4_000_000_000)]);
    assert!(!out.fell_back());
}

#[test]
fn the_aggressor_is_the_side_that_direction_names() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_TRADES));
    let out = player.frame(1, frame("trades").as_bytes());
    let trade = *out.slots[0].trade();
    assert_eq!((trade.head.kind, trade.aggressor, trade.flags), (SLOT_TRADE, SIDE_SELL, 0));
    assert_eq!((trade.price, trade.qty), (895_000_000_000, 1_000_000_000));
    assert_eq!((trade.trade_id, trade.id_hashed, trade.head.sequence), (48_079_269, 0, 30_289_442));
    let other = frame("trades").replace(r#""sell""#, r#""buy""#);
    assert_eq!(player.frame(1, other.as_bytes()).slots[0].trade().aggressor, SIDE_BUY);
    let odd = frame("trades").replace(r#""sell""#, r#""zero""#);
    assert_eq!(player.frame(1, odd.as_bytes()).status, ERROR);
}

#[test]
fn liquidations_are_told_and_block_trades_kept_off_the_tape() {
    let mut player = Player::of::<Deribit>();
    player.open(1, 0, URL);
    let out = player.frame(1, frame("trades, liquidations").as_bytes());
    let kinds: Vec<_> = out.slots.iter().map(|slot| slot.head().kind).collect();
    let [trade, liquidation] = [SLOT_TRADE, SLOT_LIQUIDATION];
    assert_eq!(kinds, [trade, liquidation, trade, liquidation, liquidation]);
    let [first, second] = [0, 2].map(|at| *out.slots[at].trade());
    assert_eq!(
        (first.flags, second.flags),
        (TRADE_LIQUIDATION, TRADE_LIQUIDATION | TRADE_OFF_BOOK)
    );
    assert!(first.id_hashed == 1 && first.trade_id != second.trade_id);
    // The taker sold, then bought; the maker of the second was on the other side.
    let sides = [1, 3, 4].map(|at: usize| out.slots[at].liquidation().side);
    assert_eq!(sides, [SIDE_SELL, SIDE_BUY, SIDE_SELL]);
    let fill = out.slots[1].liquidation();
    assert_eq!((fill.average_price, fill.qty, fill.exp), (20_360_000_000, 1_000_000_000, -8));
}

#[test]
fn legs_of_combinations_are_off_the_book() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_TRADES));
    let leg = frame("trades")
        .replace(r#""amount":10.0"#, r#""amount":10.0,"combo_id":"BTC-FS-25DEC26_PERP""#);
    assert_eq!(player.frame(1, leg.as_bytes()).slots[0].trade().flags, TRADE_OFF_BOOK);
}

#[test]
fn a_ticker_tells_mark_funding_interest_and_state() {
    let mut player = Player::of::<Deribit>();
    player.open(1, 0, URL);
    let out = player.frame(1, frame("ticker").as_bytes());
    let kinds: Vec<_> = out.slots.iter().map(|slot| slot.head().kind).collect();
    assert_eq!(kinds, [SLOT_QUOTE, SLOT_MARK, SLOT_FUNDING, SLOT_OPEN_INTEREST, SLOT_STATUS]);
    let mark = out.slots[1].mark();
    assert_eq!((mark.mark, mark.index, mark.exp), (364_465_100_000_000, 364_416_400_000_000, -10));
    let funding = out.slots[2].funding();
    assert_eq!((funding.rate, funding.next_ns), (0, funding.head.exchange_ns));
    assert_eq!(funding.interval_ns, 8 * 3600 * SECOND);
    assert_eq!(out.slots[3].open_interest().qty, 50_209_759_000_000_000);
    assert_eq!(out.slots[4].status().state, SESSION_CONTINUOUS);
    let again = player.frame(1, frame("ticker").as_bytes());
    assert_eq!(again.slots.len(), 4, "the state is told once");
    // Negative and small, as funding is.
    let small = frame("ticker").replace(r#""current_funding":0"#, r#""current_funding":-6.55e-6"#);
    let out = player.frame(1, small.as_bytes());
    assert_eq!((out.slots[2].funding().rate, out.slots[2].funding().rate_exp), (-655_000_000, -14));
    // An option has no funding, and nobody bids.
    let out = player.frame(1, frame("ticker, option").as_bytes());
    let kinds: Vec<_> = out.slots.iter().map(|slot| slot.head().kind).collect();
    assert_eq!(kinds, [SLOT_QUOTE, SLOT_MARK, SLOT_OPEN_INTEREST, SLOT_STATUS]);
    assert_eq!([out.slots[0].quote().bid_price, out.slots[0].quote().bid_qty], [0, 0]);
    assert_eq!(out.slots[3].status().state, SESSION_HALT);
}

#[test]
fn a_ticker_does_not_overwrite_a_newer_quote() {
    let mut player = Player::of::<Deribit>();
    player.open(1, 0, URL);
    let quote = frame("quote").replace("1550658624149", "1623059681956");
    assert_eq!(player.frame(1, quote.as_bytes()).slots.len(), 1);
    let out = player.frame(1, frame("ticker").as_bytes());
    assert_eq!(out.slots[0].head().kind, SLOT_MARK);
    let later = frame("ticker").replace("1623059681955", "1623059681956");
    assert_eq!(player.frame(1, later.as_bytes()).slots[0].head().kind, SLOT_QUOTE);
}

#[test]
fn instruments_have_steps_strikes_and_units_of_amounts() {
    let (player, _) = started("", &[]);
    let [perpetual, option, linear, spot] = player.instruments() else {
        panic!("four instruments, and no combination");
    };
    assert_eq!(
        (perpetual.kind, perpetual.tick, perpetual.lot),
        (Kind::Inverse, 50_000_000, 1_000_000_000)
    );
    // Amounts are USD, not contracts of 10.
    assert_eq!((perpetual.contract_size, perpetual.contract_unit), (1, CONTRACT_QUOTE));
    assert_eq!((perpetual.expiry_ns, perpetual.session), (0, SESSION_CONTINUOUS));
    assert_eq!((option.kind, option.option), (Kind::Option, Some(OptionSide::Call)));
    assert_eq!((option.strike, option.contract_unit), (6_000_000_000_000, CONTRACT_BASE));
    assert_eq!((option.expiry_ns, option.session), (1_806_048_000 * SECOND, SESSION_CANCEL_ONLY));
    assert_eq!((option.tick, option.min_qty), (10_000, 10_000_000));
    let [band] = option.bands[..] else { panic!("one band") };
    assert_eq!((band.from, band.tick), (500_000, 50_000));
    assert_eq!((linear.kind, linear.settle.as_str()), (Kind::Linear, "USDC"));
    assert_eq!((spot.kind, spot.settle.as_str(), spot.session), (Kind::Spot, "", SESSION_CLOSED));
}

#[test]
fn an_index_that_is_locked_locks_what_it_prices() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_DEPTH));
    let tell = |player: &mut Player, channel: &str, data: &str| {
        let out = player.frame(1, notice(channel, data).as_bytes());
        let told = out.slots.iter().map(|s| (s.head().instrument, s.status().state));
        told.collect::<Vec<_>>()
    };
    // docs.deribit.com, platform_state.
    let locked = r#"{"price_index":"sol_usdc","locked":true}"#;
    let told = tell(&mut player, "platform_state", locked);
    assert_eq!(told, [(2, SESSION_CANCEL_ONLY), (3, SESSION_CANCEL_ONLY)]);
    assert!(tell(&mut player, "platform_state", locked).is_empty(), "told once");
    let free = r#"{"price_index":"sol_usdc","locked":false}"#;
    let told = tell(&mut player, "platform_state", free);
    assert_eq!(told, [(2, SESSION_CONTINUOUS), (3, SESSION_CONTINUOUS)]);
    // docs.deribit.com, instrument.state.(kind).(currency).
    let state =
        r#"{"timestamp":1553080940000,"state":"settlement","instrument_name":"BTC-PERPETUAL"}"#;
    let told = tell(&mut player, "instrument.state.future.any", state);
    assert_eq!(told, [(0, SESSION_SETTLING)]);
    let created = state.replace("BTC-PERPETUAL", "BTC-26JUN27").replace("settlement", "created");
    assert!(tell(&mut player, "instrument.state.future.any", &created).is_empty());
    assert_eq!(player.instruments().len(), 4, "what nobody wants is not defined");
}

#[test]
fn the_state_of_the_venue_is_polled() {
    let (mut player, _) = started("", &[]);
    // docs.deribit.com, public/status.
    let whole = br#"{"jsonrpc":"2.0","id":1,"result":{"locked":"true"}}"#;
    let out = player.reply(0, STATUS, whole);
    let status = out.slots[0].status();
    assert_eq!((status.head.instrument, status.state), (NO_INSTRUMENT, SESSION_CANCEL_ONLY));
    let free = br#"{"jsonrpc":"2.0","id":1,"result":{"locked":"false","locked_indices":[]}}"#;
    assert_eq!(player.reply(0, STATUS, free).slots[0].status().state, SESSION_CONTINUOUS);
    let some =
        br#"{"jsonrpc":"2.0","id":1,"result":{"locked":"partial","locked_indices":["btc_usd"]}}"#;
    let out = player.reply(0, STATUS, some);
    assert_eq!(out.slots.len(), 1, "the option was locked already");
    assert_eq!(
        (out.slots[0].head().instrument, out.slots[0].status().state),
        (0, SESSION_CANCEL_ONLY)
    );
}

#[test]
fn refusals_by_rest_are_asked_again_or_given_up() {
    let mut player = Player::of::<Deribit>();
    let list = player.plan(&[]).https()[2].id;
    let error = |code: i64| {
        format!(r#"{{"jsonrpc":"2.0","error":{{"code":{code},"message":"m"}},"id":1}}"#)
    };
    for code in [10_028, 10_041, 11_051, 13_028] {
        let out = player.answer(list, 400, LIST, &[], error(code).as_bytes());
        assert!(
            out.log.contains("asked again") && out.log.contains(&code.to_string()),
            "{}",
            out.log
        );
    }
    let out = player.answer(list, 400, LIST, &[], error(-32_602).as_bytes());
    assert!(out.log.contains("not asked again"), "{}", out.log);
    let out = player.answer(list, 400, LIST, &[], error(11_056).as_bytes());
    assert_eq!(out.fails()[0].0, FAIL_PERMISSION);
    let broken = player.reply(0, LIST, b"{}");
    assert_eq!(broken.status, ERROR);
}

#[test]
fn other_notifications_are_ignored() {
    let (mut player, _) = connected("", &perpetual(CHANNEL_DEPTH));
    for (channel, data) in [
        (
            "book.BTC-PERPETUAL.none.10.100ms",
            r#"{"timestamp":1,"change_id":1,"bids":[[1.0,1.0]],"asks":[]}"#,
        ),
        ("trades.option.BTC.raw", "[]"),
        (
            "deribit_price_index.btc_usd",
            r#"{"timestamp":1535098298227,"price":6521.17,"index_name":"btc_usd"}"#,
        ),
        ("announcements", r#"{"title":"t"}"#),
    ] {
        let out = player.frame(1, notice(channel, data).as_bytes());
        assert!(
            out.accepted() && out.ignored() && out.commands.is_empty(),
            "{channel}: {}",
            out.log
        );
    }
}

#[test]
fn every_default_has_a_schema_and_the_other_way_round() {
    laws::settings_are_described(&Player::of::<Deribit>());
}
