//! The running host on the local venue, over TLS on the loopback.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_control::Status;
use patchbay_loader::Kind;
use patchbay_mcast::PublisherConfig;
use patchbay_plugin::abi::{CHANNEL_DEPTH, CHANNEL_QUOTES, CHANNEL_TRADES};
use patchbay_plugin::model::Instrument;
use patchbay_runtime::config::Secrets;
use patchbay_runtime::live::{LiveAdapter, LiveConfig, LiveHost, OwnedWish};
use patchbay_venue::{
    AtEnd, FaultPlan, Ledger, Limits, Pace, Protocol, Recording as Served, Start, VenueConfig,
    VenueHandle, VenueServer,
};

use crate::CertifyError;
use crate::corpus::Recording;
use crate::folder::Folder;
use crate::subject::Subject;
use crate::venue::Venue;

/// Times recorded pace, and how long a recording may take, s: a longer one is played faster.
const PACE: f64 = 6.0;
const RUN_S: f64 = 5.0;
/// Longest wait for anything, in steps.
pub(crate) const STEPS: u32 = 600;
const STEP: Duration = Duration::from_millis(50);
/// Steps without another subscription after which the recording begins.
const SETTLED: u32 = 16;
/// How often the venue pings, and how long it waits for the answer.
const PING_EVERY: Duration = Duration::from_millis(400);
const PONG_WITHIN: Duration = Duration::from_secs(2);

/// What is staged: a recording, and the instruments that it is about.
pub(crate) struct Play<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) venue: &'a Venue,
    pub(crate) served: Arc<Served>,
    pub(crate) seen: Vec<Instrument>,
    protocol: Arc<dyn Protocol>,
    /// Times recorded pace.
    pace: f64,
}

/// A host and its venue, running.
pub(crate) struct Stage {
    pub(crate) host: LiveHost,
    pub(crate) venue: VenueHandle,
    pub(crate) folder: Folder,
}

pub(crate) fn failed<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> CertifyError {
    move |error| CertifyError::Live { what, text: error.to_string() }
}

impl<'a> Play<'a> {
    pub(crate) fn load(
        subject: &'a Subject,
        venue: &'a Venue,
        recording: &Recording,
        seen: Vec<Instrument>,
    ) -> Result<Self, CertifyError> {
        let protocol = (venue.protocol)();
        let served = Served::load(&recording.files, &*protocol);
        let served = served.map_err(failed("load the recording into the local venue"))?;
        let pace = (recording.seconds() / RUN_S).max(PACE);
        Ok(Self { subject, venue, served, seen, protocol, pace })
    }

    /// The venue counts the messages of each connection: ids are no book's own.
    pub(crate) fn counts(&self) -> bool {
        self.served.products().iter().any(|product| self.protocol.counts(*product))
    }

    /// What logins at the local venue give that nobody else may know.
    pub(crate) fn tokens(&self) -> &'static [&'static str] {
        self.protocol.tokens()
    }

    /// Starts venue and host, the adapter with `settings` (TOML lines); `edit` has the last word on
    /// the host, which may use the folder.
    pub(crate) fn stage(
        &self,
        settings: &[&str],
        plan: FaultPlan,
        edit: impl FnOnce(LiveConfig, &Path) -> Result<LiveConfig, CertifyError>,
    ) -> Result<Stage, CertifyError> {
        let venue = self.venue(plan).map_err(failed("start the local venue"))?;
        let folder = Folder::new().map_err(failed("make a private folder"))?;
        let authority = folder.write("ca.pem", 0o600, venue.ca_pem().as_bytes());
        let authority = authority.map_err(failed("write the venue's certificate"))?;
        let address = venue.addr().ok_or("it has no address");
        let address = address.map_err(failed("start the local venue"))?;
        let overrides: BTreeMap<_, _> =
            self.protocol.hosts().iter().map(|&host| (host.to_owned(), address)).collect();
        let config = LiveConfig {
            publisher: PublisherConfig { channels: [false; 2], ..PublisherConfig::default() },
            extra_ca: vec![authority],
            overrides,
            ..LiveConfig::default()
        };
        let adapter = self.adapter(settings, &folder)?;
        let config = edit(config, folder.path())?;
        let host = LiveHost::start(config, vec![adapter]).map_err(failed("start the host"))?;
        Ok(Stage { host, venue, folder })
    }

    fn venue(&self, plan: FaultPlan) -> Result<VenueHandle, patchbay_venue::VenueError> {
        let usual = self.protocol.limits(self.served.products()[0]);
        let limits = Limits { ping_every: PING_EVERY, pong_within: PONG_WITHIN, ..usual };
        VenueServer::start(VenueConfig {
            pace: Pace::Times(self.pace),
            start: Start::OnCall,
            at_end: AtEnd::Stay,
            limits: Some(limits),
            plan,
            ..VenueConfig::new(Arc::clone(&self.served), Arc::clone(&self.protocol))
        })
    }

    fn adapter(&self, settings: &[&str], folder: &Folder) -> Result<LiveAdapter, CertifyError> {
        let loaded = self.subject.loader.load(&self.subject.file, Some(Kind::Adapter));
        let loaded = loaded.map_err(failed("load the plugin again"))?;
        let own: Vec<_> = settings.iter().map(|line| (*line).to_owned()).collect();
        let settings = self.subject.settings(&own).map_err(failed("read the settings"))?;
        let wishes = self.seen.iter().map(|about| OwnedWish {
            symbol: about.symbol.clone(),
            kind: about.kind.to_abi(),
            channels: CHANNEL_DEPTH | CHANNEL_TRADES | CHANNEL_QUOTES,
        });
        let public = LiveAdapter::public(loaded, settings, wishes.collect());
        let Some(login) = &self.venue.login else { return Ok(public) };
        let lines = login.key.iter().map(|(part, value)| format!("{part} = \"{value}\"\n"));
        let text: String = lines.collect();
        let file = folder.write("keys/certified.toml", 0o600, text.as_bytes());
        file.map_err(failed("write a key"))?;
        let secrets = Secrets::Folder(folder.path().join("keys"));
        let keyring = secrets.keyring(&["certified".to_owned()]);
        Ok(LiveAdapter { keyring: keyring.map_err(failed("read the key"))?, ..public })
    }
}

impl Stage {
    /// Begins the recording when no more subscriptions come.
    pub(crate) fn begin(&self) {
        let (mut known, mut since) = (0, 0);
        for _ in 0..STEPS {
            sleep(STEP);
            let ledger = self.venue.ledger();
            let asked = ledger.connections.iter().map(|conn| conn.subscriptions.len()).sum();
            since = if asked == known { since + 1 } else { 0 };
            known = asked;
            if known > 0 && since >= SETTLED {
                break;
            }
        }
        self.venue.play();
    }

    /// Waits until venue and host stand as is wished, or for so many steps; how they stand then.
    pub(crate) fn wait(
        &self,
        steps: u32,
        is: impl Fn(&Ledger, &Status) -> bool,
    ) -> (Ledger, Arc<Status>) {
        for _ in 0..steps {
            sleep(STEP);
            let status = self.host.status();
            let ledger = self.venue.ledger();
            if is(&ledger, &status) {
                return (ledger, status);
            }
        }
        (self.venue.ledger(), self.host.status())
    }
}
