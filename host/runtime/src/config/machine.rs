//! What the configuration asks of the machine it runs on: cores, an interface, files.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, UdpSocket};

use patchbay_net::{Fault, Network, NetworkOptions};
use toml::de::DeTable;

use super::host::HostConfig;
use super::problem::Problem;
use super::source::{Source, place};
use crate::cores::{self, Cores};
use crate::live::Wait;

/// Adds a problem for everything that this machine does not have.
pub(super) fn check(
    host: &HostConfig,
    source: &Source,
    table: &DeTable<'_>,
    problems: &mut Vec<Problem>,
) {
    let mut refuse = |key: &str, found: String, expected: &str| {
        problems.push(source.problem(place(table, key), key, found, expected));
    };
    let Cores { engine, io, multicast } = &host.cores;
    let pinned = [("engine", engine), ("io", io), ("multicast", multicast)];
    if pinned.iter().any(|(_, list)| !list.is_empty()) {
        // Asked once: it takes a system call for each core.
        let allowed = cores::allowed();
        let expected = format!("a core that this process may use: {}", cores::ranges(&allowed));
        for (name, list) in pinned {
            for (at, core) in list.iter().enumerate().filter(|(_, core)| !allowed.contains(core)) {
                let key = format!("host.cores.{name}.{at}");
                refuse(&key, core.to_string(), &expected);
            }
        }
    }
    if host.wait == Wait::Spin {
        let mut filled: BTreeSet<_> = engine.iter().collect();
        for (name, list) in [("io", io), ("multicast", multicast)] {
            for (at, core) in list.iter().enumerate().filter(|(_, core)| filled.contains(core)) {
                let key = format!("host.cores.{name}.{at}");
                let expected = "a core that no thread above it fills, as `wait = \"spin\"` does";
                refuse(&key, core.to_string(), expected);
            }
            filled.extend(list);
        }
    }
    for (at, path) in host.network.extra_ca.iter().enumerate() {
        let options = NetworkOptions { extra_ca: vec![path.clone()], ..NetworkOptions::default() };
        if let Err(Fault::ExtraCa { what, .. }) = Network::new(options).map(drop) {
            let key = format!("network.extra_ca.{at}");
            refuse(&key, format!("{} ({what})", path.display()), "a file with PEM certificates");
        }
    }
    let interface = host.multicast.lines.interface;
    if host.multicast.enabled && !has_address(interface) {
        let expected = "the IPv4 address of an interface of this machine";
        refuse("multicast.interface", format!("{interface}"), expected);
    }
    let [one, two] = host.multicast.lines.groups;
    if host.multicast.enabled && one == two {
        let expected = "another group or port than channel 1";
        refuse("multicast.stocks", format!("{}:{}", two.address, two.port), expected);
    }
}

/// The system binds a socket only to an address of its own.
fn has_address(address: Ipv4Addr) -> bool {
    UdpSocket::bind((address, 0)).is_ok()
}
