//! How a venue's clock stands to ours: offset, drift and steps, from receive minus exchange time.
//!
//! Delay only adds, so the least of many differences is nearest to the clocks' own (Mills, "Internet
//! Time Synchronization: the Network Time Protocol", IEEE Trans. Communications 39, 1991, section
//! IV: the clock filter). Of each window the third least difference counts, which one or two wrong
//! stamps cannot forge. Through these points goes the line whose slope is the median of all slopes
//! between two of them (Theil 1950; Sen, "Estimates of the Regression Coefficient Based on Kendall's
//! Tau", JASA 63, 1968): up to 29 % of the points may be anything.

use patchbay_model::Nanos;

/// Least length of a window.
const WINDOW: Nanos = 1_000_000_000;
/// Differences of a window that are waited for.
const LEAST: u32 = 3;
/// Windows that a line goes through.
const POINTS: usize = 32;
/// Windows from which on there is a line.
const FIRST: usize = 8;
/// Windows from which on its slope is believed; before that it is level, and lies at the least.
const SLOPED: usize = 12;
/// Windows that a slow one holds, and slow ones from which on their slope is believed.
const SLOW: u8 = 8;
const SLOW_SLOPED: usize = 8;
/// The least delay of a network may change by so much, ns: another path is no drift.
const PATH: f64 = 30e6;
/// Windows in a row beside the line that make a step: fewer where the difference fell, since no delay
/// does that.
const ROSE: usize = 4;
const FELL: usize = 2;
/// Median distances of the windows from the line that are still near it.
const NEAR: Nanos = 8;

/// A window: when, and its difference.
#[derive(Clone, Copy, Debug)]
struct Point {
    at: Nanos,
    difference: Nanos,
}

impl Point {
    const NONE: Self = Self { at: 0, difference: 0 };
}

/// What a window that was closed says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tick {
    /// It is near the line, or the first ones.
    Steady,
    /// It is beside the line; what that means the next ones say.
    Doubt,
    /// A clock was set by so much, ns.
    Step(Nanos),
}

/// The clock of a venue.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    until: Nanos,
    samples: u32,
    /// The three least of this window, rising.
    least: [Point; 3],
    points: Points,
    /// The least of eight windows each: for the drift.
    slow: Points,
    gathered: u8,
    gathering: Point,
    /// Windows in a row beside the line, on the same side of it.
    beside: [Point; ROSE],
    doubts: usize,
    line: Line,
    slow_line: Line,
}

/// The last windows.
#[derive(Clone, Debug)]
struct Points {
    points: [Point; POINTS],
    len: usize,
    next: usize,
}

/// Difference at a time.
#[derive(Clone, Copy, Debug)]
struct Line {
    at: Nanos,
    offset: Nanos,
    /// ns a ns.
    slope: f64,
    /// Median distance of the points from it, ns.
    noise: Nanos,
    /// From the first point to the last, ns.
    span: Nanos,
}

impl Line {
    const NONE: Self = Self { at: 0, offset: 0, slope: 0.0, noise: 0, span: 0 };

    fn value(&self, at: Nanos) -> Nanos {
        self.offset + ((at - self.at) as f64 * self.slope) as Nanos
    }

    /// Whether its slope is more than noise and paths explain.
    fn is_steep(&self) -> bool {
        let moved = (self.slope * self.span as f64).abs();
        moved > (NEAR * self.noise) as f64 + PATH
    }
}

impl Points {
    const NONE: Self = Self { points: [Point::NONE; POINTS], len: 0, next: 0 };

    fn push(&mut self, point: Point) {
        self.points[self.next] = point;
        self.next = (self.next + 1) % POINTS;
        self.len = (self.len + 1).min(POINTS);
    }

    fn fit(&self, sloped: usize) -> Line {
        let points = &self.points[..self.len];
        let at = points.iter().map(|point| point.at).max().unwrap_or(0);
        let first = points.iter().map(|point| point.at).min().unwrap_or(0);
        let sloped = self.len >= sloped;
        let slope = if sloped { slope(points) } else { 0.0 };
        let level = |point: &Point| point.difference + ((at - point.at) as f64 * slope) as Nanos;
        let mut levels = [0; POINTS];
        levels.iter_mut().zip(points).for_each(|(to, point)| *to = level(point));
        let levels = &mut levels[..self.len];
        let offset = match sloped {
            true => middle(levels),
            false => levels.iter().copied().min().unwrap_or(0),
        };
        levels.iter_mut().for_each(|level| *level = (*level - offset).abs());
        let noise = middle(levels);
        Line { at, offset, slope, noise, span: at - first }
    }
}

impl Clock {
    pub(crate) const fn new() -> Self {
        Self {
            until: 0,
            samples: 0,
            least: [Point::NONE; 3],
            points: Points::NONE,
            slow: Points::NONE,
            gathered: 0,
            gathering: Point::NONE,
            beside: [Point::NONE; ROSE],
            doubts: 0,
            line: Line::NONE,
            slow_line: Line::NONE,
        }
    }

    /// Takes the difference of a record that came at `at`. At the end of a window says what it
    /// showed; `step` is the least change that is one, 0 for none.
    #[inline]
    pub(crate) fn take(&mut self, at: Nanos, difference: Nanos, step: Nanos) -> Option<Tick> {
        let mut tick = None;
        if at >= self.until && (self.samples >= LEAST || self.until == 0) {
            tick = self.close(at, step);
        }
        if self.samples < LEAST || difference < self.least[2].difference {
            self.keep(Point { at, difference });
        }
        self.samples += 1;
        tick
    }

    fn keep(&mut self, point: Point) {
        let mut place = (self.samples as usize).min(self.least.len() - 1);
        self.least[place] = point;
        while place > 0 && self.least[place - 1].difference > self.least[place].difference {
            self.least.swap(place - 1, place);
            place -= 1;
        }
    }

    /// Whether offset and delay can be told apart.
    pub(crate) const fn is_known(&self) -> bool {
        self.points.len >= FIRST
    }

    /// Receive minus exchange time that the fastest records have at `at`.
    pub(crate) fn offset(&self, at: Nanos) -> Nanos {
        self.line.value(at)
    }

    /// Parts per million by which the two clocks run apart, where that is more than noise.
    pub(crate) fn drift(&self) -> Option<f64> {
        let line = if self.slow.len >= SLOW_SLOPED { &self.slow_line } else { &self.line };
        (self.points.len >= SLOPED && line.is_steep()).then_some(line.slope * 1e6)
    }

    #[cold]
    fn close(&mut self, at: Nanos, step: Nanos) -> Option<Tick> {
        self.until = at + WINDOW;
        if self.samples == 0 {
            return None;
        }
        self.samples = 0;
        let point = self.least[2];
        let off = point.difference - self.line.value(point.at);
        if step > 0 && self.is_known() && off.abs() >= step.max(NEAR * self.line.noise) {
            return Some(self.doubt(point, off));
        }
        self.doubts = 0;
        self.push(point);
        Some(Tick::Steady)
    }

    /// A window beside the line: enough of them are a line of their own.
    fn doubt(&mut self, point: Point, off: Nanos) -> Tick {
        let before = self.doubts.checked_sub(1).map(|last| self.beside[last]);
        let same = |other: Point| (other.difference > self.line.value(other.at)) == (off > 0);
        if before.is_some_and(|other| !same(other)) {
            self.doubts = 0;
        }
        self.beside[self.doubts] = point;
        self.doubts += 1;
        if self.doubts < if off > 0 { ROSE } else { FELL } {
            return Tick::Doubt;
        }
        (self.points, self.slow, self.gathered) = (Points::NONE, Points::NONE, 0);
        for at in 0..self.doubts {
            self.push(self.beside[at]);
        }
        self.doubts = 0;
        Tick::Step(off)
    }

    fn push(&mut self, point: Point) {
        self.points.push(point);
        self.line = self.points.fit(SLOPED);
        if self.gathered == 0 || point.difference < self.gathering.difference {
            self.gathering = point;
        }
        self.gathered += 1;
        if self.gathered == SLOW {
            self.gathered = 0;
            self.slow.push(self.gathering);
            self.slow_line = self.slow.fit(SLOW_SLOPED);
        }
    }
}

/// Theil and Sen's.
fn slope(points: &[Point]) -> f64 {
    let mut slopes = [0.0; POINTS * (POINTS - 1) / 2];
    let mut count = 0;
    for (at, a) in points.iter().enumerate() {
        for b in points[..at].iter().filter(|b| b.at != a.at) {
            slopes[count] = (a.difference - b.difference) as f64 / (a.at - b.at) as f64;
            count += 1;
        }
    }
    if count == 0 {
        return 0.0;
    }
    *slopes[..count].select_nth_unstable_by(count / 2, f64::total_cmp).1
}

fn middle(values: &mut [Nanos]) -> Nanos {
    let at = values.len() / 2;
    if values.is_empty() { 0 } else { *values.select_nth_unstable(at).1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Nanos = 1_000_000;
    const SECOND: Nanos = 1_000_000_000;

    /// Differences of so many seconds, fifty a second, by what the clocks are apart; every delay is
    /// another one, and some are long.
    fn run(
        clock: &mut Clock,
        from: i64,
        seconds: i64,
        apart: impl Fn(Nanos) -> Nanos,
    ) -> Vec<Tick> {
        let mut state = 5_u64;
        let mut ticks = Vec::new();
        for at in (from * 50..(from + seconds) * 50).map(|n| n * SECOND / 50) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let delay = (state >> 40) as i64 % 20 * MS * (1 + (state >> 33) as i64 % 7);
            ticks.extend(clock.take(at, apart(at) + delay, 50 * MS));
        }
        ticks
    }

    #[test]
    fn offset_and_drift_are_those_of_the_clocks() {
        let mut clock = Clock::new();
        let drift = |at: Nanos| -1270 * MS + at / 1000;
        run(&mut clock, 1, 120, drift);
        let off = clock.offset(121 * SECOND) - drift(121 * SECOND);
        assert!((0..8 * MS).contains(&off), "{off}");
        let drift = clock.drift().unwrap();
        assert!((drift - 1000.0).abs() < 100.0, "{drift}");
    }

    #[test]
    fn steps_are_told_from_delays_and_from_wrong_stamps() {
        for by in [-300 * MS, 300 * MS] {
            let mut clock = Clock::new();
            let ticks = run(&mut clock, 1, 20, |_| 0);
            assert!(ticks.iter().all(|tick| *tick == Tick::Steady));
            let ticks = run(&mut clock, 21, 20, |_| by);
            let steps: Vec<_> = ticks.iter().filter(|t| matches!(t, Tick::Step(_))).collect();
            let [Tick::Step(found)] = steps[..] else { panic!("{steps:?}") };
            assert!((found - by).abs() < 10 * MS, "{found}");
            assert!((clock.offset(41 * SECOND) - by).abs() < 10 * MS);
        }
        // Two seconds in which everything is late, and one stamp from tomorrow.
        let mut clock = Clock::new();
        run(&mut clock, 1, 20, |_| 0);
        clock.take(21 * SECOND, -86_400 * SECOND, 50 * MS);
        let late = |at: Nanos| if at < 23 * SECOND { 900 * MS } else { 0 };
        let ticks = run(&mut clock, 21, 20, late);
        assert!(!ticks.iter().any(|tick| matches!(tick, Tick::Step(_))), "{ticks:?}");
    }
}
