//! The socket stands where only its user can reach it, and one host at a time holds it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;

use common::{Folder, Idle, status};
use patchbay_control::{Client, ClientError, Server, ServerError};

fn start(path: &std::path::Path) -> Result<Server, ServerError> {
    Server::start(path, Idle::new(status()))
}

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_missing_folder_is_made_for_its_user_alone() {
    let folder = Folder::new("made");
    let path = folder.0.join("a/b/control.sock");
    let server = start(&path).unwrap();
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&path), 0o600);
    server.stop();
    assert!(!path.exists());
}

#[test]
fn a_folder_that_others_change_or_enter_is_refused() {
    for bits in [0o755, 0o770, 0o701, 0o1777] {
        let folder = Folder::new("open");
        Folder::mode(&folder.0, bits);
        let refused = start(&folder.socket()).map(|_| ()).unwrap_err();
        assert!(matches!(refused, ServerError::Mode { found, .. } if found == bits), "{refused}");
    }
}

#[test]
fn a_folder_whose_parent_others_change_is_refused() {
    let folder = Folder::new("parent");
    Folder::mode(&folder.0, 0o777);
    let path = folder.0.join("inner/control.sock");
    let refused = start(&path).map(|_| ()).unwrap_err();
    assert!(matches!(refused, ServerError::Mode { found: 0o777, .. }), "{refused}");
    // The same through a symbolic link from a folder that is well kept.
    let kept = Folder::new("kept");
    symlink(folder.0.join("inner"), kept.0.join("link")).unwrap();
    let refused = start(&kept.0.join("link/control.sock")).map(|_| ()).unwrap_err();
    assert!(matches!(refused, ServerError::Mode { found: 0o777, .. }), "{refused}");
}

#[test]
fn a_dead_socket_is_replaced_and_a_live_one_is_not() {
    let folder = Folder::new("stale");
    drop(UnixListener::bind(folder.socket()).unwrap());
    assert!(folder.socket().exists(), "the listener is gone, its file is not");
    let first = start(&folder.socket()).unwrap();
    let refused = start(&folder.socket()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, ServerError::Running { .. }), "{refused}");
    Client::connect(first.path()).unwrap().plugins().unwrap();
}

#[test]
fn a_file_of_another_kind_stays() {
    let folder = Folder::new("file");
    fs::write(folder.socket(), "mine").unwrap();
    let refused = start(&folder.socket()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, ServerError::Occupied { .. }), "{refused}");
    assert_eq!(fs::read_to_string(folder.socket()).unwrap(), "mine");
}

#[test]
fn hosts_that_start_at_once_share_nothing() {
    for _ in 0..20 {
        let folder = Folder::new("race");
        drop(UnixListener::bind(folder.socket()).unwrap());
        let started: Vec<_> = std::thread::scope(|scope| {
            let path = folder.socket();
            let starts: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn({
                        let path = path.clone();
                        move || start(&path)
                    })
                })
                .collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert_eq!(started.iter().filter(|started| started.is_ok()).count(), 1);
        Client::connect(&folder.socket()).unwrap();
    }
}

#[test]
fn a_host_leaves_another_ones_socket_alone() {
    let folder = Folder::new("other");
    let server = start(&folder.socket()).unwrap();
    fs::remove_file(folder.socket()).unwrap();
    let _other = UnixListener::bind(folder.socket()).unwrap();
    server.stop();
    assert!(folder.socket().exists());
}

#[test]
fn no_host_is_said_with_what_to_do() {
    let folder = Folder::new("none");
    let missing = Client::connect(&folder.socket()).unwrap_err();
    assert!(matches!(missing, ClientError::NoHost { .. }));
    assert!(missing.to_string().ends_with("start one with `patchbay run`"));
    drop(UnixListener::bind(folder.socket()).unwrap());
    assert!(matches!(Client::connect(&folder.socket()), Err(ClientError::NoHost { .. })));
}

#[test]
fn a_path_too_long_for_a_socket_is_refused() {
    let folder = Folder::new("path");
    let refused = start(&folder.0.join("x".repeat(120))).map(|_| ()).unwrap_err();
    assert!(matches!(refused, ServerError::Path { .. }), "{refused}");
    assert!(matches!(start(std::path::Path::new("/")), Err(ServerError::Path { .. })));
}
