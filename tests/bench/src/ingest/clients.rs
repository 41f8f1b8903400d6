//! Readers, from none at all to a library's.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt;
use patchbay_net::{Batch, Hidden, Network, NetworkOptions, Socket, Transport, Upgrade};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::say;
use super::server::HOST;
use crate::race::{Contender, Step};
use crate::sum::Sum;

/// As the host reads.
const BUFFER: usize = 64 * 1024;

/// Where frames come from.
pub(super) struct Source {
    pub(super) runtime: Runtime,
    pub(super) port: u16,
    /// The authority, if it speaks TLS.
    pub(super) tls: Option<std::path::PathBuf>,
    /// Frames, their bytes with what frames them, and the sum that they make.
    pub(super) count: usize,
    pub(super) bytes: usize,
    pub(super) sum: u64,
}

trait Io: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Io for T {}

type Stream = Box<dyn Io>;

impl Source {
    /// A connection after its handshake.
    async fn upgraded(&self) -> Stream {
        let tcp = TcpStream::connect(("127.0.0.1", self.port)).await.expect("the server listens");
        let mut stream: Stream = match &self.tls {
            None => Box::new(tcp),
            Some(pem) => {
                let name = HOST.try_into().expect("a name");
                Box::new(connector(pem).connect(name, tcp).await.expect("a handshake"))
            }
        };
        let ask = format!(
            "GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        stream.write_all(ask.as_bytes()).await.expect("it reads");
        stream.flush().await.expect("it reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("it answers"));
        }
        stream
    }

    fn network(&self) -> (Network, String) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let network = Network::new(NetworkOptions {
            extra_ca: self.tls.iter().cloned().collect(),
            overrides: BTreeMap::from([(HOST.to_owned(), address)]),
            ..NetworkOptions::default()
        });
        let scheme = if self.tls.is_some() { "wss" } else { "ws" };
        (network.unwrap_or_else(|fault| panic!("{fault}")), format!("{scheme}://{HOST}/"))
    }
}

fn connector(pem: &Path) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(pem).expect("a certificate");
    roots.add(certificate).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("its own versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Reads the bytes and looks at none.
pub(super) fn bare(source: &Source) -> Contender<'_> {
    let (mut stream, mut buffer) = (None, vec![0; BUFFER]);
    Contender::resetting("bare read", move |step| {
        if step == Step::Reset {
            stream = Some(source.runtime.block_on(source.upgraded()));
            return 0;
        }
        let stream = stream.as_mut().expect("it was reset");
        source.runtime.block_on(async {
            let mut left = source.bytes;
            while left > 0 {
                left -= stream.read(&mut buffer).await.expect("it writes");
            }
        });
        source.sum
    })
}

/// No more than a bare loop over heads and lengths, in the buffer that was read into: text frames
/// only, no checks.
pub(super) fn loop_over_heads(source: &Source) -> Contender<'_> {
    let (mut stream, mut buffer) = (None, vec![0; BUFFER]);
    Contender::resetting("bare loop over frames", move |step| {
        if step == Step::Reset {
            stream = Some(source.runtime.block_on(source.upgraded()));
            return 0;
        }
        let stream = stream.as_mut().expect("it was reset");
        let mut sum = Sum::default();
        source.runtime.block_on(async {
            let (mut seen, mut filled) = (0, 0);
            while seen < source.count {
                filled += stream.read(&mut buffer[filled..]).await.expect("it writes");
                let mut at = 0;
                while let Some((start, end)) = whole(&buffer[at..filled]) {
                    say(&buffer[at + start..at + end], &mut sum);
                    at += end;
                    seen += 1;
                }
                buffer.copy_within(at..filled, 0);
                filled -= at;
            }
        });
        sum.0
    })
}

/// Where the payload of the first frame lies, if all of it is there.
fn whole(bytes: &[u8]) -> Option<(usize, usize)> {
    assert!(bytes.first().is_none_or(|&first| first == 0x81), "text frames only");
    let (start, len) = match *bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]))),
        len => (2, usize::from(len)),
    };
    (bytes.len() >= start + len).then_some((start, start + len))
}

/// Through the host's `Transport`.
pub(super) fn patchbay<'a>(source: &'a Source, reads: &'a mut usize) -> Contender<'a> {
    let (network, url) = source.network();
    let mut socket: Option<Box<dyn Socket>> = None;
    let mut batch = Batch::default();
    Contender::resetting("`host/net`, batch a wake", move |step| {
        if step == Step::Reset {
            let upgrade = Upgrade { url: Hidden::new(url.clone()), headers: Vec::new() };
            let opened = source.runtime.block_on(network.open(&upgrade));
            socket = Some(opened.unwrap_or_else(|fault| panic!("{fault}")));
            return 0;
        }
        let socket = socket.as_mut().expect("it was reset");
        let mut sum = Sum::default();
        source.runtime.block_on(async {
            let mut seen = 0;
            while seen < source.count {
                batch.clear();
                let read = poll_fn(|cx| socket.poll_read(cx, &mut batch)).await;
                read.unwrap_or_else(|end| panic!("{}", end.reason));
                batch.frames().for_each(|(_, payload)| say(payload, &mut sum));
                seen += batch.frames().len();
                *reads += 1;
            }
        });
        sum.0
    })
}

/// tokio-tungstenite, a future for every frame.
pub(super) fn tungstenite(source: &Source) -> Contender<'_> {
    let mut socket: Option<WebSocketStream<Stream>> = None;
    Contender::resetting("tokio-tungstenite", move |step| {
        if step == Step::Reset {
            let config = WebSocketConfig::default().read_buffer_size(BUFFER);
            socket = Some(source.runtime.block_on(async {
                let stream = source.upgraded().await;
                WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await
            }));
            return 0;
        }
        let socket = socket.as_mut().expect("it was reset");
        let mut sum = Sum::default();
        source.runtime.block_on(async {
            for _ in 0..source.count {
                let message = socket.next().await.expect("it goes on").expect("a frame");
                say(&message.into_data(), &mut sum);
            }
        });
        sum.0
    })
}
