//! P7: the same adapter behind the plugin file and linked into this program, on the smallest event.

use crate::plugin::{self, Seat};
use crate::race::{Contender, race};
use crate::table::{Table, instructions};
use crate::tape::{Kind, Tape, USDM};

const BYTES: usize = 1 << 20;

fn with_contenders<R>(run: impl FnOnce(usize, Vec<Contender<'_>>) -> R) -> R {
    let frames = Tape::read(USDM).frames(Some(Kind::Quote)).first(BYTES);
    let setups = [plugin::linked(), plugin::loaded()];
    let [mut linked, mut loaded] = setups.each_ref().map(|s| Seat::new(s, USDM, &frames));
    let all = vec![
        Contender::new("linked statically", || plugin::pass(&frames, &mut linked)),
        Contender::new("loaded plugin", || plugin::pass(&frames, &mut loaded)),
    ];
    run(frames.len(), all)
}

pub(crate) fn table() -> Table {
    with_contenders(|frames, all| {
        let mut table = Table::new(
            "Plugin boundary, bookTicker",
            &["adapter", "ns a frame", "takes, linked = 1", "instructions a frame"],
        );
        let times = race("boundary", frames, all);
        for time in &times {
            table.row([
                time.name.to_owned(),
                time.spread().to_string(),
                format!("{:.2}x", time.over(&times[0]).median),
                instructions(&["boundary", time.name], frames),
            ]);
        }
        table
    })
}

/// One pass of one contender, for the instruction counter.
pub(crate) fn count(name: &str) {
    with_contenders(|_, mut all| {
        all.iter_mut().find(|c| c.name == name).expect("a contender").count();
    });
}
