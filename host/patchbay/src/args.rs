//! What may stand on the command line.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// The configuration that is meant where none is named.
pub(crate) const DEFAULT_CONFIG: &str = "config/patchbay.toml";

/// Host for exchange adapters and strategies.
#[derive(Debug, Parser)]
#[command(name = "patchbay", version, about, disable_help_subcommand = true)]
pub(crate) struct Args {
    /// Folder of plugin files [default: `plugins` beside this program]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) plugins: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Feed recorded captures, or a journal, to an adapter and print the books
    Replay(ReplayArgs),
    /// Take live public data, as the configuration says
    Run(RunArgs),
    /// Record what the venues send, and nothing else: a journal for `replay`
    Record(RecordArgs),
    /// Show the host against a local venue that replays recorded data; needs no network
    Demo(DemoArgs),
    /// Look at a running host; leaving does not touch it
    Top(TopArgs),
    /// Serve a recording as the exchange that it came from, on the loopback
    Venue(VenueArgs),
    /// Look at the multicast line, or at the connections of a running host
    Monitor {
        #[command(subcommand)]
        command: MonitorCommand,
    },
    /// List the instruments of the configured venues, or of recorded data
    Instruments(InstrumentsArgs),
    /// Look at plugin files; none of their code runs
    Plugin {
        #[command(subcommand)]
        command: PluginCommand,
    },
    /// Try an adapter file against recordings and its local venue; prints its certificate
    Certify(CertifyArgs),
    /// Check a configuration file and everything it names
    Check(CheckArgs),
}

#[derive(Debug, Default, ClapArgs)]
pub(crate) struct ReplayArgs {
    /// Captures (cryptofeed, hftbacktest, Bitstamp's events, what was kept of LS Securities; gzip, xz,
    /// zstd or plain), merged by time; or one journal
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Adapter that reads the frames: a name in the plugin folder, or a path to a file
    #[arg(long, value_name = "NAME")]
    pub(crate) adapter: Option<String>,
    /// Strategy that sees the turns: a name in the plugin folder, or a path; may be repeated
    #[arg(long = "strategy", value_name = "NAME")]
    pub(crate) strategies: Vec<String>,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a journal of the run to this new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) journal: Option<PathBuf>,
    /// Configuration of the adapter, over its own defaults: KEY=VALUE; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) settings: Vec<String>,
    /// Folder for the frames on which plugins failed
    #[arg(long, value_name = "DIR")]
    pub(crate) faults: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct InstrumentsArgs {
    /// Configuration file whose adapters ask their venues
    #[arg(default_value = DEFAULT_CONFIG)]
    pub(crate) config: PathBuf,
    /// Only the adapter instance, or the plugin, of this name
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    pub(crate) venue: Option<String>,
    /// Captures, or one journal, to read instead of asking
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "config")]
    pub(crate) from: Vec<PathBuf>,
    /// Adapter that reads captures: a name in the plugin folder, or a path to a file
    #[arg(long, value_name = "NAME", requires = "from")]
    pub(crate) adapter: Option<String>,
    /// How long to wait for a venue: 30s, 1m
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30s")]
    pub(crate) wait: Duration,
    /// Print one JSON object: `instruments` and `troubles`
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Every plugin in the folder, and why those that are refused would be
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What one file says of itself
    Inspect {
        /// Plugin file
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CertifyArgs {
    /// Adapter files
    #[arg(required_unless_present_any = ["all", "catalogue"], value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Every adapter of the plugin folder, too
    #[arg(long)]
    pub(crate) all: bool,
    /// Try so many recordings, the broadest first, and that of the running host [default: all]
    #[arg(long, value_name = "N")]
    pub(crate) recordings: Option<usize>,
    /// Print JSON: an object, or a list of them if there are several
    #[arg(long)]
    pub(crate) json: bool,
    /// Print `docs/venues.md` instead
    #[arg(long, conflicts_with = "json")]
    pub(crate) matrix: bool,
    /// Print the list of cards, try nothing
    #[arg(long, conflicts_with_all = ["json", "matrix", "all"])]
    pub(crate) catalogue: bool,
    /// Become the child that tries one file in confinement
    #[arg(long, hide = true, value_name = "TRIAL", requires = "stage")]
    pub(crate) confined: Option<String>,
    /// Folder of that child's copy
    #[arg(long, hide = true, value_name = "DIR")]
    pub(crate) stage: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    /// Configuration file
    pub(crate) config: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    /// Configuration file
    #[arg(default_value = DEFAULT_CONFIG)]
    pub(crate) config: PathBuf,
    /// Run as a service: log files, no terminal, systemd told how it goes
    #[arg(long, conflicts_with = "json")]
    pub(crate) production: bool,
    #[command(flatten)]
    pub(crate) watch: WatchArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RecordArgs {
    /// Configuration file
    #[arg(default_value = DEFAULT_CONFIG)]
    pub(crate) config: PathBuf,
    #[command(flatten)]
    pub(crate) watch: WatchArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DemoArgs {
    /// Venue whose recordings are played
    #[arg(long, value_enum, default_value = "binance")]
    pub(crate) venue: DemoVenue,
    /// Times recorded pace
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub(crate) pace: f64,
    /// At least so many books of Binance, served by a process of its own on a core of its own: the
    /// recorded streams under many symbols
    #[arg(long, value_name = "SYMBOLS", conflicts_with_all = ["venue", "all", "all_captures", "journal"])]
    pub(crate) load: Option<u32>,
    /// All venues at once
    #[arg(long, conflicts_with = "venue")]
    pub(crate) all: bool,
    /// Something goes wrong at every venue every ten seconds or so, by plans drawn by SEED; nothing any
    /// more in the last tenth of `--for`, so that books heal
    #[arg(long, value_name = "SEED", conflicts_with = "load")]
    pub(crate) faults: Option<u64>,
    /// All recordings of Binance at once, each day as a venue of its own
    #[arg(long, conflicts_with_all = ["journal", "venue", "all"])]
    pub(crate) all_captures: bool,
    /// Groups and ports of channels 1 and 2, so that a second demo does not disturb the first
    #[arg(long, num_args = 2, value_names = ["CRYPTO", "STOCKS"], value_parser = group)]
    pub(crate) multicast: Vec<SocketAddrV4>,
    #[command(flatten)]
    pub(crate) watch: WatchArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DemoVenue {
    Binance,
    Bithumb,
    Bitstamp,
    Bybit,
    Coinbase,
    Deribit,
    Ls,
    Okx,
    Upbit,
}

#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct WatchArgs {
    /// Stop after so long: 30s, 5m, 1h
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(crate) limit: Option<Duration>,
    /// Print one JSON object at the end, and nothing before
    #[arg(long)]
    pub(crate) json: bool,
    /// What threads do when there is nothing to do [default: as configured]
    #[arg(long, value_enum)]
    pub(crate) wait: Option<WaitArg>,
    /// Write the journal to this new folder [default: as configured; the demo writes none]
    #[arg(long, value_name = "DIR")]
    pub(crate) journal: Option<PathBuf>,
    /// Control socket [default: `patchbay/control` in the user's runtime folder]
    #[arg(long, value_name = "PATH")]
    pub(crate) control: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct TopArgs {
    /// Control socket [default: as for `run`]
    #[arg(long, value_name = "PATH")]
    pub(crate) control: Option<PathBuf>,
    /// Print one JSON object instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct VenueArgs {
    /// Captures of one venue, any but Bithumb
    #[arg(required = true, value_name = "CAPTURE")]
    pub(crate) captures: Vec<PathBuf>,
    /// Address of the TLS port; port 0 is any free one
    #[arg(long, default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// File for the certificate of its authority
    #[arg(long, value_name = "FILE", default_value = "venue-ca.pem")]
    pub(crate) ca: PathBuf,
    /// Times recorded pace
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub(crate) pace: f64,
    /// As fast as clients read
    #[arg(long, conflicts_with = "pace")]
    pub(crate) as_read: bool,
    /// Begin again at the end; all connections are closed there
    #[arg(long)]
    pub(crate) repeat: bool,
    /// Serve each recorded symbol under so many names, one a little later than the other, and
    /// without the exchange's limits
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) copies: u32,
    /// Recorded time that is kept for copies
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "90s")]
    pub(crate) span: Duration,
    /// Part of the names of the streams that are kept for copies
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) only: String,
    /// Begin when so many streams are subscribed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) streams: usize,
    /// Core on which it runs [default: any]
    #[arg(long, value_name = "N")]
    pub(crate) core: Option<i64>,
    /// Write its address to this file when it serves
    #[arg(long, value_name = "FILE")]
    pub(crate) address: Option<PathBuf>,
    /// Seed of a plan of faults
    #[arg(long, value_name = "SEED")]
    pub(crate) faults: Option<u64>,
    /// How many faults the plan has
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) fault_count: u32,
    /// Write to this file when each frame leaves: ns since the Unix epoch, connection, place in the
    /// recording
    #[arg(long, value_name = "FILE")]
    pub(crate) departures: Option<PathBuf>,
    /// Print the ledger as JSON at the end
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MonitorCommand {
    /// Packets, bytes, rates and holes on the multicast line, by venue and kind
    Udp(UdpArgs),
    /// Connections of a running host
    Ws {
        /// Control socket [default: as for `run`]
        #[arg(long, value_name = "PATH")]
        control: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct UdpArgs {
    /// Configuration whose groups and interface are meant [default: the usual ones, the loopback]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Interface on which to join, instead
    #[arg(long)]
    pub(crate) interface: Option<Ipv4Addr>,
    /// Stop after so long: 30s, 5m, 1h
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(crate) limit: Option<Duration>,
    /// Print one JSON object at the end
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum WaitArg {
    /// Keep looking: lowest latency, a core each
    Spin,
    /// Sleep until woken
    Block,
}

/// `239.255.42.1:9001`.
fn group(text: &str) -> Result<SocketAddrV4, String> {
    let group: Option<SocketAddrV4> = text.parse().ok();
    let group = group.filter(|group| group.ip().is_multicast() && group.port() != 0);
    group.ok_or_else(|| "expected a multicast group and a port, such as 239.255.42.1:9001".into())
}

/// `30s`, `5m`, `1h`, `250ms`.
fn duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("expected a number and ms, s, m or h, such as 30s".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "expected a number, such as 30s".to_owned())?;
    number.checked_mul(factor).map(Duration::from_millis).ok_or_else(|| "too long".to_owned())
}
