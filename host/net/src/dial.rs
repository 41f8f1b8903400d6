//! From a name to a stream of bytes.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::address::Address;
use crate::fault::Fault;
use crate::tls;

/// Opens streams to addresses.
pub(crate) struct Dialer {
    pub(crate) tls: Arc<ClientConfig>,
    /// `host` or `host:port` to the address that is used in its place; TLS still wants the name.
    pub(crate) overrides: BTreeMap<String, SocketAddr>,
    /// For DNS, TCP and TLS, each.
    pub(crate) connect_timeout: Duration,
    /// Dead if the other side's kernel acknowledges nothing for this long.
    pub(crate) unacknowledged: Duration,
}

/// A plain or an encrypted stream.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Dialer {
    /// Opens a stream to `address`.
    ///
    /// # Errors
    /// The step that failed.
    pub(crate) async fn dial(&self, address: &Address) -> Result<Stream, Fault> {
        let host = &address.host;
        let tcp = self.connect(address).await?;
        let options = tcp.set_nodelay(true);
        options
            .and_then(|()| SockRef::from(&tcp).set_tcp_user_timeout(Some(self.unacknowledged)))
            .map_err(|error| Fault::io(host, error))?;
        if !address.tls {
            return Ok(Stream::Plain(tcp));
        }
        let name = ServerName::try_from(host.clone()).map_err(|_| Fault::Url {
            url: host.clone(),
            what: "the host is no DNS name or IP address",
        })?;
        let handshake = TlsConnector::from(self.tls.clone()).connect(name, tcp);
        match timeout(self.connect_timeout, handshake).await {
            Ok(Ok(stream)) => Ok(Stream::Tls(Box::new(stream))),
            Ok(Err(error)) => Err(tls::explain(host, &error)),
            Err(_) => Err(Fault::timeout(host, "TLS handshake", self.connect_timeout)),
        }
    }

    async fn connect(&self, address: &Address) -> Result<TcpStream, Fault> {
        let host = &address.host;
        let mut failed = None;
        for target in self.resolve(address).await? {
            let error = match timeout(self.connect_timeout, TcpStream::connect(target)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => error,
                Err(_) => io::Error::from(io::ErrorKind::TimedOut),
            };
            failed = Some(Fault::Connect { host: host.clone(), address: target, error });
        }
        let nothing = || io::Error::other("it has no address");
        Err(failed.unwrap_or_else(|| Fault::Name { host: host.clone(), error: nothing() }))
    }

    /// At most two addresses, so that an attempt has a bound.
    async fn resolve(&self, address: &Address) -> Result<Vec<SocketAddr>, Fault> {
        let (host, port) = (&address.host, address.port);
        let named = self.overrides.get(&format!("{host}:{port}"));
        if let Some(target) = named.or_else(|| self.overrides.get(host)) {
            return Ok(vec![*target]);
        }
        let lookup = tokio::net::lookup_host((host.as_str(), port));
        match timeout(self.connect_timeout, lookup).await {
            Ok(Ok(found)) => Ok(found.take(2).collect()),
            Ok(Err(error)) => Err(Fault::Name { host: host.clone(), error }),
            Err(_) => Err(Fault::timeout(host, "answer of the DNS", self.connect_timeout)),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, data),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, data),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
