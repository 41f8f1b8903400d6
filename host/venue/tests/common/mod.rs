//! A real client on the loopback, and the corpus.
#![allow(dead_code, clippy::unwrap_used, reason = "each test uses a part, and may panic")]

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use patchbay_venue::binance::Binance;
use patchbay_venue::{Pace, Recording, Start, VenueConfig, VenueHandle, VenueServer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

pub(crate) const SPOT: &[&str] = &["binance-spot/hftbacktest/ethusdt_20240808.gz"];
pub(crate) const USDM: &[&str] = &["binance-usdm/hftbacktest/btcusdt_20240718.gz"];
pub(crate) const SMALL_COINM: &[&str] = &[
    "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.0.gz",
    "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.http.0.0.gz",
    "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.ws.1.0.gz",
];
pub(crate) const SMALL_USDM: &[&str] = &[
    "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.ws.1.0.gz",
    "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.http.0.0.gz",
    "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.0.gz",
];
pub(crate) const SMALL_SPOT: &[&str] = &["binance-spot/cryptofeed-20210405/BINANCE-b38f7c.0.gz"];

/// Files of the corpus; `None`, said on the terminal, where they are missing. On CI they must not.
pub(crate) fn corpus(files: &[&str]) -> Option<Vec<PathBuf>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let root = std::env::var_os("PATCHBAY_CORPUS").map_or(beside, PathBuf::from);
    let paths: Vec<_> = files.iter().map(|file| root.join(file)).collect();
    if paths.iter().all(|path| path.is_file()) {
        return Some(paths);
    }
    let reason = format!("no {} in {}; set PATCHBAY_CORPUS", files[0], root.display());
    assert!(std::env::var_os("CI").is_none(), "{reason}");
    say(&format!("SKIPPED: {reason}"));
    None
}

#[expect(clippy::print_stderr, reason = "what a test found or did not do must be said")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

pub(crate) fn recording(files: &[&str]) -> Option<Arc<Recording>> {
    Some(Recording::load(&corpus(files)?, &Binance::default()).unwrap())
}

/// Plain TCP only, as fast as it is read, from the call on.
pub(crate) fn config(recording: &Arc<Recording>) -> VenueConfig {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut config = VenueConfig::new(recording.clone(), Arc::new(Binance::default()));
    (config.tls, config.plain) = (None, Some(any));
    (config.pace, config.start) = (Pace::AsRead, Start::OnCall);
    config
}

pub(crate) fn start(config: VenueConfig) -> VenueHandle {
    VenueServer::start(config).unwrap()
}

pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(crate) type Ws = WebSocketStream<Box<dyn Stream>>;

pub(crate) async fn tcp(venue: &VenueHandle) -> TcpStream {
    TcpStream::connect(venue.plain_addr().unwrap()).await.unwrap()
}

/// A TLS connection as a correct client makes it: the CA is trusted, the name is checked.
pub(crate) async fn tls(
    venue: &VenueHandle,
    name: &str,
    trusted: bool,
) -> io::Result<Box<dyn Stream>> {
    let mut roots = RootCertStore::empty();
    if trusted {
        roots.add(CertificateDer::from_pem_slice(venue.ca_pem().as_bytes()).unwrap()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(venue.addr().unwrap()).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
    Ok(Box::new(stream))
}

pub(crate) async fn ws(venue: &VenueHandle, path: &str) -> Ws {
    try_ws(venue, path).await.unwrap()
}

pub(crate) async fn try_ws(venue: &VenueHandle, path: &str) -> Result<Ws, Error> {
    let stream: Box<dyn Stream> = Box::new(tcp(venue).await);
    Ok(client_async(format!("ws://127.0.0.1{path}"), stream).await?.0)
}

pub(crate) async fn send(ws: &mut Ws, text: &str) {
    ws.send(Message::text(text)).await.unwrap();
}

/// Subscribes and waits for the acknowledgement.
pub(crate) async fn subscribe(ws: &mut Ws, names: &[&str]) {
    let names = names.join("\",\"");
    send(ws, &format!(r#"{{"method":"SUBSCRIBE","params":["{names}"],"id":1}}"#)).await;
    assert_eq!(text(ws).await.as_deref(), Some(r#"{"result":null,"id":1}"#));
}

/// The next message, or the error that ends the connection; nothing is waited for longer than 20 s.
pub(crate) async fn message(ws: &mut Ws) -> Option<Result<Message, Error>> {
    timeout(Duration::from_secs(20), ws.next()).await.expect("a message within 20 s")
}

/// The next text; `None` at the end, however it comes.
pub(crate) async fn text(ws: &mut Ws) -> Option<String> {
    loop {
        match message(ws).await? {
            Ok(Message::Text(text)) => return Some(text.as_str().to_owned()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// The next binary frame; `None` at the end, however it comes.
pub(crate) async fn binary(ws: &mut Ws) -> Option<Vec<u8>> {
    loop {
        match message(ws).await? {
            Ok(Message::Binary(bytes)) => return Some(bytes.to_vec()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// The code of the close that ends the connection, if there is one.
pub(crate) async fn close_code(ws: &mut Ws) -> Option<u16> {
    loop {
        match message(ws).await? {
            Ok(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
            Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Whether nothing comes for `ms`.
pub(crate) async fn is_silent(ws: &mut Ws, ms: u64) -> bool {
    timeout(Duration::from_millis(ms), ws.next()).await.is_err()
}

/// An answer: status, head, body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    /// `Content-Length` minus what came.
    pub(crate) missing: usize,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(crate) async fn get(venue: &VenueHandle, path: &str) -> Answer {
    get_over(&mut tcp(venue).await, path).await
}

pub(crate) async fn get_over<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    path: &str,
) -> Answer {
    let request = format!("GET {path} HTTP/1.1\r\nHost: venue\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let (head, body) = (head.to_owned(), body.to_owned());
    let mut answer = Answer { status, head, body, missing: 0 };
    let length: usize = answer.header("content-length").unwrap().parse().unwrap();
    answer.missing = length - answer.body.len();
    answer
}
