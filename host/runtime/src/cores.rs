//! Cores of the machine, and threads that stay on theirs.

use std::io;
use std::thread;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Cores on which threads may run; empty for wherever the system puts them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cores {
    /// Of the engine thread.
    pub engine: Vec<i64>,
    /// Of the I/O threads: each gets one, in turn.
    pub io: Vec<i64>,
    /// Of the multicast thread.
    pub multicast: Vec<i64>,
}

impl Cores {
    /// Those of I/O thread number `number`.
    pub(crate) fn of_io(&self, number: usize) -> Vec<i64> {
        let count = self.io.len().max(1);
        self.io.get(number % count).copied().into_iter().collect()
    }
}

/// Does something with the calling thread on `cores`, which threads that it starts inherit; where it
/// is if there are none.
///
/// # Errors
///
/// The system's, if it allows none of them; nothing was done then.
pub fn on<T>(cores: &[i64], act: impl FnOnce() -> T) -> io::Result<T> {
    if cores.is_empty() {
        return Ok(act());
    }
    let before = sched_getaffinity(None)?;
    sched_setaffinity(None, &set(cores))?;
    let done = act();
    sched_setaffinity(None, &before)?;
    Ok(done)
}

fn set(cores: &[i64]) -> CpuSet {
    let mut set = CpuSet::new();
    for core in cores.iter().filter_map(|core| usize::try_from(*core).ok()) {
        if core < CpuSet::MAX_CPU {
            set.set(core);
        }
    }
    set
}

/// Every core that a thread of this process can be put on, in order. Those that the kernel keeps
/// free (`isolcpus`) are among them, which the process's own mask does not show: so each is tried,
/// by a thread that ends afterwards.
pub(crate) fn allowed() -> Vec<i64> {
    let all = 0..CpuSet::MAX_CPU as i64;
    let try_all = move || all.filter(|core| on(&[*core], || ()).is_ok()).collect();
    thread::spawn(try_all).join().unwrap_or_default()
}

/// Cores as text: `0-3, 6`.
pub(crate) fn ranges(cores: &[i64]) -> String {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for &core in cores {
        match ranges.last_mut() {
            Some((_, end)) if *end + 1 == core => *end = core,
            _ => ranges.push((core, core)),
        }
    }
    let text = |(from, to): &(i64, i64)| match from == to {
        true => from.to_string(),
        false => format!("{from}-{to}"),
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_that_is_allowed_can_be_had_and_no_other() {
        let allowed = allowed();
        let seen = |core: i64| {
            let inherited = || thread::spawn(rustix::thread::sched_getcpu).join().unwrap();
            on(&[core], inherited).ok()
        };
        let before = sched_getaffinity(None).unwrap();
        assert!(!allowed.is_empty());
        for core in &allowed {
            assert_eq!(seen(*core), Some(*core as usize));
        }
        assert_eq!(seen(allowed.last().unwrap() + 1), None);
        assert_eq!(seen(-1), None);
        assert_eq!(sched_getaffinity(None).unwrap(), before);
    }

    #[test]
    fn ranges_are_short() {
        assert_eq!(ranges(&[0, 1, 2, 3, 6, 8, 9]), "0-3, 6, 8-9");
        assert_eq!(ranges(&[]), "");
    }

    #[test]
    fn cores_are_dealt_out_one_a_thread() {
        let cores = Cores { io: vec![2, 5], ..Cores::default() };
        assert_eq!((0..3).map(|at| cores.of_io(at)).collect::<Vec<_>>(), [[2], [5], [2]]);
        assert!(Cores::default().of_io(3).is_empty());
    }
}
