//! A local venue and a folder in which a host can run against it.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use patchbay_test_replay::{built, compile_c_recorder, corpus, scratch};
use patchbay_venue::binance::Binance;
use patchbay_venue::{
    AtEnd, Pace, Protocol, Recording, Start, VenueConfig, VenueHandle, VenueServer,
};

/// Some minutes of one book.
const CAPTURE: &str = "binance-spot/hftbacktest/ethusdt_20240808.gz";

/// A venue that serves a recording, and a private folder with its authority and with plugins.
pub struct Site {
    pub folder: PathBuf,
    pub venue: VenueHandle,
    hosts: Vec<&'static str>,
}

impl Site {
    /// `None` without a corpus. The recording begins when its three streams are subscribed.
    pub fn new(name: &str, pace: f64, at_end: AtEnd) -> Option<Self> {
        let capture = corpus(CAPTURE)?;
        let folder = scratch(name);
        let protocol = Arc::new(Binance::default());
        let recording = Recording::load(&[&capture], protocol.as_ref()).unwrap();
        let venue = VenueServer::start(VenueConfig {
            pace: Pace::Times(pace),
            start: Start::Streams(3),
            at_end,
            ..VenueConfig::new(recording, Arc::clone(&protocol) as Arc<dyn Protocol>)
        })
        .unwrap();
        fs::write(folder.join("ca.pem"), venue.ca_pem()).unwrap();
        let plugins = folder.join("plugins");
        fs::create_dir(&plugins).unwrap();
        fs::set_permissions(&plugins, fs::Permissions::from_mode(0o700)).unwrap();
        for name in ["binance", "recorder"] {
            let file = built(false).plugin(&format!("patchbay-{name}"));
            fs::copy(file, plugins.join(format!("{name}.so"))).unwrap();
        }
        compile_c_recorder(&plugins.join("c-recorder.so"));
        Some(Self { folder, venue, hosts: protocol.hosts().to_vec() })
    }

    pub fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    pub fn plugin(&self, name: &str) -> PathBuf {
        self.folder.join(format!("plugins/{name}.so"))
    }

    /// The venue's names, all of them here.
    pub fn addresses(&self) -> BTreeMap<String, SocketAddr> {
        let address = self.venue.addr().unwrap();
        self.hosts.iter().map(|&host| (host.to_owned(), address)).collect()
    }

    /// A configuration that takes this venue for the exchange, with `more` after it; its path. Groups
    /// are of this test alone.
    pub fn configure(&self, group: u8, more: &str) -> PathBuf {
        let addresses: Vec<String> =
            self.addresses().iter().map(|(host, to)| format!("\"{host}={to}\"")).collect();
        let text = format!(
            "[network]\nextra_ca = [\"ca.pem\"]\naddresses = [{}]\n\
             [multicast]\ncrypto = \"239.255.{group}.1:9{group}1\"\n\
             stocks = \"239.255.{group}.2:9{group}2\"\n\
             [control]\nsocket = \"run/control\"\n\
             [adapters.binance]\nstreams = [\"spot:ETHUSDT\"]\n\
             venue.products = [\"spot\"]\n{more}\n",
            addresses.join(", "),
        );
        let path = self.folder.join("patchbay.toml");
        fs::write(&path, text).unwrap();
        path
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.join(name)
    }

    pub fn remove(self) {
        fs::remove_dir_all(&self.folder).unwrap();
    }
}
