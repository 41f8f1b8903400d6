//! Filters of system calls, one a trial: each forbids one kind, so that what ends the child says
//! what the adapter did.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trial {
    /// Anything but memory, and what the other trials forbid.
    Outside,
    /// Threads and processes.
    Threads,
    /// Waiting.
    Waiting,
    /// Clocks.
    Clocks,
}

pub(crate) const TRIALS: [Trial; 4] =
    [Trial::Outside, Trial::Threads, Trial::Waiting, Trial::Clocks];

/// Memory, and the end.
const MEMORY: [c_long; 14] = [
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_sigaltstack,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
    libc::SYS_membarrier,
];

const THREADS: [c_long; 4] =
    [libc::SYS_clone, libc::SYS_clone3, libc::SYS_execve, libc::SYS_execveat];

/// What a thread that was started does by itself.
const OF_THREADS: [c_long; 6] = [
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_prctl,
    libc::SYS_gettid,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_setaffinity,
];

const WAITING: [c_long; 11] = [
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_epoll_pwait,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_wait4,
    libc::SYS_waitid,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_semtimedop,
];

const CLOCKS: [c_long; 8] = [
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_gettimeofday,
    libc::SYS_times,
    libc::SYS_getrusage,
    libc::SYS_timer_create,
    libc::SYS_timerfd_create,
    libc::SYS_setitimer,
];

/// Those that only this processor has.
#[cfg(target_arch = "x86_64")]
const OLD: [(&[c_long], Trial); 3] = [
    (&[libc::SYS_fork, libc::SYS_vfork], Trial::Threads),
    (&[libc::SYS_poll, libc::SYS_select, libc::SYS_epoll_wait, libc::SYS_pause], Trial::Waiting),
    (&[libc::SYS_time, libc::SYS_alarm], Trial::Clocks),
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: [(&[c_long], Trial); 0] = [];

impl Trial {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Threads => "threads",
            Self::Waiting => "waiting",
            Self::Clocks => "clocks",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        TRIALS.into_iter().find(|trial| trial.name() == name)
    }

    /// System calls that this trial forbids; of [`Trial::Outside`], those that it leaves to others.
    fn calls(self) -> Vec<c_long> {
        let old = OLD.into_iter().filter(|(_, of)| *of == self || self == Self::Outside);
        let mut calls: Vec<_> = old.flat_map(|(calls, _)| calls.iter().copied()).collect();
        let own: &[&[c_long]] = match self {
            Self::Threads => &[&THREADS],
            Self::Waiting => &[&WAITING],
            Self::Clocks => &[&CLOCKS],
            Self::Outside => &[&MEMORY, &THREADS, &OF_THREADS, &WAITING, &CLOCKS],
        };
        calls.extend(own.iter().flat_map(|calls| calls.iter().copied()));
        calls
    }

    /// Confines this thread, and those that it starts, for good.
    pub(crate) fn confine(self) -> Result<(), String> {
        let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|e| e.to_string())?;
        let mut rules: BTreeMap<c_long, Vec<SeccompRule>> =
            self.calls().into_iter().map(|call| (call, Vec::new())).collect();
        let (listed, others) = match self {
            Self::Outside => {
                let (of, op) = (SeccompCmpArgLen::Dword, SeccompCmpOp::Eq);
                let to_parent = SeccompCondition::new(0, of, op, 1)
                    .and_then(|condition| SeccompRule::new(vec![condition]));
                rules.insert(libc::SYS_write, vec![to_parent.map_err(|e| e.to_string())?]);
                (SeccompAction::Allow, SeccompAction::KillProcess)
            }
            _ => (SeccompAction::KillProcess, SeccompAction::Allow),
        };
        let filter = SeccompFilter::new(rules, others, listed, arch).map_err(|e| e.to_string())?;
        let program: BpfProgram =
            filter.try_into().map_err(|e: seccompiler::BackendError| e.to_string())?;
        if self == Self::Clocks {
            trap_counter()?;
        }
        apply_filter(&program).map_err(|error| error.to_string())
    }
}

/// The processor's counter is read without a system call, and what the kernel maps for reading
/// clocks reads it.
#[cfg(target_arch = "x86_64")]
fn trap_counter() -> Result<(), String> {
    use rustix::process::{TimeStampCounterReadability, set_time_stamp_counter_readability};
    set_time_stamp_counter_readability(TimeStampCounterReadability::RaiseSIGSEGV)
        .map_err(|error| error.to_string())
}

#[cfg(not(target_arch = "x86_64"))]
fn trap_counter() -> Result<(), String> {
    Err("the counter of this processor cannot be trapped".to_owned())
}
