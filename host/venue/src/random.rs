//! Seeded choices and seeded plans: the same seed, the same faults, on every machine.

use std::time::Duration;

use serde::Serialize;

use crate::fault::{Fault, FaultPlan, PlannedFault, When};

/// SplitMix64.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `0..below`; 0 where there is no choice.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(below)) >> 64) as u64
    }

    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }
}

/// Kinds of faults that a seeded plan draws from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultKinds(Vec<FaultKind>);

/// One kind; the numbers of a fault are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is named after its fault")]
pub enum FaultKind {
    Cut,
    CutMidFrame,
    Close,
    Shutdown,
    HalfOpen,
    Freeze,
    SlowLoris,
    Fragments,
    OneByteSegments,
    Drop,
    Duplicate,
    Reorder,
    Delay,
    CorruptDigit,
    SequenceGap,
    SequenceReset,
    StaleSnapshot,
    TooManyRequests,
    Banned,
    ServerError,
    TruncatedBody,
    SlowReply,
    ExpiredCertificate,
    WrongName,
}

use FaultKind as K;

impl FaultKinds {
    /// Every kind.
    pub fn all() -> Self {
        Self(
            Self::connections().0.into_iter().chain(Self::feed().0).chain(Self::rest().0).collect(),
        )
    }

    /// What befalls sockets, TLS and websockets.
    pub fn connections() -> Self {
        Self(vec![
            K::Cut,
            K::CutMidFrame,
            K::Close,
            K::Shutdown,
            K::HalfOpen,
            K::Freeze,
            K::SlowLoris,
            K::Fragments,
            K::OneByteSegments,
            K::ExpiredCertificate,
            K::WrongName,
        ])
    }

    /// What befalls frames.
    pub fn feed() -> Self {
        Self(vec![
            K::Drop,
            K::Duplicate,
            K::Reorder,
            K::Delay,
            K::CorruptDigit,
            K::SequenceGap,
            K::SequenceReset,
        ])
    }

    /// What befalls REST calls.
    pub fn rest() -> Self {
        Self(vec![
            K::StaleSnapshot,
            K::TooManyRequests,
            K::Banned,
            K::ServerError,
            K::TruncatedBody,
            K::SlowReply,
        ])
    }

    /// These.
    pub fn these(kinds: &[FaultKind]) -> Self {
        Self(kinds.to_vec())
    }

    /// These but for one.
    #[must_use]
    pub fn without(mut self, kind: FaultKind) -> Self {
        self.0.retain(|k| *k != kind);
        self
    }
}

/// How many faults, spread over how many frames; the plan ends with the last of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Density {
    /// Faults.
    pub faults: u32,
    /// Frames.
    pub frames: u64,
}

impl FaultPlan {
    /// A plan drawn by `seed`: which kinds (a random part of them, so that plans differ in
    /// character and not only in number), when, and with which numbers.
    #[must_use]
    pub fn seeded(seed: u64, kinds: &FaultKinds, density: Density) -> Self {
        let frame = |random: &mut Random| When::Frame(random.below(density.frames));
        Self::drawn(seed, kinds, density.faults, When::Frame(density.frames), frame)
    }

    /// As [`seeded`](Self::seeded), spread over a time: for a recording that begins again, or that is
    /// longer than anybody watches.
    #[must_use]
    pub fn seeded_over(seed: u64, kinds: &FaultKinds, faults: u32, time: Duration) -> Self {
        let (whole, ms) =
            (When::Elapsed(time), u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        let moment = |random: &mut Random| When::Elapsed(Duration::from_millis(random.below(ms)));
        Self::drawn(seed, kinds, faults, whole, moment)
    }

    fn drawn(
        seed: u64,
        kinds: &FaultKinds,
        faults: u32,
        until: When,
        when: impl Fn(&mut Random) -> When,
    ) -> Self {
        let mut random = Random::new(seed);
        let mut chosen: Vec<_> = kinds.0.iter().filter(|_| random.below(2) == 1).copied().collect();
        if chosen.is_empty() {
            chosen.clone_from(&kinds.0);
        }
        let mut planned = Vec::new();
        if !chosen.is_empty() {
            for _ in 0..faults {
                let when = when(&mut random);
                let kind = chosen[random.below(chosen.len() as u64) as usize];
                planned.push(PlannedFault::new(when, draw(kind, &mut random)));
            }
        }
        planned.sort_by_key(|fault| fault.when);
        Self { faults: planned, until: Some(until) }
    }
}

/// A fault with numbers drawn.
fn draw(kind: FaultKind, random: &mut Random) -> Fault {
    match kind {
        K::Cut => Fault::Cut,
        K::CutMidFrame => Fault::CutMidFrame,
        K::Close => Fault::Close { code: [1000, 1001, 1006 + 2, 1011][random.below(4) as usize] },
        K::Shutdown => Fault::Shutdown { after_ms: random.between(10, 500) },
        K::HalfOpen => Fault::HalfOpen,
        K::Freeze => Fault::Freeze { ms: random.between(50, 5_000) },
        K::SlowLoris => Fault::SlowLoris {
            bytes: random.between(5, 50) as u32,
            every_ms: random.between(1, 20),
        },
        K::Fragments => Fault::Fragments { pieces: random.between(2, 9) as u32 },
        K::OneByteSegments => Fault::OneByteSegments,
        K::Drop => Fault::Drop,
        K::Duplicate => Fault::Duplicate,
        K::Reorder => Fault::Reorder,
        K::Delay => Fault::Delay { ms: random.between(10, 2_000) },
        K::CorruptDigit => Fault::CorruptDigit,
        K::SequenceGap => Fault::SequenceGap { frames: random.between(1, 5) as u32 },
        K::SequenceReset => Fault::SequenceReset,
        K::StaleSnapshot => Fault::StaleSnapshot,
        K::TooManyRequests => Fault::TooManyRequests { retry_after_s: random.between(1, 3) as u32 },
        K::Banned => Fault::Banned { retry_after_s: random.between(2, 5) as u32 },
        K::ServerError => Fault::ServerError { status: 500 + random.below(5) as u16 },
        K::TruncatedBody => Fault::TruncatedBody,
        K::SlowReply => Fault::SlowReply { ms: random.between(100, 3_000) },
        K::ExpiredCertificate => Fault::ExpiredCertificate,
        K::WrongName => Fault::WrongName,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_plan() {
        let density = Density { faults: 50, frames: 1000 };
        let plan = |seed| FaultPlan::seeded(seed, &FaultKinds::all(), density);
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7), plan(8));
        assert_eq!(plan(7).faults.len(), 50);
        assert!(plan(7).faults.iter().all(|fault| fault.when < When::Frame(1000)));
        assert_eq!(plan(7).until, Some(When::Frame(1000)));
    }

    #[test]
    fn a_plan_over_a_time_ends_with_it() {
        let time = Duration::from_secs(60);
        let plan = |seed| FaultPlan::seeded_over(seed, &FaultKinds::all(), 50, time);
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7), plan(8));
        assert_eq!(plan(7).faults.len(), 50);
        assert!(plan(7).faults.iter().all(|fault| fault.when < When::Elapsed(time)));
        assert_eq!(plan(7).until, Some(When::Elapsed(time)));
    }

    #[test]
    fn plans_of_no_kind_and_of_few_are_possible() {
        let density = Density { faults: 3, frames: 0 };
        assert!(FaultPlan::seeded(1, &FaultKinds::these(&[]), density).faults.is_empty());
        let cuts = FaultPlan::seeded(1, &FaultKinds::these(&[K::Cut]), density);
        assert!(cuts.faults.iter().all(|fault| fault.fault == Fault::Cut));
    }
}
