//! What can go wrong on the way to a venue: where, what, and what to do about it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

/// A failure of a connection. Its text names the host and never shows a query, header or body.
#[derive(Debug, Error)]
pub enum Fault {
    /// Not a URL.
    #[error("{url}: this URL cannot be opened: {what}; expected SCHEME://HOST[:PORT]/PATH")]
    Url {
        /// The URL up to its query.
        url: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A header or path that would break the request apart.
    #[error("{host}: the request was not sent: {what} holds a line break or control character")]
    Injection {
        /// Host.
        host: String,
        /// Which part.
        what: String,
    },
    /// DNS.
    #[error(
        "{host}: the name was not resolved: {error}; check its spelling and this machine's DNS"
    )]
    Name {
        /// Host.
        host: String,
        /// What the resolver said.
        error: io::Error,
    },
    /// TCP.
    #[error(
        "{host} ({address}): no connection: {error}; check firewall, route and the venue's status"
    )]
    Connect {
        /// Host.
        host: String,
        /// Address that was tried last.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// Nothing within the time allowed.
    #[error("{host}: no {what} within {after:?}; the venue or the way to it is slow or down")]
    Timeout {
        /// Host.
        host: String,
        /// What was waited for.
        what: &'static str,
        /// How long.
        after: Duration,
    },
    /// The certificate is not good for the host.
    #[error("{host}: its certificate was refused: {why}; {remedy}")]
    Certificate {
        /// Host.
        host: String,
        /// Why.
        why: String,
        /// What to do.
        remedy: &'static str,
    },
    /// TLS failed otherwise.
    #[error("{host}: TLS failed: {why}; check that the port speaks TLS")]
    Tls {
        /// Host.
        host: String,
        /// Why.
        why: String,
    },
    /// The venue answered the websocket handshake with something else.
    #[error("{host}: the websocket was refused with HTTP status {status}; {remedy}")]
    Upgrade {
        /// Host.
        host: String,
        /// HTTP status.
        status: u16,
        /// What to do.
        remedy: &'static str,
        /// Header `Retry-After`.
        retry_after: Option<String>,
        /// Header `Date`.
        date: Option<String>,
    },
    /// A size cap.
    #[error("{host}: {what} is larger than {limit} bytes; the venue changed, or this is not it")]
    TooLarge {
        /// Host.
        host: String,
        /// What.
        what: &'static str,
        /// The cap.
        limit: usize,
    },
    /// Bytes that are not the protocol.
    #[error("{host}: {what}; this is not the protocol that was expected")]
    Protocol {
        /// Host.
        host: String,
        /// What was found.
        what: String,
    },
    /// The answer ended before its end.
    #[error("{host}: the answer was cut after {found} bytes")]
    Truncated {
        /// Host.
        host: String,
        /// Bytes that came.
        found: usize,
    },
    /// The connection broke.
    #[error("{host}: the connection failed: {error}")]
    Io {
        /// Host.
        host: String,
        /// What the system said.
        error: io::Error,
    },
    /// The venue takes nothing any more.
    #[error("{host}: {frames} frames wait to be sent; the venue does not take them")]
    Clogged {
        /// Host.
        host: String,
        /// Frames that wait.
        frames: usize,
    },
    /// A file of `extra_ca`.
    #[error("extra_ca {}: {what}; expected a file with PEM certificates", path.display())]
    ExtraCa {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl Fault {
    pub(crate) fn io(host: &str, error: io::Error) -> Self {
        Self::Io { host: host.to_owned(), error }
    }

    pub(crate) fn protocol(host: &str, what: impl Into<String>) -> Self {
        Self::Protocol { host: host.to_owned(), what: what.into() }
    }

    pub(crate) fn too_large(host: &str, what: &'static str, limit: usize) -> Self {
        Self::TooLarge { host: host.to_owned(), what, limit }
    }

    pub(crate) fn timeout(host: &str, what: &'static str, after: Duration) -> Self {
        Self::Timeout { host: host.to_owned(), what, after }
    }
}
