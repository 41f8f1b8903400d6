//! A consumer of the line that never sleeps.

use std::net::Ipv4Addr;
use std::process::Child;

use patchbay_mcast::Datagram;
use patchbay_runtime::live;

use super::key::Key;
use super::site::Site;
use super::{Seen, now};

/// Everything that comes while `host` runs.
pub(super) fn read(site: &Site, mut host: Child) -> Seen {
    let socket = live::listen(site.group, Ipv4Addr::LOCALHOST).expect("the group can be joined");
    let (mut seen, mut bytes, mut looks) = (Seen::default(), [0; 2048], 0_u32);
    loop {
        let received = socket.recv(&mut bytes);
        let at = now();
        match received {
            Ok(len) => {
                seen.stalls.pause();
                let datagram = Datagram::decode(&bytes[..len]).ok();
                if let Some(key) = datagram.as_ref().and_then(Key::of_datagram) {
                    seen.at.entry(key).or_insert(at);
                }
            }
            Err(_) => {
                seen.stalls.looked(at);
                looks = looks.wrapping_add(1);
                if looks % 65_536 == 0 && host.try_wait().is_ok_and(|ended| ended.is_some()) {
                    return seen;
                }
            }
        }
    }
}
