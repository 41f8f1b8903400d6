//! One websocket: what its client says, and what it is sent.

use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::Receiver;
use tokio::time::{Duration, Instant, sleep_until};

use crate::clock::wall_ms;
use crate::protocol::{Client, Command, Limits, Product, Silence};
use crate::sender::Sender;
use crate::server::{Item, Server, Subscriber, Wrap};
use crate::socket::Socket;
use crate::wire::{self, Message, Reader};

/// Frames put together into one write at most.
const BATCH: usize = 256;
/// A window of the limit on messages.
const SECOND: Duration = Duration::from_secs(1);
/// A window of the limit on requests.
const HOUR: Duration = Duration::from_secs(3600);

/// How a websocket ends.
#[derive(Debug)]
pub(crate) enum End {
    /// A close frame, and the reason for the ledger.
    Close(u16, String),
    /// TCP reset.
    Reset(String),
    /// The client closed, or has gone.
    Client,
    /// Nothing more is said, and nothing is closed.
    HalfOpen,
    /// The socket failed.
    Socket(io::Error),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Socket(error)
    }
}

/// A time that never comes, as far as a test is concerned.
fn never() -> Instant {
    Instant::now() + Duration::from_secs(400 * 86_400)
}

/// What is due when.
struct Timers {
    ping: Instant,
    /// The pong that is waited for.
    pong: Option<Instant>,
    announcement: Instant,
    /// Until when something must be subscribed, where nothing was.
    subscription: Instant,
    end: Instant,
}

/// One websocket.
pub(crate) struct Session {
    server: Rc<Server>,
    conn: u64,
    product: Product,
    route: &'static str,
    combined: bool,
    limits: Limits,
    /// By name, the stream that is sent under it, if any is.
    names: BTreeMap<String, Option<u32>>,
    timers: Timers,
    /// The present window of messages, and how many came in it.
    messages: (Instant, u32),
    /// The present hour of requests for streams and logins, and how many came in it.
    requests: (Instant, u32),
    silence: Silence,
    /// When the client spoke last, or anything was said where that counts.
    heard: Instant,
    logged_in: bool,
    /// Interval of the venue's heartbeats, where the client asked for them, and when the next is due.
    heartbeat: Option<(Duration, Instant)>,
    /// Heartbeats so far.
    beats: u64,
    sender: Sender,
}

impl Session {
    pub(crate) fn new(
        server: Rc<Server>,
        conn: u64,
        product: Product,
        route: &'static str,
        combined: bool,
        limits: Limits,
    ) -> Self {
        let now = Instant::now();
        let end = now + limits.life;
        let within = server.world.protocol().subscribe_within();
        let timers = Timers {
            ping: now + limits.ping_every,
            pong: None,
            announcement: end.checked_sub(limits.notice).unwrap_or(now),
            subscription: within.map_or_else(never, |within| now + within),
            end,
        };
        let sender = Sender::new(server.world.clone(), conn, product);
        let (names, messages) = (BTreeMap::new(), (now, 0));
        let (requests, heard, logged_in, heartbeat) = ((now, 0), now, false, None);
        let silence = server.world.protocol().silence();
        Self {
            server,
            conn,
            product,
            route,
            combined,
            limits,
            names,
            timers,
            messages,
            requests,
            silence,
            heard,
            logged_in,
            heartbeat,
            beats: 0,
            sender,
        }
    }

    /// Serves the websocket to its end; returns why it ended. `early` are bytes that came with the
    /// request, `names` the streams of its URL.
    pub(crate) async fn run(
        mut self,
        mut socket: Socket,
        early: &[u8],
        names: &[String],
    ) -> io::Result<String> {
        let mut items = self.server.upgrade(self.conn);
        let end = match self.begin(&mut socket, early, names).await {
            Ok(reader) => self.converse(&mut socket, &mut items, reader).await,
            Err(end) => end,
        };
        drop(items);
        self.server.detach(self.conn);
        self.sender.give_up();
        // Entered before the client can see it, so that who sees it finds it in the ledger.
        let enter = |reason: String| {
            self.server.enter_close(self.conn, &reason);
            reason
        };
        let mut out = Vec::new();
        match end {
            End::Close(code, why) => {
                let reason = enter(format!("{code}: {why}"));
                wire::close(&mut out, code, &why);
                // Whatever the client does, a close is waited for no longer than this.
                let polite = async {
                    socket.write_all(&out).await?;
                    socket.flush().await?;
                    socket.shutdown().await
                };
                drop(tokio::time::timeout(SECOND, polite).await);
                Ok(reason)
            }
            End::Reset(why) => {
                let reason = enter(why);
                socket.reset();
                Ok(reason)
            }
            End::Client => {
                let reason = enter("client".to_owned());
                wire::close(&mut out, 1000, "");
                // The client may have gone without waiting for it.
                drop(socket.write_all(&out).await);
                drop(socket.shutdown().await);
                Ok(reason)
            }
            End::HalfOpen => {
                std::future::pending::<()>().await;
                Ok("half-open".to_owned())
            }
            End::Socket(error) => Err(error),
        }
    }

    async fn begin(
        &mut self,
        socket: &mut Socket,
        early: &[u8],
        names: &[String],
    ) -> Result<Reader, End> {
        self.subscribe(names)?;
        let mut reader = Reader::default();
        reader.feed(early);
        self.listen(&mut reader)?;
        self.sender.flush(socket).await?;
        Ok(reader)
    }

    async fn converse(
        &mut self,
        socket: &mut Socket,
        items: &mut Receiver<Item>,
        mut reader: Reader,
    ) -> End {
        let mut bytes = vec![0; 8 << 10];
        loop {
            let late = self.sender.late();
            let due = late.unwrap_or_else(never).min(self.next_timer());
            let done = tokio::select! {
                item = items.recv(), if late.is_none() => match item {
                    Some(item) => self.take(socket, item, items).await,
                    None => Err(End::Reset("cut".to_owned())),
                },
                read = socket.read(&mut bytes) => match read {
                    Ok(0) => Err(End::Client),
                    Ok(read) => {
                        reader.feed(&bytes[..read]);
                        self.listen(&mut reader)
                    }
                    Err(error) => Err(error.into()),
                },
                () = sleep_until(due) => self.timers(socket).await,
            };
            let done = match done {
                Ok(()) => self.sender.flush(socket).await.map_err(End::from),
                Err(end) => {
                    // What was put together before the end was sent before it.
                    drop(self.sender.flush(socket).await);
                    Err(end)
                }
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    /// Takes an item, and those behind it that are there already, for one write.
    async fn take(
        &mut self,
        socket: &mut Socket,
        item: Item,
        items: &mut Receiver<Item>,
    ) -> Result<(), End> {
        if self.silence.of_both {
            self.heard = Instant::now();
        }
        let mut next = Some(item);
        let mut taken = 0;
        while let Some(item) = next {
            match item {
                Item::Frame { index, wrap, strike } => {
                    self.sender
                        .frame(socket, index, wrap, strike, self.product, self.combined)
                        .await?;
                }
                Item::End(code, why) => return Err(End::Close(code, why.to_owned())),
            }
            self.plan_shutdown();
            taken += 1;
            let more = taken < BATCH && self.sender.late().is_none() && !self.sender.is_full();
            next = if more { items.try_recv().ok() } else { None };
        }
        Ok(())
    }

    /// A fault may have said that the end is near.
    fn plan_shutdown(&mut self) {
        if let Some(after) = self.sender.take_shutdown() {
            self.timers.announcement = Instant::now();
            self.timers.end = self.timers.end.min(Instant::now() + after);
        }
    }

    fn next_timer(&self) -> Instant {
        let timers = &self.timers;
        let pong = timers.pong.unwrap_or_else(never);
        let heartbeat = self.heartbeat.map_or_else(never, |(_, due)| due);
        let idle = self.heard + self.limits.idle;
        let close = timers.end.min(timers.subscription).min(idle);
        timers.ping.min(pong).min(timers.announcement).min(heartbeat).min(close)
    }

    async fn timers(&mut self, socket: &mut Socket) -> Result<(), End> {
        let now = Instant::now();
        if self.sender.late().is_some_and(|late| late <= now) {
            self.sender.release();
        }
        if self.timers.end <= now {
            return Err(End::Close(1001, "end of its life".to_owned()));
        }
        if self.timers.subscription <= now {
            return Err(End::Close(1008, "nothing subscribed".to_owned()));
        }
        if self.timers.announcement <= now {
            self.timers.announcement = never();
            let protocol = self.server.world.protocol();
            if let Some(text) = protocol.announcement(self.product, self.combined, wall_ms()) {
                self.sender.control(wire::TEXT, text.as_bytes());
            }
        }
        if self.heard + self.limits.idle <= now {
            return Err(End::Close(self.silence.code, "nothing heard".to_owned()));
        }
        if let Some((every, due)) = self.heartbeat.filter(|(_, due)| *due <= now) {
            self.heartbeat = Some((every, due + every));
            let text = self.server.world.protocol().heartbeat(self.beats, wall_ms());
            self.beats += 1;
            self.sender.control(wire::TEXT, text.as_bytes());
        }
        if self.timers.pong.is_some_and(|pong| pong <= now) {
            return Err(End::Close(1008, "no pong".to_owned()));
        }
        if self.timers.ping <= now {
            self.timers.ping = now + self.limits.ping_every;
            self.timers.pong.get_or_insert(now + self.limits.pong_within);
            self.sender.control(wire::PING, wall_ms().to_string().as_bytes());
            if let Some(entry) = self.server.world.ledger().connection(self.conn) {
                entry.pings += 1;
            }
        }
        Ok(self.sender.flush(socket).await?)
    }

    /// Hears all whole messages.
    fn listen(&mut self, reader: &mut Reader) -> Result<(), End> {
        loop {
            let message = reader.next();
            let message = message.map_err(|v| End::Close(v.0, "protocol violation".to_owned()))?;
            let Some(message) = message else { return Ok(()) };
            self.count_message(matches!(message, Message::Pong(_)))?;
            match message {
                Message::Text(text) => self.command(&text)?,
                Message::Ping(payload) => self.sender.control(wire::PONG, &payload),
                Message::Pong(_) => self.timers.pong = None,
                Message::Close => return Err(End::Client),
            }
        }
    }

    fn count_message(&mut self, pong: bool) -> Result<(), End> {
        if let Some(entry) = self.server.world.ledger().connection(self.conn) {
            entry.messages += 1;
            entry.pongs += u64::from(pong);
        }
        let now = Instant::now();
        self.heard = now;
        let (begun, count) = self.messages;
        let inside = now < begun + SECOND;
        self.messages = if inside { (begun, count + 1) } else { (now, 1) };
        match self.messages.1 > self.limits.messages_per_second {
            true => Err(End::Close(1008, "too many messages".to_owned())),
            false => Ok(()),
        }
    }

    fn command(&mut self, text: &[u8]) -> Result<(), End> {
        let protocol = self.server.world.config.protocol.clone();
        let recording = self.server.world.recording();
        if self.requests.0 + HOUR <= Instant::now() {
            self.requests = (Instant::now(), 0);
        }
        let client = Client {
            product: self.product,
            route: self.route,
            logged_in: self.logged_in,
            names: &|| self.names.keys().cloned().collect(),
            knows: &|symbol| recording.knows(self.product, symbol),
            requests: self.requests.1,
            wall_ms: wall_ms(),
        };
        let command = protocol.command(&client, text);
        if matches!(
            command,
            Command::Subscribe { .. }
                | Command::Unsubscribe { .. }
                | Command::Replace { .. }
                | Command::Login { .. }
        ) {
            self.requests.1 += 1;
        }
        let reply = match command {
            Command::Subscribe { names, reply } if protocol.answers_first() => {
                self.answer(&reply);
                return self.subscribe(&names);
            }
            Command::Subscribe { names, reply } => {
                self.subscribe(&names)?;
                reply
            }
            Command::Unsubscribe { names, reply } => {
                self.unsubscribe(&names);
                reply
            }
            Command::Replace { names, reply } => {
                let before: Vec<_> = self.names.keys().cloned().collect();
                self.unsubscribe(&before);
                self.subscribe(&names)?;
                reply
            }
            Command::List { id } => {
                let names: Vec<_> = self.names.keys().map(String::as_str).collect();
                protocol.listing(&id, &names)
            }
            Command::Login { reply } => {
                self.logged_in = true;
                self.server.world.ledger().login(self.conn);
                reply
            }
            Command::Heartbeat { every, reply } => {
                self.limits.idle = every * 2;
                self.heartbeat = Some((every, Instant::now() + every));
                reply
            }
            Command::Answer { reply } => reply,
        };
        self.answer(&reply);
        Ok(())
    }

    /// Sends each line of an answer.
    fn answer(&mut self, reply: &str) {
        for line in reply.lines() {
            self.sender.control(wire::TEXT, line.as_bytes());
        }
    }

    fn subscribe(&mut self, names: &[String]) -> Result<(), End> {
        let server = self.server.clone();
        let (recording, protocol) = (server.world.recording(), server.world.protocol());
        if !names.is_empty() {
            self.timers.subscription = never();
        }
        for name in names {
            if self.names.contains_key(name) {
                continue;
            }
            if self.names.len() >= self.limits.streams_per_connection {
                return Err(End::Close(1008, "too many streams".to_owned()));
            }
            let carried = protocol.carries(self.product, self.route, name);
            let stream = recording.find(self.product, name, protocol).filter(|_| carried);
            let silent = if stream.is_none() { " (silent)" } else { "" };
            server.world.ledger().subscription(self.conn, format!("+{name}{silent}"));
            self.names.insert(name.clone(), stream);
            if let Some(every) = protocol.beats(name) {
                self.heartbeat = Some((every, Instant::now() + every));
            }
            if let Some(stream) = stream {
                let recorded = &recording.streams[stream as usize].name;
                let wrap = match self.combined {
                    false => Wrap::Bare,
                    true if recorded == name => Wrap::Recorded,
                    true => Wrap::As(Rc::new(protocol.envelope(name))),
                };
                // Bybit's first frame may come before the answer to the subscription.
                if let Some(opening) = server.opening(stream) {
                    self.sender.data(&opening);
                }
                let name = Rc::from(name.as_str());
                server.subscribe(stream, Subscriber { conn: self.conn, name, wrap });
            }
        }
        Ok(())
    }

    fn unsubscribe(&mut self, names: &[String]) {
        for name in names {
            if let Some(stream) = self.names.remove(name) {
                let beats = self.server.world.protocol().beats(name).is_some();
                self.heartbeat = self.heartbeat.filter(|_| !beats);
                self.server.world.ledger().subscription(self.conn, format!("-{name}"));
                if let Some(stream) = stream {
                    self.server.unsubscribe(stream, self.conn, name);
                }
            }
        }
    }
}
