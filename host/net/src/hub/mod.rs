//! What one adapter instance wants of the network, made so.

mod dialing;
mod fetch;
mod link;
mod liveness;
mod options;
mod place;
mod requests;
mod want;

use std::collections::BTreeMap;
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use patchbay_model::Nanos;
use patchbay_plugin::Send;
use patchbay_plugin::bind::Command;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use crate::batch::Batch;
use crate::buckets::Ticket;
use crate::event::{Event, Events, Level};
use crate::fault::Fault;
use crate::random::SplitMix64;
use crate::transport::{Ended, Response, Socket, Unanswered};
use dialing::ORDERS;
use link::Goodbye;
pub use options::HubOptions;
use options::Shared;
pub use place::{Phase, Place};
use requests::Requests;
use want::{Step, Want};

/// Batches, replies and the like that wait for the hub; then sockets are not read.
const INBOX: usize = 64;

/// What tasks tell the hub.
enum News {
    Dialed { tag: u32, number: u64, result: Result<Box<dyn Socket>, Fault> },
    Frames { conn: u32, batch: Batch, at: Nanos },
    Ended { conn: u32, end: Ended, at: Nanos },
    Note { level: Level, text: String, at: Nanos },
    Reply(Box<Landed>),
}

/// A request that is over.
struct Landed {
    id: u64,
    url: String,
    host: String,
    ticket: Ticket,
    result: Result<Response, Unanswered>,
    sent: Nanos,
    at: Nanos,
}

struct Conn {
    tag: u32,
    orders: mpsc::Sender<Send>,
    used: mpsc::Sender<Batch>,
    goodbye: oneshot::Sender<Goodbye>,
}

/// Connections and requests of one adapter instance.
///
/// Lives on a tokio runtime. Nothing happens to its timers unless [`Self::next`] is awaited; tasks
/// of its connections stop reading when it is not.
pub struct Hub {
    shared: Arc<Shared>,
    wants: BTreeMap<u32, Want>,
    conns: BTreeMap<u32, Conn>,
    requests: Requests,
    flying: usize,
    attempt: u64,
    random: SplitMix64,
    inbox: mpsc::Receiver<News>,
    outbox: mpsc::Sender<News>,
    tasks: JoinSet<()>,
    ready: Vec<Event>,
    /// Something changed that can make something due.
    dirty: bool,
    /// Places may have changed since somebody asked.
    changed: bool,
    due: Option<Instant>,
    /// Version of the limits that was seen last.
    limits: u64,
}

impl Hub {
    /// A hub without connections.
    pub fn new(options: HubOptions) -> Self {
        let (outbox, inbox) = mpsc::channel(INBOX);
        Self {
            random: SplitMix64::new(options.seed),
            shared: Arc::new(Shared::new(options)),
            wants: BTreeMap::new(),
            conns: BTreeMap::new(),
            requests: Requests::default(),
            flying: 0,
            attempt: 0,
            inbox,
            outbox,
            tasks: JoinSet::new(),
            ready: Vec::new(),
            dirty: false,
            changed: false,
            due: None,
            limits: 0,
        }
    }

    /// Takes a command of the adapter; gives it back if it is not about the network.
    pub fn command(&mut self, command: Command) -> Option<Command> {
        match command {
            Command::Connect(connect) => self.connect(connect),
            Command::Send(send) => self.send(send),
            Command::Close { conn, reason } => self.close(conn, &reason),
            Command::Http(http) => self.http(http),
            Command::Bucket(bucket) => {
                if let Err(text) = self.shared.options.buckets.define(&bucket, self.shared.now()) {
                    self.note(Level::Error, text);
                }
            }
            other => return Some(other),
        }
        None
    }

    /// How far the venue's clock is ahead of host time, for times that are filled in.
    pub fn set_wall_offset(&mut self, offset: Nanos) {
        self.shared.set_wall_offset(offset);
    }

    /// Connections that are open.
    pub fn open_connections(&self) -> usize {
        self.conns.len()
    }

    /// Waits until something happened, and adds it to `events`. Nothing is lost if the future is
    /// dropped.
    pub async fn next(&mut self, events: &mut Events) {
        let shared = self.shared.clone();
        loop {
            let mut changed = pin!(shared.options.buckets.changed());
            changed.as_mut().enable();
            self.see_limits();
            self.advance();
            while self.ready.len() < Events::FULL
                && let Ok(news) = self.inbox.try_recv()
            {
                self.take(news);
            }
            if !self.ready.is_empty() {
                self.hand_out(events);
                return;
            }
            if self.dirty {
                continue;
            }
            let due = self.due;
            let time = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                biased;
                Some(news) = self.inbox.recv() => self.take(news),
                () = time => self.dirty = true,
                () = changed => {}
            }
        }
    }

    /// Takes a batch of [`Event::Frames`] back, for its connection to read into.
    pub fn give_back(&mut self, conn: u32, mut batch: Batch) {
        if let Some(open) = self.conns.get(&conn).filter(|_| batch.is_kept()) {
            batch.clear();
            // There are no more of them than news may wait; a connection that ends needs none.
            open.used.try_send(batch).ok();
        }
    }

    /// Closes all connections, waiting at most a second for the goodbyes. Requests on their way are
    /// given up without a reply.
    pub async fn shutdown(mut self) {
        for (_, conn) in std::mem::take(&mut self.conns) {
            // An error means that it is over already.
            drop(conn.goodbye.send((1001, "the client ends".to_owned())));
        }
        self.wants.values_mut().for_each(Want::abort);
        self.inbox.close();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        drop(timeout(Duration::from_secs(1), all).await);
    }

    fn hand_out(&mut self, events: &mut Events) {
        if events.list.is_empty() {
            std::mem::swap(&mut self.ready, &mut events.list);
        } else {
            events.list.append(&mut self.ready);
        }
    }

    fn note(&mut self, level: Level, text: String) {
        let at = self.shared.now();
        self.ready.push(Event::Note { level, text, at });
    }

    fn send(&mut self, send: Send) {
        let conn = send.conn;
        // A frame for a connection that is gone is dropped; `Closed` has told or will tell.
        let Some(open) = self.conns.get(&conn) else { return };
        if let Err(mpsc::error::TrySendError::Full(_)) = open.orders.try_send(send) {
            // To drop one would leave the venue with other wishes than the adapter's.
            let text = format!("connection {conn}: {ORDERS} frames wait to be sent; it is closed");
            self.note(Level::Error, text.clone());
            self.drop_conn(conn, 0, &text, self.shared.now());
        }
    }

    fn close(&mut self, conn: u32, reason: &str) {
        let Some(tag) = self.conns.get(&conn).map(|open| open.tag) else { return };
        if let Some(mut want) = self.wants.remove(&tag) {
            want.abort();
            let lines: Vec<u32> = want.lines().collect();
            lines.iter().for_each(|&conn| self.finish(conn, 1000, reason, false));
        }
        self.dirty = true;
    }

    /// Ends a connection from this side.
    fn finish(&mut self, conn: u32, code: u16, reason: &str, replaced: bool) {
        let Some(open) = self.conns.remove(&conn) else { return };
        // An error means that its task is over already.
        drop(open.goodbye.send((code, reason.to_owned())));
        let (reason, at) = (reason.to_owned(), self.shared.now());
        self.ready.push(Event::Closed { conn, code: code.into(), reason, replaced, at });
    }

    /// A connection is over, not by our wish.
    fn drop_conn(&mut self, conn: u32, code: u32, reason: &str, at: Nanos) {
        let Some(open) = self.conns.remove(&conn) else { return };
        let now = Instant::now();
        let (options, random) = (&self.shared.options, &mut self.random);
        let want = self.wants.get_mut(&open.tag);
        let replaced = want.is_some_and(|want| {
            reason.clone_into(&mut want.reason);
            want.lost(conn, now, options, random)
        });
        self.dirty = true;
        self.ready.push(Event::Closed { conn, code, reason: reason.to_owned(), replaced, at });
    }

    fn take(&mut self, news: News) {
        match news {
            News::Frames { conn, batch, at } => self.frames(conn, batch, at),
            News::Dialed { tag, number, result } => self.dialed(tag, number, result),
            News::Ended { conn, end, at } => self.drop_conn(conn, end.code, &end.reason, at),
            News::Note { level, text, at } => self.ready.push(Event::Note { level, text, at }),
            News::Reply(landed) => self.landed(*landed),
        }
    }

    fn frames(&mut self, conn: u32, batch: Batch, at: Nanos) {
        // What an ended connection still had is not wanted.
        let Some(open) = self.conns.get(&conn) else { return };
        if let Some(want) = self.wants.get_mut(&open.tag) {
            self.dirty |= want.heard(conn, Instant::now());
        }
        self.ready.push(Event::Frames { conn, batch, at });
    }

    /// Limits or bans may have changed, here or in another hub.
    fn see_limits(&mut self) {
        let version = self.shared.options.buckets.version();
        if self.limits != version {
            self.limits = version;
            self.requests.shake();
            self.dirty = true;
        }
    }

    /// Does what is due.
    fn advance(&mut self) {
        let now = Instant::now();
        if !self.dirty && self.due.is_none_or(|due| due > now) {
            return;
        }
        self.dirty = false;
        self.changed = true;
        while self.tasks.try_join_next().is_some() {}
        let tags: Vec<u32> = self.wants.keys().copied().collect();
        for tag in tags {
            self.advance_want(tag, now);
        }
        self.dispatch(now);
        let options = &self.shared.options;
        let wants = self.wants.values().filter_map(|want| want.deadline(options)).min();
        // With all on their way, the next reply wakes the line.
        let line = self.requests.deadline().filter(|_| self.flying < options.flying_max);
        self.due = [wants, line].into_iter().flatten().min();
    }

    fn advance_want(&mut self, tag: u32, now: Instant) {
        loop {
            let (options, random) = (&self.shared.options, &mut self.random);
            let step = self.wants.get_mut(&tag).and_then(|want| want.step(now, options, random));
            match step {
                None => return,
                Some(Step::Close { conn, reason, replaced }) => {
                    self.finish(conn, 1000, reason, replaced);
                }
                Some(Step::Attempt) => self.attempt(tag, now),
            }
        }
    }
}
