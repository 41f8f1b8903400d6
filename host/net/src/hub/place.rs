//! Connections that should be there, as operators see them.

use std::time::Duration;

use patchbay_model::Nanos;
use tokio::time::Instant;

use super::Hub;
use super::want::{Attempt, Want};

/// A connection that an adapter wants: whatever comes and goes in it, it stays until the adapter
/// gives it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// `Connect::tag`.
    pub tag: u32,
    /// Where it leads, up to the query.
    pub url: &'a str,
    /// Symbols wanted over it.
    pub symbols: u32,
    /// What it is doing.
    pub phase: Phase,
    /// The open connection that carries its streams.
    pub conn: Option<u32>,
    /// How often it was opened.
    pub opened: u64,
    /// Why it last closed or did not open; empty if neither ever happened.
    pub reason: &'a str,
}

/// What a [`Place`] is doing. Times are host time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing yet.
    Wanted,
    /// Name, TCP, TLS and websocket handshake.
    Dialing,
    /// The next attempt is due then.
    Backoff(Nanos),
    /// The venue's limits allow the next attempt then.
    Limited(Nanos),
    /// The venue forbids an attempt before then.
    Banned(Nanos),
    /// Open.
    Open,
    /// Open, and a connection that takes over is on its way or settling.
    Replacing,
}

impl Hub {
    /// Connections that are wanted, by tag.
    pub fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let (instant, clock) = (Instant::now(), self.shared.now());
        self.wants.iter().map(move |(&tag, want)| Place {
            tag,
            url: plain(&want.connect.url),
            symbols: want.connect.symbols,
            phase: want.phase(|due| clock.saturating_add(until(due, instant))),
            conn: want.carrier(),
            opened: want.opened,
            reason: &want.reason,
        })
    }

    /// Whether [`Self::places`] may have changed since this was last asked.
    pub const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.changed, false)
    }
}

impl Want {
    fn phase(&self, host_time: impl Fn(Instant) -> Nanos) -> Phase {
        match (&self.attempt, self.carrier()) {
            (Attempt::None, None) => Phase::Wanted,
            (Attempt::At(_), None) if self.opened == 0 && self.reason.is_empty() => Phase::Wanted,
            (Attempt::None, Some(_)) if !self.is_rising() => Phase::Open,
            (_, Some(_)) => Phase::Replacing,
            (Attempt::Dialing { .. }, None) => Phase::Dialing,
            (Attempt::At(due), None) => Phase::Backoff(host_time(*due)),
            (Attempt::InLine { retry, banned: true, .. }, None) => Phase::Banned(host_time(*retry)),
            (Attempt::InLine { retry, .. }, None) => Phase::Limited(host_time(*retry)),
        }
    }
}

/// A query may hold a key.
fn plain(url: &str) -> &str {
    url.find(['?', '#']).map_or(url, |end| &url[..end])
}

fn until(due: Instant, now: Instant) -> Nanos {
    let left = due.checked_duration_since(now).unwrap_or(Duration::ZERO);
    Nanos::try_from(left.as_nanos()).unwrap_or(Nanos::MAX)
}
