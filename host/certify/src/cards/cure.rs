//! 505: told that a book needs a snapshot, the adapter asks the venue for one.

use patchbay_plugin::Scope;
use patchbay_plugin::abi::PURPOSE_SNAPSHOT;
use patchbay_plugin::bind::Command;
use patchbay_plugin::model::Kind;
use patchbay_testkit::Input;

use crate::outcome::{Finding, Outcome};
use crate::session::Session;

/// In a session in which `symbols` are subscribed.
pub(crate) fn ask(session: &mut Session<'_>, symbols: &[(String, Kind)]) -> Outcome {
    let mut finding = Finding::default();
    finding.add("books", 0);
    for (symbol, kind) in symbols {
        let mut defined = session.player.instruments().iter();
        let index = defined.position(|about| about.symbol == *symbol && about.kind == *kind);
        let Some(index) = index.and_then(|index| u32::try_from(index).ok()) else { continue };
        session.commands.clear();
        session.give(&Input::Resync(Scope::Instrument(index)));
        finding.add("books", 1);
        if !session.commands.iter().any(cures) {
            finding
                .fail(|| format!("{symbol}: its book needs a snapshot, and nothing was asked for"));
        }
    }
    finding.outcome("no list of instruments is recorded, so that nothing can be subscribed")
}

/// Whether a request can bring a snapshot.
fn cures(command: &Command) -> bool {
    match command {
        Command::Http(http) => http.purpose == PURPOSE_SNAPSHOT,
        Command::Send(_) | Command::Connect(_) | Command::Close { .. } => true,
        _ => false,
    }
}
