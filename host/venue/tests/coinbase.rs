//! Coinbase over a real socket: numbers of the connection's own, heartbeats, the five seconds, and what
//! a client gets that comes in the middle of a recording.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;

use common::*;
use patchbay_venue::coinbase::{ADVANCED, Coinbase, EXCHANGE};
use patchbay_venue::{Fault, PlannedFault, Recording, Target, VenueConfig, When};
use serde_json::Value;

const ADVANCED_FILES: &[&str] = &["coinbase/cryptofeed-20260809/COINBASE.jsonl.zst"];
const EXCHANGE_FILES: &[&str] = &[
    "coinbase/cryptofeed-20210417/COINBASE.0.gz",
    "coinbase/cryptofeed-20210417/COINBASE.ws.28.0.gz",
];

fn coinbase(files: &[&str]) -> Option<VenueConfig> {
    let recording = Recording::load(&corpus(files)?, &Coinbase).unwrap();
    Some(VenueConfig { protocol: Arc::new(Coinbase), ..config(&recording) })
}

fn ask(channel: &str, symbols: &str) -> String {
    format!(r#"{{"type":"subscribe","product_ids":[{symbols}],"channel":"{channel}"}}"#)
}

async fn value(client: &mut Ws) -> Value {
    serde_json::from_str(&text(client).await.unwrap()).unwrap()
}

/// The next message that is no heartbeat, and the numbers from `next` on that were passed.
async fn counted(client: &mut Ws, next: &mut u64) -> Value {
    loop {
        let message = value(client).await;
        assert_eq!(message["sequence_num"].as_u64(), Some(*next), "{message}");
        *next += 1;
        if message["channel"] != "heartbeats" {
            return message;
        }
    }
}

/// Without the number, which is the connection's.
fn told(mut message: Value) -> Value {
    message.as_object_mut().unwrap().remove("sequence_num");
    message
}

#[tokio::test]
async fn every_message_of_a_connection_is_counted() {
    let Some(config) = coinbase(ADVANCED_FILES) else { return };
    let recording = config.recording.clone();
    let venue = start(config);
    let mut client = ws(&venue, "/").await;
    let mut next = 0;
    send(&mut client, &ask("heartbeats", "")).await;
    let ack = counted(&mut client, &mut next).await;
    assert_eq!(ack["events"][0]["subscriptions"]["heartbeats"][0], "heartbeats");
    send(&mut client, &ask("level2", r#""BTC-USD""#)).await;
    let ack = counted(&mut client, &mut next).await;
    assert_eq!(ack["events"][0]["subscriptions"]["level2"][0], "BTC-USD");
    let gap = PlannedFault::new(When::Frame(40), Fault::Drop);
    venue.inject(gap.at(Target::stream("level2:BTC-USD")));
    venue.play();
    let mut frames = recording.played(ADVANCED, "level2:BTC-USD");
    let mut holes = 0;
    while let Some(frame) = frames.next() {
        let message = loop {
            let message = value(&mut client).await;
            let number = message["sequence_num"].as_u64().unwrap();
            holes += number - next;
            next = number + 1;
            if message["channel"] != "heartbeats" {
                break message;
            }
        };
        let mut expected: Value = serde_json::from_slice(frame).unwrap();
        if told(expected.clone()) != told(message.clone()) {
            expected = serde_json::from_slice(frames.next().unwrap()).unwrap();
            assert_eq!(holes, 1, "its number was taken all the same");
        }
        assert_eq!(told(expected), told(message));
    }
    assert_eq!((holes, venue.ledger().faults.len()), (1, 1));
    // Who comes now gets the book as it is, under the first number.
    let mut late = ws(&venue, "/").await;
    send(&mut late, &ask("level2", r#""BTC-USD""#)).await;
    let whole = value(&mut late).await;
    assert_eq!(
        (&whole["sequence_num"], &whole["events"][0]["type"]),
        (&0.into(), &"snapshot".into())
    );
    assert_eq!(value(&mut late).await["sequence_num"], 1, "the answer");
}

#[tokio::test]
async fn who_subscribes_nothing_is_closed() {
    let Some(config) = coinbase(ADVANCED_FILES) else { return };
    let venue = start(config);
    let mut idle = ws(&venue, "/").await;
    assert_eq!(close_code(&mut idle).await, Some(1008));
}

#[tokio::test]
async fn the_exchange_sends_what_was_recorded_and_whole_books_to_latecomers() {
    let Some(config) = coinbase(EXCHANGE_FILES) else { return };
    let recording = config.recording.clone();
    let venue = start(config);
    let mut client = ws(&venue, "/").await;
    // The recorded channel of today's name.
    let ask = r#"{"type":"subscribe","product_ids":["SKL-USD"],"channels":["level2_batch"]}"#;
    send(&mut client, ask).await;
    assert_eq!(value(&mut client).await["channels"][0]["name"], "level2_50");
    venue.play();
    let expected: Vec<_> = recording.played(EXCHANGE, "level2_batch:SKL-USD").collect();
    for frame in &expected {
        assert_eq!(text(&mut client).await.unwrap().as_bytes(), *frame);
    }
    let mut late = ws(&venue, "/").await;
    send(&mut late, ask).await;
    let whole = value(&mut late).await;
    assert_eq!((&whole["type"], &whole["product_id"]), (&"snapshot".into(), &"SKL-USD".into()));
    let last: Value = serde_json::from_slice(expected.last().unwrap()).unwrap();
    assert_eq!(whole["time"], last["time"]);
    let list: Value = serde_json::from_str(&get(&venue, "/products").await.body).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 162);
}
