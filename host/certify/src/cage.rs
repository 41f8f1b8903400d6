//! The child in which purity is tried: one plugin, one filter of system calls, inputs from standard
//! input, a byte on standard output after each.

use std::io::{self, Read};
use std::path::Path;

use patchbay_loader::{Kind, Loader, Trust};
use patchbay_testkit::{Input, Player};
use serde::{Deserialize, Serialize};

use crate::filter::Trial;

/// Exit code of a child that could not be confined; its reason is on standard error.
pub(crate) const NOT_CONFINED: i32 = 3;
/// Exit code of a child that has more than one thread when the file is mapped.
pub(crate) const THREADS: i32 = 4;
/// Exit code of a child in which the adapter could not be made.
pub(crate) const NOT_MADE: i32 = 5;

/// One input, for the pipe.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Given {
    /// A connection opened.
    Open { conn: u32, url: String },
    /// A frame.
    Frame { conn: u32, text: String },
    /// An answer.
    Reply { url: String, body: String },
    /// A connection closed.
    Close { conn: u32 },
    /// The timer.
    Timer,
}

/// What the child is told.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) inputs: Vec<Given>,
}

impl Given {
    pub(crate) fn input(&self, now: i64) -> Input<'_> {
        match self {
            Self::Open { conn, url } => Input::Open { conn: *conn, tag: 0, url },
            Self::Frame { conn, text } => Input::text(*conn, text),
            Self::Reply { url, body } => Input::reply(url, body.as_bytes()),
            Self::Close { conn } => Input::Close { conn: *conn, code: 1006, reason: "cut" },
            Self::Timer => Input::Timer(now),
        }
    }
}

/// Runs as that child: loads `file` over the folder `stage`, confines this process for `trial`, and
/// plays the job from standard input. The exit code says how it ended, if nothing killed it.
pub fn confined(file: &Path, stage: &Path, trial: &str) -> i32 {
    let Some(trial) = Trial::named(trial) else { return refuse("no such trial") };
    let mut text = String::new();
    if let Err(error) = io::stdin().read_to_string(&mut text) {
        return refuse(&error.to_string());
    }
    let job: Job = match serde_json::from_str(&text) {
        Ok(job) => job,
        Err(error) => return refuse(&error.to_string()),
    };
    let loader = match Loader::new(Some(stage), Trust::Folder) {
        Ok(loader) => loader,
        Err(error) => return refuse(&error.to_string()),
    };
    let loaded = match loader.load(file, Some(Kind::Adapter)) {
        Ok(loaded) => loaded,
        Err(error) => return refuse(&error.to_string()),
    };
    // Its folder is the parent's to remove: this process will not be allowed to.
    std::mem::forget(loader);
    if std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count) > 1 {
        return THREADS;
    }
    if let Err(why) = trial.confine() {
        return refuse(&why);
    }
    let Ok(mut player) = Player::new(loaded.plugin, "") else { return NOT_MADE };
    player.plan(&[]);
    tick();
    for given in &job.inputs {
        let now = player.now();
        player.play(&given.input(now));
        tick();
    }
    // What the adapter leaves behind it does inside the filter, too.
    drop(player);
    tick();
    0
}

fn tick() {
    // The parent counts; a pipe that is gone means that nobody does.
    let _written = rustix::io::write(rustix::stdio::stdout(), b".");
}

#[expect(clippy::print_stderr, reason = "the parent reads it")]
fn refuse(why: &str) -> i32 {
    eprintln!("{why}");
    NOT_CONFINED
}
