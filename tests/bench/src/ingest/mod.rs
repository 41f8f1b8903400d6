//! P11: websocket frames from a socket on loopback into the host's hands, CPU time of the reading
//! thread. A server thread writes recorded frames as fast as they are taken.

mod clients;
mod server;

use std::sync::Arc;

use crate::race::{Contender, race};
use crate::sum::Sum;
use crate::table::{Table, instructions};
use crate::tape::{Tape, USDM};
use clients::Source;
use server::Identity;

/// What every client makes of a frame's payload.
fn say(payload: &[u8], sum: &mut Sum) {
    sum.add(payload.len() as u64);
    sum.add(u64::from(payload[payload.len() / 2]));
}

pub(crate) fn tables() -> Vec<Table> {
    vec![table("plain"), table("TLS")]
}

/// One contender a second time, for an instruction counter.
pub(crate) fn count(kind: &str, contender: &str) {
    let (source, mut reads) = (source(kind), 0);
    let mut contenders = contenders(&source, &mut reads);
    let found = contenders.iter_mut().find(|own| own.name == contender);
    found.unwrap_or_else(|| panic!("no contender `{contender}`")).count();
}

fn source(kind: &str) -> Source {
    let frames = Tape::read(USDM).frames(None);
    let mut sum = Sum::default();
    frames.iter().for_each(|(_, _, bytes)| say(bytes, &mut sum));
    let stream = Arc::new(server::framed(&frames));
    let identity = (kind == "TLS").then(Identity::new);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Source {
        runtime: runtime.expect("a runtime"),
        port: server::start(&stream, identity.as_ref()),
        tls: identity.as_ref().map(Identity::file),
        count: frames.len(),
        bytes: stream.len(),
        sum: sum.0,
    }
}

fn contenders<'a>(source: &'a Source, reads: &'a mut usize) -> Vec<Contender<'a>> {
    vec![
        clients::bare(source),
        clients::loop_over_heads(source),
        clients::patchbay(source, reads),
        clients::tungstenite(source),
    ]
}

fn table(kind: &str) -> Table {
    let (source, mut reads) = (source(kind), 0);
    let times = race("ingest", source.count, contenders(&source, &mut reads));
    let mut table = Table::new(
        &format!(
            "Ingest over loopback, {kind} websocket, mixed USD-M frames as fast as they are read"
        ),
        &["reader", "ns of CPU a frame", "takes, bare read = 1", "instructions a frame"],
    );
    for time in &times {
        table.row([
            time.name.to_owned(),
            time.spread().to_string(),
            format!("{}x", time.over(&times[0])),
            instructions(&["ingest", kind, time.name], source.count),
        ]);
    }
    let passes = crate::race::passes() + 1;
    let batch = (source.count * passes) as f64 / reads as f64;
    table.note(format!(
        "patchbay read {batch:.0} frames at a time. Instructions are the reader's own."
    ));
    table
}
