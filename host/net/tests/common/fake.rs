//! A transport without sockets, for virtual time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use patchbay_net::{
    Batch, Ended, Fault, Frame, Request, Response, Socket, Transport, Unanswered, Upgrade,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

/// The venue's end of a connection.
#[derive(Clone)]
pub struct Remote {
    pub at: Instant,
    pub url: String,
    pub sent: Arc<Mutex<Vec<(Instant, Frame)>>>,
    pub answers_pings: Arc<AtomicBool>,
    incoming: mpsc::UnboundedSender<Incoming>,
}

enum Incoming {
    Text(String),
    Pong,
    End(Ended),
}

impl Remote {
    pub fn text(&self, text: &str) {
        let _gone = self.incoming.send(Incoming::Text(text.to_owned()));
    }

    pub fn end(&self, code: u32) {
        let reason = "the venue said so".to_owned();
        let _gone = self.incoming.send(Incoming::End(Ended { code, reason }));
    }

    pub fn is_gone(&self) -> bool {
        self.incoming.is_closed()
    }

    pub fn opcodes(&self) -> Vec<u32> {
        self.sent.lock().unwrap().iter().map(|(_, frame)| frame.opcode).collect()
    }

    pub fn texts(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|(_, f)| String::from_utf8_lossy(&f.data).into_owned()).collect()
    }
}

type Answer = Box<dyn Fn(&Request) -> (Duration, Result<Response, Unanswered>) + Send + Sync>;
type Opens = Box<dyn Fn(usize) -> Result<(), Fault> + Send + Sync>;

/// Lets a script decide what opens and what is answered.
pub struct Fake {
    opens: Opens,
    answer: Answer,
    /// Attempts to connect.
    pub attempts: Mutex<Vec<Instant>>,
    pub remotes: Mutex<Vec<Remote>>,
    /// Paths of requests, as they arrived.
    pub requests: Mutex<Vec<(Instant, String)>>,
    /// All of the last request, as text.
    pub last: Mutex<String>,
}

impl Fake {
    pub fn new() -> Arc<Self> {
        Self::with(|_| Ok(()), |_| (Duration::ZERO, Ok(ok())))
    }

    pub fn opening(
        opens: impl Fn(usize) -> Result<(), Fault> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Self::with(opens, |_| (Duration::ZERO, Ok(ok())))
    }

    pub fn answering(
        answer: impl Fn(&Request) -> (Duration, Result<Response, Unanswered>) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Self::with(|_| Ok(()), answer)
    }

    fn with(
        opens: impl Fn(usize) -> Result<(), Fault> + Send + Sync + 'static,
        answer: impl Fn(&Request) -> (Duration, Result<Response, Unanswered>) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            opens: Box::new(opens),
            answer: Box::new(answer),
            attempts: Mutex::default(),
            remotes: Mutex::default(),
            requests: Mutex::default(),
            last: Mutex::default(),
        })
    }

    pub fn remote(&self, number: usize) -> Remote {
        self.remotes.lock().unwrap()[number].clone()
    }

    /// Times between attempts, ms.
    pub fn gaps(&self) -> Vec<u128> {
        let attempts = self.attempts.lock().unwrap();
        attempts.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect()
    }

    pub fn paths(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|(_, path)| path.clone()).collect()
    }

    pub fn times(&self) -> Vec<Instant> {
        self.requests.lock().unwrap().iter().map(|(at, _)| *at).collect()
    }
}

pub fn ok() -> Response {
    Response { status: 200, headers: Vec::new(), body: b"{}".to_vec() }
}

pub fn refused() -> Fault {
    Fault::Timeout { host: "fake".to_owned(), what: "venue", after: Duration::ZERO }
}

struct FakeSocket {
    remote: Remote,
    incoming: mpsc::UnboundedReceiver<Incoming>,
}

#[async_trait]
impl Socket for FakeSocket {
    fn send(&mut self, frame: Frame) -> Result<(), Fault> {
        if frame.opcode == 9 && self.remote.answers_pings.load(Ordering::Relaxed) {
            let _gone = self.remote.incoming.send(Incoming::Pong);
        }
        self.remote.sent.lock().unwrap().push((Instant::now(), frame));
        Ok(())
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<Result<(), Ended>> {
        match ready!(self.incoming.poll_recv(cx)) {
            Some(Incoming::Text(text)) => batch.push(1, text.as_bytes()),
            Some(Incoming::Pong) => batch.pongs += 1,
            Some(Incoming::End(end)) => return Poll::Ready(Err(end)),
            None => return Poll::Ready(Err(Ended { code: 0, reason: "gone".to_owned() })),
        }
        Poll::Ready(Ok(()))
    }

    async fn close(&mut self, _code: u16, _reason: &str) {}
}

#[async_trait]
impl Transport for Fake {
    async fn open(&self, upgrade: &Upgrade) -> Result<Box<dyn Socket>, Fault> {
        let number = {
            let mut attempts = self.attempts.lock().unwrap();
            attempts.push(Instant::now());
            attempts.len() - 1
        };
        (self.opens)(number)?;
        let (sender, incoming) = mpsc::unbounded_channel();
        let remote = Remote {
            at: Instant::now(),
            url: upgrade.url.expose().clone(),
            sent: Arc::default(),
            answers_pings: Arc::new(AtomicBool::new(true)),
            incoming: sender,
        };
        self.remotes.lock().unwrap().push(remote.clone());
        Ok(Box::new(FakeSocket { remote, incoming }))
    }

    async fn exchange(&self, request: &Request) -> Result<Response, Unanswered> {
        let path = request.path.expose().clone();
        self.requests.lock().unwrap().push((Instant::now(), path.clone()));
        let headers = request.headers.iter().map(|(n, v)| format!("{n}: {}\n", v.expose()));
        let body = String::from_utf8_lossy(request.body.expose()).into_owned();
        *self.last.lock().unwrap() = format!("{path}\n{}{body}", headers.collect::<String>());
        let (delay, answer) = (self.answer)(request);
        sleep(delay).await;
        answer
    }
}
