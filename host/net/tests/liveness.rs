//! Dead connections are found, quiet ones are left alone.

#![allow(clippy::unwrap_used)]

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use common::fake::Fake;
use common::server::{Peer, serve};
use common::*;
use patchbay_net::{Hub, NetworkOptions};
use patchbay_plugin::Connect;
use patchbay_plugin::bind::Command;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;

const URL: &str = "wss://venue/ws";

fn pinging(ping_ns: i64, ping_text: &str, silence_ns: i64) -> Command {
    let (url, ping_text) = (URL.to_owned(), ping_text.to_owned());
    Command::Connect(Connect { tag: 1, url, ping_ns, ping_text, silence_ns, ..Connect::default() })
}

#[tokio::test(start_paused = true)]
async fn quiet_but_alive_stays() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(connect(1, URL));
    until(&mut hub, is_opened).await;
    let events = during(&mut hub, Duration::from_secs(600)).await;
    assert!(events.is_empty(), "{events:?}");
    let pings = fake.remote(0).opcodes().iter().filter(|o| **o == 9).count();
    assert!((590..=601).contains(&pings), "{pings}");
}

#[tokio::test(start_paused = true)]
async fn silence_is_death_in_three_seconds() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(connect(1, URL));
    until(&mut hub, is_opened).await;
    fake.remote(0).text("last");
    until(&mut hub, is_frame).await;
    fake.remote(0).answers_pings.store(false, Ordering::Relaxed);
    let last = Instant::now();
    let events = until(&mut hub, is_closed).await;
    assert!((3000..3100).contains(&last.elapsed().as_millis()), "{:?}", last.elapsed());
    assert!(closed(&events)[0].2.contains("no answer to a ping"), "{events:?}");
    assert_eq!(fake.remote(0).opcodes(), [9, 9], "two pings were missed");
}

#[tokio::test(start_paused = true)]
async fn data_is_life_for_a_probe_but_a_ping_that_was_asked_for_needs_a_pong() {
    for (ping_ns, dies) in [(0, false), (20 * SECOND, true)] {
        let fake = Fake::new();
        let mut hub = Hub::new(options(fake.clone()));
        hub.command(pinging(ping_ns, "", 0));
        until(&mut hub, is_opened).await;
        let remote = fake.remote(0);
        remote.answers_pings.store(false, Ordering::Relaxed);
        let feed = tokio::spawn(async move {
            loop {
                remote.text("data");
                sleep(Duration::from_millis(500)).await;
            }
        });
        let events = during(&mut hub, Duration::from_secs(60)).await;
        assert_eq!(closed(&events).is_empty(), !dies);
        feed.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn a_text_ping_keeps_its_interval_and_any_frame_answers_it() {
    let fake = Fake::new();
    let mut quiet = options(fake.clone());
    quiet.probe = None;
    let mut hub = Hub::new(quiet);
    hub.command(pinging(20 * SECOND, "ping", 0));
    until(&mut hub, is_opened).await;
    for number in 1..=3 {
        during(&mut hub, Duration::from_millis(20_500)).await;
        assert_eq!(fake.remote(0).texts(), vec!["ping"; number]);
        fake.remote(0).text("pong");
        during(&mut hub, Duration::from_millis(1)).await;
    }
    let events = during(&mut hub, Duration::from_secs(25)).await;
    assert_eq!(closed(&events).len(), 1, "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn silence_of_the_adapters_choice() {
    let fake = Fake::new();
    let mut quiet = options(fake.clone());
    quiet.probe = None;
    let mut hub = Hub::new(quiet);
    hub.command(pinging(0, "", 7 * SECOND));
    until(&mut hub, is_opened).await;
    let start = Instant::now();
    let events = until(&mut hub, is_closed).await;
    assert!((7000..7050).contains(&start.elapsed().as_millis()));
    assert!(closed(&events)[0].2.contains("nothing came for 7s"), "{events:?}");
}

/// The venue's process stops; its kernel goes on.
#[tokio::test]
async fn a_frozen_venue_is_found_within_3_2_s() {
    let (address, _server) = serve(None, |_, stream| async move {
        let mut peer = Peer::accept(stream).await.unwrap();
        peer.text("one").await.unwrap();
        sleep(Duration::from_secs(60)).await;
    })
    .await;
    let mut hub = Hub::new(options(network(NetworkOptions::default())));
    hub.command(connect(1, &format!("ws://{address}/")));
    until(&mut hub, is_frame).await;
    let start = Instant::now();
    let events = until(&mut hub, is_closed).await;
    assert!(start.elapsed() <= Duration::from_millis(3200), "{:?}", start.elapsed());
    assert_eq!(closed(&events)[0].1, 0);
    hub.shutdown().await;
}

#[tokio::test]
async fn pings_of_the_venue_are_answered_at_once_with_their_payload() {
    let (done, answered) = tokio::sync::mpsc::unbounded_channel();
    let (address, _server) = serve(None, move |_, stream| {
        let done = done.clone();
        async move {
            let mut peer = Peer::accept(stream).await.unwrap();
            for number in 0..5u8 {
                let start = Instant::now();
                peer.send(Message::Ping(vec![number; 9].into())).await.unwrap();
                while let Some(message) = peer.receive().await {
                    if let Message::Pong(data) = message {
                        done.send((data.to_vec() == [number; 9], start.elapsed())).unwrap();
                        break;
                    }
                }
            }
            peer.attend().await;
        }
    })
    .await;
    let mut answered = answered;
    let mut hub = Hub::new(options(network(NetworkOptions::default())));
    hub.command(connect(1, &format!("ws://{address}/")));
    until(&mut hub, is_opened).await;
    during(&mut hub, Duration::from_secs(1)).await;
    for _ in 0..5 {
        let (same, after) = answered.recv().await.unwrap();
        assert!(same && after < Duration::from_millis(300), "{after:?}");
    }
}
