//! The seam between desired connections and real sockets.

use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use tungstenite::Bytes;

use crate::batch::Batch;
use crate::fault::Fault;
use crate::hidden::Hidden;

/// A header as it leaves, filled.
pub type HeaderText = (String, Hidden<String>);

/// Opens sockets and makes requests. A test or a simulation puts its own in place of
/// [`Network`](crate::Network).
#[async_trait]
pub trait Transport: Send + Sync {
    /// Opens a websocket.
    ///
    /// # Errors
    /// Why there is none.
    async fn open(&self, upgrade: &Upgrade) -> Result<Box<dyn Socket>, Fault>;

    /// Makes one request, once.
    ///
    /// # Errors
    /// Whether the request can have reached the venue, and what happened.
    async fn exchange(&self, request: &Request) -> Result<Response, Unanswered>;
}

/// One websocket.
#[async_trait]
pub trait Socket: Send {
    /// Takes a frame to be sent by the next [`Self::poll_read`]; does not wait.
    ///
    /// # Errors
    /// [`Fault::Clogged`] beyond the bound of what may wait.
    fn send(&mut self, frame: Frame) -> Result<(), Fault>;

    /// Sends what waits, and adds what came to `batch`: ready when there is at least one frame, ping
    /// or pong, with all that had arrived, up to some 64 KiB. Pings are answered. Not a future,
    /// which would be a box for every wake-up.
    ///
    /// # Errors
    /// The connection is over; frames before its end were given by an earlier call.
    fn poll_read(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<Result<(), Ended>>;

    /// Says goodbye, waiting for the other side at most a second.
    async fn close(&mut self, code: u16, reason: &str);
}

/// A websocket to open.
pub struct Upgrade {
    /// `wss://...`, filled.
    pub url: Hidden<String>,
    /// Headers beside those of the handshake.
    pub headers: Vec<HeaderText>,
}

/// An HTTPS request to make.
pub struct Request {
    /// Method.
    pub method: String,
    /// Scheme and host.
    pub base: String,
    /// Path and query.
    pub path: Hidden<String>,
    /// Headers beside `Host`, `Content-Length` and `User-Agent`.
    pub headers: Vec<HeaderText>,
    /// Body.
    pub body: Hidden<Vec<u8>>,
    /// Given up after this long.
    pub timeout: Duration,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// A request without an answer.
#[derive(Debug)]
pub struct Unanswered {
    /// `REPLY_TIMEOUT`, `REPLY_NOT_SENT` or `REPLY_LOST`.
    pub error: u32,
    /// What happened.
    pub fault: Fault,
}

/// The end of a websocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Close code of the venue, 0 if there was none.
    pub code: u32,
    /// For operators.
    pub reason: String,
}

/// A frame to be sent.
#[derive(Clone)]
pub struct Frame {
    /// `OPCODE_*`.
    pub opcode: u32,
    /// Payload.
    pub data: Bytes,
}
