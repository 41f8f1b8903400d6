//! What waits to be written to one client.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::status::Detail;

/// A standing wish for statuses.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) id: u64,
    pub(crate) every: Duration,
    pub(crate) detail: Detail,
}

/// What to write next.
#[derive(Debug)]
pub(crate) enum Next {
    /// A line that was queued.
    Line(Vec<u8>),
    /// The interval of a watch is over.
    Due(Standing),
    /// Nothing any more.
    End,
}

/// Lines between the thread that answers and the thread that writes.
///
/// Statuses of a watch are made when they are about to be written, so a slow watcher gets fewer of
/// them, all fresh, and queues none.
#[derive(Debug)]
pub(crate) struct Outbox {
    max_bytes: usize,
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    standing: Option<Standing>,
    ended: bool,
}

impl Outbox {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, waiting: Mutex::default(), changed: Condvar::new() }
    }

    /// Queues a line; false if so much waits already that the client is to be cut.
    pub(crate) fn push(&self, line: Vec<u8>) -> bool {
        let mut waiting = self.lock();
        if waiting.bytes > self.max_bytes {
            return false;
        }
        waiting.bytes += line.len();
        waiting.lines.push_back(line);
        self.changed.notify_one();
        true
    }

    /// From now on, a status whenever nothing was written for `standing.every`.
    pub(crate) fn watch(&self, standing: Standing) {
        self.lock().standing = Some(standing);
        self.changed.notify_one();
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.lock().standing.is_some()
    }

    /// No more lines; those that wait are still handed out.
    pub(crate) fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_one();
    }

    /// No more lines, and those that wait are dropped.
    pub(crate) fn cut(&self) {
        let mut waiting = self.lock();
        waiting.ended = true;
        waiting.lines.clear();
        self.changed.notify_one();
    }

    /// Waits for what to write next.
    pub(crate) fn next(&self) -> Next {
        let mut waiting = self.lock();
        loop {
            if let Some(line) = waiting.lines.pop_front() {
                waiting.bytes -= line.len();
                return Next::Line(line);
            }
            if waiting.ended {
                return Next::End;
            }
            let Some(standing) = waiting.standing.clone() else {
                waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let waited = self.changed.wait_timeout(waiting, standing.every);
            let (back, waited) = waited.unwrap_or_else(PoisonError::into_inner);
            waiting = back;
            if waited.timed_out() && waiting.lines.is_empty() && !waiting.ended {
                return Next::Due(standing);
            }
        }
    }

    /// Nothing is half done when a thread panics here: every change is one push or one flag.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_does_not_read_is_cut_at_the_bound() {
        let outbox = Outbox::new(100);
        assert!(outbox.push(vec![0; 60]));
        assert!(outbox.push(vec![0; 60]), "the line that crosses the bound still goes");
        assert!(!outbox.push(vec![0; 1]));
        assert!(matches!(outbox.next(), Next::Line(_)));
        assert!(outbox.push(vec![0; 1]), "what was written counts no more");
    }

    #[test]
    fn an_end_lets_the_rest_out_and_a_cut_does_not() {
        let outbox = Outbox::new(100);
        assert!(outbox.push(vec![1]));
        outbox.end();
        assert!(matches!(outbox.next(), Next::Line(_)));
        assert!(matches!(outbox.next(), Next::End));

        let outbox = Outbox::new(100);
        assert!(outbox.push(vec![1]));
        outbox.cut();
        assert!(matches!(outbox.next(), Next::End));
    }
}
