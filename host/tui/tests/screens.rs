//! What every screen looks like, as text beside this file. `PATCHBAY_UPDATE=1` writes it anew.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::Path;

use common::{heard, starting, text, views};
use patchbay_tui::{Pane, Show, View, WsMonitor};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

fn check(name: &str, item: &impl Show, view: &View, size: (u16, u16)) {
    let file = format!("{}-{}x{}.txt", name.to_lowercase(), size.0, size.1);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens").join(&file);
    let found = text(item, view, size);
    if std::env::var_os("PATCHBAY_UPDATE").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{file} differs; PATCHBAY_UPDATE=1 writes it anew:\n{found}");
}

#[test]
fn panes_look_as_they_did() {
    for (name, view) in views() {
        for size in SIZES {
            check(name, &starting(), &view, size);
        }
    }
}

#[test]
fn monitors_look_as_they_did() {
    let view = View { pane: Pane::Connections, ..View::default() };
    for size in SIZES {
        check("udp", &heard(), &view, size);
        check("ws", &WsMonitor(starting()), &view, size);
    }
}

#[test]
fn the_overview_of_the_readme_looks_as_it_did() {
    check("overview", &starting(), &View::default(), (100, 30));
}
