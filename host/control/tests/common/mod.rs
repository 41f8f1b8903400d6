//! A host with nothing in it, and a folder for its socket.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses some of it")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use patchbay_control::{
    Book, Channel, Connection, Handler, Host, LogLine, Message, Named, Operation, Peer, Plugin,
    Quality, Refusal, Status, Tape, TapeQuery, Venue,
};

/// A folder of its own, removed at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("pbc-{}-{number}-{name}", std::process::id()));
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        Self(path)
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("control.sock")
    }

    pub(crate) fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// A host that answers from a status and remembers what it was told.
pub(crate) struct Idle {
    pub(crate) status: Arc<Status>,
    pub(crate) told: Mutex<Vec<Operation>>,
}

impl Idle {
    pub(crate) fn new(status: Status) -> Arc<Self> {
        Arc::new(Self { status: Arc::new(status), told: Mutex::default() })
    }
}

impl Handler for Idle {
    fn status(&self) -> Arc<Status> {
        Arc::clone(&self.status)
    }

    fn tape(&self, query: &TapeQuery) -> Option<Tape> {
        self.status.tape.clone().filter(|tape| tape.symbol == query.symbol)
    }

    fn operate(&self, operation: Operation, by: Peer) -> Result<String, Refusal> {
        if let Operation::Swap { file, .. } = &operation {
            return Err(Refusal(format!("{file}: no such file")));
        }
        self.told.lock().unwrap().push(operation);
        Ok(format!("stopping for process {}", by.pid))
    }
}

/// One of everything.
pub(crate) fn status() -> Status {
    let book = |symbol: &str| Book { symbol: symbol.to_owned(), ..Book::default() };
    let line = |seq| LogLine { seq, text: format!("line {seq}"), ..LogLine::default() };
    Status {
        host: Host { version: "0.1.0".to_owned(), ..Host::default() },
        plugins: vec![Plugin { name: "binance".to_owned(), ..Plugin::default() }],
        connections: vec![Connection::default()],
        venues: vec![Venue::default()],
        channels: vec![Channel::default()],
        quality: vec![Quality::default()],
        books: vec![book("BTCUSDT"), book("ETHUSDT"), book("BTCUSDT")],
        log: (1..=30).map(line).collect(),
        tape: Some(Tape {
            symbol: "BTCUSDT".to_owned(),
            messages: vec![Message { values: vec![Named::default()], ..Message::default() }],
            ..Tape::default()
        }),
        ..Status::default()
    }
}
