//! 801: secrets are the host's.

use patchbay_plugin::bind::Command;
use patchbay_plugin::model::Kind;

use crate::outcome::Outcome;
use crate::session::{Lists, Session};
use crate::subject::Subject;
use crate::venue::Venue;

/// Starts an adapter that is to log in, and counts the places that it leaves to the host.
pub(crate) fn places(
    subject: &Subject,
    venue: &Venue,
    lists: Lists<'_>,
    symbols: &[(String, Kind)],
) -> Outcome {
    let Some(login) = &venue.login else {
        return Outcome::unverified("its market data needs no login");
    };
    let player = match subject.player_with(login.settings) {
        Ok(player) => player,
        Err(error) => return Outcome::failed(error.to_string()),
    };
    let session = Session::start(player, lists, symbols);
    let slots = session.commands.iter().map(|command| match command {
        Command::Connect(connect) => connect.secrets.len(),
        Command::Send(send) => send.secrets.len(),
        Command::Http(http) => http.secrets.len(),
        _ => 0,
    });
    match slots.sum::<usize>() as u64 {
        0 => Outcome::failed(format!("it logs in nowhere with {}", login.settings.join(", "))),
        places => Outcome::passed(vec![("places", places)]),
    }
}
