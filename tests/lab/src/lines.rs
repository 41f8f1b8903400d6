//! Multicast groups that no other test has.

use std::net::{Ipv4Addr, TcpListener};

use patchbay_runtime::live::{Group, LinesConfig};

/// Two groups of the loopback, each with a port of its own, for as long as this lives.
///
/// The system hands out a port once: a listener on the TCP port of the same number holds it against
/// all other tests of the machine, whichever process they are in. The number is in the group too.
#[derive(Debug)]
pub struct Lines {
    held: [TcpListener; 2],
}

impl Lines {
    /// A pair that is free.
    pub fn free() -> Self {
        let held = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        Self { held }
    }

    /// Channels 1 and 2.
    pub fn groups(&self) -> [Group; 2] {
        self.held.each_ref().map(|held| {
            let port = held.local_addr().unwrap().port();
            let [high, low] = port.to_be_bytes();
            Group { address: Ipv4Addr::new(239, 255, high, low), port }
        })
    }

    /// The groups as `GROUP:PORT`.
    pub fn texts(&self) -> [String; 2] {
        self.groups().map(|group| format!("{}:{}", group.address, group.port))
    }

    /// For a host.
    pub fn config(&self) -> LinesConfig {
        LinesConfig { groups: self.groups(), ..LinesConfig::default() }
    }
}
