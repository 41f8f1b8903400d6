//! What every adapter must obey. Each law is one call, and panics with the input that broke it, what
//! came out, and how to repeat it. Its twin in [`judge`] answers that as a value, for a program.
//!
//! There is no law about what lies behind a frame: an adapter in safe Rust cannot look there, and the
//! host's padding is always zeros.

use std::fmt;

use crate::mutate::{Random, mutate};
use crate::{Input, Played, Player};

pub mod judge;
mod readers;

pub use readers::Readings;

/// A law that was broken: which, by what, and how to repeat it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{law}: {text}")]
pub struct Broken {
    /// The law's name.
    pub law: &'static str,
    /// The input that broke it, what came out, and how to repeat it.
    pub text: String,
}

/// How the mutated inputs of a law were answered. Whoever asks for mutations should assert that they
/// tested both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken, with something in them.
    pub accepted: usize,
    /// Taken as holding nothing for the host.
    pub ignored: usize,
    /// Refused.
    pub rejected: usize,
}

impl Tally {
    fn count(&mut self, played: &Played) {
        *match (played.accepted(), played.ignored()) {
            (true, false) => &mut self.accepted,
            (true, true) => &mut self.ignored,
            (false, _) => &mut self.rejected,
        } += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, ignored, rejected } = self;
        write!(f, "{accepted} accepted, {ignored} ignored, {rejected} rejected")
    }
}

/// Whatever a venue sends, the adapter accepts or rejects it: no panic, and no record that
/// contradicts the ABI (an instrument never defined, a time that is not the call's, a request for a
/// connection that is not open, ...).
///
/// Plays `inputs` as they are, then `count` mutations of the frames and replies among them.
///
/// # Panics
///
/// If the adapter breaks the law, or there is nothing to mutate.
pub fn any_bytes_are_safe(
    player: &mut Player,
    inputs: &[Input<'_>],
    seed: u64,
    count: usize,
) -> Tally {
    kept(judge::any_bytes_are_safe(player, inputs, seed, count))
}

/// An adapter is a function of its inputs: two fresh players that are given the same answer the
/// same. What differs is a static, a clock, an address or the order of a hash table.
///
/// Both are played in step, so that a capture of any length can be given. `fresh` makes two equal
/// players.
///
/// # Panics
///
/// If the adapter breaks the law.
pub fn same_input_same_output<'a>(
    fresh: impl FnMut() -> Player,
    inputs: impl IntoIterator<Item = Input<'a>>,
) {
    kept(judge::same_input_same_output(fresh, inputs));
}

/// What was rejected might never have come: a player that saw damaged messages and rejected them
/// answers all others as one that never saw them. What differs is a symbol, an index or a sequence
/// that was kept before the rest of the message was found wrong.
///
/// Plays `inputs`, then `count` mutations of the frames and replies among them, each followed by
/// that one undamaged. `fresh` makes two equal players.
///
/// # Panics
///
/// If the adapter breaks the law, or there is nothing to mutate.
pub fn a_rejected_input_leaves_nothing(
    fresh: impl FnMut() -> Player,
    inputs: &[Input<'_>],
    seed: u64,
    count: usize,
) -> Tally {
    kept(judge::a_rejected_input_leaves_nothing(fresh, inputs, seed, count))
}

/// A frame that the scanner reads says the same to the general parser: `count` mutations of the frame
/// at `of`, with pieces of the others, are given to one player as they are, and with a blank before
/// them, which no scanner takes, to another. How they were read.
///
/// `fresh` makes two equal players whose connection 1 is open.
///
/// # Panics
///
/// If the adapter breaks the law.
pub fn scanner_and_parser_agree(
    fresh: impl FnMut() -> Player,
    frames: &[&str],
    of: usize,
    seed: u64,
    count: usize,
) -> Readings {
    kept(judge::scanner_and_parser_agree(fresh, frames, of, seed, count))
}

/// Every setting has a default, an entry in the schema, and there a sentence and its type.
///
/// # Panics
///
/// If the adapter breaks the law.
pub fn settings_are_described(player: &Player) {
    kept(judge::settings_are_described(player));
}

fn kept<T>(judged: Result<T, Broken>) -> T {
    judged.unwrap_or_else(|broken| panic!("{broken}"))
}

/// Whether two players said the same. The log is for people: it may count or leave out.
fn alike(a: &Played, b: &Played) -> bool {
    (a.status, a.outcome, &a.slots, &a.commands) == (b.status, b.outcome, &b.slots, &b.commands)
}

/// What a player answered, for a message.
struct Answer<'a>(&'a Player, &'a Played);

impl fmt::Display for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(player, played) = self;
        writeln!(f, "status {}, outcome {}", played.status, played.outcome)?;
        f.write_str(&player.show(played))?;
        for command in &played.commands {
            writeln!(f, "{command:?}")?;
        }
        f.write_str(&played.log)
    }
}

/// A mutation is told by its own seed and the inputs, so that it can be repeated alone.
struct Mutation {
    seed: u64,
    of: usize,
    other: usize,
    random: Random,
    number: usize,
    first_seed: u64,
}

impl Mutation {
    fn bytes(&self, inputs: &[Input<'_>]) -> Vec<u8> {
        let payload = |i: usize| inputs[i].payload().unwrap_or_default();
        mutate(&mut { self.random }, payload(self.of), payload(self.other))
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, of, number, first_seed, .. } = self;
        let count = number + 1;
        write!(
            f,
            "mutation {number} (of input {of}; to repeat: the same inputs, seed {seed}, count 1; \
             with all that came before: seed {first_seed}, count {count})"
        )
    }
}

struct Mutations {
    /// Inputs that have a payload.
    pool: Vec<usize>,
    seed: u64,
    count: usize,
    next: usize,
}

impl Mutations {
    fn new(inputs: &[Input<'_>], seed: u64, count: usize) -> Self {
        let pool: Vec<_> = (0..inputs.len()).filter(|&i| inputs[i].payload().is_some()).collect();
        assert!(!pool.is_empty(), "no frame and no reply to mutate among {} inputs", inputs.len());
        Self { pool, seed, count, next: 0 }
    }
}

impl Iterator for Mutations {
    type Item = Mutation;

    fn next(&mut self) -> Option<Mutation> {
        let number = self.next;
        if number == self.count {
            return None;
        }
        self.next += 1;
        let seed = self.seed.wrapping_add(number as u64);
        let mut random = Random(seed);
        let of = self.pool[random.below(self.pool.len())];
        let other = self.pool[random.below(self.pool.len())];
        Some(Mutation { seed, of, other, random, number, first_seed: self.seed })
    }
}
