//! `patchbay venue`: a recording served as the exchange that it came from.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use patchbay_venue::{
    AtEnd, Density, FaultKinds, FaultPlan, Pace, Protocol, Recording, Start, VenueConfig,
    VenueError, VenueServer, protocols,
};

use crate::args::VenueArgs;
use crate::console::say;
use crate::signal::Stop;
use crate::{FAILED, Failure};

pub(crate) fn run(args: &VenueArgs) -> Result<(), Failure> {
    let (protocol, recording) = recognised(&args.captures)?;
    let frames = recording.frames();
    let plan = match args.faults {
        Some(seed) => {
            let density = Density { faults: args.fault_count, frames: frames as u64 };
            FaultPlan::seeded(seed, &FaultKinds::all(), density)
        }
        None => FaultPlan::default(),
    };
    let names = protocol.hosts().join(", ");
    let mut venue = VenueServer::start(VenueConfig {
        tls: Some(args.listen),
        pace: if args.as_read { Pace::AsRead } else { Pace::Times(args.pace) },
        start: Start::Streams(1),
        at_end: if args.repeat { AtEnd::Repeat } else { AtEnd::Stay },
        plan,
        ..VenueConfig::new(recording, protocol)
    })?;
    fs::write(&args.ca, venue.ca_pem())?;
    if !args.json {
        let address = venue.addr().ok_or_else(|| failure("the venue has no address"))?;
        say(&format!("{frames} frames, served on {address} under the names {names}"));
        say(&format!("its certificate authority is in {}", args.ca.display()));
    }
    let stop = Stop::watch()?;
    while venue.is_running() && !stop.is_asked() {
        thread::sleep(Duration::from_millis(50));
    }
    venue.stop();
    if args.json {
        say(&serde_json::to_string(&venue.ledger())?);
    }
    Ok(())
}

fn failure(text: &str) -> Failure {
    Failure { text: text.to_owned(), code: FAILED }
}

/// The protocol whose frames the captures hold.
fn recognised(captures: &[PathBuf]) -> Result<(Arc<dyn Protocol>, Arc<Recording>), VenueError> {
    let mut first = None;
    for protocol in protocols() {
        match Recording::load(captures, protocol.as_ref()) {
            Ok(recording) => return Ok((protocol, recording)),
            Err(error @ VenueError::NothingToServe { .. }) => first = first.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    Err(first.unwrap_or(VenueError::NothingToServe { protocol: "any", frames: 0 }))
}
