//! OKX over a real socket: acknowledgements before data, silence, logins, lists by type, and what a
//! client gets that comes in the middle of a recording without ids.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::*;
use patchbay_venue::okx::{OKX, Okx};
use patchbay_venue::{Limits, Protocol, Recording, VenueConfig};
use serde_json::Value;

const FILES: &[&str] =
    &["okx/cryptofeed-20220513/OKX.0.gz", "okx/cryptofeed-20220513/OKX.ws.1.0.gz"];

fn okx(files: &[&str]) -> Option<VenueConfig> {
    let recording = Recording::load(&corpus(files)?, &Okx).unwrap();
    Some(VenueConfig { protocol: Arc::new(Okx), ..config(&recording) })
}

fn ask(channel: &str, symbol: &str) -> String {
    format!(
        r#"{{"id":"7","op":"subscribe","args":[{{"channel":"{channel}","instId":"{symbol}"}}]}}"#
    )
}

#[tokio::test]
async fn a_subscription_is_answered_and_then_gets_what_was_recorded() {
    let Some(config) = okx(FILES) else { return };
    let recording = config.recording.clone();
    let venue = start(config);
    let mut client = ws(&venue, "/ws/v5/public").await;
    send(&mut client, &ask("books", "BTC-USDT")).await;
    let ack = r#"{"id":"7","event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"patchbay"}"#;
    assert_eq!(text(&mut client).await.as_deref(), Some(ack));
    venue.play();
    let expected: Vec<_> = recording.played(OKX, "books:BTC-USDT").collect();
    assert_eq!(expected.len(), 98);
    for frame in &expected {
        assert_eq!(text(&mut client).await.unwrap().as_bytes(), *frame);
    }
    // Who comes now gets the book as it is, with the checksum of the last change.
    let mut late = ws(&venue, "/ws/v5/public").await;
    send(&mut late, &ask("books", "BTC-USDT")).await;
    assert_eq!(text(&mut late).await.as_deref(), Some(ack));
    let whole: Value = serde_json::from_str(&text(&mut late).await.unwrap()).unwrap();
    let last: Value = serde_json::from_slice(expected[97]).unwrap();
    assert_eq!(whole["action"], "snapshot");
    for key in ["ts", "checksum"] {
        assert_eq!(whole["data"][0][key], last["data"][0][key], "{key}");
    }
    send(&mut late, "ping").await;
    assert_eq!(text(&mut late).await.as_deref(), Some("pong"));
}

#[tokio::test]
async fn each_list_is_the_recorded_one() {
    let Some(config) = okx(FILES) else { return };
    let venue = start(config);
    for (query, kind) in [
        ("instType=SPOT", "SPOT"),
        ("instType=SWAP", "SWAP"),
        ("instType=FUTURES", "FUTURES"),
        ("instType=OPTION&instFamily=ETH-USD", "OPTION"),
    ] {
        let answer = get(&venue, &format!("/api/v5/public/instruments?{query}")).await;
        let list: Value = serde_json::from_str(&answer.body).unwrap();
        let list = list["data"].as_array().unwrap();
        assert!(list.len() > 50 && list.iter().all(|entry| entry["instType"] == kind), "{query}");
    }
    assert!(venue.ledger().derived.is_empty());
    assert_eq!(get(&venue, "/api/v5/public/instruments?instType=OPTION").await.status, 400);
}

#[tokio::test]
async fn without_recorded_lists_they_are_made_by_type() {
    let Some(config) = okx(&FILES[1..]) else { return };
    let venue = start(config);
    let answer = get(&venue, "/api/v5/public/instruments?instType=SWAP").await;
    let list: Value = serde_json::from_str(&answer.body).unwrap();
    let entry = &list["data"][0];
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!((&entry["instId"], &entry["tickSz"]), (&"UNI-USD-SWAP".into(), &"0.001".into()));
    let derived = "okx instruments SWAP: from symbols and digits seen";
    assert_eq!(venue.ledger().derived, [derived]);
}

#[tokio::test]
async fn silence_of_both_sides_ends_a_connection() {
    let Some(config) = okx(FILES) else { return };
    let limits = Limits { idle: Duration::from_millis(300), ..Okx.limits(OKX) };
    let venue = start(VenueConfig { limits: Some(limits), ..config });
    let mut client = ws(&venue, "/ws/v5/public").await;
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        send(&mut client, "ping").await;
        assert_eq!(text(&mut client).await.as_deref(), Some("pong"));
    }
    assert_eq!(close_code(&mut client).await, Some(4004));
}

#[tokio::test]
async fn a_fourth_connection_within_a_second_is_refused() {
    let Some(config) = okx(FILES) else { return };
    let venue = start(config);
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(ws(&venue, "/ws/v5/public").await);
    }
    assert!(try_ws(&venue, "/ws/v5/business").await.is_err());
    tokio::time::sleep(Duration::from_millis(1100)).await;
    drop(ws(&venue, "/ws/v5/business").await);
}

#[tokio::test]
async fn requests_of_an_hour_are_counted() {
    let Some(config) = okx(FILES) else { return };
    let venue = start(config);
    let mut client = ws(&venue, "/ws/v5/public").await;
    for request in 1..=481 {
        send(&mut client, &ask("status", "BTC-USDT").replace(r#","instId":"BTC-USDT""#, "")).await;
        let reply = text(&mut client).await.unwrap();
        assert_eq!(reply.contains(r#""code":"60014""#), request > 480, "{request}: {reply}");
    }
}
