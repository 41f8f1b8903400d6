//! Rate limits and bans, as the venue sees them. In virtual time.

#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::fake::{Fake, ok};
use common::*;
use patchbay_abi::*;
use patchbay_net::{Fault, Hub, Response};
use patchbay_plugin::bind::Command;
use patchbay_plugin::{Bucket, Connect, Http, Send};
use tokio::time::Instant;

const BASE: &str = "https://venue";

fn bucket(id: u32, capacity: u32, seconds: i64, scope: u32) -> Command {
    let (refill, name) = (capacity, format!("bucket {id}"));
    Command::Bucket(Bucket { id, capacity, refill, period_ns: seconds * SECOND, scope, name })
}

fn request(id: u64, purpose: u32, cost: u32) -> Http {
    let costs = vec![BucketCost { bucket: 1, cost }];
    Http { purpose, costs, timeout_ns: 600 * SECOND, ..get(id, BASE, &format!("/{id}")) }
}

fn most_within(times: &[Instant], window: Duration) -> usize {
    let within = |start: &Instant| {
        times.iter().filter(|t| *t >= start && t.duration_since(*start) < window).count()
    };
    times.iter().map(within).max().unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn two_hubs_together_never_exceed_a_bucket() {
    let fake = Fake::answering(|_| (Duration::from_millis(30), Ok(ok())));
    let first = options(fake.clone());
    let mut hubs = [Hub::new(first.clone()), Hub::new(first)];
    hubs[0].command(bucket(1, 10, 2, BUCKET_ADDRESS));
    for id in 0..60 {
        hubs[id as usize % 2].command(Command::Http(request(id + 1, PURPOSE_OTHER, 1)));
    }
    let [mut a, mut b] = hubs;
    let both = async {
        let count = |hub| async move {
            let hub: &mut Hub = hub;
            let mut seen = 0;
            while seen < 30 {
                seen += replies(&until(hub, is_reply).await).len();
            }
        };
        tokio::join!(count(&mut a), count(&mut b));
    };
    both.await;
    let times = fake.times();
    assert_eq!(times.len(), 60);
    assert_eq!(most_within(&times, Duration::from_secs(2)), 10);
    let took = times[59] - times[0];
    assert!(took < Duration::from_millis(10_600), "tokens are used: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_urgent_go_first() {
    let fake = Fake::new();
    let shared = options(fake.clone());
    let mut hub = Hub::new(shared.clone());
    hub.command(bucket(1, 1, 1, BUCKET_ADDRESS));
    shared.buckets.limit_audits(100);
    hub.command(Command::Http(request(1, PURPOSE_OTHER, 1)));
    until(&mut hub, is_reply).await;
    let purposes = [
        PURPOSE_AUDIT,
        PURPOSE_REFERENCE,
        PURPOSE_OTHER,
        PURPOSE_ACCOUNT,
        PURPOSE_SNAPSHOT,
        PURPOSE_ORDER,
        PURPOSE_CANCEL,
    ];
    for (id, purpose) in (11..).zip(purposes) {
        hub.command(Command::Http(request(id, purpose, 1)));
    }
    let mut seen = 0;
    while seen < 7 {
        seen += replies(&until(&mut hub, is_reply).await).len();
    }
    assert_eq!(fake.paths(), ["/1", "/17", "/16", "/15", "/14", "/13", "/12", "/11"]);
}

#[tokio::test(start_paused = true)]
async fn an_audit_leaves_most_of_a_limit_to_the_others() {
    let fake = Fake::new();
    let shared = options(fake.clone());
    shared.buckets.limit_audits(30);
    let mut hub = Hub::new(shared);
    hub.command(bucket(1, 100, 10, BUCKET_ADDRESS));
    let start = Instant::now();
    // 30 of 100 may be spent with an audit: three of ten, and a fourth when the first is back.
    for id in 1..=4 {
        hub.command(Command::Http(request(id, PURPOSE_AUDIT, 10)));
    }
    // More than its share alone: never.
    hub.command(Command::Http(request(5, PURPOSE_AUDIT, 31)));
    hub.command(Command::Http(request(6, PURPOSE_SNAPSHOT, 70)));
    let mut seen = Vec::new();
    while seen.len() < 6 {
        let replies = replies(&until(&mut hub, is_reply).await);
        seen.extend(replies.iter().map(|reply| (reply.0, start.elapsed().as_secs())));
    }
    // The snapshot goes first, and at once; audits wait until what it took is back.
    assert_eq!(seen[0].0, 5, "refused");
    assert_eq!(seen[1], (6, 0), "{seen:?}");
    assert!(seen[2..].iter().all(|(_, second)| *second >= 10), "{seen:?}");
    let times = fake.times();
    let apart = times[4].duration_since(times[3]);
    assert!(apart >= Duration::from_secs(10), "the fourth audit: {apart:?}");

    // Beside audits there is always room for a snapshot.
    let asked = Instant::now();
    hub.command(Command::Http(request(7, PURPOSE_SNAPSHOT, 70)));
    until(&mut hub, is_reply).await;
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_great_request_is_not_starved_by_small_ones() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(bucket(1, 10, 10, BUCKET_ADDRESS));
    for id in 1..=10 {
        hub.command(Command::Http(request(id, PURPOSE_OTHER, 1)));
    }
    hub.command(Command::Http(request(11, PURPOSE_SNAPSHOT, 10)));
    for id in 12..=20 {
        hub.command(Command::Http(request(id, PURPOSE_OTHER, 1)));
    }
    // The snapshot is the more urgent: it goes at once, the others in the two windows after it.
    let mut seen = 0;
    while seen < 20 {
        seen += replies(&until(&mut hub, is_reply).await).len();
    }
    assert_eq!(fake.paths()[0], "/11");
}

#[tokio::test(start_paused = true)]
async fn other_buckets_are_not_held_up() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(bucket(1, 1, 60, BUCKET_ADDRESS));
    hub.command(bucket(2, 1, 60, BUCKET_ADDRESS));
    for id in 1..=40 {
        hub.command(Command::Http(request(id, PURPOSE_SNAPSHOT, 1)));
    }
    let costs = vec![BucketCost { bucket: 2, cost: 1 }];
    hub.command(Command::Http(Http { costs, ..request(99, PURPOSE_REFERENCE, 1) }));
    during(&mut hub, Duration::from_millis(10)).await;
    assert_eq!(fake.paths(), ["/1", "/99"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_afforded_is_refused() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(bucket(1, 5, 60, BUCKET_ADDRESS));
    hub.command(Command::Http(request(1, PURPOSE_OTHER, 6)));
    let costs = vec![BucketCost { bucket: 9, cost: 1 }];
    hub.command(Command::Http(Http { costs, ..request(2, PURPOSE_OTHER, 1) }));
    hub.command(Command::Http(request(3, PURPOSE_OTHER, 5)));
    hub.command(Command::Http(Http { timeout_ns: SECOND, ..request(4, PURPOSE_OTHER, 5) }));
    let events = during(&mut hub, Duration::from_secs(2)).await;
    let refused = |id| (id, 0, REPLY_REFUSED, String::new());
    let seen = replies(&events);
    assert_eq!(seen[..2], [refused(1), refused(2)]);
    assert_eq!(seen[3], refused(4));
    assert_eq!(fake.paths(), ["/3"]);
    let notes = notes(&events);
    assert!(notes.contains("bucket 1, which holds 5"), "{notes}");
    assert!(notes.contains("bucket 9 was not declared"), "{notes}");
    assert!(notes.contains("rate limit left no room"), "{notes}");
}

#[tokio::test(start_paused = true)]
async fn the_queue_is_bounded() {
    let mut hub = Hub::new(options(Fake::new()));
    hub.command(bucket(1, 1, 3600, BUCKET_ADDRESS));
    for id in 1..=1030 {
        hub.command(Command::Http(request(id, PURPOSE_OTHER, 1)));
    }
    let events = during(&mut hub, Duration::from_millis(50)).await;
    let refused = replies(&events).into_iter().filter(|r| r.2 == REPLY_REFUSED);
    assert_eq!(refused.map(|r| r.0).collect::<Vec<_>>(), [1025, 1026, 1027, 1028, 1029, 1030]);
}

fn limited(status: u16, retry_after: &str) -> Response {
    let header = ("retry-after".to_owned(), retry_after.to_owned());
    Response { status, headers: vec![header], body: Vec::new() }
}

#[tokio::test(start_paused = true)]
async fn a_429_is_respected_to_the_second_and_followed_by_one_probe() {
    let count = Arc::new(AtomicUsize::new(0));
    let fake = Fake::answering(move |_| {
        let answer =
            if count.fetch_add(1, Ordering::Relaxed) < 2 { limited(429, "7") } else { ok() };
        (Duration::from_millis(100), Ok(answer))
    });
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(Command::Http(get(1, BASE, "/1")));
    let events = until(&mut hub, is_reply).await;
    let banned = Instant::now();
    assert!(notes(&events).contains("venue: 429: no requests for 7 s"), "{}", notes(&events));
    for id in 2..=6 {
        hub.command(Command::Http(request(id, PURPOSE_OTHER, 0)));
    }
    // An order that could not leave in its time is refused at once, with the reason.
    let order = Http { purpose: PURPOSE_ORDER, timeout_ns: 2 * SECOND, ..get(9, BASE, "/9") };
    hub.command(Command::Http(order));
    let events = until(&mut hub, is_reply).await;
    assert_eq!(Instant::now(), banned);
    assert_eq!(replies(&events)[0].2, REPLY_REFUSED);
    assert!(notes(&events).contains("wants no requests for 7 s more"), "{}", notes(&events));
    // One probe, exactly then; it is banned again, and the next one opens.
    until(&mut hub, is_reply).await;
    let times = fake.times();
    assert_eq!(times.len(), 2);
    assert!((times[1] - banned).as_millis() >= 7000 && (times[1] - banned).as_millis() < 7010);
    let again = Instant::now();
    until(&mut hub, is_reply).await;
    during(&mut hub, Duration::from_secs(1)).await;
    let times = fake.times();
    assert_eq!(times.len(), 6);
    let waited = (times[2] - again).as_millis();
    assert!((7000..7010).contains(&waited), "{waited}");
    assert!((times[3] - times[2]).as_millis() >= 100, "not before the probe is answered");
}

#[tokio::test(start_paused = true)]
async fn a_418_stops_connects_too_and_open_sockets_stay() {
    let fake = Fake::answering(|request| {
        let banned = request.path.expose() == "/1";
        (Duration::ZERO, Ok(if banned { limited(418, "120") } else { ok() }))
    });
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(connect(1, "wss://venue/ws"));
    until(&mut hub, is_opened).await;
    hub.command(Command::Http(get(1, BASE, "/1")));
    until(&mut hub, is_reply).await;
    let banned = Instant::now();
    hub.command(connect(2, "wss://venue/ws"));
    fake.remote(0).text("data");
    let events = until(&mut hub, is_frame).await;
    assert!(closed(&events).is_empty());
    hub.command(Command::Send(Send {
        conn: 1,
        opcode: 1,
        payload: b"s".to_vec(),
        ..Send::default()
    }));
    let events = until_within(&mut hub, Duration::from_secs(300), is_opened).await;
    assert!(closed(&events).is_empty());
    let waited = (fake.remote(1).at - banned).as_millis();
    assert!((120_000..120_020).contains(&waited), "{waited}");
    assert!(fake.remote(0).texts().contains(&"s".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_refused_handshake_bans_connects() {
    let fake = Fake::opening(|number| match number {
        0 => Err(Fault::Upgrade {
            host: "venue".to_owned(),
            status: 429,
            remedy: "",
            retry_after: Some("60".to_owned()),
            date: None,
        }),
        _ => Ok(()),
    });
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(connect(1, "wss://venue/ws"));
    until(&mut hub, is_opened).await;
    assert!((60_000..60_010).contains(&fake.gaps()[0]), "{:?}", fake.gaps());
}

#[tokio::test(start_paused = true)]
async fn an_account_ban_leaves_the_address_alone() {
    let fake = Fake::answering(|request| {
        let banned = request.path.expose() == "/1";
        (Duration::ZERO, Ok(if banned { limited(429, "60") } else { ok() }))
    });
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(bucket(1, 100, 1, BUCKET_ACCOUNT));
    hub.command(bucket(2, 100, 1, BUCKET_ADDRESS));
    hub.command(Command::Http(request(1, PURPOSE_ORDER, 1)));
    until(&mut hub, is_reply).await;
    hub.command(Command::Http(request(2, PURPOSE_ORDER, 1)));
    let costs = vec![BucketCost { bucket: 2, cost: 1 }];
    hub.command(Command::Http(Http { costs, ..request(3, PURPOSE_SNAPSHOT, 1) }));
    during(&mut hub, Duration::from_secs(10)).await;
    assert_eq!(fake.paths(), ["/1", "/3"]);
    during(&mut hub, Duration::from_secs(51)).await;
    assert_eq!(fake.paths(), ["/1", "/3", "/2"]);
}

#[tokio::test(start_paused = true)]
async fn connects_cost() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(bucket(1, 3, 10, BUCKET_ADDRESS));
    for tag in 0..9 {
        let (url, costs) = ("wss://venue/ws".to_owned(), vec![BucketCost { bucket: 1, cost: 1 }]);
        hub.command(Command::Connect(Connect { tag, url, costs, ..Connect::default() }));
    }
    during(&mut hub, Duration::from_secs(25)).await;
    let attempts = fake.attempts.lock().unwrap().clone();
    assert_eq!(attempts.len(), 9);
    assert_eq!(most_within(&attempts, Duration::from_secs(10)), 3);
}

#[tokio::test(start_paused = true)]
async fn frames_keep_their_order_and_pings_count() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(bucket(1, 5, 1, BUCKET_CONNECTION));
    hub.command(connect(1, "wss://venue/ws"));
    until(&mut hub, is_opened).await;
    for n in 0..20 {
        let (payload, costs) =
            (n.to_string().into_bytes(), vec![BucketCost { bucket: 1, cost: 1 }]);
        hub.command(Command::Send(Send { conn: 1, opcode: 1, payload, costs, ..Send::default() }));
    }
    let events = during(&mut hub, Duration::from_secs(30)).await;
    assert!(closed(&events).is_empty(), "{events:?}");
    let sent = fake.remote(0).sent.lock().unwrap().clone();
    let texts = sent.iter().filter(|(_, f)| f.opcode == 1);
    let numbers: Vec<String> =
        texts.map(|(_, f)| String::from_utf8_lossy(&f.data).into_owned()).collect();
    assert_eq!(numbers, (0..20).map(|n| n.to_string()).collect::<Vec<_>>());
    let times: Vec<Instant> = sent.iter().map(|(at, _)| *at).collect();
    assert!(times.len() > 40, "pings go on");
    assert_eq!(most_within(&times, Duration::from_secs(1)), 5);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_hub_gives_its_place_up() {
    let fake = Fake::answering(|_| (Duration::from_secs(5), Ok(ok())));
    let shared = options(fake.clone());
    let (mut first, mut second) = (Hub::new(shared.clone()), Hub::new(shared));
    first.command(bucket(1, 1, 1, BUCKET_ADDRESS));
    for id in 1..=9 {
        first.command(Command::Http(request(id, PURPOSE_CANCEL, 1)));
    }
    during(&mut first, Duration::from_millis(1)).await;
    second.command(Command::Http(request(100, PURPOSE_REFERENCE, 1)));
    drop(first);
    until(&mut second, is_reply).await;
    assert_eq!(fake.paths(), ["/1", "/100"]);
}
