//! One run of the server: its connections, subscriptions and books.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;

use crate::fault::Strike;
use crate::meter::Meter;
use crate::protocol::Standing;
use crate::track::At;
use crate::world::World;

/// How a subscribed frame is sent.
#[derive(Clone, Debug)]
pub(crate) enum Wrap {
    /// As it was recorded.
    Recorded,
    /// Its payload alone.
    Bare,
    /// Its payload between these.
    As(Rc<(String, &'static str)>),
    /// As it was recorded, with another number.
    Numbered(u64),
}

/// What the player hands to a websocket.
#[derive(Debug)]
pub(crate) enum Item {
    Frame {
        index: usize,
        wrap: Wrap,
        strike: Option<Box<Strike>>,
    },
    /// The recording is over; the code to close with, and why.
    End(u16, &'static str),
}

/// A subscriber of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Subscriber {
    pub(crate) conn: u64,
    /// The name asked for; a stream can be asked for under several.
    pub(crate) name: Rc<str>,
    pub(crate) wrap: Wrap,
}

/// An open connection.
struct Link {
    abort: AbortHandle,
    /// Its queue, once it is a websocket.
    queue: Option<mpsc::Sender<Item>>,
}

/// One run of the server. Everything in it is on one thread.
pub(crate) struct Server {
    pub(crate) world: Arc<World>,
    links: RefCell<BTreeMap<u64, Link>>,
    /// By stream.
    subscribers: RefCell<Vec<Vec<Subscriber>>>,
    pub(crate) meter: RefCell<Meter>,
    /// Something was subscribed, or playback was called for.
    pub(crate) wake: Notify,
    pub(crate) called: Cell<bool>,
    /// A connection ended.
    pub(crate) vacancy: Notify,
    /// Why connections end that nothing else has ended.
    pub(crate) ending: Cell<&'static str>,
}

impl Server {
    pub(crate) fn new(world: Arc<World>) -> Self {
        let recording = world.recording();
        let subscribers = vec![Vec::new(); recording.streams.len()];
        Self {
            links: RefCell::default(),
            subscribers: RefCell::new(subscribers),
            meter: RefCell::default(),
            wake: Notify::new(),
            called: Cell::new(false),
            vacancy: Notify::new(),
            ending: Cell::new("killed"),
            world,
        }
    }

    pub(crate) fn connections(&self) -> usize {
        self.links.borrow().len()
    }

    pub(crate) fn admit(&self, conn: u64, abort: AbortHandle) {
        self.links.borrow_mut().insert(conn, Link { abort, queue: None });
    }

    /// The connection is a websocket: its queue.
    pub(crate) fn upgrade(&self, conn: u64) -> mpsc::Receiver<Item> {
        let (queue, items) = mpsc::channel(self.world.config.queue.max(1));
        if let Some(link) = self.links.borrow_mut().get_mut(&conn) {
            link.queue = Some(queue);
        }
        items
    }

    /// Sends it nothing more.
    pub(crate) fn detach(&self, conn: u64) {
        for list in self.subscribers.borrow_mut().iter_mut() {
            list.retain(|subscriber| subscriber.conn != conn);
        }
        if let Some(link) = self.links.borrow_mut().get_mut(&conn) {
            link.queue = None;
        }
    }

    pub(crate) fn subscribe(&self, stream: u32, subscriber: Subscriber) {
        if let Some(list) = self.subscribers.borrow_mut().get_mut(stream as usize) {
            list.push(subscriber);
        }
        self.wake.notify_one();
    }

    /// The first frame of a stream for somebody who comes in the middle of the recording.
    pub(crate) fn opening(&self, stream: u32) -> Option<Vec<u8>> {
        let (recording, protocol) = (self.world.recording(), self.world.protocol());
        if !protocol.opens() {
            return None;
        }
        let position = self.world.play().position;
        let name = &recording.streams[stream as usize].name;
        let Some(place) = recording.tracks.iter().position(|track| track.stream == stream) else {
            let played = (0..position).filter(|&index| recording.frames[index].stream == stream);
            let played: Vec<_> = played.map(|index| recording.payload(index)).collect();
            return protocol.opening(name, Standing::Played(&played));
        };
        let track = &recording.tracks[place];
        if track.played(position) <= track.held(&recording.frames) {
            return None; // It begins yet.
        }
        let mut cursors = self.world.cursors();
        match cursors[place].at(track, position, recording, protocol) {
            At::Recorded(snapshot) => {
                protocol.opening(name, Standing::Whole(recording.snapshot(snapshot)))
            }
            At::After(frame, _, book) => {
                protocol.opening(name, Standing::Book(recording.payload(frame), book))
            }
            At::Untold => None,
        }
    }

    pub(crate) fn unsubscribe(&self, stream: u32, conn: u64, name: &str) {
        if let Some(list) = self.subscribers.borrow_mut().get_mut(stream as usize) {
            list.retain(|subscriber| subscriber.conn != conn || &*subscriber.name != name);
        }
    }

    /// Streams subscribed, over all connections.
    pub(crate) fn subscriptions(&self) -> usize {
        self.subscribers.borrow().iter().map(Vec::len).sum()
    }

    /// Puts the subscribers of a stream, with their queues, into `found`.
    pub(crate) fn subscribers(
        &self,
        stream: u32,
        found: &mut Vec<(Subscriber, mpsc::Sender<Item>)>,
    ) {
        found.clear();
        let (links, subscribers) = (self.links.borrow(), self.subscribers.borrow());
        for subscriber in subscribers.get(stream as usize).into_iter().flatten() {
            let queue = links.get(&subscriber.conn).and_then(|link| link.queue.clone());
            found.extend(queue.map(|queue| (subscriber.clone(), queue)));
        }
    }

    /// The queues of all websockets.
    pub(crate) fn queues(&self) -> Vec<(u64, mpsc::Sender<Item>)> {
        let links = self.links.borrow();
        let queue = |(conn, link): (&u64, &Link)| Some((*conn, link.queue.clone()?));
        links.iter().filter_map(queue).collect()
    }

    /// Connections that are no websockets, or no longer.
    pub(crate) fn others(&self) -> Vec<u64> {
        let links = self.links.borrow();
        links.iter().filter(|(_, link)| link.queue.is_none()).map(|(conn, _)| *conn).collect()
    }

    /// Ends a connection from outside, at once.
    pub(crate) fn cut(&self, conn: u64, reason: &str) {
        self.enter_close(conn, reason);
        self.detach(conn);
        let abort = self.links.borrow().get(&conn).map(|link| link.abort.clone());
        if let Some(abort) = abort {
            abort.abort();
        }
    }

    /// Enters the end of a connection; what is entered first stays.
    pub(crate) fn enter_close(&self, conn: u64, reason: &str) {
        let now = self.world.now_us();
        let mut ledger = self.world.ledger();
        if let Some(entry) = ledger.connection(conn).filter(|entry| entry.closed_us.is_none()) {
            (entry.closed_us, entry.reason) = (Some(now), Some(reason.to_owned()));
        }
    }
}

/// Enters the end of a connection, however it comes.
pub(crate) struct Guard {
    server: Rc<Server>,
    conn: u64,
    reason: Option<String>,
}

impl Guard {
    pub(crate) fn new(server: Rc<Server>, conn: u64) -> Self {
        Self { server, conn, reason: None }
    }

    pub(crate) fn ends(&mut self, reason: String) {
        self.reason = Some(reason);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let reason = self.reason.take();
        let reason = reason.unwrap_or_else(|| self.server.ending.get().to_owned());
        self.server.enter_close(self.conn, &reason);
        self.server.detach(self.conn);
        self.server.links.borrow_mut().remove(&self.conn);
        self.server.vacancy.notify_one();
    }
}
