//! Websockets: a stream, and frames on it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWrite};
use tokio::time::timeout;
use tungstenite::Error;

use crate::address::Address;
use crate::batch::Batch;
use crate::dial::{Dialer, Stream};
use crate::fault::Fault;
use crate::framing::{Framing, Over};
use crate::handshake::handshake;
use crate::network::NetworkOptions;
use crate::transport::{Ended, Frame, Socket, Upgrade};

/// Frames that may wait for the venue to take them.
const WAITING_MAX: usize = 1024;

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
    Ok(WebSocket {
        host: address.host,
        stream,
        framing: Framing::new(rest, options.message_max),
        message_max: options.message_max,
        waiting: VecDeque::new(),
        unflushed: false,
        end: None,
    })
}

/// A websocket of a venue.
pub(crate) struct WebSocket {
    host: String,
    stream: Stream,
    framing: Framing,
    message_max: usize,
    waiting: VecDeque<Frame>,
    unflushed: bool,
    /// Kept while frames before it are given.
    end: Option<Ended>,
}

impl WebSocket {
    /// Hands what waits and what is owed to the stream, as far as it takes it.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        loop {
            while self.framing.is_ready()
                && let Some(frame) = self.waiting.pop_front()
            {
                self.framing.send(frame)?;
            }
            let owed = self.framing.owed()?;
            if owed.is_empty() {
                break;
            }
            match ready!(Pin::new(&mut self.stream).poll_write(cx, owed))? {
                0 => return Poll::Ready(Err(io::Error::from(io::ErrorKind::WriteZero).into())),
                sent => drop(owed.drain(..sent)),
            }
            self.unflushed = true;
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads into `batch` what is there.
    fn read(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Result<(), Over> {
        let stream = &mut self.stream;
        self.framing.take(batch, |bytes| match pin!(stream.read_buf(bytes)).poll(cx) {
            Poll::Ready(result) => result.map(Some),
            Poll::Pending => Ok(None),
        })
    }

    /// Sends and reads as far as both go without waiting.
    fn go(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Result<(), Ended> {
        if let Poll::Ready(Err(error)) = self.poll_send(cx) {
            return Err(self.broken(&error));
        }
        let over = self.read(cx, batch);
        // Answers to pings and to a goodbye.
        let sent = self.poll_send(cx);
        match (over, sent) {
            (Err(Over::Goodbye(Some((code, reason)))), _) => {
                Err(Ended { code: code.into(), reason })
            }
            (Err(Over::Goodbye(None)), _) => Err(lost("the venue closed the connection")),
            (Err(Over::Broken(error)), _) | (_, Poll::Ready(Err(error))) => {
                Err(self.broken(&error))
            }
            _ => Ok(()),
        }
    }

    fn broken(&self, error: &Error) -> Ended {
        let what = match error {
            Error::Io(error) => Fault::Io {
                host: self.host.clone(),
                error: io::Error::new(error.kind(), error.to_string()),
            },
            Error::ConnectionClosed | Error::AlreadyClosed => {
                return lost("the venue closed the connection");
            }
            Error::Capacity(_) => {
                Fault::too_large(&self.host, "a websocket message", self.message_max)
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

#[async_trait]
impl Socket for WebSocket {
    fn send(&mut self, frame: Frame) -> Result<(), Fault> {
        if self.waiting.len() >= WAITING_MAX {
            return Err(Fault::Clogged { host: self.host.clone(), frames: self.waiting.len() });
        }
        self.waiting.push_back(frame);
        Ok(())
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<Result<(), Ended>> {
        if let Some(end) = self.end.take() {
            return Poll::Ready(Err(end));
        }
        match self.go(cx, batch) {
            Ok(()) if batch.is_empty() => Poll::Pending,
            Ok(()) => Poll::Ready(Ok(())),
            Err(end) if batch.is_empty() => Poll::Ready(Err(end)),
            Err(end) => {
                self.end = Some(end);
                Poll::Ready(Ok(()))
            }
        }
    }

    async fn close(&mut self, code: u16, reason: &str) {
        // A close frame holds 123 bytes of reason.
        let reason: String = reason.chars().take(30).collect();
        let goodbye = async {
            let mut batch = Batch::default();
            if self.framing.close(code, &reason).is_ok() {
                while poll_fn(|cx| self.poll_read(cx, &mut batch)).await.is_ok() {
                    batch.clear();
                }
            }
        };
        // An answer or not: the connection is dropped next.
        drop(timeout(Duration::from_secs(1), goodbye).await);
    }
}
