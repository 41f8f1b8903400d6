//! 7xx: limits, refusals, bans, sharing out.

use patchbay_plugin::Value;
use patchbay_plugin::bind::Command;
use patchbay_plugin::model::Kind;
use patchbay_testkit::{Input, Player};

use crate::outcome::{Outcome, Outcomes};
use crate::session::{Lists, Session};
use crate::subject::Subject;
use crate::venue::Venue;

const SECOND: i64 = 1_000_000_000;
/// `Retry-After` of the refusal, s.
const PAUSE_S: i64 = 7;
/// `Retry-After` of the ban, s.
const BAN_S: i64 = 120;
/// How long after the pause it may take until something is asked again, s.
const PATIENCE_S: i64 = 900;

/// Symbols a connection where no setting says how many.
const SHARE: i64 = 5;

pub(crate) fn try_all(
    subject: &Subject,
    venue: &Venue,
    session: &Session<'_>,
    symbols: &[(String, Kind)],
    out: &mut Outcomes,
) {
    out.insert(701, prices(session));
    out.insert(704, shares(subject, session, symbols));
    let tried = |why, banned| match subject.player() {
        Ok(player) => refusal(player, symbols, why, banned),
        Err(error) => Outcome::failed(error.to_string()),
    };
    out.insert(702, tried((429, "", PAUSE_S), false));
    let ban = venue.ban.map(|(status, body)| tried((status, body, BAN_S), true));
    out.insert(703, ban.unwrap_or_else(|| Outcome::unverified("the venue documents no ban")));
}

fn prices(session: &Session<'_>) -> Outcome {
    if let Some(broken) = &session.broken {
        return Outcome::failed(broken.to_string());
    }
    let priced = session.commands.iter().filter_map(|command| match command {
        Command::Http(http) => Some((&http.path, &http.costs)),
        Command::Connect(connect) => Some((&connect.url, &connect.costs)),
        _ => None,
    });
    let mut count = 0;
    for (what, costs) in priced {
        if costs.is_empty() {
            return Outcome::failed(format!("{what} counts against no limit"));
        }
        count += 1;
    }
    Outcome::backed(vec![("requests", count)], count, "nothing was asked for")
}

fn shares(subject: &Subject, session: &Session<'_>, symbols: &[(String, Kind)]) -> Outcome {
    if symbols.is_empty() {
        return Outcome::unverified("no list of instruments is recorded");
    }
    let settings = subject.settings(&[]).unwrap_or_default();
    let setting = settings.iter().find(|(key, _)| key == "symbols_per_connection");
    let most = match setting.map(|(_, value)| value.lend()) {
        Some(Value::Int(most)) => most,
        _ => SHARE,
    };
    if let Some(connect) = session.conns.values().find(|c| i64::from(c.symbols) > most) {
        let (url, found) = (&connect.url, connect.symbols);
        return Outcome::failed(format!("{url} carries {found} symbols, the setting says {most}"));
    }
    // Names of streams may be in lower case, in frames or in the URL.
    let mut said: String = session.conns.values().map(|c| c.url.to_lowercase()).collect();
    for command in &session.commands {
        if let Command::Send(send) = command {
            said.push_str(&String::from_utf8_lossy(&send.payload).to_lowercase());
        }
    }
    match symbols.iter().find(|(symbol, _)| !said.contains(&symbol.to_lowercase())) {
        Some((symbol, _)) => Outcome::failed(format!("{symbol} was wished for, not subscribed")),
        None => Outcome::passed(vec![
            ("symbols", symbols.len() as u64),
            ("connections", session.conns.len() as u64),
        ]),
    }
}

/// Answers the first request with a refusal that names a time, and watches when it is asked again.
fn refusal(
    player: Player,
    symbols: &[(String, Kind)],
    (status, body, pause_s): (u32, &str, i64),
    banned: bool,
) -> Outcome {
    let mut session = Session::new(player, Lists::new());
    session.plan(symbols);
    let first = session.commands.iter().find_map(|command| match command {
        Command::Http(http) => Some(http.clone()),
        _ => None,
    });
    let Some(first) = first else {
        return Outcome::unverified("it asks for nothing over HTTPS");
    };
    session.commands.clear();
    let pause = pause_s.to_string();
    let headers = [("retry-after", pause.as_str())];
    let (id, url) = (first.id, format!("{}{}", first.base, first.path));
    let body = body.as_bytes();
    session.give(&Input::Reply { id, status, url: &url, headers: &headers, body });
    let told = session.commands.iter().any(|command| matches!(command, Command::Fail { .. }));
    if banned && !told {
        return Outcome::failed(format!("{url}: status {status} called no operator"));
    }
    let again = |session: &Session<'_>| {
        let same = |command: &Command| match command {
            Command::Http(http) => http.path == first.path && http.base == first.base,
            _ => false,
        };
        session.commands.iter().any(same)
    };
    session.sleep(pause_s * SECOND - 1);
    if again(&session) {
        return Outcome::failed(format!("{url}: asked again before the {pause_s} s were over"));
    }
    session.sleep(PATIENCE_S * SECOND);
    match again(&session) {
        true => Outcome::passed(vec![("pause, s", pause_s as u64)]),
        false => Outcome::failed(format!("{url}: not asked again within {PATIENCE_S} s after")),
    }
}
