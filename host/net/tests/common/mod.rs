//! What the tests share. Each uses a part of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod fake;
pub mod pki;
pub mod server;

use std::sync::Arc;
use std::time::Duration;

use patchbay_net::{
    Buckets, Clock, Event, Events, Hub, HubOptions, Keyring, Network, NetworkOptions, Transport,
};
use patchbay_plugin::bind::Command;
use patchbay_plugin::{Connect, Http};
use tokio::time::{Instant, timeout};

pub const SECOND: i64 = 1_000_000_000;

/// 2026-11-23T07:32:00Z and what tokio's clock, paused or not, has added since.
pub struct TestClock(Instant);

impl TestClock {
    pub const START: i64 = 1_795_419_120 * SECOND;

    pub fn new() -> Arc<Self> {
        Arc::new(Self(Instant::now()))
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        Self::START + i64::try_from(self.0.elapsed().as_nanos()).unwrap()
    }
}

pub fn options(transport: Arc<dyn Transport>) -> HubOptions {
    HubOptions::new(transport, TestClock::new(), Buckets::new(), Arc::new(Keyring::empty()))
}

pub fn network(options: NetworkOptions) -> Arc<dyn Transport> {
    Arc::new(Network::new(options).unwrap())
}

pub fn connect(tag: u32, url: &str) -> Command {
    Command::Connect(Connect { tag, url: url.to_owned(), ..Connect::default() })
}

pub fn get(id: u64, base: &str, path: &str) -> Http {
    let (method, base, path) = ("GET".to_owned(), base.to_owned(), path.to_owned());
    Http { id, purpose: 8, method, base, path, ..Http::default() }
}

/// Events up to and with the first that `last` accepts.
pub async fn until(hub: &mut Hub, last: impl Fn(&Event) -> bool) -> Vec<Event> {
    until_within(hub, Duration::from_secs(120), last).await
}

pub async fn until_within(
    hub: &mut Hub,
    limit: Duration,
    last: impl Fn(&Event) -> bool,
) -> Vec<Event> {
    let (mut all, mut events) = (Vec::new(), Events::default());
    let found = timeout(limit, async {
        loop {
            hub.next(&mut events).await;
            let mut end = false;
            for event in events.drain() {
                end |= last(&event);
                all.push(event);
            }
            if end {
                return;
            }
        }
    });
    if found.await.is_err() {
        panic!("nothing of that kind within {limit:?}; events: {all:#?}");
    }
    all
}

/// What happens in `time`.
pub async fn during(hub: &mut Hub, time: Duration) -> Vec<Event> {
    let (mut all, mut events) = (Vec::new(), Events::default());
    let end = Instant::now() + time;
    while tokio::time::timeout_at(end, hub.next(&mut events)).await.is_ok() {
        all.extend(events.drain());
    }
    all
}

pub fn is_opened(event: &Event) -> bool {
    matches!(event, Event::Opened { .. })
}

pub fn is_closed(event: &Event) -> bool {
    matches!(event, Event::Closed { .. })
}

pub fn is_reply(event: &Event) -> bool {
    matches!(event, Event::Reply { .. })
}

pub fn is_frame(event: &Event) -> bool {
    matches!(event, Event::Frames { .. })
}

/// Opcode and payload of each frame.
pub fn frames(events: &[Event]) -> Vec<(u32, Vec<u8>)> {
    let batches = events.iter().filter_map(|event| match event {
        Event::Frames { batch, .. } => Some(batch),
        _ => None,
    });
    batches.flat_map(|batch| batch.frames().map(|(opcode, data)| (opcode, data.to_vec()))).collect()
}

/// Number of the connection that opened last.
pub fn opened(events: &[Event]) -> u32 {
    let mut numbers = events.iter().filter_map(|event| match event {
        Event::Opened { conn, .. } => Some(*conn),
        _ => None,
    });
    numbers.next_back().expect("a connection opened")
}

/// (connection, code, reason, replaced) of each that closed.
pub fn closed(events: &[Event]) -> Vec<(u32, u32, String, bool)> {
    let closed = events.iter().filter_map(|event| match event {
        Event::Closed { conn, code, reason, replaced, .. } => {
            Some((*conn, *code, reason.clone(), *replaced))
        }
        _ => None,
    });
    closed.collect()
}

/// (id, status, error, body) of each reply.
pub fn replies(events: &[Event]) -> Vec<(u64, u32, u32, String)> {
    let replies = events.iter().filter_map(|event| match event {
        Event::Reply { id, status, error, body, .. } => {
            Some((*id, *status, *error, String::from_utf8_lossy(body).into_owned()))
        }
        _ => None,
    });
    replies.collect()
}

pub fn notes(events: &[Event]) -> String {
    let notes = events.iter().filter_map(|event| match event {
        Event::Note { text, .. } | Event::Unreached { text, .. } => Some(text.as_str()),
        _ => None,
    });
    notes.collect::<Vec<_>>().join("\n")
}
