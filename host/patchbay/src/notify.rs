//! What systemd is told (sd_notify(3)): one datagram a message, to the socket that it names.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// Tells the service manager that runs us, if one does.
pub(crate) struct Notifier {
    to: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
}

impl Notifier {
    /// Of the environment: `NOTIFY_SOCKET`, a path or `@` and an abstract name, and `WATCHDOG_USEC`
    /// if `WATCHDOG_PID` is this process or not set.
    ///
    /// # Errors
    ///
    /// If the socket cannot be meant: without word the manager would end us later, for no reason
    /// that is seen.
    pub(crate) fn new(value: impl Fn(&str) -> Option<OsString>) -> io::Result<Self> {
        let to = value("NOTIFY_SOCKET").filter(|address| !address.is_empty());
        let to = to.map(|address| open(&address)).transpose()?;
        let number = |name| value(name)?.to_str()?.parse::<u64>().ok();
        let ours = value("WATCHDOG_PID").is_none()
            || number("WATCHDOG_PID") == Some(u64::from(std::process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|usec| *usec > 0 && ours);
        Ok(Self { to, watchdog: watchdog.map(Duration::from_micros) })
    }

    /// After how long without a sign of life the manager ends us, if it does.
    pub(crate) const fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    /// Sends assignments, one a line. A manager that does not take them is no reason to fail.
    pub(crate) fn send(&self, state: &str) {
        if let Some((socket, address)) = &self.to {
            socket.send_to_addr(state.as_bytes(), address).ok();
        }
    }
}

fn open(address: &OsStr) -> io::Result<(UnixDatagram, SocketAddr)> {
    let address = match address.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        [b'/', ..] => SocketAddr::from_pathname(address)?,
        _ => {
            let text = "it is neither a path from the root nor an abstract name (@...)";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
    };
    let socket = UnixDatagram::unbound()?;
    // The manager's queue being full must not hold the host.
    socket.set_nonblocking(true)?;
    Ok((socket, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notifier(values: &[(&str, &str)]) -> io::Result<Notifier> {
        Notifier::new(|name| {
            let found = values.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    fn heard(socket: &UnixDatagram) -> String {
        let mut buffer = [0; 256];
        let len = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..len].to_vec()).unwrap()
    }

    #[test]
    fn both_forms_of_address_are_reached() {
        let name = format!("patchbay-notify-{}", std::process::id());
        let path = std::env::temp_dir().join(&name);
        let by_path = UnixDatagram::bind(&path).unwrap();
        notifier(&[("NOTIFY_SOCKET", path.to_str().unwrap())]).unwrap().send("READY=1\nSTATUS=a");
        assert_eq!(heard(&by_path), "READY=1\nSTATUS=a");
        std::fs::remove_file(path).unwrap();

        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let by_name = UnixDatagram::bind_addr(&address).unwrap();
        notifier(&[("NOTIFY_SOCKET", &format!("@{name}"))]).unwrap().send("STOPPING=1");
        assert_eq!(heard(&by_name), "STOPPING=1");
    }

    #[test]
    fn a_manager_that_is_not_there_is_no_failure() {
        notifier(&[]).unwrap().send("READY=1");
        notifier(&[("NOTIFY_SOCKET", "")]).unwrap().send("READY=1");
        notifier(&[("NOTIFY_SOCKET", "/nonexistent/socket")]).unwrap().send("READY=1");
        assert!(notifier(&[("NOTIFY_SOCKET", "vsock:2:1")]).is_err());
    }

    #[test]
    fn the_watchdog_is_ours_or_somebody_elses() {
        let own = std::process::id().to_string();
        let of = |values: &[(&str, &str)]| notifier(values).unwrap().watchdog();
        assert_eq!(of(&[("WATCHDOG_USEC", "3000000")]), Some(Duration::from_secs(3)));
        let both = [("WATCHDOG_USEC", "3000000"), ("WATCHDOG_PID", &*own)];
        assert_eq!(of(&both), Some(Duration::from_secs(3)));
        assert_eq!(of(&[("WATCHDOG_USEC", "3000000"), ("WATCHDOG_PID", "1")]), None);
        assert_eq!(of(&[("WATCHDOG_USEC", "0")]), None);
        assert_eq!(of(&[]), None);
    }
}
