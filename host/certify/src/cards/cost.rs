//! 1101: what a frame costs, measured frame by frame on the calling thread.

use patchbay_naive::What;
use patchbay_plugin::abi::{NO_INSTRUMENT, OPCODE_TEXT, OUTCOME_FALLBACK, SLOT_DEPTH, SLOT_TRADE};
use patchbay_plugin::bind::Answer;
use patchbay_plugin::{FrameBuf, Open, Value};
use patchbay_runtime::HostClock;

use crate::corpus::Recording;
use crate::outcome::Outcome;
use crate::subject::{Subject, connection};

/// Frames that are measured at most.
const FRAMES: usize = 60_000;
/// Frames before anything counts.
const WARM_UP: usize = 2_000;
/// Most that the median may cost, ns: a debug build on a slow machine stays far below.
const MEDIAN_MAX: u64 = 50_000;
/// What a scanner is for: a ticker that names only what changed is the general parser's.
const HOT: [u16; 2] = [SLOT_DEPTH, SLOT_TRADE];
/// Frames in a thousand that the general parser may read.
const FALLBACK_MAX: u64 = 10;

/// Plays the newest recording.
pub(crate) fn measure(subject: &Subject, recordings: &[Recording]) -> Outcome {
    let at = |recording: &&Recording| recording.records.last().map(|record| record.at_ns);
    let Some(newest) = recordings.iter().max_by_key(at) else {
        return Outcome::unverified("nothing is recorded");
    };
    match play(subject, newest) {
        Ok(outcome) => outcome,
        Err(error) => Outcome::failed(error),
    }
}

fn play(subject: &Subject, recording: &Recording) -> Result<Outcome, String> {
    let settings = subject.settings(&[])?;
    let config: Vec<(&str, Value<'_>)> =
        settings.iter().map(|(key, value)| (key.as_str(), value.lend())).collect();
    let made = subject.loaded.plugin.adapter(&config, 0, 0, &|_, _| {});
    let mut adapter = made.map_err(|error| error.to_string())?;
    let (clock, mut buf) = (HostClock::start(), FrameBuf::default());
    let (mut costs, mut fell_back) = (Vec::with_capacity(FRAMES), 0);
    adapter.plan(0, &[]);
    for record in &recording.records {
        let conn = connection(record);
        match &record.what {
            What::Open(url) => drop(adapter.open(0, Open { conn, tag: 0, url })),
            What::Reply { url, body } => {
                buf.fill(body.as_bytes());
                let headers = &[][..];
                let body = &mut buf;
                drop(adapter.reply(0, Answer { id: 0, status: 200, error: 0, url, headers, body }));
            }
            What::Frame(text) => {
                buf.fill(text.as_bytes());
                let before = clock.now();
                let call = adapter.frame(0, conn, OPCODE_TEXT, &mut buf);
                let after = clock.now();
                // What only counts a message of the connection changes no book.
                let mut heads = call.slots.iter().map(|slot| slot.head());
                let first = heads.find(|head| head.instrument != NO_INSTRUMENT);
                let hot = first.is_some_and(|head| HOT.contains(&head.kind));
                fell_back += u64::from(hot && call.outcome == OUTCOME_FALLBACK);
                costs.push(u64::try_from(after - before).unwrap_or(0));
            }
        }
        if costs.len() == FRAMES {
            break;
        }
    }
    let frames = costs.len() as u64;
    let mut costs = costs.split_off(WARM_UP.min(costs.len() / 2));
    costs.sort_unstable();
    let at = |hundredths: usize| costs.get(costs.len() * hundredths / 100).copied().unwrap_or(0);
    let (median, p99) = (at(50), at(99));
    let figures = vec![
        ("frames", frames),
        ("median, ns", median),
        ("p99, ns", p99),
        ("by the general parser", fell_back),
    ];
    let wrong = if median > MEDIAN_MAX {
        Some(format!("{}: the median frame costs {median} ns", recording.name))
    } else if fell_back * 1000 > frames * FALLBACK_MAX {
        Some(format!("{}: {fell_back} of {frames} by the general parser", recording.name))
    } else {
        None
    };
    Ok(match wrong {
        Some(evidence) => Outcome { figures, ..Outcome::failed(evidence) },
        None => Outcome::backed(figures, frames, "no frame is recorded"),
    })
}
