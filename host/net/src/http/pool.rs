//! Connections that wait for their next request.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::Instant;

use crate::address::Address;
use crate::dial::Stream;

/// Hosts of which connections are kept; beyond, the others are dropped.
const HOSTS_MAX: usize = 64;

/// Scheme, host and port.
type Base = (bool, String, u16);

struct Idle {
    stream: Stream,
    since: Instant,
}

/// Idle connections by base, the newest last.
pub(super) struct Pool {
    most: usize,
    idle_for: Duration,
    idle: Mutex<BTreeMap<Base, Vec<Idle>>>,
}

impl Pool {
    pub(super) const fn new(most: usize, idle_for: Duration) -> Self {
        Self { most, idle_for, idle: Mutex::new(BTreeMap::new()) }
    }

    /// A connection that is, as far as this side can see, still open.
    pub(super) async fn take(&self, address: &Address) -> Option<Stream> {
        loop {
            let mut idle = self.newest(address)?;
            if is_quiet(&mut idle.stream).await {
                return Some(idle.stream);
            }
        }
    }

    fn newest(&self, address: &Address) -> Option<Idle> {
        let mut all = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = all.get_mut(&base(address))?;
        idle.retain(|one| one.since.elapsed() < self.idle_for);
        idle.pop()
    }

    pub(super) fn put(&self, address: &Address, stream: Stream) {
        let mut all = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, idle| {
            idle.retain(|one| one.since.elapsed() < self.idle_for);
            !idle.is_empty()
        });
        if all.len() >= HOSTS_MAX {
            return;
        }
        let idle = all.entry(base(address)).or_default();
        if idle.len() < self.most {
            idle.push(Idle { stream, since: Instant::now() });
        }
    }
}

fn base(address: &Address) -> Base {
    (address.tls, address.host.clone(), address.port)
}

/// Whether nothing has come: neither an end nor bytes that nobody asked for.
async fn is_quiet(stream: &mut Stream) -> bool {
    let mut byte = [0; 1];
    poll_fn(|cx| {
        let mut buf = ReadBuf::new(&mut byte);
        Poll::Ready(Pin::new(&mut *stream).poll_read(cx, &mut buf).is_pending())
    })
    .await
}
