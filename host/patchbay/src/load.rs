//! `patchbay demo --load N`: the host against a venue of many symbols, each on a core of its own.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_loader::Kind;
use patchbay_runtime::config::settings_of;
use patchbay_runtime::live::{LiveAdapter, LiveConfig, LiveHost};
use patchbay_runtime::on_cores;
use patchbay_venue::binance::Binance;
use patchbay_venue::{Copies, Protocol, Recording};

use crate::args::DemoArgs;
use crate::console::{error, say};
use crate::demo::{Papers, failure};
use crate::live::{live_config, watch};
use crate::sessions::{self, LOAD};
use crate::signal::Stop;
use crate::{Failure, plugin};

/// Cores of host and venue.
const HOST: i64 = 0;
const VENUE: i64 = 1;
/// How often the venue is asked whether it serves, and after how many times that is given up.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: u32 = 3000;

pub(crate) fn run(
    args: &DemoArgs,
    symbols: u32,
    folder: Option<&Path>,
    stop: Option<Stop>,
) -> Result<(), Failure> {
    let captures = LOAD.captures(&sessions::corpus()).map_err(|missing| {
        let missing = missing.display();
        failure(&format!("{missing} is missing; set PATCHBAY_CORPUS to recorded data"))
    })?;
    let protocol = Binance::default();
    let recording = Recording::load(&captures, &protocol)?;
    let recorded = recording.symbols(|name| LOAD.is_sure(name));
    let each = symbols.div_ceil(u32::try_from(recorded.len()).unwrap_or(u32::MAX).max(1));
    let books = |copy| {
        let named = |symbol: &str| Copies::name(symbol, copy);
        LOAD.wishes(&protocol, &recording, abi::CHANNEL_DEPTH, named)
    };
    let wishes: Vec<_> = (0..each).flat_map(books).collect();
    if !args.watch.json {
        say(&format!("making {} symbols of {} recorded ones", wishes.len(), recorded.len()));
    }
    let venue = Process::start(args, &captures, (each, wishes.len()))?;

    let folder = plugin::open(folder)?;
    let loaded = folder.load(LOAD.plugin, Kind::Adapter)?;
    let own: Vec<_> = LOAD.settings.iter().map(|&line| line.to_owned()).collect();
    let settings = settings_of(LOAD.plugin, &plugin::tables(&loaded.plugin), &own)?;
    let addresses: BTreeMap<_, _> =
        protocol.hosts().iter().map(|&host| (host.to_owned(), venue.address)).collect();
    let note = format!("{} recorded books under {} symbols", recorded.len(), wishes.len());
    let adapter = LiveAdapter { addresses, ..LiveAdapter::public(loaded, settings, wishes) };
    let mut config = LiveConfig { note, ..live_config(&args.watch, None, false)? };
    config.extra_ca.push(venue.authority());
    let host = on_cores(&[HOST], || LiveHost::start(config, vec![adapter]))??;
    watch(host, &args.watch, stop)
}

/// The venue, for as long as the demo lasts.
struct Process {
    #[expect(dead_code, reason = "it is held so that it ends with this")]
    child: Ending,
    papers: Papers,
    address: SocketAddr,
}

impl Process {
    fn start(
        args: &DemoArgs,
        captures: &[PathBuf],
        (copies, streams): (u32, usize),
    ) -> Result<Self, Failure> {
        let papers = Papers::new("load")?;
        let told = papers.0.join("address");
        let child = Command::new(std::env::current_exe()?)
            .arg("venue")
            .args(captures)
            .args(["--copies", &copies.to_string(), "--streams", &streams.to_string()])
            .args(["--only", "@depth", "--repeat", "--core", &VENUE.to_string()])
            .args(["--pace", &args.pace.to_string()])
            .arg("--ca")
            .arg(papers.0.join("ca.pem"))
            .arg("--address")
            .arg(&told)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut child = Ending(child);
        for _ in 0..LOOKS {
            if let Ok(text) = fs::read_to_string(&told) {
                let address = text.parse().map_err(|_| failure("the venue has told no address"))?;
                return Ok(Self { child, papers, address });
            }
            if let Some(status) = child.0.try_wait()? {
                return Err(failure(&format!("the venue has ended by itself: {status}")));
            }
            thread::sleep(LOOK);
        }
        Err(failure("the venue does not serve"))
    }

    fn authority(&self) -> PathBuf {
        self.papers.0.join("ca.pem")
    }
}

/// A process that is ended with its owner.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        if let Err(cause) = self.0.kill().and_then(|()| self.0.wait()) {
            error(&format!("the venue's process {}: {cause}", self.0.id()));
        }
    }
}
