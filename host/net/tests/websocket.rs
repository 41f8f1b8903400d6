//! Real websockets on loopback.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use common::pki::Pki;
use common::server::{Peer, serve, write};
use common::*;
use patchbay_net::{Event, Events, Hub, NetworkOptions};
use patchbay_plugin::bind::Command;
use patchbay_plugin::{Connect, Send};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

fn trusting(pki: &Pki, host: &str, address: std::net::SocketAddr) -> NetworkOptions {
    NetworkOptions {
        extra_ca: vec![pki.ca.clone()],
        overrides: BTreeMap::from([(host.to_owned(), address)]),
        ..NetworkOptions::default()
    }
}

#[tokio::test]
async fn frames_over_tls_by_name() {
    let pki = Pki::new("frames");
    let (address, _server) =
        serve(Some(pki.acceptor("stream.venue.test")), |_, stream| async move {
            let mut peer = Peer::accept(stream).await.unwrap();
            let Some(Message::Text(text)) = peer.receive().await else { return };
            peer.text(&format!("you said {text}")).await.unwrap();
            peer.send(Message::binary(vec![0, 255])).await.unwrap();
            peer.send(Message::Close(None)).await.unwrap();
            peer.attend().await;
        })
        .await;
    let network = network(trusting(&pki, "stream.venue.test", address));
    let mut hub = Hub::new(options(network));
    hub.command(connect(3, "wss://stream.venue.test/ws?streams=a/b"));
    let events = until(&mut hub, is_opened).await;
    assert!(
        matches!(&events[0], Event::Opened { tag: 3, url, .. } if url.ends_with("?streams=a/b"))
    );
    let payload = b"hello".to_vec();
    hub.command(Command::Send(Send { conn: 1, opcode: 1, payload, ..Send::default() }));
    let events = until(&mut hub, is_closed).await;
    assert!(events.iter().all(|event| match event {
        Event::Frames { at, .. } => *at > TestClock::START,
        _ => true,
    }));
    assert_eq!(frames(&events), [(1, b"you said hello".to_vec()), (2, vec![0, 255])]);
}

/// Streams numbers; a new connection begins where the market is, not where the old one ended.
#[tokio::test]
async fn rotation_over_real_sockets_loses_nothing() {
    let market = Arc::new(AtomicU64::new(0));
    let ticker = market.clone();
    tokio::spawn(async move {
        loop {
            sleep(Duration::from_millis(1)).await;
            ticker.fetch_add(1, Ordering::Relaxed);
        }
    });
    let venue = market.clone();
    let (address, _server) = serve(None, move |_, stream| {
        let market = venue.clone();
        async move {
            let Some(mut peer) = Peer::accept(stream).await else { return };
            let mut next = market.load(Ordering::Relaxed);
            loop {
                while next < market.load(Ordering::Relaxed) {
                    if peer.text(&next.to_string()).await.is_err() {
                        return;
                    }
                    next += 1;
                }
                sleep(Duration::from_millis(1)).await;
            }
        }
    })
    .await;
    let mut rotating = options(network(NetworkOptions::default()));
    rotating.settle = Duration::from_millis(200);
    let mut hub = Hub::new(rotating);
    let url = format!("ws://{address}/");
    let life_ns = SECOND;
    hub.command(Command::Connect(Connect { tag: 1, url, life_ns, ..Connect::default() }));
    let (mut next, mut doubled, mut replaced) = (None, 0, 0);
    let mut events = Events::default();
    let end = Instant::now() + Duration::from_secs(6);
    while Instant::now() < end {
        hub.next(&mut events).await;
        for event in events.drain() {
            match event {
                Event::Frames { conn, batch, .. } => {
                    for (_, data) in batch.frames() {
                        let number: u64 = std::str::from_utf8(data).unwrap().parse().unwrap();
                        // What an adapter's update ids do: skip what was seen; a gap is a loss.
                        let wanted = *next.get_or_insert(number);
                        assert!(number <= wanted, "lost {wanted}..{number}");
                        doubled += u64::from(number < wanted);
                        next = Some(wanted.max(number + 1));
                    }
                    hub.give_back(conn, batch);
                }
                Event::Closed { replaced: is, reason, .. } => {
                    assert!(is, "{reason}");
                    replaced += 1;
                }
                _ => {}
            }
        }
    }
    assert!(replaced >= 4, "{replaced}");
    assert!(doubled > 100, "both delivered: {doubled}");
    hub.shutdown().await;
}

#[tokio::test]
async fn what_is_too_large_or_no_websocket_ends_the_connection() {
    let (address, _server) = serve(None, |number, stream| async move {
        let mut peer = Peer::accept(stream).await.unwrap();
        match number {
            0 => peer.send(Message::binary(vec![0; 5000])).await.unwrap(),
            1 => {
                // A claim of 2^62 bytes.
                let head = [0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0];
                let mut raw = peer.0.into_inner();
                tokio::io::AsyncWriteExt::write_all(&mut raw, &head).await.unwrap();
                sleep(Duration::from_secs(5)).await;
                return;
            }
            2 => {
                let mut raw = peer.0.into_inner();
                let bad = [0x81, 2, 0xff, 0xfe];
                tokio::io::AsyncWriteExt::write_all(&mut raw, &bad).await.unwrap();
                sleep(Duration::from_secs(5)).await;
                return;
            }
            3 => {
                let mut raw = peer.0.into_inner();
                write(&mut raw, "HTTP/1.1 500\r\n\r\n").await;
                return;
            }
            _ => peer.text("good").await.unwrap(),
        }
        peer.attend().await;
    })
    .await;
    let small = NetworkOptions { message_max: 4096, ..NetworkOptions::default() };
    let mut hub = Hub::new(options(network(small)));
    hub.command(connect(1, &format!("ws://{address}/")));
    let events = until(&mut hub, is_frame).await;
    let reasons: Vec<String> = closed(&events).into_iter().map(|c| c.2).collect();
    assert_eq!(reasons.len(), 4, "{reasons:?}");
    assert!(reasons[0].contains("larger than 4096 bytes"), "{reasons:?}");
    assert!(reasons[1].contains("larger than 4096 bytes"), "{reasons:?}");
    assert!(reasons[2].contains("not the protocol"), "{reasons:?}");
}

#[tokio::test]
async fn a_hub_that_is_not_asked_stops_the_socket_and_loses_nothing() {
    const FRAMES: usize = 20_000;
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = sent.clone();
    let (address, _server) = serve(None, move |_, stream| {
        let sent = counter.clone();
        async move {
            let mut peer = Peer::accept(stream).await.unwrap();
            for number in 0..FRAMES {
                let mut text = number.to_string();
                text.extend(std::iter::repeat_n(' ', 2000));
                if peer.text(&text).await.is_err() {
                    return;
                }
                sent.fetch_add(1, Ordering::Relaxed);
            }
            peer.attend().await;
        }
    })
    .await;
    let mut hub = Hub::new(options(network(NetworkOptions::default())));
    hub.command(connect(1, &format!("ws://{address}/")));
    until(&mut hub, is_opened).await;
    // Longer than any liveness bound: not reading is our doing, not the venue's death.
    sleep(Duration::from_secs(5)).await;
    let stalled = sent.load(Ordering::Relaxed);
    assert!(stalled < FRAMES, "the venue was stopped");
    let (mut events, mut next) = (Events::default(), 0);
    while next < FRAMES {
        timeout(Duration::from_secs(20), hub.next(&mut events)).await.unwrap();
        for event in events.drain() {
            match event {
                Event::Frames { conn, batch, .. } => {
                    for (_, data) in batch.frames() {
                        assert_eq!(std::str::from_utf8(data).unwrap().trim(), next.to_string());
                        next += 1;
                    }
                    hub.give_back(conn, batch);
                }
                event => panic!("{event:?}"),
            }
        }
    }
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[tokio::test]
async fn a_hundred_kills_leave_nothing_behind() {
    let (address, _server) = serve(None, |_, stream| async move {
        let Some(mut peer) = Peer::accept(stream).await else { return };
        let _gone = peer.text("x").await;
        // Dropped: the connection is cut.
    })
    .await;
    let mut hurried = options(network(NetworkOptions::default()));
    hurried.backoff.base = Duration::from_millis(2);
    hurried.backoff.cap = Duration::from_millis(4);
    let mut hub = Hub::new(hurried);
    hub.command(connect(1, &format!("ws://{address}/")));
    let mut first = 0;
    for cycle in 0..100 {
        let events = until(&mut hub, is_closed).await;
        assert_eq!(closed(&events).len(), 1);
        if cycle == 10 {
            first = descriptors();
        }
    }
    let last = descriptors();
    assert!(last <= first + 4, "{first} descriptors became {last}");
    hub.shutdown().await;
}

#[tokio::test]
async fn an_upgrade_that_is_refused_says_why() {
    let (address, _server) = serve(None, |number, mut stream| async move {
        server_head(&mut stream).await;
        let text = match number {
            0 => "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            1 => {
                "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                  Sec-WebSocket-Accept: AAAA\r\n\r\n"
            }
            _ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        };
        write(&mut stream, text).await;
    })
    .await;
    let mut hub = Hub::new(options(network(NetworkOptions::default())));
    hub.command(connect(1, &format!("ws://{address}/")));
    let events = during(&mut hub, Duration::from_millis(1800)).await;
    let notes = notes(&events);
    assert!(notes.contains("status 403; check the key"), "{notes}");
    assert!(notes.contains("answer to another question"), "{notes}");
    assert!(notes.contains("status 200; check the URL"), "{notes}");
}

async fn server_head(stream: &mut common::server::Stream) {
    common::server::request(stream).await;
}
