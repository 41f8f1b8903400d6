//! 506: nothing outlives a connection.

use std::collections::BTreeMap;

use patchbay_plugin::bind::Command;
use patchbay_testkit::{Input, Played, Player};

use crate::corpus::Recording;
use crate::outcome::Finding;
use crate::session::Session;
use crate::subject::{Subject, input};

/// Records of a recording that are played before and after.
const REACH: usize = 1500;
/// Added to the number of each connection that is opened again.
const LATER: u32 = 1000;
/// Stands in a record of an instrument's state behind its name.
const STATE: &str = " status ";

/// Plays the start of a recording twice, the connections closed in between, and compares the second
/// time with an instance that has only that one.
pub(crate) fn compare(
    subject: &Subject,
    recording: &Recording,
    finding: &mut Finding,
) -> Result<(), String> {
    let player = || subject.player().map_err(|error| error.to_string());
    let (mut old, mut fresh) = (player()?, player()?);
    let records = &recording.records[..recording.records.len().min(REACH)];
    old.plan(&[]);
    let (mut conns, mut told) = (Vec::new(), BTreeMap::new());
    for record in records {
        let given = input(record);
        if let Some(conn) = connection(&given).filter(|conn| !conns.contains(conn)) {
            conns.push(conn);
        }
        let played = old.play(&given);
        remember(&said(&old, &played).1, &mut told);
    }
    for conn in conns {
        old.close(conn, 1006, "cut");
    }
    fresh.plan(&[]);
    for (at, record) in records.iter().enumerate() {
        let given = later(input(record));
        let (a, b) = (old.play(&given), fresh.play(&given));
        finding.add("inputs", 1);
        if !alike(&said(&old, &a), &said(&fresh, &b), &mut told) {
            let name = recording.name;
            finding.fail(|| {
                format!(
                    "{name}: record {at} on a new connection says {:?}, without the one before {:?}",
                    said(&old, &a),
                    said(&fresh, &b)
                )
            });
            return Ok(());
        }
    }
    Ok(())
}

/// A connection that opens again subscribes what it did the first time.
pub(crate) fn subscribe_again(session: &mut Session<'_>, finding: &mut Finding) {
    let opened = session.conns.clone();
    let first: Vec<_> = opened.keys().map(|conn| sent(&session.commands, *conn)).collect();
    for ((conn, connect), first) in opened.into_iter().zip(first) {
        session.conns.remove(&conn);
        session.give(&Input::Close { conn, code: 1006, reason: "cut" });
        // The host connects again by itself.
        session.open(&connect);
        let again = session.conns.keys().next_back().copied().unwrap_or_default();
        let second = sent(&session.commands, again);
        finding.add("connections", 1);
        if first != second {
            let url = &connect.url;
            finding.fail(|| format!("{url}: subscribed {first:?}, and after a cut {second:?}"));
        }
    }
}

/// What was sent on a connection, numbers of requests aside.
fn sent(commands: &[Command], conn: u32) -> Vec<String> {
    let sends = commands.iter().filter_map(|command| match command {
        Command::Send(send) if send.conn == conn => Some(String::from_utf8_lossy(&send.payload)),
        _ => None,
    });
    sends.map(|text| text.chars().filter(|c| !c.is_ascii_digit()).collect()).collect()
}

/// What was said last of the state of each instrument.
type States = BTreeMap<String, String>;

fn remember(text: &str, told: &mut States) {
    let states = text.lines().filter_map(|line| Some((line.split_once(STATE)?.0, line)));
    told.extend(states.map(|(of, line)| (of.to_owned(), line.to_owned())));
}

/// Whether both say the same. The state of an instrument is told when it changes, whichever
/// connection tells: who has said just that last need not say it again.
fn alike(old: &(i32, String), fresh: &(i32, String), told: &mut States) -> bool {
    let said = |line: &&str| {
        let known = line.split_once(STATE).and_then(|(of, _)| told.get(of));
        known.is_none_or(|known| known != line) || old.1.lines().any(|own| own == *line)
    };
    let same = old.0 == fresh.0 && old.1.lines().eq(fresh.1.lines().filter(said));
    remember(&old.1, told);
    same
}

/// Records as text, which knows no index and no exponent.
fn said(player: &Player, played: &Played) -> (i32, String) {
    (played.status, player.show(played))
}

const fn connection(input: &Input<'_>) -> Option<u32> {
    match input {
        Input::Open { conn, .. } | Input::Frame { conn, .. } => Some(*conn),
        _ => None,
    }
}

const fn later(input: Input<'_>) -> Input<'_> {
    match input {
        Input::Open { conn, tag, url } => Input::Open { conn: conn + LATER, tag, url },
        Input::Frame { conn, opcode, bytes } => Input::Frame { conn: conn + LATER, opcode, bytes },
        other => other,
    }
}
