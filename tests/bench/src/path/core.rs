//! The host's path of an input: loaded plugin, records, engine with ids judged, history and witness,
//! books. Without journal and strategies, which have threads or costs of their own.

use patchbay_abi::OPCODE_TEXT;
use patchbay_engine::Action;
use patchbay_journal::{Input, List};
use patchbay_model::{InstrumentId, Side};
use patchbay_plugin::bind::Command;
use patchbay_runtime::{AdapterSetup, Core, CoreConfig};

use super::Work;
use crate::plugin::{self, CONN};
use crate::race::{Contender, Step};
use crate::sum::Sum;
use crate::tape::{Kind, USDM};

pub(crate) fn contender(work: &Work) -> Contender<'_> {
    let setup = plugin::loaded();
    let mut core = None;
    Contender::resetting("patchbay, loaded plugin", move |step| {
        if step == Step::Reset {
            core = Some(started(work, &setup));
            return 0;
        }
        run(core.as_mut().expect("it was reset"), work)
    })
}

fn run(core: &mut Core, work: &Work) -> u64 {
    let mut sum = Sum::default();
    work.feed.each(|kind, at, text| {
        take(core, at, text.as_bytes());
        if kind == Kind::Depth {
            let listing = core.engine().listing(InstrumentId(0)).expect("it is defined");
            let best = [Side::Buy, Side::Sell].map(|side| listing.book.best(side));
            let ticks = best.map(|level| level.map_or(0, |level| level.price / 10_000_000));
            sum.add_level(ticks[0], ticks[1]);
        }
    });
    assert!(core.engine().tally().gaps == 0 && core.seats()[0].tally.fallback_frames == 0);
    sum.0
}

fn take(core: &mut Core, at: i64, data: &[u8]) {
    let input = Input::Frame { conn: CONN, opcode: OPCODE_TEXT, data };
    core.take(0, at, &input).expect("there is no journal");
}

/// With a connection and a snapshot that waits for the first frame that counts.
fn started(work: &Work, setup: &AdapterSetup<'_>) -> Core {
    let mut core = Core::new(CoreConfig::default());
    core.attach(0, setup).expect("the plugin takes its defaults");
    let mut give = |at, input: &Input<'_>| core.take(0, at, input).expect("there is no journal");
    give(0, &Input::Open { conn: CONN, tag: 0, url: USDM.url });
    let before = work.frames.iter().take(work.from.max(1));
    let (_, at, first) = before.clone().last().expect("frames");
    before.for_each(|(_, at, data)| {
        give(at, &Input::Frame { conn: CONN, opcode: OPCODE_TEXT, data });
    });
    let _ = first;
    if let Some(&Action::Resync { scope_kind, scope, .. }) = core.actions().first() {
        core.take(0, at, &Input::Resync { scope_kind, scope }).expect("there is no journal");
    }
    let asked = core.requests().iter().find_map(|request| match request {
        Command::Http(http) => Some(http.id),
        _ => None,
    });
    let url = format!("{}?symbol={}&limit=1000", USDM.rest(), USDM.symbol);
    let (id, body) = (asked.unwrap_or(0), &work.tape.snapshot.1[..]);
    let headers = List::Lent(&[]);
    let reply = Input::Reply { id, status: 200, error: 0, url: &url, headers, body };
    core.take(0, at, &reply).expect("there is no journal");
    core
}
