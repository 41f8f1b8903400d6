//! Why a venue cannot be served.

use std::io;
use std::net::SocketAddr;

use patchbay_history::CaptureError;

/// Why a venue cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VenueError {
    /// A capture cannot be read.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// The captures hold nothing that the protocol knows.
    #[error(
        "{frames} frames, none of them a stream of {protocol}; is this a capture of that venue?"
    )]
    NothingToServe {
        /// Name of the protocol.
        protocol: &'static str,
        /// Frames read.
        frames: u64,
    },
    /// The captures do not fit into the bound on memory.
    #[error("captures of more than {limit} bytes; give fewer files or raise the bound")]
    TooLarge {
        /// The bound.
        limit: usize,
    },
    /// The address cannot be bound.
    #[error("{addr}: cannot be bound: {source}")]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The thread or its runtime cannot be started.
    #[error("cannot be started: {0}")]
    Start(io::Error),
    /// The test certificates cannot be made.
    #[error("test certificates: {0}")]
    Certificates(#[from] rcgen::Error),
    /// The TLS library refuses the test certificates.
    #[error("TLS: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
    /// `restart` of a venue that runs.
    #[error("the venue runs; kill or stop it before a restart")]
    Running,
}
