//! CPU time of this thread: what others do on the machine meanwhile does not count, but for what
//! they do to the caches.
#![allow(unsafe_code, reason = "thread CPU time has no safe interface in std")]

use std::cell::Cell;

thread_local! {
    /// What was spent in [`untimed`].
    static APART: Cell<i64> = const { Cell::new(0) };
}

/// What a contender is not charged with.
pub(crate) fn untimed(run: impl FnOnce()) {
    let start = cpu_ns();
    run();
    APART.set(APART.get() + cpu_ns() - start);
}

/// CPU time that counts, in ns.
pub(crate) fn charged_ns() -> i64 {
    cpu_ns() - APART.get()
}

/// In ns.
pub(crate) fn cpu_ns() -> i64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a timespec that may be written.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}
