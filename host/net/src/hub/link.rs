//! One open connection: a task that reads, sends and pings until it is over.

use std::collections::BTreeSet;
use std::future::{pending, poll_fn};
use std::sync::Arc;
use std::time::Duration;

use patchbay_abi::{BucketCost, OPCODE_PING, OPCODE_TEXT};
use patchbay_model::Nanos;
use patchbay_plugin::Send;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use tungstenite::Bytes;

use super::News;
use super::liveness::{Liveness, Ping};
use super::options::Shared;
use crate::batch::Batch;
use crate::buckets::{Ask, Owner, Ticket, Wait};
use crate::event::Level;
use crate::keyring::Awaited;
use crate::transport::{Ended, Frame, Socket};

/// When a ping for which there was no token is tried again.
const POSTPONED: Duration = Duration::from_millis(100);

/// A goodbye to be said: close code and reason.
pub(super) type Goodbye = (u16, String);

pub(super) struct Link {
    pub(super) conn: u32,
    pub(super) owner: Owner,
    pub(super) shared: Arc<Shared>,
    pub(super) socket: Box<dyn Socket>,
    pub(super) liveness: Liveness,
    pub(super) ping_text: String,
    pub(super) orders: mpsc::Receiver<Send>,
    /// Batches that were read and are given back.
    pub(super) spare: mpsc::Receiver<Batch>,
    pub(super) goodbye: oneshot::Receiver<Goodbye>,
    pub(super) news: mpsc::Sender<News>,
    /// The frame that waits for its tokens, and until when at most.
    pub(super) front: Option<(Send, Ticket, Instant)>,
    /// Buckets of this connection that frames have named: pings and pongs count there, too.
    pub(super) counted: BTreeSet<u32>,
    /// What frames that were sent have the venue show.
    pub(super) awaited: Awaited,
}

enum Woken {
    Read(Result<(), Ended>),
    Order(Option<Send>),
    Goodbye(Option<Goodbye>),
    Time,
}

impl Link {
    /// Until the connection is over or the hub wants it no more.
    pub(super) async fn run(mut self) {
        let mut batch = Batch::default();
        loop {
            // First room for what will be read: a hub that is not asked stops its sockets.
            let news = self.news.clone();
            let Ok(permit) = news.reserve().await else { return };
            if let Err(text) = self.pump() {
                permit.send(News::Note { level: Level::Error, text, at: self.shared.now() });
                continue;
            }
            if let Err(fault) = self.ping() {
                permit.send(self.over(Ended { code: 0, reason: fault }));
                return;
            }
            match self.wait(&mut batch).await {
                Woken::Read(Ok(())) => {
                    let at = self.shared.now();
                    self.hear(&batch, at);
                    if batch.frames().len() == 0 {
                        batch.clear();
                        continue;
                    }
                    self.awaited.take(&mut batch, &self.shared.options.keyring);
                    let next = self.spare.try_recv().unwrap_or_default();
                    let batch = std::mem::replace(&mut batch, next);
                    permit.send(News::Frames { conn: self.conn, batch, at });
                }
                Woken::Read(Err(end)) => {
                    permit.send(self.over(end));
                    return;
                }
                Woken::Order(Some(send)) => {
                    if let Err(text) = self.accept(send) {
                        permit.send(News::Note {
                            level: Level::Error,
                            text,
                            at: self.shared.now(),
                        });
                    }
                }
                // The hub is gone.
                Woken::Order(None) | Woken::Goodbye(None) => return,
                Woken::Goodbye(Some((code, reason))) => {
                    drop(permit);
                    self.socket.close(code, &reason).await;
                    return;
                }
                Woken::Time => {
                    if let Some(reason) = self.liveness.dead(Instant::now()) {
                        permit.send(self.over(Ended { code: 0, reason }));
                        return;
                    }
                }
            }
        }
    }

    async fn wait(&mut self, batch: &mut Batch) -> Woken {
        let due = [self.liveness.deadline(), self.front.as_ref().map(|(_, _, retry)| *retry)];
        let due = due.into_iter().flatten().min();
        let time = async {
            match due {
                Some(due) => sleep_until(due).await,
                None => pending().await,
            }
        };
        let idle = self.front.is_none();
        // Reading goes first, so that a connection is dead only when there is nothing to read. A
        // flood starves nothing: frames to send and pings are looked at before each wait.
        tokio::select! {
            biased;
            goodbye = &mut self.goodbye => Woken::Goodbye(goodbye.ok()),
            read = poll_fn(|cx| self.socket.poll_read(cx, batch)) => Woken::Read(read),
            order = self.orders.recv(), if idle => Woken::Order(order),
            () = time => Woken::Time,
        }
    }

    fn over(&self, end: Ended) -> News {
        News::Ended { conn: self.conn, end, at: self.shared.now() }
    }

    fn hear(&mut self, batch: &Batch, at: Nanos) {
        self.liveness.hear(batch, Instant::now());
        if batch.pings > 0 && !self.counted.is_empty() {
            let costs = self.costs(batch.pings);
            self.shared.options.buckets.charge(&self.owner, &costs, at);
        }
    }

    fn costs(&self, cost: u32) -> Vec<BucketCost> {
        self.counted.iter().map(|&bucket| BucketCost { bucket, cost }).collect()
    }

    /// Sends what may be sent; otherwise why a frame was not.
    fn pump(&mut self) -> Result<(), String> {
        loop {
            let Some((send, ticket, _)) = self.front.take() else {
                match self.orders.try_recv() {
                    Ok(send) => self.accept(send)?,
                    Err(_) => return Ok(()),
                }
                continue;
            };
            let now = self.shared.now();
            match ticket.take(now) {
                Ok(()) => self.send(&send)?,
                Err(Wait::Until(until) | Wait::Banned(until)) => {
                    let wait =
                        Duration::from_nanos(until.saturating_sub(now).max(0).unsigned_abs());
                    self.front = Some((send, ticket, Instant::now() + wait));
                    return Ok(());
                }
            }
        }
    }

    /// Puts a frame into the line of its buckets.
    fn accept(&mut self, send: Send) -> Result<(), String> {
        let buckets = &self.shared.options.buckets;
        let ticket = buckets.enter(&self.owner, &send.costs, Ask::Frame, self.shared.now());
        let ticket = ticket.map_err(|why| self.unsent(&why))?;
        for cost in send.costs.iter().filter(|cost| buckets.is_per_connection(cost.bucket)) {
            self.counted.insert(cost.bucket);
        }
        self.front = Some((send, ticket, Instant::now()));
        Ok(())
    }

    fn send(&mut self, send: &Send) -> Result<(), String> {
        let filled = self.shared.options.keyring.fill(&send.into(), self.shared.wall());
        let filled = filled.map_err(|why| self.unsent(&why.to_string()))?;
        self.awaited.expect(&send.tokens).map_err(|why| self.unsent(why))?;
        let data = Bytes::copy_from_slice(filled.body.expose());
        let sent = self.socket.send(Frame { opcode: send.opcode, data });
        sent.map_err(|why| self.unsent(&why.to_string()))
    }

    fn unsent(&self, why: &str) -> String {
        format!("connection {}: a frame was not sent: {why}", self.conn)
    }

    /// Sends a ping if one is due and the venue's limit allows it.
    fn ping(&mut self) -> Result<(), String> {
        let now = Instant::now();
        let Some(ping) = self.liveness.due(now) else { return Ok(()) };
        if !self.affords_ping() {
            self.liveness.postponed(ping, now, POSTPONED);
            return Ok(());
        }
        let frame = match ping {
            Ping::Keepalive if !self.ping_text.is_empty() => {
                let data = Bytes::copy_from_slice(self.ping_text.as_bytes());
                Frame { opcode: OPCODE_TEXT, data }
            }
            _ => Frame { opcode: OPCODE_PING, data: Bytes::new() },
        };
        self.liveness.pinged(ping, now);
        self.socket.send(frame).map_err(|fault| fault.to_string())
    }

    fn affords_ping(&self) -> bool {
        if self.counted.is_empty() {
            return true;
        }
        let (buckets, now) = (&self.shared.options.buckets, self.shared.now());
        let ticket = buckets.enter(&self.owner, &self.costs(1), Ask::Frame, now);
        ticket.is_ok_and(|ticket| ticket.take(now).is_ok())
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.front = None;
        self.shared.options.buckets.forget(&self.owner);
    }
}
