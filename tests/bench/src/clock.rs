//! CPU time of this thread: what others do on the machine meanwhile does not count, but for what
//! they do to the caches.
#![allow(unsafe_code, reason = "thread CPU time has no safe interface in std")]

/// In ns.
pub(crate) fn cpu_ns() -> i64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a timespec that may be written.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}
