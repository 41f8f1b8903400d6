//! A folder with a venue that serves it, and a host that takes that venue for the exchange.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use patchbay_venue::binance::Binance;
use patchbay_venue::{Protocol, Recording};

use super::Wait;
use super::key::Key;
use crate::plugin;
use crate::tape::{USDM, corpus};

/// A running venue; it ends with this.
pub(super) struct Site {
    folder: PathBuf,
    venue: Child,
    pub(super) address: SocketAddr,
    pub(super) group: SocketAddrV4,
    /// Holds the group's port against others.
    _held: TcpListener,
}

impl Site {
    /// Serves the recording from the first subscription on.
    pub(super) fn new(pace: f64) -> Self {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = held.local_addr().expect("a port").port();
        let [high, low] = port.to_be_bytes();
        let group = SocketAddrV4::new(Ipv4Addr::new(239, 255, high, low), port);
        let folder = std::env::temp_dir().join(format!("patchbay-bench-{port}"));
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        let mut venue = Command::new(program())
            .arg("venue")
            .arg(capture())
            .args(["--pace", &pace.to_string(), "--ca", "ca.pem", "--departures", "departures"])
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the venue starts");
        let stdout = venue.stdout.take().expect("piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let line = lines.next().expect("the venue says where it is");
        // Its second line says that the certificate is written.
        lines.next();
        let address = line.split(" served on ").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.and_then(|text| text.parse().ok());
        Self { folder, venue, address: address.expect("an address"), group, _held: held }
    }

    /// The certificate of the venue's authority.
    pub(super) fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Starts the host on everything that the recording holds.
    pub(super) fn host(&self, wait: Wait, time: Duration) -> Child {
        let plugins = self.folder.join("plugins");
        fs::create_dir(&plugins).expect("a folder");
        fs::set_permissions(&plugins, fs::Permissions::from_mode(0o700)).expect("a mode");
        fs::copy(plugin::file(), plugins.join("binance.so")).expect("the adapter");
        let hosts = Binance::default().hosts().iter();
        let addresses: Vec<_> = hosts.map(|host| format!("\"{host}={}\"", self.address)).collect();
        let config = format!(
            "[network]\nextra_ca = [\"ca.pem\"]\naddresses = [{}]\n\
             [multicast]\ncrypto = \"{}\"\n[control]\nsocket = \"run/control\"\n\
             [adapters.binance]\nstreams = [\"linear:{}\"]\n\
             venue.products = [\"usdm\"]\nvenue.trades = \"trade\"\n",
            addresses.join(", "),
            self.group,
            USDM.symbol,
        );
        fs::write(self.folder.join("patchbay.toml"), config).expect("a file");
        let wait = if wait == Wait::Spin { "spin" } else { "block" };
        let time = format!("{}ms", time.as_millis());
        Command::new(program())
            .args(["--plugins", "plugins", "run", "patchbay.toml", "--json"])
            .args(["--wait", wait, "--for", &time])
            .current_dir(&self.folder)
            .stdout(Stdio::null())
            .spawn()
            .expect("the host starts")
    }

    /// When each frame left, so far.
    pub(super) fn departures(&self) -> BTreeMap<Key, u64> {
        // It writes twenty times a second.
        std::thread::sleep(Duration::from_millis(200));
        let text = fs::read_to_string(self.folder.join("departures")).expect("the venue writes it");
        let mut left = BTreeMap::new();
        for line in text.lines() {
            let mut words = line.split(' ').map(str::parse::<u64>);
            let (Some(Ok(at)), Some(_), Some(Ok(place))) =
                (words.next(), words.next(), words.next())
            else {
                continue;
            };
            if let Some(key) = keys().get(place as usize).copied().flatten() {
                left.entry(key).or_insert(at);
            }
        }
        left
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.venue.kill().ok();
        self.venue.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn capture() -> PathBuf {
    corpus().join(USDM.file)
}

/// Of each frame of the recording, by its place.
fn keys() -> &'static [Option<Key>] {
    static KEYS: OnceLock<Vec<Option<Key>>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let recording: Arc<Recording> =
            Recording::load(&[capture()], &Binance::default()).unwrap_or_else(|e| panic!("{e}"));
        let frames = (0..recording.frames()).map_while(|place| recording.frame(place));
        frames.map(Key::of_frame).collect()
    })
}

/// The program, built as it is shipped.
fn program() -> PathBuf {
    plugin::built().join("patchbay")
}
