//! How a hub gets its connections: wishes, attempts, and what becomes of them.

use std::collections::BTreeSet;
use std::time::Duration;

use patchbay_plugin::Connect;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::link::Link;
use super::liveness::Liveness;
use super::want::{Attempt, Want};
use super::{Conn, Hub, INBOX, News};
use crate::address::Address;
use crate::buckets::{Ask, Wait};
use crate::event::{Event, Level};
use crate::fault::Fault;
use crate::keyring::{self, Awaited};
use crate::retry_after;
use crate::transport::{Socket, Upgrade};

/// Frames of one connection that wait to be sent.
pub(super) const ORDERS: usize = 1024;

/// Most tags.
const WANTS_MAX: usize = 4096;

/// Longest attempt to connect, all steps together.
const DIAL_MAX: Duration = Duration::from_secs(30);

impl Hub {
    pub(super) fn connect(&mut self, connect: Connect) {
        let refused = match (Address::parse(&connect.url), keyring::check(&(&connect).into())) {
            (Err(fault), _) => Some(fault.to_string()),
            (_, Err(fault)) => Some(fault.to_string()),
            _ if self.wants.len() >= WANTS_MAX && !self.wants.contains_key(&connect.tag) => {
                Some(format!("more than {WANTS_MAX} connections are wanted"))
            }
            _ => None,
        };
        if let Some(why) = refused {
            return self.note(Level::Error, format!("connection {}: {why}", connect.tag));
        }
        self.dirty = true;
        let (tag, now) = (connect.tag, Instant::now());
        match self.wants.get_mut(&tag) {
            Some(want) => {
                if let Some(conn) = want.renew(connect, now) {
                    self.finish(conn, 1000, "replaced before it took over", true);
                }
            }
            None => drop(self.wants.insert(tag, Want::new(connect, now))),
        }
    }

    /// Connects, if the venue's limits allow it now.
    pub(super) fn attempt(&mut self, tag: u32, now: Instant) {
        let Some(want) = self.wants.get_mut(&tag) else { return };
        let (options, clock) = (&self.shared.options, self.shared.now());
        let ticket = match std::mem::replace(&mut want.attempt, Attempt::None) {
            Attempt::InLine { ticket, .. } => Ok(ticket),
            _ => {
                let owner = self.shared.owner(0);
                options.buckets.enter(&owner, &want.connect.costs, Ask::Connect, clock)
            }
        };
        let ticket = match ticket {
            Ok(ticket) => ticket,
            Err(why) => {
                want.failed(now, options, &mut self.random);
                want.reason.clone_from(&why);
                return self.note(Level::Error, format!("connection {tag}: {why}"));
            }
        };
        match ticket.take(clock) {
            Ok(()) => self.dial(tag, now),
            Err(wait) => {
                let (until, banned) = match wait {
                    Wait::Until(until) => (until, false),
                    Wait::Banned(until) => (until, true),
                };
                let wait = Duration::from_nanos(until.saturating_sub(clock).max(0).unsigned_abs());
                let retry = now + wait.max(Duration::from_millis(1));
                want.attempt = Attempt::InLine { ticket, retry, banned };
            }
        }
    }

    fn dial(&mut self, tag: u32, now: Instant) {
        let Some(want) = self.wants.get_mut(&tag) else { return };
        let options = &self.shared.options;
        let filled = match options.keyring.fill(&(&want.connect).into(), self.shared.wall()) {
            Ok(filled) => filled,
            Err(why) => {
                let again = want.failed(now, options, &mut self.random);
                want.reason = why.to_string();
                let text = format!("connection {tag} was not opened: {why} (again in {again:?})");
                return self.note(Level::Error, text);
            }
        };
        self.attempt += 1;
        let (number, news) = (self.attempt, self.outbox.clone());
        let transport = options.transport.clone();
        let upgrade = Upgrade { url: filled.path, headers: filled.headers };
        let task = self.tasks.spawn(async move {
            let dialed = timeout(DIAL_MAX, transport.open(&upgrade)).await;
            let result = dialed.unwrap_or_else(|_| {
                let host = Address::parse(upgrade.url.expose()).map(|a| a.host);
                Err(Fault::timeout(&host.unwrap_or_default(), "connection", DIAL_MAX))
            });
            // An error means that the hub is gone.
            drop(news.send(News::Dialed { tag, number, result }).await);
        });
        want.attempt = Attempt::Dialing { number, task };
    }

    pub(super) fn dialed(&mut self, tag: u32, number: u64, result: Result<Box<dyn Socket>, Fault>) {
        let Some(want) = self.wants.get_mut(&tag) else { return };
        if !matches!(want.attempt, Attempt::Dialing { number: n, .. } if n == number) {
            return;
        }
        self.dirty = true;
        let now = Instant::now();
        match result {
            Ok(socket) => self.opened(tag, socket, now),
            Err(fault) => {
                want.failed(now, &self.shared.options, &mut self.random);
                want.reason = match want.is_replacing() {
                    true => format!("replacement of connection {tag}: {fault}"),
                    false => fault.to_string(),
                };
                let host = Address::parse(&want.connect.url).map(|address| address.host);
                let (host, text) = (host.unwrap_or_default(), want.reason.clone());
                self.refused(&fault);
                self.ready.push(Event::Unreached { host, text, at: self.shared.now() });
            }
        }
    }

    /// A handshake may have been refused with a ban.
    fn refused(&mut self, fault: &Fault) {
        let Fault::Upgrade { host, status: status @ (429 | 418), retry_after, date, .. } = fault
        else {
            return;
        };
        let (now, wall) = (self.shared.now(), self.shared.wall());
        let wait = retry_after.as_deref().and_then(|t| retry_after::read(t, date.as_deref(), wall));
        let until = self.shared.options.buckets.connect_refused(wait, *status == 418, now);
        let seconds = (until - now) / 1_000_000_000;
        self.note(Level::Warn, format!("{host}: {status}: no connects for {seconds} s"));
    }

    fn opened(&mut self, tag: u32, socket: Box<dyn Socket>, now: Instant) {
        let Some(want) = self.wants.get_mut(&tag) else { return };
        let (conn, options) = (self.shared.number(), &self.shared.options);
        want.opened(conn, now, options, &mut self.random);
        let (orders, order) = mpsc::channel(ORDERS);
        let (used, spare) = mpsc::channel(INBOX);
        let (goodbye, heard) = oneshot::channel();
        let link = Link {
            conn,
            owner: self.shared.owner(conn),
            shared: self.shared.clone(),
            socket,
            liveness: Liveness::new(&want.connect, options, now),
            ping_text: want.connect.ping_text.clone(),
            orders: order,
            spare,
            goodbye: heard,
            news: self.outbox.clone(),
            front: None,
            counted: BTreeSet::new(),
            awaited: Awaited::default(),
        };
        self.tasks.spawn(link.run());
        self.conns.insert(conn, Conn { tag, orders, used, goodbye });
        let (url, at) = (want.connect.url.clone(), self.shared.now());
        self.ready.push(Event::Opened { conn, tag, url, at });
    }
}
