//! A venue's list of instruments, asked for once and without a host.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use patchbay_journal::{HeaderLine, Input};
use patchbay_model::{Instrument, Nanos};
use patchbay_net::{Buckets, Event, Events, Hub, HubOptions, Network, NetworkOptions};
use patchbay_plugin::bind::{Command, Log};
use tokio::time::timeout;

use super::config::LiveAdapter;
use super::maker::seat;
use crate::{HostClock, RuntimeError, Seat};

/// What a venue lists.
#[derive(Clone, Debug, Default)]
pub struct VenueList {
    /// By the adapter's index.
    pub instruments: BTreeMap<u32, Instrument>,
    /// What was not answered, and why; of each host the last.
    pub troubles: Vec<String>,
}

/// Lets an adapter ask its venue for instruments, with no stream wanted, until everything that it
/// asks was answered once or `longest` has passed. A request that fails is not waited for again.
///
/// # Errors
///
/// If the plugin refuses its settings, or a socket or thread cannot be made.
pub fn list_instruments(
    adapter: LiveAdapter,
    (extra_ca, mut overrides): (Vec<PathBuf>, BTreeMap<String, SocketAddr>),
    longest: Duration,
    log: Log,
) -> Result<VenueList, RuntimeError> {
    let seat = seat(&adapter, 0, log)?;
    overrides.extend(adapter.addresses);
    let options = NetworkOptions { extra_ca, overrides, ..NetworkOptions::default() };
    let network = Arc::new(Network::new(options)?);
    let clock = HostClock::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| RuntimeError::Socket { what: "wait", source })?;
    Ok(runtime.block_on(async {
        let (buckets, keyring) = (Arc::<Buckets>::default(), Arc::new(adapter.keyring));
        let options = HubOptions::new(network, Arc::new(clock.clone()), buckets, keyring);
        let hub = Hub::new(options);
        let (list, pending) = (VenueList::default(), BTreeSet::new());
        let faults = BTreeMap::new();
        let mut errand = Errand { seat, hub, clock, list, pending, faults };
        if timeout(longest, errand.run()).await.is_err() {
            let late = format!("no answer in {} s", longest.as_secs());
            errand.faults.entry("the venue".to_owned()).or_insert(late);
        }
        let Errand { hub, mut list, faults, .. } = errand;
        hub.shutdown().await;
        list.troubles = faults.into_iter().map(|(at, why)| format!("{at}: {why}")).collect();
        list
    }))
}

/// An adapter on its way to a list.
struct Errand {
    seat: Seat,
    hub: Hub,
    clock: HostClock,
    list: VenueList,
    /// Requests without an answer.
    pending: BTreeSet<u64>,
    /// By URL or host.
    faults: BTreeMap<String, String>,
}

impl Errand {
    async fn run(&mut self) {
        self.give(self.clock.now(), &Input::Plan { wishes: Vec::new().into() });
        let mut events = Events::default();
        while !self.pending.is_empty() {
            self.hub.next(&mut events).await;
            for event in events.drain() {
                self.take(event);
            }
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Reply { id, status, error, url, headers, body, at, .. } => {
                self.pending.remove(&id);
                if !(200..300).contains(&status) && status != 0 {
                    self.faults.insert(url.clone(), format!("HTTP status {status}"));
                }
                let headers: Vec<_> =
                    headers.iter().map(|(name, value)| HeaderLine { name, value }).collect();
                let headers = headers.into();
                let (url, body) = (url.as_str(), body.as_slice());
                self.give(at, &Input::Reply { id, status, error, url, headers, body });
            }
            Event::Unreached { host, text, .. } => drop(self.faults.insert(host, text)),
            _ => {}
        }
    }

    fn give(&mut self, at: Nanos, input: &Input<'_>) {
        let Some(call) = self.seat.give(at, input) else { return };
        for command in call.commands {
            match command {
                Command::Define { index, instrument } => {
                    self.list.instruments.insert(index, *instrument);
                }
                Command::Http(request) => {
                    self.pending.insert(request.id);
                    drop(self.hub.command(Command::Http(request)));
                }
                other => drop(self.hub.command(other)),
            }
        }
    }
}
