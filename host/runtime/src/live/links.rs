//! Connections and venues of a status.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use patchbay_control::{BookState, Connection, ConnectionState, Evidence, Venue};
use patchbay_model::Nanos;
use patchbay_net::Phase;

use super::ledger::{Ledger, Rate};
use super::place::Place;
use super::roster::Members;
use super::shared::{About, IoCounts};

/// After so long without a frame an open connection is called quiet.
const QUIET: Nanos = 10_000_000_000;

/// Remembers what rates need, by place.
#[derive(Default)]
pub(crate) struct Links(BTreeMap<u32, (Rate, Rate)>);

impl Links {
    /// Everything that is wanted, by number.
    pub(crate) fn connections(
        &mut self,
        now: Nanos,
        members: &Members,
        ledger: &Ledger,
        names: &BTreeMap<u32, About>,
    ) -> Vec<Connection> {
        let mut connections = Vec::new();
        for member in members.values() {
            for place in &member.facts.places {
                let (frames, bytes) = self.0.entry(place.id).or_default();
                let count = |count| IoCounts::of(count);
                let (all, all_bytes) = (count(&place.traffic.frames), count(&place.traffic.bytes));
                let connection = Connection {
                    venue: member.venue.clone(),
                    frames: all,
                    bytes: all_bytes,
                    frames_per_s: frames.of(now, all),
                    bytes_per_s: bytes.of(now, all_bytes),
                    latency: ledger.latency_of_place(place.id),
                    ..of_place(place, now)
                };
                connections.push(with_books(connection, ledger, names));
            }
        }
        self.0.retain(|id, _| connections.iter().any(|connection| connection.id == *id));
        connections.sort_by_key(|connection| connection.id);
        connections
    }
}

fn of_place(place: &Place, now: Nanos) -> Connection {
    let last = place.traffic.last_ns.load(Ordering::Relaxed);
    let age_ns = if last == 0 { -1 } else { (now - last).max(0) };
    let (state, retry_at_ns) = match place.phase {
        Phase::Wanted => (ConnectionState::Wanted, 0),
        Phase::Dialing => (ConnectionState::Connecting, 0),
        Phase::Backoff(at) => (ConnectionState::Backoff, at),
        Phase::Limited(at) => (ConnectionState::Limited, at),
        Phase::Banned(at) => (ConnectionState::Banned, at),
        Phase::Replacing => (ConnectionState::Draining, 0),
        Phase::Open if last == 0 => (ConnectionState::Subscribing, 0),
        Phase::Open if age_ns > QUIET => (ConnectionState::Quiet, 0),
        Phase::Open => (ConnectionState::Live, 0),
    };
    Connection {
        id: place.id,
        url: place.url.clone(),
        wanted: place.wanted.into(),
        state,
        age_ns,
        reconnects: place.opened.saturating_sub(1),
        retry_at_ns,
        last_error: place.reason.clone(),
        ..Connection::default()
    }
}

/// With what its books say.
fn with_books(
    mut connection: Connection,
    ledger: &Ledger,
    names: &BTreeMap<u32, About>,
) -> Connection {
    let mut weakest = None;
    // A break of a chain that books share is one break, whichever of them counted it.
    let mut shared = 0;
    for fact in ledger.books_of(connection.id) {
        connection.symbols.extend(names.get(&fact.id).map(|about| about.symbol.clone()));
        if BookState::from_abi(fact.state) == BookState::Live {
            let evidence = Evidence::from_abi(fact.evidence);
            weakest = Some(weakest.map_or(evidence, |weakest: Evidence| weakest.min(evidence)));
        }
        match fact.shares_chain {
            true => shared = shared.max(fact.breaks),
            false => connection.gaps += fact.breaks,
        }
        connection.last_gap_ns = connection.last_gap_ns.max(fact.last_gap_ns);
    }
    connection.gaps += shared;
    connection.evidence = weakest.unwrap_or_default();
    connection
}

/// Each venue once, over its instances.
pub(crate) fn venues(members: &Members, ledger: &Ledger) -> Vec<Venue> {
    let mut venues: Vec<Venue> = Vec::new();
    for member in members.values() {
        let name = &member.venue;
        let at = venues.iter().position(|venue| venue.venue == *name).unwrap_or_else(|| {
            let (venue, latency) = (name.clone(), ledger.latency_of_venue(name));
            venues.push(Venue { venue, latency, ..Venue::default() });
            venues.len() - 1
        });
        let (venue, facts) = (&mut venues[at], &member.facts);
        let open = |place: &&Place| matches!(place.phase, Phase::Open | Phase::Replacing);
        venue.wanted += member.wanted;
        venue.connections += facts.places.len() as u64;
        venue.open += facts.places.iter().filter(open).count() as u64;
        let reach = &facts.reach;
        venue.failures += reach.failures;
        let since = [venue.unreached_since_ns, reach.since].into_iter().filter(|at| *at != 0).min();
        venue.unreached_since_ns = since.unwrap_or(0);
        if !reach.last_error.is_empty() {
            venue.last_error.clone_from(&reach.last_error);
        }
    }
    venues
}
