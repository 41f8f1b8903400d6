//! P11: websocket frames from a socket on loopback into the host's hands, CPU time of the reading
//! thread. A server thread writes recorded frames as fast as they are taken.

mod clients;
mod server;

use crate::race::race;
use crate::sum::Sum;
use crate::table::Table;
use crate::tape::{Tape, USDM};

/// What every client makes of a frame's payload.
fn say(payload: &[u8], sum: &mut Sum) {
    sum.add(payload.len() as u64);
    sum.add(u64::from(payload[payload.len() / 2]));
}

pub(crate) fn table() -> Table {
    let frames = Tape::read(USDM).frames(None);
    let mut expected = Sum::default();
    frames.iter().for_each(|(_, _, bytes)| say(bytes, &mut expected));
    let stream = server::framed(&frames);
    let port = server::start(stream.clone());
    let (count, bytes) = (frames.len(), stream.len());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let mut reads = 0;
    let times = race(
        "ingest",
        count,
        vec![
            clients::bare(&runtime, port, bytes, expected.0),
            clients::own(&runtime, port, count),
            clients::patchbay(&runtime, port, count, &mut reads),
            clients::tungstenite(&runtime, port, count),
        ],
    );
    let mut table = Table::new(
        "Ingest over loopback, plain websocket, mixed USD-M frames as fast as they are read",
        &["reader", "ns of CPU a frame", "takes, bare read = 1"],
    );
    for time in &times {
        table.row([
            time.name.to_owned(),
            time.spread().to_string(),
            format!("{}x", time.over(&times[0])),
        ]);
    }
    let passes = crate::race::passes() + 1;
    table.note(format!(
        "patchbay read {:.0} frames at a time.",
        (count * passes) as f64 / reads as f64
    ));
    table
}
