//! A slow consumer is its own problem, and so are a thousand idle ones.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use common::{Folder, Idle, status};
use patchbay_control::{
    Client, ClientError, Code, Detail, Handler, LogLine, MAX_CLIENTS, Operation, Peer, Refusal,
    Server, Settings, Status, Tape, TapeQuery,
};

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// Until `done`, for ten seconds at most.
fn wait_for(what: &str, done: impl Fn() -> bool) {
    for _ in 0..1000 {
        if done() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{what}");
}

#[test]
fn a_thousand_idle_clients_take_a_bounded_number_of_seats() {
    let folder = Folder::new("idle");
    let settings = Settings { idle: Duration::from_secs(2), ..Settings::default() };
    let server = Server::start_with(&folder.socket(), Idle::new(status()), settings).unwrap();
    let mut seated = 0;
    let clients: Vec<_> = (0..1000)
        .map(|_| {
            let mut client = BufReader::new(UnixStream::connect(server.path()).unwrap());
            let mut line = String::new();
            client.read_line(&mut line).unwrap();
            seated += usize::from(line.contains("protocol"));
            assert!(line.contains("protocol") || line.contains("\"busy\""), "{line}");
            client
        })
        .collect();
    assert_eq!(seated, MAX_CLIENTS);
    assert!(threads() < 2 * MAX_CLIENTS + 100, "{} threads", threads());
    let busy = Client::connect(server.path()).unwrap_err();
    assert!(matches!(busy, ClientError::Refused(failure) if failure.code == Code::Busy));
    // They say nothing for two seconds, and lose their seats although they are still there.
    wait_for("idle clients keep their seats", || server.clients() == 0);
    Client::connect(server.path()).unwrap().plugins().unwrap();
    drop(clients);
}

fn large() -> Status {
    let line = |seq| LogLine { seq, text: "x".repeat(900), ..LogLine::default() };
    Status { log: (1..=1000).map(line).collect(), ..status() }
}

#[test]
fn a_client_that_asks_and_does_not_read_is_cut() {
    let folder = Folder::new("slow");
    let server = Server::start(&folder.socket(), Idle::new(large())).unwrap();
    let mut slow = UnixStream::connect(server.path()).unwrap();
    slow.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
    // Each answer is nearly a megabyte: one is being written, two may wait.
    let mut asked = 0;
    while slow.write_all(b"{\"id\":1,\"do\":\"log\"}\n").is_ok() && asked < 100 {
        asked += 1;
        thread::sleep(Duration::from_millis(5));
    }
    assert!(asked < 100, "it is still there after {asked} questions");
    wait_for("it keeps its seat", || server.clients() == 0);
    Client::connect(server.path()).unwrap().plugins().unwrap();
}

#[test]
fn a_watcher_that_does_not_read_is_cut_and_others_do_not_wait() {
    let folder = Folder::new("stalled");
    let settings = Settings { stall: Duration::from_millis(300), ..Settings::default() };
    let server = Server::start_with(&folder.socket(), Idle::new(large()), settings).unwrap();
    let mut stalled = UnixStream::connect(server.path()).unwrap();
    stalled.write_all(b"{\"id\":1,\"do\":\"watch\",\"every_ms\":50,\"log\":1000}\n").unwrap();
    let other = Client::connect(server.path()).unwrap();
    let detail = Detail { log: 0, ..Detail::default() };
    let seen = other.watch(50, detail).unwrap().take(20).filter(Result::is_ok).count();
    assert_eq!(seen, 20);
    wait_for("it keeps its seat", || server.clients() == 0);
}

#[test]
fn a_stop_answers_what_was_asked_and_lets_everybody_go() {
    let folder = Folder::new("stop");
    let server = Server::start(&folder.socket(), Idle::new(status())).unwrap();
    let mut last = Client::connect(server.path()).unwrap();
    let watch = Client::connect(server.path()).unwrap().watch(50, Detail::default()).unwrap();
    let watching = thread::spawn(move || watch.last());
    let _idle = UnixStream::connect(server.path()).unwrap();
    last.operate(Operation::Stop {}).unwrap();
    server.stop();
    assert!(!folder.socket().exists());
    assert!(matches!(watching.join().unwrap(), Some(Err(ClientError::Closed))));
    assert!(matches!(last.plugins(), Err(ClientError::Closed)));
}

/// A host whose answers fail.
struct Broken;

impl Handler for Broken {
    fn status(&self) -> Arc<Status> {
        Arc::new(status())
    }

    fn tape(&self, _: &TapeQuery) -> Option<Tape> {
        None
    }

    fn operate(&self, _: Operation, _: Peer) -> Result<String, Refusal> {
        panic!("as tested");
    }
}

#[test]
fn a_panic_of_the_host_costs_one_connection() {
    let folder = Folder::new("panic");
    let server = Server::start(&folder.socket(), Arc::new(Broken)).unwrap();
    let mut client = Client::connect(server.path()).unwrap();
    assert!(matches!(client.operate(Operation::Stop {}), Err(ClientError::Closed)));
    wait_for("it keeps its seat", || server.clients() == 0);
    Client::connect(server.path()).unwrap().plugins().unwrap();
    server.stop();
}
