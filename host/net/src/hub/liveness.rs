//! Whether anybody is still there.

use std::time::Duration;

use patchbay_plugin::Connect;
use tokio::time::Instant;

use super::options::{HubOptions, or_usual};
use crate::batch::Batch;

/// A ping that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ping {
    /// The adapter's text, or a websocket ping: sent at its interval, whatever comes.
    Keepalive,
    /// A websocket ping because nothing came.
    Probe,
}

/// Decides when to ping and when a connection is dead.
///
/// Data proves life as well as a pong does: a probe is sent only into silence, and anything answers
/// it. A websocket ping that the adapter asked for is answered by a pong alone.
pub(super) struct Liveness {
    keepalive: Option<Duration>,
    /// The adapter's ping is a text.
    text: bool,
    probe: Option<Duration>,
    wait: Duration,
    silence: Option<Duration>,
    heard: Instant,
    /// When the last ping of each kind left.
    kept: Instant,
    probed: Instant,
    /// The oldest ping that is unanswered, and whether only a pong answers it.
    unanswered: Option<(Instant, bool)>,
}

impl Liveness {
    pub(super) fn new(connect: &Connect, options: &HubOptions, now: Instant) -> Self {
        let keepalive = (connect.ping_ns > 0).then(|| or_usual(connect.ping_ns, Duration::MAX));
        let pings = keepalive.is_some() || options.probe.is_some();
        let silence = match connect.silence_ns {
            given if given > 0 => Some(or_usual(given, options.silence)),
            _ => (!pings).then_some(options.silence),
        };
        Self {
            keepalive,
            text: !connect.ping_text.is_empty(),
            probe: options.probe,
            wait: or_usual(connect.ping_wait_ns, options.ping_wait),
            silence,
            heard: now,
            kept: now,
            probed: now,
            unanswered: None,
        }
    }

    /// Something came.
    pub(super) fn hear(&mut self, batch: &Batch, now: Instant) {
        self.heard = now;
        if let Some((_, pong_only)) = self.unanswered
            && (!pong_only || batch.pongs > 0)
        {
            self.unanswered = None;
        }
    }

    /// The ping that is due.
    pub(super) fn due(&self, now: Instant) -> Option<Ping> {
        if self.keepalive_at().is_some_and(|at| at <= now) {
            return Some(Ping::Keepalive);
        }
        self.probe_at().is_some_and(|at| at <= now).then_some(Ping::Probe)
    }

    /// A ping left.
    pub(super) fn pinged(&mut self, ping: Ping, now: Instant) {
        let pong_only = ping == Ping::Keepalive && !self.text;
        match ping {
            Ping::Keepalive => self.kept = now,
            Ping::Probe => self.probed = now,
        }
        self.unanswered.get_or_insert((now, pong_only));
    }

    /// There was no token for a ping: later.
    pub(super) fn postponed(&mut self, ping: Ping, now: Instant, by: Duration) {
        let moved = |interval: Option<Duration>| now + by - interval.unwrap_or_default().min(by);
        match ping {
            Ping::Keepalive => self.kept = moved(self.keepalive),
            Ping::Probe => self.probed = moved(self.probe),
        }
    }

    /// Why it is dead, if it is.
    pub(super) fn dead(&self, now: Instant) -> Option<String> {
        if let Some((since, _)) = self.unanswered
            && now >= since + self.wait
        {
            return Some(format!("no answer to a ping for {:?}", now - since));
        }
        let silence = self.silence.filter(|silence| now >= self.heard + *silence)?;
        Some(format!("nothing came for {silence:?}"))
    }

    /// When to look again.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let death = self.unanswered.map(|(since, _)| since + self.wait);
        let silence = self.silence.map(|silence| self.heard + silence);
        [self.keepalive_at(), self.probe_at(), death, silence].into_iter().flatten().min()
    }

    fn keepalive_at(&self) -> Option<Instant> {
        self.keepalive.map(|interval| self.kept + interval)
    }

    fn probe_at(&self) -> Option<Instant> {
        self.probe.map(|interval| self.heard.max(self.probed) + interval)
    }
}
