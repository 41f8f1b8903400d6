//! Bitstamp over a real socket: one channel a request, the recorded events in their frames, refusals,
//! heartbeats, and the end of a connection announced.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use common::*;
use patchbay_venue::bitstamp::{BITSTAMP, Bitstamp};
use patchbay_venue::{Limits, Protocol, Recording, VenueConfig};
use serde_json::Value;

const FILE: &str = "bitstamp/ob-analytics/2015-05-01.log.xz";

/// Five hours, read once.
static RECORDING: LazyLock<Option<Arc<Recording>>> =
    LazyLock::new(|| Some(Recording::load(&corpus(&[FILE])?, &Bitstamp).unwrap()));

fn bitstamp() -> Option<VenueConfig> {
    let recording = RECORDING.as_ref()?;
    Some(VenueConfig { protocol: Arc::new(Bitstamp), ..config(recording) })
}

fn ask(verb: &str, channel: &str) -> String {
    format!(r#"{{"event":"bts:{verb}","data":{{"channel":"{channel}"}}}}"#)
}

#[tokio::test]
async fn each_channel_is_acknowledged_and_brings_what_was_recorded() {
    let Some(config) = bitstamp() else { return };
    let recording = config.recording.clone();
    let venue = start(config);
    let counts = [("live_orders", 50_414), ("live_trades", 575), ("order_book", 5_011)];
    let mut clients = Vec::new();
    for (name, count) in counts {
        let channel = format!("{name}_btcusd");
        let expected: Vec<_> = recording.played(BITSTAMP, &channel).collect();
        assert_eq!(expected.len(), count, "as the corpus' manifest counts them");
        let mut client = ws(&venue, "/").await;
        send(&mut client, &ask("subscribe", &channel)).await;
        let answer: Value = serde_json::from_str(&text(&mut client).await.unwrap()).unwrap();
        let said = (&answer["event"], &answer["channel"]);
        assert_eq!(said, (&"bts:subscription_succeeded".into(), &channel.as_str().into()));
        clients.push((client, expected));
    }
    venue.play();
    for (client, expected) in &mut clients {
        for frame in expected.iter().take(500) {
            assert_eq!(text(client).await.unwrap().as_bytes(), *frame);
        }
    }
}

#[tokio::test]
async fn what_is_not_understood_is_an_error_and_heartbeats_are_answered() {
    let Some(config) = bitstamp() else { return };
    let venue = start(config);
    let mut client = ws(&venue, "/").await;
    for (said, answer) in [
        ("{", "bts:error"),
        (&*ask("subscribe", "live_orders_nosuch"), "bts:error"),
        (r#"{"event":"bts:heartbeat"}"#, "bts:heartbeat"),
        (&*ask("subscribe", "live_trades_btcusd"), "bts:subscription_succeeded"),
        (&*ask("unsubscribe", "live_trades_btcusd"), "bts:unsubscription_succeeded"),
    ] {
        send(&mut client, said).await;
        let heard: Value = serde_json::from_str(&text(&mut client).await.unwrap()).unwrap();
        assert_eq!(heard["event"], answer, "{said}");
    }
    venue.play();
    assert!(is_silent(&mut client, 100).await, "nothing is subscribed any more");
    let list = get(&venue, "/api/v2/markets/").await;
    let markets: Vec<Value> = serde_json::from_str(&list.body).unwrap();
    assert_eq!((list.status, &markets[0]["market_symbol"]), (200, &"btcusd".into()));
    assert_eq!((&markets[0]["counter_decimals"], markets.len()), (&2.into(), 1));
    assert_eq!(get(&venue, "/api/v2/order_book/btcusd/?group=2").await.status, 503);
}

#[tokio::test]
async fn the_end_of_a_connection_is_announced() {
    let Some(config) = bitstamp() else { return };
    let life = Duration::from_millis(600);
    let notice = Duration::from_millis(300);
    let limits = Limits { life, notice, ..Bitstamp.limits(BITSTAMP) };
    let venue = start(VenueConfig { limits: Some(limits), ..config });
    let mut client = ws(&venue, "/").await;
    let said: Value = serde_json::from_str(&text(&mut client).await.unwrap()).unwrap();
    assert_eq!(said["event"], "bts:request_reconnect");
    assert_eq!(close_code(&mut client).await, Some(1001));
}
