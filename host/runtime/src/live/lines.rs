//! The multicast thread: datagrams out.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use patchbay_mcast::Sink;
use rtrb::{Consumer, Producer, RingBuffer};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::sample::{Sample, Stamp};
use super::shared::{Shared, Wait};
use super::thread::spawn;
use crate::RuntimeError;

/// Datagrams that may wait for the network.
const WAITING: usize = 8192;
/// Bytes that may wait for a listener; the system may grant less.
const RECEIVE_BUFFER: usize = 8 << 20;
/// Most bytes of a datagram that the lines carry.
pub(crate) const DATAGRAM_MAX: usize = 1400;

/// Where one channel goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Multicast group.
    pub address: Ipv4Addr,
    /// UDP port.
    pub port: u16,
}

/// Where the channels go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinesConfig {
    /// Channels 1 and 2.
    pub groups: [Group; 2],
    /// Interface that they leave by.
    pub interface: Ipv4Addr,
    /// Hops.
    pub ttl: u32,
}

impl Default for LinesConfig {
    /// 239.255.42.1:9001 and 239.255.42.2:9002, on the loopback.
    fn default() -> Self {
        let group = |last, port| Group { address: Ipv4Addr::new(239, 255, 42, last), port };
        Self { groups: [group(1, 9001), group(2, 9002)], interface: Ipv4Addr::LOCALHOST, ttl: 1 }
    }
}

#[derive(Clone, Copy)]
struct Datagram {
    channel: u8,
    len: u16,
    bytes: [u8; DATAGRAM_MAX],
    /// The turn whose last one it is.
    stamp: Option<Stamp>,
}

/// The engine's end: never waits.
pub(crate) struct Lines {
    ring: Producer<Datagram>,
    /// The newest datagram, which may be the last one of its turn; `len` 0 for none.
    held: Box<Datagram>,
    /// Something was handed over since the thread was last woken.
    fresh: bool,
    thread: Option<Thread>,
    counts: Arc<LineCounts>,
}

/// What became of datagrams.
#[derive(Debug, Default)]
pub(crate) struct LineCounts {
    pub(crate) sent: [AtomicU64; 2],
    pub(crate) bytes: [AtomicU64; 2],
    pub(crate) errors: [AtomicU64; 2],
    /// Those for which the ring had no room; consumers see the hole.
    pub(crate) overrun: AtomicU64,
}

/// Starts the thread; nothing if nothing is to be sent.
pub(crate) fn start(
    config: Option<LinesConfig>,
    wait: Wait,
    cores: &[i64],
    shared: Arc<Shared>,
    samples: Producer<Sample>,
) -> Result<(Lines, Option<JoinHandle<()>>), RuntimeError> {
    let counts = Arc::new(LineCounts::default());
    let none = Datagram { channel: 0, len: 0, bytes: [0; DATAGRAM_MAX], stamp: None };
    let held = Box::new(none);
    let Some(config) = config else {
        let (ring, _) = RingBuffer::new(0);
        return Ok((Lines { ring, held, fresh: false, thread: None, counts }, None));
    };
    let socket = open(&config)
        .map_err(|source| RuntimeError::Socket { what: "open the multicast socket", source })?;
    let (ring, waiting) = RingBuffer::new(WAITING);
    let theirs = Arc::clone(&counts);
    let handle = spawn("multicast", cores, move || {
        let line = Outgoing { waiting, samples, counts: theirs, shared };
        line.send_all(&config, wait, &socket);
    })?;
    let thread = (wait == Wait::Block).then(|| handle.thread().clone());
    Ok((Lines { ring, held, fresh: false, thread, counts }, Some(handle)))
}

fn open(config: &LinesConfig) -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_multicast_if_v4(&config.interface)?;
    socket.set_multicast_ttl_v4(config.ttl)?;
    socket.set_multicast_loop_v4(true)?;
    socket.bind(&SockAddr::from(SocketAddrV4::new(config.interface, 0)))?;
    Ok(socket)
}

/// A socket that has joined `group` on `interface` and never waits.
///
/// # Errors
///
/// If the group cannot be joined there.
pub fn listen(group: SocketAddrV4, interface: Ipv4Addr) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.bind(&SockAddr::from(group))?;
    socket.join_multicast_v4(group.ip(), &interface)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// The sending thread's end.
struct Outgoing {
    waiting: Consumer<Datagram>,
    samples: Producer<Sample>,
    counts: Arc<LineCounts>,
    shared: Arc<Shared>,
}

impl Outgoing {
    /// Until the host stops. After the stop flag, whatever still waits goes out: the end of the
    /// session is in it.
    fn send_all(mut self, config: &LinesConfig, wait: Wait, socket: &Socket) {
        let to = config.groups.map(|g| SockAddr::from(SocketAddr::from((g.address, g.port))));
        loop {
            while let Ok(datagram) = self.waiting.pop() {
                self.send(&datagram, socket, &to);
            }
            if self.shared.stopping() && self.waiting.is_abandoned() {
                return;
            }
            match wait {
                Wait::Spin => std::hint::spin_loop(),
                Wait::Block => thread::park_timeout(Duration::from_millis(5)),
            }
        }
    }

    fn send(&mut self, datagram: &Datagram, socket: &Socket, to: &[SockAddr; 2]) {
        let line = usize::from(datagram.channel.clamp(1, 2) - 1);
        let bytes = &datagram.bytes[..usize::from(datagram.len)];
        match socket.send_to(bytes, &to[line]) {
            Ok(_) => {
                self.counts.sent[line].fetch_add(1, Ordering::Relaxed);
                self.counts.bytes[line].fetch_add(bytes.len() as u64, Ordering::Relaxed);
            }
            Err(_) => {
                self.counts.errors[line].fetch_add(1, Ordering::Relaxed);
            }
        }
        if let Some(stamp) = datagram.stamp {
            let sent = self.shared.clock.now();
            // Without room a measurement is lost, and nothing else.
            self.samples.push(Sample { stamp, sent }).ok();
        }
    }
}

impl Lines {
    pub(crate) fn counts(&self) -> Arc<LineCounts> {
        Arc::clone(&self.counts)
    }

    /// The newest datagram is the last one of a turn.
    pub(crate) fn stamp(&mut self, stamp: Stamp) {
        if self.held.len > 0 {
            self.held.stamp = Some(stamp);
        }
    }

    /// Hands over what is held, and wakes the thread.
    pub(crate) fn flush(&mut self) {
        self.hand_over();
        if std::mem::take(&mut self.fresh)
            && let Some(thread) = &self.thread
        {
            thread.unpark();
        }
    }

    fn hand_over(&mut self) {
        if self.held.len == 0 {
            return;
        }
        if self.ring.push(*self.held).is_err() {
            self.counts.overrun.fetch_add(1, Ordering::Relaxed);
        }
        self.held.len = 0;
        self.fresh = true;
    }
}

impl Sink for Lines {
    fn datagram(&mut self, channel: u8, bytes: &[u8]) {
        self.hand_over();
        let held = &mut *self.held;
        (held.channel, held.len, held.stamp) = (channel, bytes.len() as u16, None);
        held.bytes[..bytes.len()].copy_from_slice(bytes);
    }
}
