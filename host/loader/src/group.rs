//! Groups that are one user alone.
//!
//! Many systems give each user a group of the same number and have new files writable for it
//! (`umask 002`). What such a group may write, nobody else may.

use std::fs;
use std::path::Path;

use rustix::fs::getxattr;
use rustix::io::Errno;

/// Whether the write permission of group `gid` at `place` is that of user `uid` alone: nobody else is
/// in the group, and no access list lets more in than the mode says.
pub(crate) fn is_private(place: &Path, gid: u32, uid: u32) -> bool {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    has_no_list(place) && holds_alone(&read("/etc/passwd"), &read("/etc/group"), gid, uid)
}

fn has_no_list(place: &Path) -> bool {
    let list = getxattr(place, "system.posix_acl_access", &mut [0_u8; 0]);
    matches!(list, Err(Errno::NODATA | Errno::OPNOTSUPP))
}

/// By the texts of passwd(5) and group(5): `uid` is there, with `gid` as its own group, which is
/// nobody else's and has no other members. What stands in neither file proves nothing.
fn holds_alone(passwd: &str, group: &str, gid: u32, uid: u32) -> bool {
    let users = || passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let number = |fields: &[&str], at: usize| fields.get(at)?.parse::<u32>().ok();
    let mut own = None;
    for user in users().filter(|user| number(user, 3) == Some(gid)) {
        if number(&user, 2) != Some(uid) {
            return false;
        }
        own = user.first().copied();
    }
    let Some(own) = own else { return false };
    let mut listed = false;
    for fields in group.lines().map(|line| line.split(':').collect::<Vec<_>>()) {
        if number(&fields, 2) == Some(gid) {
            listed = true;
            let members = fields.get(3).copied().unwrap_or_default();
            if members.split(',').any(|member| !member.is_empty() && member != own) {
                return false;
            }
        }
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::holds_alone;

    const PASSWD: &str = "\
root:x:0:0:root:/root:/bin/bash
kim:x:1000:1000:Kim:/home/kim:/bin/bash
lee:x:1001:1001::/home/lee:/bin/sh
ann:x:1002:100::/home/ann:/bin/sh
bob:x:1003:100::/home/bob:/bin/sh
eve:x:1004:1004::/home/eve:/bin/sh";
    const GROUP: &str = "root:x:0:\nusers:x:100:\nkim:x:1000:\nlee:x:1001:lee,eve\ndesk:x:2000:kim";

    #[test]
    fn a_group_of_one_user() {
        assert!(holds_alone(PASSWD, GROUP, 1000, 1000));
    }

    #[test]
    fn somebody_else_is_in_it() {
        for (gid, uid, why) in [
            (1001, 1001, "a member beside its user"),
            (100, 1002, "the group of two users"),
            (1000, 1001, "another user's group"),
            (2000, 1000, "a group that is nobody's own"),
            (1004, 1004, "no such group"),
            (1005, 1005, "no such user"),
        ] {
            assert!(!holds_alone(PASSWD, GROUP, gid, uid), "{why}");
        }
        assert!(!holds_alone("", "", 1000, 1000));
        assert!(!holds_alone("kim:x:1000", "kim", 1000, 1000));
    }
}
