//! The laws as values: who broke one is told, and nobody panics.

pub use super::readers::scanner_and_parser_agree;
use super::{Answer, Broken, Mutation, Mutations, Tally, alike};
use crate::{Input, Played, Player, settings, sound};

/// See [`super::any_bytes_are_safe`].
///
/// # Errors
///
/// If the adapter breaks the law.
///
/// # Panics
///
/// If there is nothing to mutate.
pub fn any_bytes_are_safe(
    player: &mut Player,
    inputs: &[Input<'_>],
    seed: u64,
    count: usize,
) -> Result<Tally, Broken> {
    for (i, input) in inputs.iter().enumerate() {
        let played = player.play(input);
        sound("any_bytes_are_safe", player, &played, input, &format!("input {i}"))?;
    }
    let mut tally = Tally::default();
    for mutation in Mutations::new(inputs, seed, count) {
        let bytes = mutation.bytes(inputs);
        let input = inputs[mutation.of].with_payload(&bytes);
        let played = player.play(&input);
        sound("any_bytes_are_safe", player, &played, &input, &mutation.to_string())?;
        tally.count(&played);
    }
    Ok(tally)
}

/// See [`super::same_input_same_output`]; how many inputs there were.
///
/// # Errors
///
/// If the adapter breaks the law.
pub fn same_input_same_output<'a>(
    mut fresh: impl FnMut() -> Player,
    inputs: impl IntoIterator<Item = Input<'a>>,
) -> Result<usize, Broken> {
    let (mut one, mut other) = (fresh(), fresh());
    let mut count = 0;
    for (i, input) in inputs.into_iter().enumerate() {
        let (a, b) = (one.play(&input), other.play(&input));
        if !alike(&a, &b) {
            let text = format!(
                "two fresh players differ at input {i}\n{input}\none: {}\nthe other: {}\n\
                 to repeat: the same inputs, of which the first {} suffice",
                Answer(&one, &a),
                Answer(&other, &b),
                i + 1
            );
            return Err(Broken { law: "same_input_same_output", text });
        }
        count = i + 1;
    }
    Ok(count)
}

/// See [`super::a_rejected_input_leaves_nothing`].
///
/// # Errors
///
/// If the adapter breaks the law.
///
/// # Panics
///
/// If there is nothing to mutate.
pub fn a_rejected_input_leaves_nothing(
    mut fresh: impl FnMut() -> Player,
    inputs: &[Input<'_>],
    seed: u64,
    count: usize,
) -> Result<Tally, Broken> {
    let mut pair = Pair { scarred: fresh(), clean: fresh(), last: None };
    let mut tally = Tally::default();
    for input in inputs {
        let played = pair.scarred.play(input);
        pair.compare(input, &played)?;
    }
    for mutation in Mutations::new(inputs, seed, count) {
        let bytes = mutation.bytes(inputs);
        let whole = &inputs[mutation.of];
        let input = whole.with_payload(&bytes);
        let played = pair.scarred.play(&input);
        tally.count(&played);
        if played.rejected() {
            pair.last = Some((mutation, bytes));
        } else {
            pair.compare(&input, &played)?;
        }
        let played = pair.scarred.play(whole);
        pair.compare(whole, &played)?;
    }
    Ok(tally)
}

/// See [`super::settings_are_described`].
///
/// # Errors
///
/// If the adapter breaks the law.
pub fn settings_are_described(player: &Player) -> Result<(), Broken> {
    let found = settings::disagreements(player.plugin()).unwrap_or_else(|e| vec![e.to_string()]);
    match found.is_empty() {
        true => Ok(()),
        false => Err(Broken { law: "settings_are_described", text: found.join("; ") }),
    }
}

/// What must hold of one answer, whatever was asked: no panic, and no record or request that
/// contradicts the ABI.
///
/// # Errors
///
/// If it does not.
pub fn is_sound(player: &Player, played: &Played, input: &Input<'_>) -> Result<(), Broken> {
    sound("is_sound", player, played, input, "the input")
}

fn sound(
    law: &'static str,
    player: &Player,
    played: &Played,
    input: &Input<'_>,
    which: &str,
) -> Result<(), Broken> {
    sound::check(played, player.known(), player.now()).map_err(|wrong| {
        let answer = Answer(player, played);
        Broken { law, text: format!("{which} was answered with {wrong}\n{input}\n{answer}") }
    })
}

/// Two players, of which one has rejected something.
struct Pair {
    scarred: Player,
    clean: Player,
    last: Option<(Mutation, Vec<u8>)>,
}

impl Pair {
    /// Gives `input` to the clean one, too, and compares with what the scarred one has `played`.
    fn compare(&mut self, input: &Input<'_>, played: &Played) -> Result<(), Broken> {
        let expected = self.clean.play(input);
        if alike(played, &expected) {
            return Ok(());
        }
        let rejected = match &self.last {
            Some((mutation, bytes)) => format!("{mutation}\n{}", bytes.escape_ascii()),
            None => "nothing yet, so that two fresh players differ".to_owned(),
        };
        let text = format!(
            "what was rejected left a trace\n{input}\nafter it: {}\nwithout it: {}\n\
             last rejected: {rejected}",
            Answer(&self.scarred, played),
            Answer(&self.clean, &expected)
        );
        Err(Broken { law: "a_rejected_input_leaves_nothing", text })
    }
}
