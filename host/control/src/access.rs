//! Who may ask, and who may tell.

use std::collections::BTreeSet;
use std::os::unix::net::UnixStream;

use serde::{Deserialize, Serialize};

/// The process at the other end, as the kernel knew it when it connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its effective user.
    pub uid: u32,
    /// Its process.
    pub pid: i32,
}

impl Peer {
    /// Of a connected socket.
    ///
    /// # Errors
    ///
    /// The kernel's.
    pub(crate) fn of(stream: &UnixStream) -> std::io::Result<Self> {
        let cred = rustix::net::sockopt::socket_peercred(stream)?;
        Ok(Self { uid: cred.uid.as_raw(), pid: cred.pid.as_raw_nonzero().get() })
    }
}

/// What a verb needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// To see.
    Read,
    /// To change what the host does.
    Operate,
}

/// Users that may connect, by what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Users that may only see.
    pub read: BTreeSet<u32>,
    /// Users that may see and operate.
    pub operate: BTreeSet<u32>,
}

impl Access {
    /// The running user alone, who may do everything. Not even root beside it: who is root can
    /// become that user, and then it was deliberate.
    pub fn own() -> Self {
        let own = rustix::process::geteuid().as_raw();
        Self { read: BTreeSet::from([own]), operate: BTreeSet::from([own]) }
    }

    /// What `uid` may do; nothing, for a stranger.
    pub fn rights(&self, uid: u32) -> Vec<Right> {
        if self.operate.contains(&uid) {
            vec![Right::Read, Right::Operate]
        } else if self.read.contains(&uid) {
            vec![Right::Read]
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_operate_may_read_and_a_stranger_nothing() {
        let access = Access { read: BTreeSet::from([7]), operate: BTreeSet::from([8]) };
        assert_eq!(access.rights(7), [Right::Read]);
        assert_eq!(access.rights(8), [Right::Read, Right::Operate]);
        assert_eq!(access.rights(0), []);
    }

    #[test]
    fn the_kernel_says_who_is_there() {
        let (a, _b) = UnixStream::pair().unwrap();
        let peer = Peer::of(&a).unwrap();
        assert_eq!(peer.pid, i32::try_from(std::process::id()).unwrap());
        assert_eq!(Access::own().rights(peer.uid).len(), 2);
    }
}
