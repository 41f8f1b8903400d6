//! Streams as recorded, answers as documented, limits as stated.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::time::Duration;

use common::*;
use patchbay_venue::binance::{Binance, COINM, SPOT as SPOT_PRODUCT, USDM as USDM_PRODUCT};
use patchbay_venue::{AtEnd, Limits, Pace, Protocol, Start};
use tokio::time::Instant;

fn limits() -> Limits {
    Binance::default().limits(SPOT_PRODUCT)
}

#[tokio::test]
async fn a_subscriber_gets_exactly_what_was_recorded() {
    for (files, product, path, name) in [
        (SPOT, SPOT_PRODUCT, "/stream", "ethusdt@trade"),
        (SPOT, SPOT_PRODUCT, "/stream", "ethusdt@depth@100ms"),
        (USDM, USDM_PRODUCT, "/public/stream", "btcusdt@depth@0ms"),
        (SMALL_COINM, COINM, "/stream", "ethusd_210924@bookTicker"),
    ] {
        let Some(recording) = recording(files) else { return };
        let venue = start(config(&recording));
        let mut client = ws(&venue, path).await;
        subscribe(&mut client, &[name]).await;
        venue.play();
        let mut frames = 0;
        for expected in recording.played(product, name) {
            assert_eq!(text(&mut client).await.unwrap().as_bytes(), expected, "{frames}");
            frames += 1;
        }
        assert!(frames > 100, "{name}: {frames}");
        assert!(is_silent(&mut client, 50).await);
        let ledger = venue.ledger();
        assert!(ledger.ended);
        assert_eq!(ledger.connections[0].frames, frames);
        assert_eq!(ledger.connections[0].subscriptions, [format!("+{name}")]);
        let product = Binance::default().products()[usize::from(product.0)];
        assert_eq!(ledger.frames[&format!("{product} {name}")], frames);
    }
}

#[tokio::test]
async fn names_in_the_url_raw_payloads_and_other_intervals() {
    let Some(recording) = recording(USDM) else { return };
    let venue = start(config(&recording));
    let mut raw = ws(&venue, "/public/ws/btcusdt@depth@0ms").await;
    let mut combined = ws(&venue, "/public/stream?streams=btcusdt@depth@100ms").await;
    venue.play();
    for expected in recording.played(USDM_PRODUCT, "btcusdt@depth@0ms").take(50) {
        let expected = str::from_utf8(expected).unwrap();
        let payload = &expected[expected.find(r#"{"e""#).unwrap()..expected.len() - 1];
        assert_eq!(text(&mut raw).await.unwrap(), payload);
        let renamed = expected.replace("depth@0ms", "depth@100ms");
        assert_eq!(text(&mut combined).await.unwrap(), renamed);
    }
}

#[tokio::test]
async fn a_wrong_route_is_acknowledged_and_silent() {
    let Some(recording) = recording(USDM) else { return };
    let venue = start(config(&recording));
    let mut client = ws(&venue, "/market/stream").await;
    subscribe(&mut client, &["btcusdt@depth@0ms", "nosuch@trade"]).await;
    let mut right = ws(&venue, "/market/ws/btcusdt@trade").await;
    venue.play();
    assert!(text(&mut right).await.is_some());
    assert!(is_silent(&mut client, 100).await);
    let asked = &venue.ledger().connections[0].subscriptions;
    assert_eq!(asked, &["+btcusdt@depth@0ms (silent)", "+nosuch@trade (silent)"]);
    assert!(try_ws(&venue, "/stream").await.is_err(), "USD-M without a route is retired");
}

#[tokio::test]
async fn commands_and_their_answers() {
    let Some(recording) = recording(SMALL_SPOT) else { return };
    let mut config = config(&recording);
    config.limits = Some(Limits { messages_per_second: 1000, ..limits() });
    let venue = start(config);
    let mut client = ws(&venue, "/ws").await;
    subscribe(&mut client, &["zilusdt@depth@100ms", "zilusdt@bookTicker"]).await;
    send(&mut client, r#"{"method":"UNSUBSCRIBE","params":["zilusdt@bookTicker"],"id":2}"#).await;
    assert_eq!(text(&mut client).await.unwrap(), r#"{"result":null,"id":2}"#);
    send(&mut client, r#"{"method":"LIST_SUBSCRIPTIONS","id":3}"#).await;
    assert_eq!(text(&mut client).await.unwrap(), r#"{"result":["zilusdt@depth@100ms"],"id":3}"#);
    send(&mut client, "{").await;
    assert!(text(&mut client).await.unwrap().starts_with(r#"{"code":3,"msg":"Invalid JSON"#));
    send(&mut client, r#"{"method":"FLY"}"#).await;
    assert!(text(&mut client).await.unwrap().starts_with(r#"{"code":2,"msg":"Invalid request"#));
    venue.play();
    for expected in recording.played(SPOT_PRODUCT, "zilusdt@depth@100ms").take(5) {
        let got = text(&mut client).await.unwrap();
        assert!(str::from_utf8(expected).unwrap().contains(&got), "{got}");
    }
}

#[tokio::test]
async fn limits_of_websockets() {
    let Some(recording) = recording(SMALL_SPOT) else { return };
    let mut config = config(&recording);
    let limits = Limits { connects: 3, streams_per_connection: 2, ..limits() };
    config.limits = Some(limits);
    let venue = start(config);
    let mut client = ws(&venue, "/ws").await;
    for id in 0..6 {
        send(&mut client, &format!(r#"{{"method":"LIST_SUBSCRIPTIONS","id":{id}}}"#)).await;
    }
    assert_eq!(close_code(&mut client).await, Some(1008));
    let mut client = ws(&venue, "/ws/a@trade/b@trade/c@trade").await;
    assert_eq!(close_code(&mut client).await, Some(1008));
    drop(ws(&venue, "/ws").await);
    assert!(try_ws(&venue, "/ws").await.is_err(), "the fourth connect");
    let ledger = venue.ledger();
    let reason = |conn: usize| ledger.connections[conn].reason.clone().unwrap();
    assert_eq!(reason(0), "1008: too many messages");
    assert_eq!(reason(1), "1008: too many streams");
}

#[tokio::test]
async fn pings_pongs_and_the_end_of_a_life() {
    let Some(recording) = recording(SMALL_SPOT) else { return };
    let mut config = config(&recording);
    let ms = Duration::from_millis;
    config.limits = Some(Limits {
        ping_every: ms(100),
        pong_within: ms(300),
        life: ms(1500),
        notice: ms(500),
        messages_per_second: 100,
        ..limits()
    });
    let venue = start(config);
    let mut good = ws(&venue, "/stream").await;
    let mut mute = ws(&venue, "/ws").await;
    // A client that does not read cannot answer.
    tokio::time::sleep(ms(50)).await;
    let begun = Instant::now();
    let announced = text(&mut good).await.unwrap();
    assert!(announced.starts_with(r#"{"stream":"!serverShutdown","data":{"e":"serverShutdown""#));
    assert_eq!(close_code(&mut good).await, Some(1001));
    assert!(begun.elapsed() > ms(500));
    close_code(&mut mute).await; // Its late pongs may meet a closed socket first.
    let ledger = venue.ledger();
    let [good, mute] = &ledger.connections[..] else { panic!() };
    assert!(good.pongs >= 3 && good.pings >= good.pongs, "{good:?}");
    assert_eq!(good.reason.as_deref(), Some("1001: end of its life"));
    assert_eq!((mute.reason.as_deref(), mute.pongs), (Some("1008: no pong"), 0));
}

#[tokio::test]
async fn recorded_pace_and_faster() {
    let Some(recording) = recording(SMALL_SPOT) else { return };
    let name = "zilusdt@depth@100ms";
    for speed in [1.0, 10.0] {
        let mut config = config(&recording);
        (config.pace, config.start) = (Pace::Times(speed), Start::Streams(1));
        let venue = start(config);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(venue.position(), 0, "nobody has subscribed");
        let mut client = ws(&venue, "/stream").await;
        subscribe(&mut client, &[name]).await;
        let event_ms = |text: &str| -> i64 {
            let at = text.find(r#""E":"#).unwrap() + 4;
            text[at..at + 13].parse().unwrap()
        };
        let first = event_ms(&text(&mut client).await.unwrap());
        let begun = Instant::now();
        let mut last = first;
        while last - first < (700.0 * speed) as i64 {
            last = event_ms(&text(&mut client).await.unwrap());
        }
        let (took, recorded) = (begun.elapsed().as_secs_f64(), (last - first) as f64 / 1e3);
        say(&format!("{recorded} s recorded at {speed} times took {took:.3} s"));
        assert!(took > 0.5 * recorded / speed, "{took}");
        assert!(took < recorded / speed + 3.0, "{took}");
    }
}

#[tokio::test]
async fn repeat_is_another_session() {
    let Some(recording) = recording(SMALL_USDM) else { return };
    let mut config = config(&recording);
    (config.at_end, config.start) = (AtEnd::Repeat, Start::Streams(1));
    let venue = start(config);
    for session in 1..=2 {
        let mut client = ws(&venue, "/public/ws/sushiusdt@depth@100ms").await;
        let mut frames = 0;
        let code = loop {
            match message(&mut client).await.unwrap().unwrap() {
                tokio_tungstenite::tungstenite::Message::Text(_) => frames += 1,
                tokio_tungstenite::tungstenite::Message::Close(close) => break close.unwrap().code,
                _ => {}
            }
        };
        assert_eq!(u16::from(code), 1012);
        let all = recording.played(USDM_PRODUCT, "sushiusdt@depth@100ms").count();
        assert_eq!(frames, all);
        assert_eq!(venue.ledger().sessions, session);
    }
}

#[tokio::test]
async fn a_slow_reader_is_cut_and_hurts_nobody() {
    let Some(recording) = recording(SPOT) else { return };
    let mut config = config(&recording);
    (config.pace, config.queue) = (Pace::Times(2000.0), 16);
    let venue = start(config);
    let _slow = ws(&venue, "/ws/ethusdt@bookTicker/ethusdt@trade/ethusdt@depth@100ms").await;
    venue.play();
    let begun = Instant::now();
    while venue.ledger().connections[0].reason.is_none() && begun.elapsed().as_secs() < 20 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(venue.ledger().connections[0].reason.as_deref(), Some("slow reader"));
}

#[tokio::test]
async fn as_fast_as_clients_read() {
    let Some(recording) = recording(SPOT) else { return };
    for over_tls in [false, true] {
        let mut config = config(&recording);
        config.tls = Some("127.0.0.1:0".parse().unwrap());
        let venue = start(config);
        let mut client = if over_tls {
            let stream = tls(&venue, "localhost", true).await.unwrap();
            tokio_tungstenite::client_async("ws://localhost/stream", stream).await.unwrap().0
        } else {
            ws(&venue, "/stream").await
        };
        let names = ["ethusdt@bookTicker", "ethusdt@trade", "ethusdt@depth@100ms"];
        subscribe(&mut client, &names).await;
        let all: usize = names.iter().map(|n| recording.played(SPOT_PRODUCT, n).count()).sum();
        let begun = Instant::now();
        venue.play();
        let mut bytes = 0;
        for _ in 0..all {
            bytes += text(&mut client).await.unwrap().len();
        }
        let s = begun.elapsed().as_secs_f64();
        say(&format!(
            "as fast as read, {}: {all} frames, {:.0} frames/s, {:.1} MB/s",
            if over_tls { "TLS" } else { "plain" },
            all as f64 / s,
            bytes as f64 / 1e6 / s
        ));
    }
}

#[test]
fn a_recording_of_nothing_is_refused() {
    let Some(paths) = corpus(SMALL_COINM) else { return };
    let only_rest = &paths[..1];
    let error = patchbay_venue::Recording::load(only_rest, &Binance::default()).unwrap_err();
    assert!(error.to_string().contains("none of them a stream of binance"), "{error}");
}
