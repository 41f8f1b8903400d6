//! What a hub is given.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use patchbay_model::Nanos;

use crate::backoff::Backoff;
use crate::buckets::{Buckets, Owner};
use crate::clock::Clock;
use crate::keyring::Keyring;
use crate::off_thread::OffThread;
use crate::transport::Transport;

/// What a [`Hub`](crate::Hub) is made of, and how it behaves.
#[derive(Clone)]
pub struct HubOptions {
    /// Sockets.
    pub transport: Arc<dyn Transport>,
    /// Host time.
    pub clock: Arc<dyn Clock>,
    /// Limits of the venue, shared by its hubs.
    pub buckets: Arc<Buckets>,
    /// Keys of the account.
    pub keyring: Arc<Keyring>,
    /// Name of the account whose limits it shares.
    pub account: String,
    /// Where requests with `PURPOSE_REFERENCE` are made; beside the others if `None`.
    pub reference: Option<Arc<OffThread>>,
    /// The number that a connection was given last. Hubs that share it give no number twice, and of
    /// two connections the newer one has the greater number, whichever hub it belongs to.
    pub numbers: Arc<AtomicU32>,
    /// Decides the jitter.
    pub seed: u64,
    /// Delays between attempts to connect.
    pub backoff: Backoff,
    /// How long both deliver after a replacement has delivered its first frame.
    pub settle: Duration,
    /// A replacement that has delivered nothing for this long, while the old connection has, is
    /// given up.
    pub adopt: Duration,
    /// Greatest time before the end of a connection's life at which it is replaced; a tenth of the
    /// life if that is less.
    pub rotate_before: Duration,
    /// A websocket ping is sent when nothing came for this long, also if the adapter asked for no
    /// pings; `None` for a venue that must not be pinged.
    pub probe: Option<Duration>,
    /// An unanswered ping is death after this long, if the adapter does not say.
    pub ping_wait: Duration,
    /// Silence is death after this long, if the adapter does not say and there are no pings.
    pub silence: Duration,
    /// Time of a request, waiting included, if the adapter does not say.
    pub http_timeout: Duration,
    /// Requests that may wait; beyond they are refused.
    pub waiting_max: usize,
    /// Requests that may be on their way at once.
    pub flying_max: usize,
}

impl HubOptions {
    /// The usual behaviour.
    pub fn new(
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        buckets: Arc<Buckets>,
        keyring: Arc<Keyring>,
    ) -> Self {
        Self {
            transport,
            clock,
            buckets,
            keyring,
            account: String::new(),
            reference: None,
            numbers: Arc::default(),
            seed: 0,
            backoff: Backoff::default(),
            settle: Duration::from_secs(1),
            adopt: Duration::from_secs(30),
            rotate_before: Duration::from_secs(30 * 60),
            probe: Some(Duration::from_secs(1)),
            ping_wait: Duration::from_secs(2),
            silence: Duration::from_secs(60),
            http_timeout: Duration::from_secs(10),
            waiting_max: 1024,
            flying_max: 64,
        }
    }
}

/// What a hub and its tasks look at.
pub(super) struct Shared {
    pub(super) options: HubOptions,
    pub(super) hub: u32,
    wall_offset: AtomicI64,
}

impl Shared {
    pub(super) fn new(options: HubOptions) -> Self {
        let hub = options.buckets.join();
        Self { options, hub, wall_offset: AtomicI64::new(0) }
    }

    pub(super) fn now(&self) -> Nanos {
        self.options.clock.now()
    }

    pub(super) fn set_wall_offset(&self, offset: Nanos) {
        self.wall_offset.store(offset, Ordering::Relaxed);
    }

    /// The venue's time, as far as known.
    pub(super) fn wall(&self) -> Nanos {
        self.now().saturating_add(self.wall_offset.load(Ordering::Relaxed))
    }

    /// A number for a connection.
    pub(super) fn number(&self) -> u32 {
        self.options.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn owner(&self, conn: u32) -> Owner {
        Owner { account: self.options.account.clone(), hub: self.hub, conn }
    }
}

/// A duration that an adapter gives, 0 for `usual`.
pub(super) fn or_usual(given: Nanos, usual: Duration) -> Duration {
    match u64::try_from(given) {
        Ok(given) if given > 0 => Duration::from_nanos(given),
        _ => usual,
    }
}
