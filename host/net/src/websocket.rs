//! Websockets over tungstenite.
//!
//! The handshake is ours: it tells a refusal's status and `Retry-After`, has size and time bounds,
//! and writes no key to a log.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{Sink, Stream as _};
use patchbay_abi::{OPCODE_BINARY, OPCODE_PING, OPCODE_PONG, OPCODE_TEXT};
use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Utf8Bytes};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use zeroize::Zeroizing;

use crate::address::Address;
use crate::dial::{Dialer, Stream};
use crate::fault::Fault;
use crate::http::{Head, RequestText, read_head};
use crate::keyring::base64;
use crate::network::NetworkOptions;
use crate::transport::{Batch, Ended, Frame, Socket, Upgrade};

/// Frames that may wait for the venue to take them.
const WAITING_MAX: usize = 1024;

/// Bytes read at once.
const READ_BUFFER: usize = 64 * 1024;

/// Opens a websocket.
///
/// # Errors
/// The step that failed.
pub(crate) async fn open(
    dialer: &Dialer,
    upgrade: &Upgrade,
    options: &NetworkOptions,
) -> Result<WebSocket, Fault> {
    let address = Address::parse(upgrade.url.expose())?;
    let mut stream = dialer.dial(&address).await?;
    let handshake = handshake(&mut stream, &address, upgrade, options.head_max);
    let rest = timeout(options.upgrade_timeout, handshake).await.map_err(|_| {
        Fault::timeout(&address.host, "websocket answer", options.upgrade_timeout)
    })??;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(options.message_max)
        .max_message_size(Some(options.message_max))
        .max_frame_size(Some(options.message_max));
    let stream = WebSocketStream::from_partially_read(stream, rest, Role::Client, Some(config));
    let inner = stream.await;
    Ok(WebSocket {
        host: address.host,
        inner,
        waiting: VecDeque::new(),
        unflushed: false,
        end: None,
    })
}

/// Asks for the websocket; what came behind the answer.
async fn handshake(
    stream: &mut Stream,
    address: &Address,
    upgrade: &Upgrade,
    head_max: usize,
) -> Result<Vec<u8>, Fault> {
    let host = &address.host;
    let key = nonce(host)?;
    let mut text = RequestText::new(address, "GET", address.path.expose())?;
    text.header("Connection", "Upgrade")?;
    text.header("Upgrade", "websocket")?;
    text.header("Sec-WebSocket-Version", "13")?;
    text.header("Sec-WebSocket-Key", &key)?;
    for (name, value) in &upgrade.headers {
        text.header(name, value.expose())?;
    }
    let text = Zeroizing::new(text.finish(&[]));
    stream.write_all(&text).await.map_err(|error| Fault::io(host, error))?;
    stream.flush().await.map_err(|error| Fault::io(host, error))?;
    let (head, rest) = read_head(stream, host, head_max).await?;
    check(host, &head, &key)?;
    Ok(rest)
}

fn nonce(host: &str) -> Result<String, Fault> {
    let mut bytes = [0; 16];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Fault::protocol(host, "this machine gives no random bytes"))?;
    Ok(base64::encode(&bytes))
}

fn check(host: &str, head: &Head, key: &str) -> Result<(), Fault> {
    if head.status != 101 {
        let owned = |name| head.header(name).map(str::to_owned);
        let remedy = match head.status {
            429 | 418 => "the venue wants fewer attempts; nothing is sent until it allows",
            401 | 403 => "check the key, its permissions and the addresses that it is bound to",
            300..=399 => "redirects are not followed; check the URL",
            500..=599 => "the venue has a fault; it is tried again",
            _ => "check the URL",
        };
        let (retry_after, date) = (owned("retry-after"), owned("date"));
        let (host, status) = (host.to_owned(), head.status);
        return Err(Fault::Upgrade { host, status, remedy, retry_after, date });
    }
    let is = |name, wanted: &str| {
        let found = head.header(name).unwrap_or("");
        found.split(',').any(|word| word.trim().eq_ignore_ascii_case(wanted))
    };
    if !is("upgrade", "websocket") || !is("connection", "upgrade") {
        return Err(Fault::protocol(host, "status 101 without the websocket headers"));
    }
    // RFC 6455, section 1.3.
    let text = format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    if head.header("sec-websocket-accept") != Some(&base64::encode(digest.as_ref())) {
        return Err(Fault::protocol(host, "a websocket answer to another question"));
    }
    if head.header("sec-websocket-extensions").is_some() {
        return Err(Fault::protocol(host, "a websocket extension that nobody offered"));
    }
    Ok(())
}

/// A websocket of a venue.
pub(crate) struct WebSocket {
    host: String,
    inner: WebSocketStream<Stream>,
    waiting: VecDeque<Frame>,
    unflushed: bool,
    /// Kept while frames before it are given.
    end: Option<Ended>,
}

impl WebSocket {
    /// Hands what waits to the stream, as far as it takes it.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Result<(), Error> {
        while !self.waiting.is_empty() {
            match Pin::new(&mut self.inner).poll_ready(cx)? {
                Poll::Ready(()) => {}
                Poll::Pending => return Ok(()),
            }
            let Some(message) = self.waiting.pop_front().map(message) else { break };
            Pin::new(&mut self.inner).start_send(message)?;
            self.unflushed = true;
        }
        if self.unflushed {
            self.unflushed = Pin::new(&mut self.inner).poll_flush(cx)?.is_pending();
        }
        Ok(())
    }

    fn poll_batch(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<Result<(), Ended>> {
        if let Some(end) = self.end.take() {
            return Poll::Ready(Err(end));
        }
        let end = match self.poll_send(cx) {
            Ok(()) => loop {
                if batch.is_full() {
                    return Poll::Ready(Ok(()));
                }
                match Pin::new(&mut self.inner).poll_next(cx) {
                    Poll::Pending if batch.is_empty() => return Poll::Pending,
                    Poll::Pending => return Poll::Ready(Ok(())),
                    Poll::Ready(Some(Ok(message))) => {
                        if let Some(end) = take(message, batch) {
                            break end;
                        }
                    }
                    Poll::Ready(Some(Err(error))) => break self.ended(&error),
                    Poll::Ready(None) => break lost("the venue closed the connection"),
                }
            },
            Err(error) => self.ended(&error),
        };
        if batch.is_empty() {
            return Poll::Ready(Err(end));
        }
        self.end = Some(end);
        Poll::Ready(Ok(()))
    }

    fn ended(&self, error: &Error) -> Ended {
        let what = match error {
            Error::Io(error) => Fault::Io {
                host: self.host.clone(),
                error: std::io::Error::new(error.kind(), error.to_string()),
            },
            Error::ConnectionClosed | Error::AlreadyClosed => {
                return lost("the venue closed the connection");
            }
            Error::Capacity(_) => {
                let limit = self.inner.get_config().max_message_size.unwrap_or(usize::MAX);
                Fault::too_large(&self.host, "a websocket message", limit)
            }
            Error::WriteBufferFull(_) => {
                Fault::Clogged { host: self.host.clone(), frames: self.waiting.len() + 1 }
            }
            error => Fault::protocol(&self.host, error.to_string()),
        };
        lost(&what.to_string())
    }
}

fn lost(reason: &str) -> Ended {
    Ended { code: 0, reason: reason.to_owned() }
}

/// Adds a message to the batch, or says that it was the last.
fn take(message: Message, batch: &mut Batch) -> Option<Ended> {
    match message {
        Message::Text(text) => batch.push(Frame { opcode: OPCODE_TEXT, data: text.into() }),
        Message::Binary(data) => batch.push(Frame { opcode: OPCODE_BINARY, data }),
        Message::Ping(_) => batch.pings += 1,
        Message::Pong(_) => batch.pongs += 1,
        Message::Close(Some(frame)) => {
            let reason = frame.reason.as_str().to_owned();
            return Some(Ended { code: u16::from(frame.code).into(), reason });
        }
        Message::Close(None) => return Some(lost("the venue closed the connection")),
        Message::Frame(_) => {}
    }
    None
}

fn message(frame: Frame) -> Message {
    match frame.opcode {
        OPCODE_PING => Message::Ping(frame.data),
        OPCODE_PONG => Message::Pong(frame.data),
        OPCODE_TEXT => match Utf8Bytes::try_from(frame.data.clone()) {
            Ok(text) => Message::Text(text),
            Err(_) => Message::Binary(frame.data),
        },
        _ => Message::Binary(frame.data),
    }
}

#[async_trait]
impl Socket for WebSocket {
    fn send(&mut self, frame: Frame) -> Result<(), Fault> {
        if self.waiting.len() >= WAITING_MAX {
            return Err(Fault::Clogged { host: self.host.clone(), frames: self.waiting.len() });
        }
        self.waiting.push_back(frame);
        Ok(())
    }

    async fn read(&mut self, batch: &mut Batch) -> Result<(), Ended> {
        poll_fn(|cx| self.poll_batch(cx, batch)).await
    }

    async fn close(&mut self, code: u16, reason: &str) {
        // A close frame holds 123 bytes of reason.
        let reason: String = reason.chars().take(30).collect();
        let frame = CloseFrame { code: code.into(), reason: reason.into() };
        let goodbye = async {
            let mut batch = Batch::default();
            if self.inner.close(Some(frame)).await.is_ok() {
                while self.read(&mut batch).await.is_ok() {
                    batch = Batch::default();
                }
            }
        };
        // An answer or not: the connection is dropped next.
        drop(timeout(Duration::from_secs(1), goodbye).await);
    }
}
