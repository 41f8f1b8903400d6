//! What can go wrong at either end, with what to do about it.

use std::io;
use std::path::PathBuf;

use crate::protocol::Failure;

/// Why the socket was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// No file name, or longer than a socket's address may be.
    #[error("control socket {path}: not a path that a socket can have; use fewer than 108 bytes")]
    Path {
        /// As configured.
        path: PathBuf,
    },
    /// The folder cannot be made or looked at.
    #[error("control socket: {place}: {error}")]
    Folder {
        /// Folder or file.
        place: PathBuf,
        /// The system's.
        error: io::Error,
    },
    /// Somebody else owns a folder on the way.
    #[error("control socket: {place} belongs to user {found}, who could put another socket there")]
    Owner {
        /// Folder.
        place: PathBuf,
        /// Its owner.
        found: u32,
    },
    /// Others may change or enter the folder.
    #[error("control socket: others may change or enter {place} (mode {found:04o}); chmod it")]
    Mode {
        /// Folder.
        place: PathBuf,
        /// Its permission bits.
        found: u32,
    },
    /// Something stands there that no host left.
    #[error("control socket: {path} is not a socket; move it away or configure another path")]
    Occupied {
        /// Of the socket.
        path: PathBuf,
    },
    /// Another host answers there.
    #[error("a host is already running at {path}; stop it first or configure another path")]
    Running {
        /// Of the socket.
        path: PathBuf,
    },
    /// The socket cannot be made.
    #[error("control socket {path}: {error}")]
    Bind {
        /// Of the socket.
        path: PathBuf,
        /// The system's.
        error: io::Error,
    },
}

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Nobody listens there.
    #[error("no host is running at {path}; start one with `patchbay run`")]
    NoHost {
        /// Of the socket.
        path: PathBuf,
    },
    /// The socket is not ours to use.
    #[error("not allowed to use {path}; be the user that runs the host")]
    Denied {
        /// Of the socket.
        path: PathBuf,
    },
    /// Connected, and nothing comes.
    #[error("the host does not answer; it may be stopped or overloaded")]
    Silent,
    /// The connection ended.
    #[error("the host closed the connection")]
    Closed,
    /// Another version of the protocol.
    #[error(
        "the host speaks control protocol {found}, this program {}; use the program of the host",
        crate::protocol::PROTOCOL
    )]
    Protocol {
        /// The host's.
        found: u32,
    },
    /// Not the text of this protocol.
    #[error("the host's answer cannot be read: {error}")]
    Malformed {
        /// The parser's.
        error: String,
    },
    /// The host says no.
    #[error("{0}")]
    Refused(Failure),
    /// Anything else of the system.
    #[error("control socket: {0}")]
    Io(io::Error),
}

impl From<io::Error> for ClientError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Silent,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset => Self::Closed,
            _ => Self::Io(error),
        }
    }
}
