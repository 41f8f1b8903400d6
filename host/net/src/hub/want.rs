//! A connection that should be there: one tag of the adapter.

use std::time::Duration;

use patchbay_abi::CONNECT_EXCLUSIVE;
use patchbay_plugin::Connect;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::options::{HubOptions, or_usual};
use crate::buckets::Ticket;
use crate::random::SplitMix64;

/// An open connection of a tag.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) conn: u32,
    opened: Instant,
    /// First and last data frame.
    data: Option<(Instant, Instant)>,
}

/// The next connection on its way.
pub(super) enum Attempt {
    None,
    /// Not before this time.
    At(Instant),
    /// Waits for the venue's limit, or for the end of a ban; worth asking again at this time.
    InLine {
        ticket: Ticket,
        retry: Instant,
        banned: bool,
    },
    /// On its way.
    Dialing {
        number: u64,
        task: AbortHandle,
    },
}

/// What has to be done about a want.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is time to connect.
    Attempt,
    /// A connection is not needed any more.
    Close { conn: u32, reason: &'static str, replaced: bool },
}

pub(super) struct Want {
    pub(super) connect: Connect,
    pub(super) attempt: Attempt,
    /// Carries the streams.
    live: Option<Line>,
    /// Will take over.
    rising: Option<Line>,
    /// The live one should be replaced.
    replace: bool,
    rotate_at: Option<Instant>,
    failures: u32,
    /// How often it was opened.
    pub(super) opened: u64,
    /// Why it last closed or did not open, for operators.
    pub(super) reason: String,
}

impl Want {
    pub(super) fn new(connect: Connect, now: Instant) -> Self {
        Self {
            connect,
            attempt: Attempt::At(now),
            live: None,
            rising: None,
            replace: false,
            rotate_at: None,
            failures: 0,
            opened: 0,
            reason: String::new(),
        }
    }

    /// Connections that are open.
    pub(super) fn lines(&self) -> impl Iterator<Item = u32> {
        self.live.iter().chain(&self.rising).map(|line| line.conn)
    }

    /// The connection that carries the streams.
    pub(super) fn carrier(&self) -> Option<u32> {
        self.live.map(|line| line.conn)
    }

    /// Whether a connection that takes over is open.
    pub(super) const fn is_rising(&self) -> bool {
        self.rising.is_some()
    }

    /// Another request for the same tag; a replacement on its way by the old one is to be closed.
    pub(super) fn renew(&mut self, connect: Connect, now: Instant) -> Option<u32> {
        self.connect = connect;
        self.abort();
        self.replace = self.live.is_some();
        self.rotate_at = self.rotate_at.map(|_| now);
        self.attempt = if self.exclusive() && self.replace {
            self.rotate_at = Some(now);
            Attempt::None
        } else {
            Attempt::At(now)
        };
        self.rising.take().map(|line| line.conn)
    }

    /// Stops what is on its way.
    pub(super) fn abort(&mut self) {
        if let Attempt::Dialing { task, .. } = &self.attempt {
            task.abort();
        }
        self.attempt = Attempt::None;
    }

    const fn exclusive(&self) -> bool {
        self.connect.flags & CONNECT_EXCLUSIVE != 0
    }

    /// A connection opened.
    pub(super) fn opened(
        &mut self,
        conn: u32,
        now: Instant,
        options: &HubOptions,
        random: &mut SplitMix64,
    ) {
        self.attempt = Attempt::None;
        self.opened += 1;
        let line = Line { conn, opened: now, data: None };
        if self.live.is_some() {
            self.rising = Some(line);
        } else {
            self.promote(line, options, random);
        }
    }

    fn promote(&mut self, line: Line, options: &HubOptions, random: &mut SplitMix64) {
        self.live = Some(line);
        self.replace = false;
        self.rotate_at = (self.connect.life_ns > 0).then(|| {
            let life = or_usual(self.connect.life_ns, Duration::MAX);
            let margin = options.rotate_before.min(life / 10);
            // Connections that opened together do not go together.
            let spread = u64::try_from((margin / 4).as_nanos()).unwrap_or(u64::MAX);
            line.opened + (life - margin).saturating_sub(Duration::from_nanos(random.below(spread)))
        });
    }

    /// An attempt came to nothing; when the next one is due.
    pub(super) fn failed(
        &mut self,
        now: Instant,
        options: &HubOptions,
        random: &mut SplitMix64,
    ) -> Duration {
        let delay = options.backoff.delay(self.failures, random);
        self.failures = self.failures.saturating_add(1);
        self.attempt = Attempt::At(now + delay);
        delay
    }

    /// Data came on a connection; true if that changes when something is due.
    pub(super) fn heard(&mut self, conn: u32, now: Instant) -> bool {
        for line in self.live.iter_mut().chain(&mut self.rising) {
            if line.conn == conn {
                let first = line.data.is_none();
                line.data = Some((line.data.map_or(now, |(first, _)| first), now));
                return first;
            }
        }
        false
    }

    /// A connection is gone by itself; whether another carries its streams on.
    pub(super) fn lost(
        &mut self,
        conn: u32,
        now: Instant,
        options: &HubOptions,
        random: &mut SplitMix64,
    ) -> bool {
        let is = |line: &Option<Line>| line.as_ref().is_some_and(|line| line.conn == conn);
        if is(&self.rising) {
            self.rising = None;
            self.failed(now, options, random);
            return self.live.is_some();
        }
        if !is(&self.live) {
            return false;
        }
        let lived = self.live.take().map_or(Duration::ZERO, |line| now - line.opened);
        if lived >= options.backoff.forgiven_after {
            self.failures = 0;
        }
        match self.rising.take() {
            Some(rising) => self.promote(rising, options, random),
            // Attempts for its replacement go on as the attempts for it.
            None if matches!(self.attempt, Attempt::None) => {
                self.failed(now, options, random);
            }
            None => {}
        }
        // The new one may not have all streams yet: nobody can say that nothing was lost.
        false
    }

    /// The next thing to do, if there is one.
    pub(super) fn step(
        &mut self,
        now: Instant,
        options: &HubOptions,
        random: &mut SplitMix64,
    ) -> Option<Step> {
        if let Some(step) = self.rotate(now).or_else(|| self.hand_over(now, options, random)) {
            return Some(step);
        }
        match self.attempt {
            Attempt::At(due) if due <= now => Some(Step::Attempt),
            Attempt::InLine { retry, .. } if retry <= now => Some(Step::Attempt),
            _ => None,
        }
    }

    fn rotate(&mut self, now: Instant) -> Option<Step> {
        self.rotate_at.filter(|at| *at <= now)?;
        self.rotate_at = None;
        if self.exclusive() {
            let line = self.live.take()?;
            self.attempt = Attempt::At(now);
            let reason = "replaced; the venue allows no second connection";
            return Some(Step::Close { conn: line.conn, reason, replaced: false });
        }
        if self.live.is_some() && self.rising.is_none() && matches!(self.attempt, Attempt::None) {
            self.replace = true;
            self.attempt = Attempt::At(now);
        }
        None
    }

    fn hand_over(
        &mut self,
        now: Instant,
        options: &HubOptions,
        random: &mut SplitMix64,
    ) -> Option<Step> {
        let (live, rising) = (self.live?, self.rising?);
        match rising.data {
            Some((first, _)) if now < first + options.settle => return None,
            Some(_) => {}
            None if now < rising.opened + options.adopt => return None,
            None if live.data.is_some_and(|(_, last)| last > rising.opened) => {
                self.rising = None;
                self.failed(now, options, random);
                let reason = "delivered nothing while the connection that it should replace did";
                return Some(Step::Close { conn: rising.conn, reason, replaced: true });
            }
            // Both are quiet: there is nothing to lose.
            None => {}
        }
        if now - live.opened >= options.backoff.forgiven_after {
            self.failures = 0;
        }
        self.rising = None;
        self.promote(rising, options, random);
        Some(Step::Close { conn: live.conn, reason: "replaced", replaced: true })
    }

    /// When to look again.
    pub(super) fn deadline(&self, options: &HubOptions) -> Option<Instant> {
        let attempt = match self.attempt {
            Attempt::At(due) => Some(due),
            Attempt::InLine { retry, .. } => Some(retry),
            _ => None,
        };
        let over = self.live.and(self.rising).map(|rising| match rising.data {
            Some((first, _)) => first + options.settle,
            None => rising.opened + options.adopt,
        });
        [attempt, over, self.rotate_at].into_iter().flatten().min()
    }

    /// Whether a replacement is under way, for operators.
    pub(super) const fn is_replacing(&self) -> bool {
        self.replace && self.live.is_some()
    }
}
