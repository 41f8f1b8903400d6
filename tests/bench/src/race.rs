//! Contenders in turn, round by round, in one process: whatever slows the machine down slows all of
//! them.

use crate::clock::charged_ns;

/// What a contender is told to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Be as at the start; not timed.
    Reset,
    /// One pass over the same work.
    Run,
}

/// A pass answers the checksum over everything that it found out.
pub(crate) type Pass<'a> = Box<dyn FnMut(Step) -> u64 + 'a>;

/// Who runs.
pub(crate) struct Contender<'a> {
    pub(crate) name: &'static str,
    pub(crate) pass: Pass<'a>,
}

impl<'a> Contender<'a> {
    /// One that keeps nothing from pass to pass.
    pub(crate) fn new(name: &'static str, mut pass: impl FnMut() -> u64 + 'a) -> Self {
        Self::resetting(name, move |step| if step == Step::Run { pass() } else { 0 })
    }

    pub(crate) fn resetting(name: &'static str, pass: impl FnMut(Step) -> u64 + 'a) -> Self {
        Self { name, pass: Box::new(pass) }
    }

    /// One pass after another that warms up, for the instruction counter.
    pub(crate) fn count(&mut self) {
        for step in [Step::Reset, Step::Run, Step::Reset] {
            (self.pass)(step);
        }
        measured(&mut self.pass);
    }
}

/// ns a unit of one contender in every counted round.
pub(crate) struct Times {
    pub(crate) name: &'static str,
    rounds: Vec<f64>,
}

/// Median, and the quartiles around it.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

/// Rounds that count; `PASSES` changes it.
pub(crate) fn passes() -> usize {
    let given = std::env::var("PASSES").ok().and_then(|text| text.parse().ok());
    given.unwrap_or(15).max(9)
}

/// Runs all contenders, each once a round, over work of `units`; the first round warms up. The
/// starting place moves on, so that nobody always runs behind the same other one.
///
/// # Panics
///
/// If two contenders disagree on the checksum.
pub(crate) fn race(what: &str, units: usize, mut contenders: Vec<Contender<'_>>) -> Vec<Times> {
    let count = contenders.len();
    let mut times: Vec<Times> =
        contenders.iter().map(|c| Times { name: c.name, rounds: Vec::new() }).collect();
    for round in 0..=passes() {
        let mut agreed = None;
        for at in 0..count {
            let at = (at + round) % count;
            (contenders[at].pass)(Step::Reset);
            let start = charged_ns();
            let sum = measured(&mut contenders[at].pass);
            let spent = (charged_ns() - start) as f64 / units as f64;
            let first = *agreed.get_or_insert(sum);
            assert_eq!(sum, first, "{what}: {} disagrees with the others", contenders[at].name);
            if round > 0 {
                times[at].rounds.push(spent);
            }
        }
    }
    times
}

/// What an instruction counter is told to look at.
#[inline(never)]
pub(crate) fn measured(pass: &mut Pass<'_>) -> u64 {
    std::hint::black_box(pass(Step::Run))
}

impl Times {
    pub(crate) fn spread(&self) -> Spread {
        Spread::of(self.rounds.clone())
    }

    /// How many times longer this one takes than `other`, round by round.
    pub(crate) fn over(&self, other: &Self) -> Spread {
        Spread::of(self.rounds.iter().zip(&other.rounds).map(|(a, b)| a / b).collect())
    }
}

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |part: usize| values[(values.len() - 1) * part / 4];
        Self { low: at(1), median: at(2), high: at(3) }
    }
}

/// `9.1 (8.8–9.6)`: median and quartiles.
impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = if self.median < 100.0 { 1 } else { 0 };
        let Self { low, median, high, .. } = self;
        write!(f, "{median:.places$} ({low:.places$}–{high:.places$})")
    }
}
