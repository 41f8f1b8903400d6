//! Two readers of a frame, of which one takes less: what both take says the same.

use std::fmt;

use patchbay_plugin::abi::{OK, OUTCOME_FALLBACK};

use super::{Answer, Broken};
use crate::mutate::{Random, mutate};
use crate::{Played, Player};

const LAW: &str = "scanner_and_parser_agree";

/// How mutated frames were read. Whoever asks for them should assert that they tried every reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// By the scanner.
    pub scanned: usize,
    /// By the general parser, as the scanner declined.
    pub parsed: usize,
    /// Taken as holding nothing for the host.
    pub ignored: usize,
    /// Refused.
    pub rejected: usize,
}

impl Readings {
    const fn count(&mut self, played: &Played) {
        *match (played.status, played.outcome) {
            (OK, 0) => &mut self.scanned,
            (OK, OUTCOME_FALLBACK) => &mut self.parsed,
            (OK, _) => &mut self.ignored,
            _ => &mut self.rejected,
        } += 1;
    }
}

impl fmt::Display for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scanned, parsed, ignored, rejected } = self;
        write!(f, "{scanned} scanned, {parsed} parsed, {ignored} ignored, {rejected} rejected")
    }
}

/// See [`super::scanner_and_parser_agree`].
///
/// # Errors
///
/// If the adapter breaks the law.
pub fn scanner_and_parser_agree(
    mut fresh: impl FnMut() -> Player,
    frames: &[&str],
    of: usize,
    seed: u64,
    count: usize,
) -> Result<Readings, Broken> {
    let (mut fast, mut slow) = (fresh(), fresh());
    let (mut random, mut readings) = (Random(seed), Readings::default());
    for number in 0..count {
        let other = frames[random.below(frames.len())].as_bytes();
        let bytes = mutate(&mut random, frames[of].as_bytes(), other);
        let scanned = fast.frame(1, &bytes);
        let parsed = slow.frame(1, &[b" ", &*bytes].concat());
        let what = if parsed.outcome == 0 {
            "was scanned with a blank before it"
        } else if said(&scanned) != said(&parsed) {
            "was read otherwise with a blank before it"
        } else {
            readings.count(&scanned);
            continue;
        };
        let text = format!(
            "{} {what}\nscanned: {}\nparsed: {}\nto repeat: frame {of}, seed {seed}, mutation {number}",
            bytes.escape_ascii(),
            Answer(&fast, &scanned),
            Answer(&slow, &parsed)
        );
        return Err(Broken { law: LAW, text });
    }
    Ok(readings)
}

/// All that a reader says; who has read may differ.
fn said(
    played: &Played,
) -> (i32, &[patchbay_plugin::abi::Slot], &[patchbay_plugin::bind::Command]) {
    (played.status, &played.slots, &played.commands)
}
