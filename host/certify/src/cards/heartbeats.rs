//! 6xx: heartbeats, dead connections, planned ends.

use patchbay_plugin::Connect;
use patchbay_plugin::bind::Command;
use patchbay_testkit::Input;

use crate::outcome::{Outcome, Outcomes};
use crate::session::Session;
use crate::venue::{Heartbeat, Venue};

const SECOND: i64 = 1_000_000_000;
/// Longest silence before a connection counts as dead, ns.
const SILENCE_MAX: i64 = 300 * SECOND;

/// Cards of a session in which connections have opened.
pub(crate) fn try_all(session: &mut Session<'_>, venue: &Venue, out: &mut Outcomes) {
    let connects: Vec<Connect> = session.conns.values().cloned().collect();
    if connects.is_empty() {
        let why = "no list of instruments is recorded, so that nothing can be subscribed";
        for number in [601, 602, 603] {
            out.insert(number, Outcome::unverified(why));
        }
        return;
    }
    let count = vec![("connections", connects.len() as u64)];
    out.insert(602, dead(&connects, count.clone()));
    out.insert(603, life(&connects, venue, count.clone()));
    match venue.heartbeat {
        // The live host tells: see `live`.
        Heartbeat::Venue => {}
        Heartbeat::Client { text, within_s } => {
            out.insert(601, pings(session, &connects, text, within_s * SECOND, count));
        }
        Heartbeat::Undocumented => {
            out.insert(601, Outcome::unverified("the venue documents no heartbeat"));
        }
        Heartbeat::Asked { frame, answer } => {
            out.insert(601, answers(session, frame, answer, count));
        }
        Heartbeat::Subscribed { text } => {
            out.insert(601, subscribed(session, text, count));
        }
    }
}

fn dead(connects: &[Connect], figures: Vec<(&'static str, u64)>) -> Outcome {
    let worst = connects.iter().find(|connect| {
        // 0 is the host's own bound, which is below this one.
        let silence = (connect.silence_ns != 0).then_some(connect.silence_ns);
        let ping = (connect.ping_ns != 0).then_some(connect.ping_ns + connect.ping_wait_ns);
        silence.into_iter().chain(ping).min().is_some_and(|bound| bound > SILENCE_MAX)
    });
    match worst {
        Some(connect) => {
            let (url, silence) = (&connect.url, connect.silence_ns / SECOND);
            Outcome::failed(format!("{url} may be silent for {silence} s"))
        }
        None => Outcome::passed(figures),
    }
}

fn life(connects: &[Connect], venue: &Venue, figures: Vec<(&'static str, u64)>) -> Outcome {
    if venue.life_s == 0 {
        return Outcome::unverified("the venue states no age at which it ends connections");
    }
    let late = connects
        .iter()
        .find(|connect| connect.life_ns == 0 || connect.life_ns >= venue.life_s * SECOND);
    match late {
        Some(connect) => {
            let (url, life) = (&connect.url, connect.life_ns / SECOND);
            let most = venue.life_s;
            Outcome::failed(format!("{url} lives {life} s; the venue ends it after {most} s"))
        }
        None => Outcome::passed(figures),
    }
}

/// The host pings as the connection says, or the adapter sends by its timer.
fn pings(
    session: &mut Session<'_>,
    connects: &[Connect],
    text: &str,
    within: i64,
    figures: Vec<(&'static str, u64)>,
) -> Outcome {
    let by_host = |connect: &Connect| {
        connect.ping_ns > 0 && connect.ping_ns <= within && connect.ping_text.contains(text)
    };
    if connects.iter().all(by_host) {
        return Outcome::passed(figures);
    }
    session.commands.clear();
    session.sleep(within);
    let mut open = session.conns.iter();
    let silent = open.find(|(conn, connect)| {
        let sent = session.commands.iter().any(|command| match command {
            Command::Send(send) => {
                send.conn == **conn && String::from_utf8_lossy(&send.payload).contains(text)
            }
            _ => false,
        });
        !sent && !by_host(connect)
    });
    match silent {
        Some((_, connect)) => {
            let (url, within) = (&connect.url, within / SECOND);
            Outcome::failed(format!("{url}: no {text:?} within {within} s of silence"))
        }
        None => Outcome::passed(figures),
    }
}

fn answers(
    session: &mut Session<'_>,
    frame: &str,
    answer: &str,
    figures: Vec<(&'static str, u64)>,
) -> Outcome {
    let conns: Vec<u32> = session.conns.keys().copied().collect();
    for conn in conns {
        session.commands.clear();
        session.give(&Input::text(conn, frame));
        let answered = session.commands.iter().any(|command| match command {
            Command::Send(send) => {
                send.conn == conn && String::from_utf8_lossy(&send.payload).contains(answer)
            }
            _ => false,
        });
        if !answered {
            return Outcome::failed(format!("{frame} was not answered with {answer:?}"));
        }
    }
    Outcome::passed(figures)
}

/// Each connection that opens asks for the channel.
fn subscribed(session: &mut Session<'_>, text: &str, figures: Vec<(&'static str, u64)>) -> Outcome {
    for (conn, connect) in session.conns.clone() {
        session.commands.clear();
        session.conns.remove(&conn);
        session.give(&Input::Close { conn, code: 1006, reason: "cut" });
        // The host connects again by itself.
        session.open(&connect);
        let asked = session.commands.iter().any(|command| match command {
            Command::Send(send) => String::from_utf8_lossy(&send.payload).contains(text),
            _ => false,
        });
        if !asked {
            return Outcome::failed(format!("{}: nothing sent holds {text}", connect.url));
        }
    }
    Outcome::passed(figures)
}
