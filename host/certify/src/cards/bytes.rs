//! 9xx and 1001: damaged messages, documented frames, and two instances side by side.

use std::collections::BTreeMap;

use patchbay_naive::What;
use patchbay_testkit::laws::{Broken, judge};
use patchbay_testkit::{Input, Player};

use crate::corpus::{Documented, Recording};
use crate::outcome::{Finding, Outcome, Outcomes};
use crate::subject::{Subject, input};

/// Damaged messages of the first card.
const MUTATIONS: usize = 20_000;
/// Damaged messages of the second, each followed by an undamaged one.
const TRACES: usize = 5_000;
/// Seed of the damage; a certificate can be repeated.
const SEED: u64 = 1;
/// Longest message that is damaged, bytes: lists of instruments are longer.
const LONGEST: usize = 16_384;
/// Messages of one shape that are damaged.
const ALIKE: usize = 2;
/// Records of a recording that two instances are given.
const SIDE_BY_SIDE: usize = 5_000;

/// Damage and determinism.
pub(crate) fn try_all(subject: &Subject, recordings: &[Recording], out: &mut Outcomes) {
    let inputs = samples(recordings);
    if !inputs.iter().any(|input| input.payload().is_some()) {
        for number in [901, 902] {
            out.insert(number, Outcome::unverified("no message is recorded"));
        }
    } else {
        out.insert(
            901,
            laws(|| {
                let mut player = fresh(subject)?;
                judge::any_bytes_are_safe(&mut player, &inputs, SEED, MUTATIONS)
            }),
        );
        out.insert(
            902,
            laws(|| {
                let mut players = vec![fresh(subject)?, fresh(subject)?];
                let next = || players.pop().expect("two are asked for");
                judge::a_rejected_input_leaves_nothing(next, &inputs, SEED, TRACES)
            }),
        );
    }
    out.insert(1001, alike(subject, recordings));
}

fn fresh(subject: &Subject) -> Result<Player, Broken> {
    let law = "a fresh instance";
    subject.player().map_err(|error| Broken { law, text: error.to_string() })
}

fn laws(judged: impl FnOnce() -> Result<patchbay_testkit::laws::Tally, Broken>) -> Outcome {
    match judged() {
        Ok(tally) => Outcome::passed(vec![
            ("accepted", tally.accepted as u64),
            ("ignored", tally.ignored as u64),
            ("rejected", tally.rejected as u64),
        ]),
        Err(broken) => Outcome::failed(broken.to_string()),
    }
}

/// Connections, and messages of every shape, of all recordings.
fn samples(recordings: &[Recording]) -> Vec<Input<'_>> {
    let mut inputs = vec![Input::Plan(&[])];
    let mut shapes: BTreeMap<(u32, String), usize> = BTreeMap::new();
    for (number, recording) in (0..).zip(recordings) {
        for record in &recording.records {
            let given = spread(input(record), number);
            let (text, conn) = match (&record.what, &given) {
                (What::Open(_), _) => {
                    inputs.push(given);
                    continue;
                }
                (What::Frame(text), Input::Frame { conn, .. }) => (text, *conn),
                (What::Reply { body, .. }, _) => (body, 0),
                _ => continue,
            };
            if text.len() > LONGEST {
                continue;
            }
            let letters = text.chars().filter(|c| !c.is_ascii_digit() && *c != '.');
            let shape = shapes.entry((conn, letters.take(48).collect())).or_default();
            if *shape < ALIKE {
                *shape += 1;
                inputs.push(given);
            }
        }
    }
    inputs
}

/// Connections of different recordings are different ones.
const fn spread(input: Input<'_>, recording: u32) -> Input<'_> {
    let more = recording * 100;
    match input {
        Input::Open { conn, tag, url } => Input::Open { conn: conn + more, tag, url },
        Input::Frame { conn, opcode, bytes } => Input::Frame { conn: conn + more, opcode, bytes },
        other => other,
    }
}

fn alike(subject: &Subject, recordings: &[Recording]) -> Outcome {
    let mut finding = Finding::default();
    finding.add("inputs", 0);
    for recording in recordings {
        let judged = fresh(subject).and_then(|one| {
            let mut players = vec![one, fresh(subject)?];
            let next = || players.pop().expect("two are asked for");
            let records = recording.records.iter().take(SIDE_BY_SIDE);
            let inputs = std::iter::once(Input::Plan(&[])).chain(records.map(input));
            judge::same_input_same_output(next, inputs)
        });
        match judged {
            Ok(count) => finding.add("inputs", count as u64),
            Err(broken) => finding.fail(|| format!("{}: {broken}", recording.name)),
        }
    }
    finding.outcome("nothing is recorded")
}

/// Frames of documentation, on a connection of each kind that is recorded or on one of which
/// nothing is known: one of them must read it.
pub(crate) fn documented(
    subject: &Subject,
    frames: &[Documented],
    recordings: &[Recording],
) -> Outcome {
    let mut urls: Vec<&str> = vec![""];
    for record in recordings.iter().flat_map(|recording| &recording.records) {
        if let What::Open(url) = &record.what
            && !urls.contains(&url.as_str())
        {
            urls.push(url);
        }
    }
    let mut finding = Finding::default();
    finding.add("frames", 0);
    for Documented { path, text } in frames {
        finding.add("frames", 1);
        let mut last = String::new();
        let read = urls.iter().any(|url| {
            let Ok(mut player) = subject.player() else { return false };
            player.plan(&[]);
            player.open(1, 0, url);
            let played = player.frame(1, text.trim().as_bytes());
            last = played.log.clone();
            played.accepted()
        });
        if !read {
            finding.fail(|| format!("{path}: {last}"));
        }
    }
    finding.outcome("the corpus holds no frame of the venue's documentation")
}
