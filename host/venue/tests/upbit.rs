//! Upbit over a real socket: requests that replace each other, binary frames, refusals, silence.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::*;
use patchbay_venue::upbit::{UPBIT, Upbit};
use patchbay_venue::{Limits, Protocol, Recording, VenueConfig};
use serde_json::Value;

const FILES: &[&str] =
    &["upbit/cryptofeed-20210405/UPBIT-d78752.0.gz", "upbit/cryptofeed-20210417/UPBIT.0.gz"];

fn upbit(files: &[&str]) -> Option<VenueConfig> {
    let recording = Recording::load(&corpus(files)?, &Upbit).unwrap();
    Some(VenueConfig { protocol: Arc::new(Upbit), ..config(&recording) })
}

fn ask(kind: &str, codes: &str) -> String {
    format!(r#"[{{"ticket":"t"}},{{"type":"{kind}","codes":[{codes}]}},{{"format":"SIMPLE"}}]"#)
}

#[tokio::test]
async fn books_come_as_recorded_in_binary_frames() {
    let Some(config) = upbit(FILES) else { return };
    let recording = config.recording.clone();
    let venue = start(config);
    let mut client = ws(&venue, "/websocket/v1").await;
    send(&mut client, &ask("orderbook", r#""KRW-IQ.30""#)).await;
    // The answer shows that the request was heard: nothing acknowledges it.
    send(&mut client, "PING").await;
    assert_eq!(text(&mut client).await.as_deref(), Some(r#"{"status":"UP"}"#));
    venue.play();
    let expected: Vec<_> = recording.played(UPBIT, "orderbook:KRW-IQ").collect();
    assert!(expected.len() > 30, "{}", expected.len());
    for frame in &expected {
        assert_eq!(&binary(&mut client).await.unwrap(), frame);
    }
    // Who comes now gets the last book, under another word.
    let mut late = ws(&venue, "/websocket/v1").await;
    send(&mut late, &ask("orderbook", r#""KRW-IQ""#)).await;
    let snapshot = String::from_utf8(binary(&mut late).await.unwrap()).unwrap();
    let last = String::from_utf8(expected.last().unwrap().to_vec()).unwrap();
    assert_eq!(snapshot.replace("SNAPSHOT", "REALTIME"), last);
}

#[tokio::test]
async fn a_request_replaces_the_one_before_and_begins_anew() {
    let Some(config) = upbit(FILES) else { return };
    let venue = start(config);
    let mut first = ws(&venue, "/websocket/v1").await;
    send(&mut first, &ask("orderbook", r#""KRW-IQ""#)).await;
    send(&mut first, "PING").await;
    assert!(text(&mut first).await.is_some());
    venue.play();
    while !venue.ledger().ended {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut client = ws(&venue, "/websocket/v1").await;
    let code = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap()["cd"].clone();
    for codes in [r#""KRW-ADA""#, r#""KRW-ADA""#, r#""KRW-STX","NO-SUCH""#] {
        send(&mut client, &ask("orderbook", codes)).await;
        let told = code(&binary(&mut client).await.unwrap());
        assert!(codes.starts_with(&told.to_string()), "{told}");
        assert!(is_silent(&mut client, 50).await, "one book each, unknown codes are skipped");
    }
    send(&mut client, r#"[{"ticket":"t"},{"method":"LIST_SUBSCRIPTIONS"}]"#).await;
    let list: Value = serde_json::from_str(&text(&mut client).await.unwrap()).unwrap();
    assert_eq!(list["result"][0]["codes"], serde_json::json!(["KRW-STX", "NO-SUCH"]));
    let said = venue.ledger().connections.last().unwrap().subscriptions.clone();
    assert_eq!(said.last().unwrap(), "+orderbook:NO-SUCH (silent)");
    assert!(said.contains(&"-orderbook:KRW-ADA".to_owned()));
}

#[tokio::test]
async fn refusals_and_fewer_levels_than_recorded_bring_nothing() {
    let Some(config) = upbit(FILES) else { return };
    let venue = start(config);
    let mut client = ws(&venue, "/websocket/v1").await;
    send(&mut client, r#"[{"ticket":"t"},{"type":"trade","codes":["KRW-IQ"]}]"#).await;
    assert!(text(&mut client).await.unwrap().contains("INVALID_PARAM"));
    send(&mut client, &ask("orderbook", r#""KRW-IQ.5""#)).await;
    venue.play();
    assert!(is_silent(&mut client, 100).await);
}

#[tokio::test]
async fn the_list_is_the_recorded_one_or_is_made() {
    let Some(config) = upbit(FILES) else { return };
    let (recorded, made) = (start(config), start(upbit(&FILES[..1]).unwrap()));
    for (venue, count) in [(&recorded, 294), (&made, 9)] {
        let answer = get(venue, "/v1/market/all?is_details=true").await;
        let list: Vec<Value> = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, list.len()), (200, count));
        assert!(list.iter().any(|entry| entry["market"] == "KRW-IQ"));
    }
    assert_eq!(get(&recorded, "/v1/orderbook?markets=KRW-IQ").await.status, 503);
    assert_eq!(get(&recorded, "/v1/orders").await.status, 404);
}

#[tokio::test]
async fn silence_of_both_sides_and_too_many_messages_end_a_connection() {
    let Some(config) = upbit(FILES) else { return };
    let limits = Limits { idle: Duration::from_millis(300), ..Upbit.limits(UPBIT) };
    let venue = start(VenueConfig { limits: Some(limits), ..config });
    assert_eq!(close_code(&mut ws(&venue, "/websocket/v1").await).await, Some(1001));
    let mut client = ws(&venue, "/websocket/v1").await;
    for _ in 0..6 {
        send(&mut client, "PING").await;
    }
    assert_eq!(close_code(&mut client).await, Some(1008));
}
