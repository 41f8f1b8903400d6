//! P6: raw frame to normalised event to local book to best bid and ask, in one thread. No socket,
//! no ring; every check of the live path.

#[cfg(feature = "peers")]
mod barter;
#[cfg(feature = "peers")]
mod connector;
mod core;
mod feed;
mod tree;

use feed::Feed;

use crate::race::{Contender, race};
use crate::table::{Table, instructions};
use crate::tape::{Frames, Kind, Tape, USDM};

/// The price step of the capture, 0.1.
#[cfg(feature = "peers")]
pub(crate) const TICK: f64 = 0.1;

/// Depth frames from the first on that the snapshot needs.
pub(crate) struct Work {
    pub(crate) tape: Tape,
    pub(crate) frames: Frames,
    /// Frames that every one of the contenders takes: those from here on.
    pub(crate) from: usize,
    /// Those.
    pub(crate) feed: Feed,
}

impl Work {
    fn new(kind: Option<Kind>) -> Self {
        let tape = Tape::read(USDM);
        let snapshot: serde_json::Value =
            serde_json::from_slice(&tape.snapshot.1).expect("a snapshot");
        let id = snapshot["lastUpdateId"].as_u64().expect("its id");
        let frames = tape.frames(kind);
        let last = |bytes: &[u8]| {
            let frame: serde_json::Value = serde_json::from_slice(bytes).expect("a frame");
            frame["data"]["u"].as_u64().unwrap_or(0)
        };
        let covered =
            |(kind, _, bytes): &(Kind, i64, &[u8])| *kind != Kind::Depth || last(bytes) < id;
        let from = frames.iter().take_while(covered).count();
        let feed = Feed::of(frames.iter().skip(from));
        Self { tape, frames, from, feed }
    }
}

fn contenders(work: &Work, mixed: bool) -> Vec<Contender<'_>> {
    let mut all = vec![core::contender(work), tree::contender(work)];
    #[cfg(feature = "peers")]
    if !mixed {
        all.push(connector::contender(work));
        all.push(barter::contender(work));
    }
    #[cfg(not(feature = "peers"))]
    let _ = mixed;
    all.truncate(if mixed { 1 } else { all.len() });
    all
}

pub(crate) fn table() -> Table {
    let mut table = Table::new(
        "Full path in one thread, USD-M",
        &["frames", "contender", "ns a frame", "takes, patchbay = 1", "instructions a frame"],
    );
    for (name, kind) in [("depth", Some(Kind::Depth)), ("mixed", None)] {
        let work = Work::new(kind);
        let count = work.frames.len() - work.from;
        let times = race(name, count, contenders(&work, kind.is_none()));
        for time in &times {
            table.row([
                name.to_owned(),
                time.name.to_owned(),
                time.spread().to_string(),
                format!("{}x", time.over(&times[0])),
                instructions(&["path", name, time.name], count),
            ]);
        }
    }
    table
}

/// One pass of one contender, for the instruction counter.
pub(crate) fn count(case: &str, name: &str) {
    let work = Work::new((case == "depth").then_some(Kind::Depth));
    let mut all = contenders(&work, case != "depth");
    all.iter_mut().find(|c| c.name == name).expect("a contender").count();
}
