//! Every fault happens, is seen by a client, and is in the ledger.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::*;
use patchbay_venue::binance::SPOT as SPOT_PRODUCT;
use patchbay_venue::{
    Density, Did, Fault, FaultEntry, FaultKind, FaultKinds, FaultPlan, PlannedFault, Recording,
    Target, VenueHandle, When,
};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::time::Instant;

const NAME: &str = "zilusdt@depth@100ms";

/// A venue whose fault strikes the fourth frame of the stream, and a client that has read three.
async fn struck(fault: Fault) -> Option<(Arc<Recording>, VenueHandle, Ws)> {
    let recording = recording(SMALL_SPOT)?;
    let venue = start(config(&recording));
    let mut client = ws(&venue, "/stream").await;
    subscribe(&mut client, &[NAME]).await;
    let place = place_of(&recording, 3);
    venue.inject(PlannedFault::new(When::Frame(place), fault).at(Target::stream(NAME)));
    venue.play();
    for at in 0..3 {
        assert_eq!(text(&mut client).await.unwrap(), frame(&recording, at));
    }
    Some((recording, venue, client))
}

/// The `at`th frame of the stream.
fn frame(recording: &Recording, at: usize) -> String {
    let frame = recording.played(SPOT_PRODUCT, NAME).nth(at).unwrap();
    String::from_utf8(frame.to_vec()).unwrap()
}

/// Frames played when that one is, before it is sent: found by its bytes.
fn place_of(recording: &Recording, at: usize) -> u64 {
    recording.place(SPOT_PRODUCT, NAME, at).unwrap() as u64 + 1
}

/// What is asked before the fault is answered before it.
async fn until_struck(venue: &VenueHandle) {
    while venue.ledger().faults.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn only_fault(venue: &VenueHandle) -> FaultEntry {
    let faults = venue.ledger().faults;
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    fault.clone()
}

#[tokio::test]
async fn drop_duplicate_reorder_and_gap() {
    for (fault, then) in [
        (Fault::Drop, [4, 5, 6]),
        (Fault::Duplicate, [3, 3, 4]),
        (Fault::Reorder, [4, 3, 5]),
        (Fault::SequenceGap { frames: 2 }, [5, 6, 7]),
    ] {
        let Some((recording, venue, mut client)) = struck(fault.clone()).await else { return };
        for at in then {
            assert_eq!(text(&mut client).await.unwrap(), frame(&recording, at), "{fault:?}");
        }
        let ledger = venue.ledger();
        let entry = &ledger.faults[0];
        assert_eq!((entry.conn, entry.stream.as_str()), (1, NAME));
        assert_eq!(entry.frame + 1, place_of(&recording, 3));
        let told: Value = serde_json::from_str(&frame(&recording, 3)).unwrap();
        assert_eq!(entry.ids.unwrap().1, told["data"]["u"].as_u64().unwrap());
        match fault {
            Fault::SequenceGap { .. } => {
                assert_eq!(ledger.faults.len(), 2);
                assert!(ledger.faults.iter().all(|entry| entry.did == Did::LeftOut));
            }
            Fault::Reorder => {
                let after = place_of(&recording, 4) - 1;
                assert_eq!(entry.did, Did::SentAfter { frame: after });
            }
            _ => assert_eq!(entry.did, Did::AsSaid),
        }
    }
}

#[tokio::test]
async fn a_corrupt_digit_is_one_digit_and_the_ledger_says_which() {
    let Some((recording, venue, mut client)) = struck(Fault::CorruptDigit).await else { return };
    let (got, recorded) = (text(&mut client).await.unwrap(), frame(&recording, 3));
    let different = got.bytes().zip(recorded.bytes()).filter(|(a, b)| a != b).count();
    assert_eq!((different, got.len()), (1, recorded.len()), "{got}");
    let entry = only_fault(&venue);
    let Did::Corrupted { side, level, price, field, from, to } = entry.did else { panic!() };
    let key = if side == "bid" { "b" } else { "a" };
    let of_level = |text: &str| -> Value {
        let frame: Value = serde_json::from_str(text).unwrap();
        frame["data"][key][level].clone()
    };
    let value = |text: &str| of_level(text)[usize::from(field == "qty")].clone();
    assert_eq!((value(&recorded), value(&got)), (from.into(), to.into()));
    assert_eq!((of_level(&recorded)[0].clone(), entry.product), (price.into(), "spot"));
}

#[tokio::test]
async fn a_sequence_reset_starts_at_one() {
    let Some((recording, venue, mut client)) = struck(Fault::SequenceReset).await else { return };
    let got: Value = serde_json::from_str(&text(&mut client).await.unwrap()).unwrap();
    let Did::Renumbered { to } = only_fault(&venue).did else { panic!() };
    assert_eq!(to.0, 1);
    assert_eq!((got["data"]["U"].as_u64(), got["data"]["u"].as_u64()), (Some(1), Some(to.1)));
    assert_eq!(text(&mut client).await.unwrap(), frame(&recording, 4), "as recorded again");
}

#[tokio::test]
async fn ends_of_all_kinds() {
    for fault in [
        Fault::Cut,
        Fault::CutMidFrame,
        Fault::Close { code: 1011 },
        Fault::Shutdown { after_ms: 200 },
    ] {
        let Some((recording, venue, mut client)) = struck(fault.clone()).await else { return };
        match fault {
            Fault::Close { code } => assert_eq!(close_code(&mut client).await, Some(code)),
            Fault::Shutdown { .. } => {
                let mut announced = false;
                let code = loop {
                    match message(&mut client).await.unwrap().unwrap() {
                        tokio_tungstenite::tungstenite::Message::Text(text) => {
                            announced |= text.contains("serverShutdown");
                        }
                        tokio_tungstenite::tungstenite::Message::Close(close) => {
                            break close.map(|close| close.code.into());
                        }
                        _ => {}
                    }
                };
                assert_eq!((announced, code), (true, Some(1001)));
            }
            _ => assert!(message(&mut client).await.unwrap().is_err(), "{fault:?}"),
        }
        let entry = only_fault(&venue);
        assert_eq!(entry.fault, fault);
        if let Did::Sent { bytes, of } = entry.did {
            assert_eq!(fault, Fault::CutMidFrame);
            assert!(bytes == of / 2 && of > frame(&recording, 3).len() as u64);
        }
        let begun = Instant::now();
        while venue.ledger().open_connections() > 0 && begun.elapsed().as_secs() < 5 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let reason = venue.ledger().connections[0].reason.clone().unwrap();
        say(&format!("{fault:?}: {reason}"));
    }
}

#[tokio::test]
async fn half_open_is_silence_without_an_end() {
    let Some((_, venue, mut client)) = struck(Fault::HalfOpen).await else { return };
    until_struck(&venue).await;
    send(&mut client, r#"{"method":"LIST_SUBSCRIPTIONS","id":3}"#).await;
    assert!(is_silent(&mut client, 300).await);
    assert_eq!(only_fault(&venue).fault, Fault::HalfOpen);
    assert_eq!(venue.ledger().open_connections(), 1);
    // The others are served.
    let mut other = ws(&venue, "/stream").await;
    subscribe(&mut other, &[NAME]).await;
    assert!(text(&mut other).await.is_some());
}

#[tokio::test]
async fn late_in_three_ways() {
    for fault in [
        Fault::Freeze { ms: 300 },
        Fault::Delay { ms: 300 },
        Fault::SlowLoris { bytes: 30, every_ms: 10 },
    ] {
        let Some((recording, venue, mut client)) = struck(fault.clone()).await else { return };
        let begun = Instant::now();
        if !matches!(fault, Fault::SlowLoris { .. }) {
            until_struck(&venue).await;
            send(&mut client, r#"{"method":"LIST_SUBSCRIPTIONS","id":3}"#).await;
        }
        let first = text(&mut client).await.unwrap();
        let answered_first = first.starts_with(r#"{"result""#);
        // A delayed venue hears and answers; a frozen one does not.
        assert_eq!(answered_first, matches!(fault, Fault::Delay { .. }), "{fault:?}");
        let second = if answered_first { text(&mut client).await.unwrap() } else { first };
        assert_eq!(second, frame(&recording, 3), "{fault:?}");
        assert!(begun.elapsed() >= Duration::from_millis(250), "{fault:?} {:?}", begun.elapsed());
        assert_eq!(only_fault(&venue).fault, fault);
    }
}

#[tokio::test]
async fn pieces_are_put_together_by_a_correct_client() {
    for fault in [Fault::Fragments { pieces: 4 }, Fault::OneByteSegments] {
        let Some((recording, venue, mut client)) = struck(fault.clone()).await else { return };
        for at in 3..6 {
            assert_eq!(text(&mut client).await.unwrap(), frame(&recording, at), "{fault:?}");
        }
        assert_eq!(only_fault(&venue).fault, fault);
    }
}

/// What a client without a library sees of fragments and one-byte segments.
#[tokio::test]
async fn pieces_are_pieces_on_the_wire() {
    let Some(recording) = recording(SMALL_SPOT) else { return };
    let venue = start(config(&recording));
    venue.inject(PlannedFault::new(When::Frame(0), Fault::OneByteSegments));
    venue.inject(PlannedFault::new(When::Frame(0), Fault::Fragments { pieces: 2 }));
    let mut raw = tcp(&venue).await;
    let request = format!(
        "GET /ws/{NAME} HTTP/1.1\r\nHost: v\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    tokio::io::AsyncWriteExt::write_all(&mut raw, request.as_bytes()).await.unwrap();
    let mut bytes = vec![0; 64 << 10];
    assert!(raw.read(&mut bytes).await.unwrap() > 100);
    venue.play();
    let (mut reads, mut frame) = (0, Vec::new());
    let length = 4 + recording.played(SPOT_PRODUCT, NAME).next().unwrap().len()
        - format!(r#"{{"stream":"{NAME}","data":}}"#).len();
    while frame.len() < length {
        let read = raw.read(&mut bytes[..1]).await.unwrap();
        (reads, frame) = (reads + read, [&frame[..], &bytes[..read]].concat());
    }
    assert_eq!(frame[0], 0x81);
    assert_eq!(raw.read(&mut bytes[..1]).await.unwrap(), 1);
    assert_eq!(bytes[0], 0x01, "the first of two fragments");
    assert_eq!(reads, length);
    let Did::Sent { bytes, of } = venue.ledger().faults[0].did else { panic!() };
    assert_eq!((bytes, of), (length as u64, length as u64));
}

#[tokio::test]
async fn rest_faults() {
    let Some(recording) = recording(SMALL_SPOT) else { return };
    let venue = start(config(&recording));
    let path = "/api/v3/depth?symbol=ZILUSDT&limit=100";
    let inject = |fault| venue.inject(PlannedFault::new(When::Frame(0), fault));
    inject(Fault::TooManyRequests { retry_after_s: 7 });
    let answer = get(&venue, path).await;
    assert_eq!((answer.status, answer.header("Retry-After")), (429, Some("7")));
    inject(Fault::ServerError { status: 502 });
    assert_eq!(get(&venue, path).await.status, 502);
    inject(Fault::TruncatedBody);
    let answer = get(&venue, path).await;
    assert!(answer.status == 200 && answer.missing > 0 && !answer.body.is_empty());
    assert!(serde_json::from_str::<Value>(&answer.body).is_err());
    inject(Fault::SlowReply { ms: 300 });
    let begun = Instant::now();
    assert_eq!(get(&venue, path).await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(300));
    inject(Fault::Banned { retry_after_s: 1 });
    let answer = get(&venue, path).await;
    assert_eq!((answer.status, answer.header("Retry-After")), (418, Some("1")));
    assert_eq!(get(&venue, path).await.status, 418, "until the ban is over");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(get(&venue, path).await.status, 200);
    assert_eq!(venue.ledger().faults.len(), 5);
    let statuses: Vec<_> = venue.ledger().rest.iter().map(|call| call.status).collect();
    assert_eq!(statuses, [429, 502, 200, 200, 418, 418, 200]);
}

#[tokio::test]
async fn a_stale_snapshot_is_older_than_the_stream() {
    let Some((_, venue, mut client)) = struck(Fault::Drop).await else { return };
    for _ in 0..20 {
        text(&mut client).await.unwrap();
    }
    let stale = PlannedFault::new(When::Frame(0), Fault::StaleSnapshot);
    venue.inject(stale.at(Target::stream("zilusdt@depth")));
    let path = "/api/v3/depth?symbol=ZILUSDT&limit=100";
    let id = |body: &str| serde_json::from_str::<Value>(body).unwrap()["lastUpdateId"].as_u64();
    let old = id(&get(&venue, path).await.body).unwrap();
    let present = id(&get(&venue, path).await.body).unwrap();
    assert!(old < present);
    let ledger = venue.ledger();
    let mut stale = ledger.faults_of(|fault| *fault == Fault::StaleSnapshot);
    let Did::Served { id, instead_of } = stale.next().unwrap().did else { panic!() };
    assert_eq!(id, old);
    assert!(instead_of.unwrap() > old);
}

#[tokio::test]
async fn a_seeded_plan_strikes_the_same_and_ends() {
    let Some(recording) = recording(SMALL_SPOT) else { return };
    let kinds = FaultKinds::feed().without(FaultKind::Delay);
    let frames = recording.frames() as u64 / 2;
    let plan = FaultPlan::seeded(11, &kinds, Density { faults: 40, frames });
    let mut runs = Vec::new();
    for _ in 0..2 {
        let mut config = config(&recording);
        config.plan = plan.clone();
        // What cannot strike in time must not strike later.
        let absent = Target::stream("nosuch");
        config.plan.faults.push(PlannedFault::new(When::Frame(0), Fault::Drop).at(absent));
        let venue = start(config);
        let names: Vec<_> = recording.streams().map(|(_, name)| name.to_owned()).collect();
        let mut client = ws(&venue, &format!("/stream?streams={}", names.join("/"))).await;
        venue.play();
        let begun = Instant::now();
        while !venue.ledger().ended && begun.elapsed().as_secs() < 20 {
            let read = tokio::time::timeout(Duration::from_millis(20), text(&mut client)).await;
            drop(read);
        }
        let ledger = venue.ledger();
        assert!(ledger.ended);
        assert!(!ledger.withdrawn.is_empty());
        let late = |entry: &&FaultEntry| entry.frame > frames + 100;
        assert_eq!(ledger.faults.iter().filter(late).count(), 0, "a liveness phase without faults");
        let struck: Vec<_> =
            ledger.faults.iter().map(|f| (f.frame, f.fault.clone(), f.did.clone())).collect();
        assert!(struck.len() > 30, "{}", struck.len());
        runs.push(struck);
    }
    assert_eq!(runs[0], runs[1]);
}
