//! Plays the recording to whoever subscribed.

use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, sleep_until, timeout};

use crate::config::{AtEnd, Pace, Start};
use crate::fault::Place;
use crate::server::{Item, Server, Subscriber};
use crate::track::Cursor;

/// Frames after which others have their turn.
const BURST: usize = 64;

/// Plays the recording, once or again and again.
pub(crate) async fn play(server: Rc<Server>) {
    let world = server.world.clone();
    let frames = world.recording().frames.len();
    loop {
        if world.play().position < frames {
            begin(&server).await;
            run(&server).await;
        }
        world.ledger().ended = true;
        match world.config.at_end {
            AtEnd::Stay => return,
            AtEnd::Close => return end(&server, 1001, "end of the recording").await,
            AtEnd::Repeat => end(&server, 1012, "the recording begins again").await,
        }
        // The next session begins with books of its own.
        for cursor in world.cursors().iter_mut() {
            *cursor = Cursor::default();
        }
        *world.play() = Default::default();
        world.ledger().ended = false;
    }
}

/// Waits for the start, unless the recording has been begun before a restart.
async fn begin(server: &Server) {
    let world = &server.world;
    let mut again = world.play().origin.is_some();
    while !again {
        again = match world.config.start {
            Start::AtOnce => true,
            Start::Streams(streams) => server.subscriptions() >= streams.max(1),
            Start::OnCall => server.called.get(),
        };
        if again {
            world.play().origin = Some(Instant::now());
            world.ledger().sessions += 1;
        } else {
            server.wake.notified().await;
        }
    }
}

/// From the present position to the end.
async fn run(server: &Server) {
    let world = &server.world;
    let recording = world.recording();
    let first_ns = recording.frames.first().map_or(0, |frame| frame.at_ns);
    let origin = world.play().origin.unwrap_or_else(Instant::now);
    let from = world.play().position;
    let mut found = Vec::new();
    for index in from..recording.frames.len() {
        match world.config.pace {
            Pace::Times(speed) => {
                let due = since(recording.frames[index].at_ns - first_ns, speed);
                let due = origin + due;
                if due > Instant::now() {
                    sleep_until(due).await;
                }
            }
            Pace::AsRead => {
                while server.subscriptions() == 0 {
                    server.wake.notified().await;
                }
            }
        }
        // Counted before it is handed out: a book that is asked for while a queue is full must hold
        // what its client has yet to read, and never lack what was sent before a subscription.
        world.play().position = index + 1;
        if !recording.frames[index].held {
            hand_out(server, index, &mut found).await;
        }
        if index % BURST == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Recorded nanoseconds as time at `speed`.
fn since(ns: i64, speed: f64) -> Duration {
    let seconds = ns.max(0) as f64 / 1e9 / speed.max(1e-6);
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX / 4)
}

async fn hand_out(server: &Server, index: usize, found: &mut Vec<(Subscriber, Sender<Item>)>) {
    let world = &server.world;
    let frame = &world.recording().frames[index];
    server.subscribers(frame.stream, found);
    let stream = &world.recording().streams[frame.stream as usize].name;
    let faulty = !found.is_empty() && world.has_faults();
    for (subscriber, queue) in found.drain(..) {
        let strike = match faulty {
            true => {
                let payload = || world.recording().payload(index);
                let levels =
                    frame.depth.is_some() && !world.protocol().levels(payload()).is_empty();
                let places = [Place::Frame, Place::Depth, Place::Change];
                let places = match (levels, frame.whole) {
                    (false, _) => &places[..1],
                    (true, true) => &places[..2],
                    (true, false) => &places,
                };
                world.strike(places, subscriber.conn, stream).map(Box::new)
            }
            false => None,
        };
        let item = Item::Frame { index, wrap: subscriber.wrap, strike };
        send(server, subscriber.conn, &queue, item).await;
    }
}

/// Puts an item into a queue. A full one stops everybody if the pace is the readers', or else ends
/// the connection.
async fn send(server: &Server, conn: u64, queue: &Sender<Item>, item: Item) {
    let Err(TrySendError::Full(item)) = queue.try_send(item) else { return };
    let config = &server.world.config;
    let sent = match config.pace {
        Pace::Times(_) => false,
        Pace::AsRead => timeout(config.patience, queue.send(item)).await.is_ok(),
    };
    if !sent {
        server.cut(conn, "slow reader");
    }
}

/// Closes all websockets, each after what it has yet to read.
async fn end(server: &Server, code: u16, why: &'static str) {
    for (conn, queue) in server.queues() {
        let item = Item::End(code, why);
        let patience = server.world.config.patience;
        if timeout(patience, queue.send(item)).await.is_err() {
            server.cut(conn, "slow reader");
        }
        server.detach(conn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_divides_time() {
        assert_eq!(since(3_000_000_000, 2.0), Duration::from_millis(1500));
        assert_eq!(since(-5, 1.0), Duration::ZERO);
        assert!(since(i64::MAX, 0.0) > Duration::from_secs(1_000_000));
    }
}
