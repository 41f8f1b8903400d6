//! The transport that opens real sockets.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use crate::dial::Dialer;
use crate::fault::Fault;
use crate::http::{Client, Limits};
use crate::transport::{Request, Response, Socket, Transport, Unanswered, Upgrade};
use crate::{tls, websocket};

/// How [`Network`] behaves.
#[derive(Clone, Debug)]
pub struct NetworkOptions {
    /// PEM files of issuers that are believed beside the public ones: a test's, a proxy's.
    pub extra_ca: Vec<PathBuf>,
    /// `host` or `host:port` to the address used in its place. TLS and `Host` keep the name.
    pub overrides: BTreeMap<String, SocketAddr>,
    /// Longest DNS answer, TCP connect and TLS handshake, each.
    pub connect_timeout: Duration,
    /// Longest websocket handshake.
    pub upgrade_timeout: Duration,
    /// TCP_USER_TIMEOUT: dead if nothing is acknowledged for this long.
    pub unacknowledged: Duration,
    /// Largest websocket message.
    pub message_max: usize,
    /// Largest head of an HTTP answer.
    pub head_max: usize,
    /// Largest body of an HTTP answer.
    pub body_max: usize,
    /// Idle connections kept for each host.
    pub idle_max: usize,
    /// Idle connections are not used again after this long.
    pub idle_for: Duration,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self {
            extra_ca: Vec::new(),
            overrides: BTreeMap::new(),
            connect_timeout: Duration::from_secs(5),
            upgrade_timeout: Duration::from_secs(5),
            unacknowledged: Duration::from_secs(3),
            message_max: 16 << 20,
            head_max: 64 << 10,
            body_max: 64 << 20,
            idle_max: 8,
            idle_for: Duration::from_secs(30),
        }
    }
}

/// Real sockets: TCP, TLS by rustls, websockets by tungstenite, HTTP/1.1.
///
/// Belongs to the tokio runtime on which it is first used.
pub struct Network {
    dialer: Dialer,
    client: Client,
    options: NetworkOptions,
}

impl Network {
    /// Reads `extra_ca`.
    ///
    /// # Errors
    /// [`Fault::ExtraCa`].
    pub fn new(options: NetworkOptions) -> Result<Self, Fault> {
        let dialer = Dialer {
            tls: tls::config(&options.extra_ca)?,
            overrides: options.overrides.clone(),
            connect_timeout: options.connect_timeout,
            unacknowledged: options.unacknowledged,
        };
        let limits = Limits { head: options.head_max, body: options.body_max };
        let client = Client::new(limits, options.idle_max, options.idle_for);
        Ok(Self { dialer, client, options })
    }
}

#[async_trait]
impl Transport for Network {
    async fn open(&self, upgrade: &Upgrade) -> Result<Box<dyn Socket>, Fault> {
        let socket = websocket::open(&self.dialer, upgrade, &self.options).await?;
        Ok(Box::new(socket))
    }

    async fn exchange(&self, request: &Request) -> Result<Response, Unanswered> {
        self.client.exchange(&self.dialer, request).await
    }
}
