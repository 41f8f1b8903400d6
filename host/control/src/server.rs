//! The host's end of the socket.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::ServerError;
use crate::access::{Access, Peer};
use crate::folder::Socket;
use crate::protocol::{Code, Failure, Operation, error_line};
use crate::seat::Seat;
use crate::status::{Detail, Status, Tape, TapeQuery};

/// Clients at once; another one is told `busy`.
pub const MAX_CLIENTS: usize = 64;

/// Bytes that may wait for a client behind the line that is being written. Who has more is cut.
pub const MAX_QUEUED_BYTES: usize = 1 << 20;

/// How long the answers that wait may take when the server stops.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How long to leave the door closed when the system has no more sockets to give.
const NO_SOCKETS: Duration = Duration::from_millis(100);

/// What the server asks of the host. Called from the clients' threads.
pub trait Handler: Send + Sync + 'static {
    /// The newest status, with [`crate::MAX_LEVELS`] levels of each book and all known lines of
    /// the log. Called often: made at most a few times a second and lent.
    fn status(&self) -> Arc<Status>;

    /// Messages of one instrument; `None` if there is no such book. Made in the thread that asks.
    fn tape(&self, query: &TapeQuery) -> Option<Tape>;

    /// The newest status, as far as `detail` goes.
    fn look(&self, detail: &Detail) -> Status {
        let tape = detail.tape.as_ref().and_then(|query| self.tape(query));
        Status { tape, ..self.status().cut(detail) }
    }

    /// Does something for `by`, who may ask for it, or begins to; and says what, in words. The
    /// host journals it first. It must not stop the server itself: that waits for this call.
    ///
    /// # Errors
    ///
    /// [`Refusal`]: why not.
    fn operate(&self, operation: Operation, by: Peer) -> Result<String, Refusal>;
}

/// Why something is not done, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// Bounds of a server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who may connect.
    pub access: Access,
    /// After so long without a request, a client that does not watch is let go.
    pub idle: Duration,
    /// A client that takes nothing for so long is cut.
    pub stall: Duration,
    /// See [`MAX_CLIENTS`].
    pub clients: usize,
    /// See [`MAX_QUEUED_BYTES`].
    pub queued_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access: Access::own(),
            idle: Duration::from_secs(300),
            stall: Duration::from_secs(10),
            clients: MAX_CLIENTS,
            queued_bytes: MAX_QUEUED_BYTES,
        }
    }
}

/// The host's end of the socket. Dropped, it stops.
pub struct Server {
    /// Not in `shared`: a client's thread that is just ending must not outlive the stop with it.
    socket: Socket,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    listener: Arc<UnixListener>,
    handler: Arc<dyn Handler>,
    settings: Settings,
    stopping: AtomicBool,
    seats: Mutex<BTreeMap<u64, Arc<Seat>>>,
    left: Condvar,
}

impl Server {
    /// Opens the socket at `path` for the running user and serves it from threads of its own.
    ///
    /// # Errors
    ///
    /// [`ServerError`].
    pub fn start(path: &Path, handler: Arc<dyn Handler>) -> Result<Self, ServerError> {
        Self::start_with(path, handler, Settings::default())
    }

    /// The same with other bounds.
    ///
    /// # Errors
    ///
    /// [`ServerError`].
    pub fn start_with(
        path: &Path,
        handler: Arc<dyn Handler>,
        settings: Settings,
    ) -> Result<Self, ServerError> {
        let socket = Socket::open(path)?;
        let shared = Arc::new(Shared {
            listener: Arc::clone(&socket.listener),
            handler,
            settings,
            stopping: AtomicBool::new(false),
            seats: Mutex::default(),
            left: Condvar::new(),
        });
        let accepting = Arc::clone(&shared);
        let acceptor = thread::Builder::new()
            .name("control".to_owned())
            .spawn(move || accepting.accept_all())
            .map_err(|error| ServerError::Bind { path: path.to_owned(), error })?;
        Ok(Self { socket, shared, acceptor: Some(acceptor) })
    }

    /// Where it listens, without symbolic links.
    pub fn path(&self) -> &Path {
        self.socket.path()
    }

    /// Clients that are connected.
    pub fn clients(&self) -> usize {
        self.shared.seats().len()
    }

    /// Lets the answers that wait out, for half a second, closes every connection and takes the
    /// socket away.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Release);
        // On Linux this wakes a thread that waits for a connection.
        let listener = &self.shared.listener;
        rustix::net::shutdown(listener, rustix::net::Shutdown::Both).ok();
        if let Some(acceptor) = self.acceptor.take() {
            // It panics only if a lock is broken, and then there is nothing to wait for.
            drop(acceptor.join());
        }
        self.shared.send_away();
    }
}

impl Shared {
    fn seats(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Seat>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept_all(self: &Arc<Self>) {
        for number in 0.. {
            let accepted = self.listener.accept();
            if self.stopping.load(Ordering::Acquire) {
                return;
            }
            // A client that could not be seated is gone, and there is nobody to tell.
            match accepted {
                Ok((stream, _)) => drop(self.seat(number, stream)),
                Err(_) => thread::sleep(NO_SOCKETS),
            }
        }
    }

    fn seat(self: &Arc<Self>, number: u64, stream: UnixStream) -> io::Result<()> {
        stream.set_read_timeout(Some(self.settings.idle))?;
        stream.set_write_timeout(Some(self.settings.stall))?;
        let peer = Peer::of(&stream)?;
        let rights = self.settings.access.rights(peer.uid);
        if rights.is_empty() {
            let text = format!("user {} may not use this host", peer.uid);
            return turn_away(&stream, Code::NotAllowed, &text);
        }
        if self.seats().len() >= self.settings.clients {
            let text = format!("all {} seats are taken", self.settings.clients);
            return turn_away(&stream, Code::Busy, &text);
        }
        let handler = Arc::clone(&self.handler);
        let seat = Seat::new(stream, peer, rights, self.settings.queued_bytes, handler);
        let seat = Arc::new(seat);
        self.seats().insert(number, Arc::clone(&seat));
        let shared = Arc::clone(self);
        let started = seat.start(move || shared.leave(number));
        if started.is_err() {
            self.leave(number);
        }
        started
    }

    fn leave(&self, number: u64) {
        self.seats().remove(&number);
        self.left.notify_all();
    }

    /// First by asking, then by closing.
    fn send_away(&self) {
        self.seats().values().for_each(|seat| seat.end());
        let empty = |seats: &mut BTreeMap<_, _>| !seats.is_empty();
        let waited = self.left.wait_timeout_while(self.seats(), LAST_WORDS, empty);
        let (seats, _) = waited.unwrap_or_else(PoisonError::into_inner);
        seats.values().for_each(|seat| seat.drop_client());
        drop(self.left.wait_while(seats, empty));
    }
}

/// The one line goes into the socket's empty buffer, so nobody waits here.
fn turn_away(mut stream: &UnixStream, code: Code, text: &str) -> io::Result<()> {
    stream.write_all(&error_line(None, Failure::new(code, text)))
}
