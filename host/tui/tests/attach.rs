//! A screen attaches to a host, outlives it, and finds the next one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;

use common::starting;
use patchbay_control::{
    ClientError, Detail, Handler, Operation, Peer, Refusal, Server, Status, Tape, TapeQuery,
};
use patchbay_tui::{Attached, InProcess, Options, ScreenError, Source, WsSource, run};

struct Starting;

impl Handler for Starting {
    fn status(&self) -> Arc<Status> {
        starting()
    }

    fn tape(&self, _: &TapeQuery) -> Option<Tape> {
        None
    }

    fn operate(&self, _: Operation, _: Peer) -> Result<String, Refusal> {
        Err(Refusal("a screen has nothing to say".to_owned()))
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pbt-{}-{name}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[test]
fn the_screen_sees_what_the_host_says() {
    let folder = Folder::new("see");
    let path = folder.0.join("control.sock");
    let detail = Detail::default();
    assert!(matches!(Attached::to(&path), Err(ClientError::NoHost { .. })));

    let server = Server::start(&path, Arc::new(Starting)).unwrap();
    let mut source = Attached::to(&path).unwrap();
    let status = source.poll(&detail).unwrap();
    assert_eq!(*status, starting().cut(&detail));

    server.stop();
    assert_eq!(source.poll(&detail).unwrap_err().to_string(), "the host closed the connection");
    let gone = source.poll(&detail).unwrap_err().to_string();
    assert!(gone.starts_with("no host is running at"), "{gone}");

    let server = Server::start(&path, Arc::new(Starting)).unwrap();
    assert_eq!(source.poll(&detail).unwrap(), status);
    drop(source);
    assert_eq!(Attached::to(server.path()).map(WsSource).unwrap().poll(&detail).unwrap().0, status);
}

#[test]
fn a_screen_needs_a_terminal() {
    // Tests have their output captured or piped; on a real terminal there is nothing to see here.
    if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        return;
    }
    let refused = run(InProcess(Arc::new(Starting)), Options::default()).unwrap_err();
    assert!(matches!(refused, ScreenError::NoTerminal));
}
