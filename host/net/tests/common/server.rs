//! Small servers on loopback.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use futures_util::{Sink, Stream as _};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

pub trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

pub type Stream = Box<dyn Io>;

/// Runs `handle` for each connection; its number counts from 0. Ends with the handle's abort.
pub async fn serve<F, R>(tls: Option<TlsAcceptor>, handle: F) -> (SocketAddr, JoinHandle<()>)
where
    F: Fn(usize, Stream) -> R + Send + Sync + Clone + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        for number in 0.. {
            let (tcp, _) = listener.accept().await.unwrap();
            tcp.set_nodelay(true).unwrap();
            let (tls, handle) = (tls.clone(), handle.clone());
            tokio::spawn(async move {
                if let Some(stream) = wrap(tls, tcp).await {
                    handle(number, stream).await;
                }
            });
        }
    });
    (address, task)
}

async fn wrap(tls: Option<TlsAcceptor>, tcp: TcpStream) -> Option<Stream> {
    match tls {
        None => Some(Box::new(tcp)),
        Some(tls) => Some(Box::new(tls.accept(tcp).await.ok()?)),
    }
}

/// The server's end of a websocket.
pub struct Peer(pub WebSocketStream<Stream>);

impl Peer {
    pub async fn accept(stream: Stream) -> Option<Self> {
        tokio_tungstenite::accept_async(stream).await.ok().map(Self)
    }

    pub async fn send(&mut self, message: Message) -> Result<(), Error> {
        std::future::poll_fn(|cx| Pin::new(&mut self.0).poll_ready(cx)).await?;
        Pin::new(&mut self.0).start_send(message)?;
        std::future::poll_fn(|cx| Pin::new(&mut self.0).poll_flush(cx)).await
    }

    pub async fn text(&mut self, text: &str) -> Result<(), Error> {
        self.send(Message::text(text)).await
    }

    pub async fn receive(&mut self) -> Option<Message> {
        std::future::poll_fn(|cx| Pin::new(&mut self.0).poll_next(cx)).await?.ok()
    }

    /// Answers pings and the goodbye until the end.
    pub async fn attend(&mut self) {
        while self.receive().await.is_some() {}
    }
}

/// The head of a request, and its body by Content-Length; empty at the end.
pub async fn request(stream: &mut Stream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.split("Content-Length: ").nth(1);
            let length = length.and_then(|l| l.lines().next()?.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return text;
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return String::new();
        }
    }
}

pub async fn write(stream: &mut Stream, text: &str) {
    let _gone = stream.write_all(text.as_bytes()).await;
    let _gone = stream.flush().await;
}

pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}
