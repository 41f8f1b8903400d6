//! HTTP requests that wait for their turn.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use patchbay_model::Nanos;
use patchbay_plugin::Http;
use tokio::time::Instant;

use crate::buckets::{Ticket, Wait};

/// A request and its place in the line.
pub(super) struct Waiting {
    pub(super) http: Http,
    pub(super) ticket: Ticket,
    pub(super) deadline: Instant,
}

/// What became of a request in the line.
pub(super) enum Turn {
    /// It may go.
    Go(Box<Waiting>),
    /// It could not leave in time.
    Late(Box<Waiting>),
    /// The venue forbids it until after its time.
    Banned(Box<Waiting>, Nanos),
}

/// By the order in which the tickets are served.
type Place = (u8, u64);

/// The line of one hub.
#[derive(Default)]
pub(super) struct Requests {
    waiting: BTreeMap<Place, Waiting>,
    /// When each is worth asking for again, or late.
    due: BTreeSet<(Instant, Place)>,
    /// Those for which that time has come.
    hot: BTreeSet<Place>,
}

impl Requests {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn push(&mut self, waiting: Waiting, now: Instant) {
        let place = waiting.ticket.place();
        self.due.insert((now, place));
        self.waiting.insert(place, waiting);
    }

    /// When to look again, if nothing is hot.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Limits or bans have changed: all are worth asking for.
    pub(super) fn shake(&mut self) {
        self.due.clear();
        self.hot = self.waiting.keys().copied().collect();
    }

    /// The next one that is to leave the line, the most urgent first; `clock` is host time.
    pub(super) fn turn(&mut self, now: Instant, clock: Nanos) -> Option<Turn> {
        while let Some((_, place)) = self.due.first().filter(|(at, _)| *at <= now).copied() {
            self.due.pop_first();
            self.hot.insert(place);
        }
        while let Some(place) = self.hot.pop_first() {
            let turn = self.ask(place, now, clock);
            if turn.is_some() {
                return turn;
            }
        }
        None
    }

    fn ask(&mut self, place: Place, now: Instant, clock: Nanos) -> Option<Turn> {
        let waiting = self.waiting.remove(&place)?;
        if waiting.deadline <= now {
            return Some(Turn::Late(Box::new(waiting)));
        }
        let until = match waiting.ticket.take(clock) {
            Ok(()) => return Some(Turn::Go(Box::new(waiting))),
            Err(Wait::Until(until)) => now + after(until, clock),
            Err(Wait::Banned(until)) => match now + after(until, clock) {
                at if at > waiting.deadline => {
                    return Some(Turn::Banned(Box::new(waiting), until));
                }
                at => at,
            },
        };
        self.due.insert((until.min(waiting.deadline), place));
        self.waiting.insert(place, waiting);
        None
    }
}

fn after(until: Nanos, clock: Nanos) -> Duration {
    Duration::from_nanos(until.saturating_sub(clock).max(0).unsigned_abs())
}
