//! `patchbay venue`: a recording served as the exchange that it came from.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use patchbay_runtime::on_cores;
use patchbay_venue::{
    AtEnd, Copies, Density, Departure, FaultKinds, FaultPlan, Limits, Pace, Product, Protocol,
    Recording, Start, VenueConfig, VenueError, VenueServer, protocols,
};

use crate::args::VenueArgs;
use crate::console::say;
use crate::signal::Stop;
use crate::{FAILED, Failure};

/// Time over which copies of a symbol are spread.
const SPREAD: Duration = Duration::from_secs(1);
/// Departures that wait for the next look, at most.
const DEPARTURES: usize = 65_536;

pub(crate) fn run(args: &VenueArgs) -> Result<(), Failure> {
    let copies =
        Copies { each: args.copies, spread: SPREAD, span: args.span, only: args.only.clone() };
    let (protocol, recording) = recognised(&args.captures, &copies)?;
    let frames = recording.frames();
    let plan = match args.faults {
        Some(seed) => {
            let density = Density { faults: args.fault_count, frames: frames as u64 };
            FaultPlan::seeded(seed, &FaultKinds::all(), density)
        }
        None => FaultPlan::default(),
    };
    let names = protocol.hosts().join(", ");
    let told = args.departures.as_deref().map(Told::create).transpose()?;
    let limits = (args.copies > 1).then(|| unlimited(protocol.as_ref(), &recording));
    let cores: Vec<i64> = args.core.into_iter().collect();
    let config = VenueConfig {
        tls: Some(args.listen),
        pace: if args.as_read { Pace::AsRead } else { Pace::Times(args.pace) },
        start: Start::Streams(args.streams),
        at_end: if args.repeat { AtEnd::Repeat } else { AtEnd::Stay },
        plan,
        departures: told.as_ref().map(|told| told.sender.clone()),
        limits,
        ..VenueConfig::new(recording, protocol)
    };
    let mut venue = on_cores(&cores, || VenueServer::start(config))??;
    fs::write(&args.ca, venue.ca_pem())?;
    if let (Some(path), Some(address)) = (&args.address, venue.addr()) {
        let coming = path.with_extension("coming");
        fs::write(&coming, address.to_string())?;
        fs::rename(coming, path)?;
    }
    if !args.json {
        let address = venue.addr().ok_or_else(|| failure("the venue has no address"))?;
        say(&format!("{frames} frames, served on {address} under the names {names}"));
        say(&format!("its certificate authority is in {}", args.ca.display()));
    }
    let stop = Stop::watch()?;
    while venue.is_running() && !stop.is_asked() {
        thread::sleep(Duration::from_millis(50));
        told.as_ref().map_or(Ok(()), Told::write)?;
    }
    venue.stop();
    told.as_ref().map_or(Ok(()), Told::write)?;
    if args.json {
        say(&serde_json::to_string(&venue.ledger())?);
    }
    Ok(())
}

/// Those of the exchange, but for what a host may ask for of a venue that has hundreds of times its
/// recorded symbols.
fn unlimited(protocol: &dyn Protocol, recording: &Recording) -> Limits {
    let product = recording.products().first().copied().unwrap_or(Product(0));
    let usual = protocol.limits(product);
    Limits { connects: u32::MAX, weight_per_minute: u32::MAX, ..usual }
}

/// When frames left, on its way to a file.
struct Told {
    sender: SyncSender<Departure>,
    waiting: Receiver<Departure>,
    file: File,
}

impl Told {
    fn create(path: &Path) -> io::Result<Self> {
        let (sender, waiting) = sync_channel(DEPARTURES);
        Ok(Self { sender, waiting, file: File::create(path)? })
    }

    fn write(&self) -> io::Result<()> {
        let line = |Departure { conn, frame, at_ns }| format!("{at_ns} {conn} {frame}\n");
        let lines: String = self.waiting.try_iter().map(line).collect();
        (&self.file).write_all(lines.as_bytes())
    }
}

fn failure(text: &str) -> Failure {
    Failure { text: text.to_owned(), code: FAILED }
}

/// The protocol whose frames the captures hold.
fn recognised(
    captures: &[PathBuf],
    copies: &Copies,
) -> Result<(Arc<dyn Protocol>, Arc<Recording>), VenueError> {
    let mut first = None;
    for protocol in protocols() {
        let loaded = match copies.each {
            0 | 1 => Recording::load(captures, protocol.as_ref()),
            _ => Recording::load_copies(captures, protocol.as_ref(), copies),
        };
        match loaded {
            Ok(recording) => return Ok((protocol, recording)),
            Err(error @ VenueError::NothingToServe { .. }) => first = first.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    Err(first.unwrap_or(VenueError::NothingToServe { protocol: "any", frames: 0 }))
}
