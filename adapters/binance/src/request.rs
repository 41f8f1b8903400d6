//! REST requests: what is asked, how an answer is recognised, and what is asked again when.

use patchbay_plugin::abi::{
    PURPOSE_OTHER, PURPOSE_REFERENCE, PURPOSE_SNAPSHOT, PURPOSE_TIME, SCOPE_INSTRUMENT,
};
use patchbay_plugin::model::Nanos;
use patchbay_plugin::{AdapterCx, Error, Http};

use crate::budget;
use crate::product::{PRODUCTS, Product};
use crate::symbol::Known;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Instruments,
    Time,
    Snapshot,
    OpenInterest,
    Premium,
}

/// Topics, the last parts of their paths, and what decides their priority.
const TOPICS: [(Topic, &str, u32); 5] = [
    (Topic::Instruments, "exchangeInfo", PURPOSE_REFERENCE),
    (Topic::Time, "time", PURPOSE_TIME),
    (Topic::Snapshot, "depth", PURPOSE_SNAPSHOT),
    (Topic::OpenInterest, "openInterest", PURPOSE_OTHER),
    (Topic::Premium, "premiumIndex", PURPOSE_OTHER),
];

/// One request; its id says all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) topic: Topic,
    pub(crate) product: Product,
    /// 0 where the topic has none.
    pub(crate) instrument: u32,
    /// Failures so far.
    pub(crate) attempt: u8,
}

impl Request {
    pub(crate) const fn new(topic: Topic, product: Product, instrument: u32) -> Self {
        Self { topic, product, instrument, attempt: 0 }
    }

    /// Bytes from the top: topic + 1, product, attempt, serial; then the instrument.
    fn id(self, serial: u8) -> u64 {
        let (topic, product) = (self.topic as u8 + 1, self.product as u8);
        let head = u32::from_be_bytes([topic, product, self.attempt, serial]);
        u64::from(head) << 32 | u64::from(self.instrument)
    }

    pub(crate) fn from_id(id: u64) -> Option<Self> {
        let [topic, product, attempt, _, instrument @ ..] = id.to_be_bytes();
        Some(Self {
            topic: TOPICS.get(usize::from(topic.checked_sub(1)?))?.0,
            product: *PRODUCTS.get(usize::from(product))?,
            instrument: u32::from_be_bytes(instrument),
            attempt,
        })
    }

    /// Whether only the attempt differs.
    fn same(self, other: Self) -> bool {
        self.id(0) & !(0xff << 40) == other.id(0) & !(0xff << 40)
    }
}

/// The topic of a URL; a body without one (hftbacktest's collector writes it so) is a snapshot.
pub(crate) fn topic_of(url: &str) -> Option<Topic> {
    let path = url.split('?').next().filter(|path| !path.is_empty());
    let last = path.unwrap_or("depth").rsplit('/').next();
    let topic = TOPICS.iter().find(|topic| Some(topic.1) == last);
    topic.map(|topic| topic.0)
}

/// A parameter of a URL's query, as it stands there.
pub(crate) fn parameter<'u>(url: &'u str, name: &str) -> Option<&'u str> {
    let pairs = url.split_once('?')?.1.split('&');
    let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Percent-encodes what is not unreserved (RFC 3986, section 2.3): symbols need not be ASCII.
pub(crate) fn encoded(symbol: &str) -> String {
    let encode = |b: u8| match b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    symbol.bytes().map(encode).collect()
}

/// Requests to come. The host has one alarm; the list is short.
#[derive(Default)]
pub(crate) struct Requests {
    serial: u8,
    due: Vec<(Nanos, Request)>,
}

impl Requests {
    /// Nothing was asked yet.
    pub(crate) const fn is_new(&self) -> bool {
        self.serial == 0
    }

    /// Sends `request`, unless it will be sent when its time comes: after a failure not before.
    pub(crate) fn ask(
        &mut self,
        request: Request,
        known: &Known,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        match self.due.iter().any(|(_, other)| other.same(request)) {
            true => Ok(()),
            false => self.send(request, known, cx),
        }
    }

    /// Sends `request`, and again after the topic's interval if it has one.
    pub(crate) fn send(
        &mut self,
        request: Request,
        known: &Known,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let Request { topic, product, .. } = request;
        let (settings, venue) = (&known.settings, known.settings.venue(product));
        let every = match topic {
            Topic::Instruments => settings.instruments_every,
            Topic::Time => settings.time_every,
            Topic::OpenInterest => settings.open_interest_every,
            Topic::Snapshot | Topic::Premium => 0,
        };
        let mut query = String::new();
        let mut scope = (0, 0);
        if every == 0 || topic == Topic::OpenInterest {
            let listing = known.directory.get(request.instrument)?;
            query = format!("?symbol={}", encoded(&listing.symbol));
        }
        if topic == Topic::Snapshot {
            query += &format!("&limit={}", venue.snapshot_levels);
            scope = (u32::from(SCOPE_INSTRUMENT), request.instrument);
        }
        let (_, end, purpose) = TOPICS[topic as usize];
        self.serial = self.serial.wrapping_add(1).max(1);
        cx.http(&Http {
            id: request.id(self.serial),
            purpose,
            scope,
            method: "GET".to_owned(),
            base: venue.rest.clone(),
            path: format!("{}{end}{query}", product.api()),
            costs: budget::weight(topic, product, venue.snapshot_levels),
            ..Http::default()
        })?;
        if every > 0 {
            let next = Request::new(topic, product, request.instrument);
            self.later(next, cx.now() + every, cx);
        }
        Ok(())
    }

    /// Sends `request` at `at`, instead of when it was due.
    pub(crate) fn later(&mut self, request: Request, at: Nanos, cx: &mut AdapterCx<'_>) {
        self.due.retain(|(_, other)| !other.same(request));
        self.due.push((at, request));
        self.wake(cx);
    }

    /// Takes out one that is due.
    pub(crate) fn take(&mut self, now: Nanos) -> Option<Request> {
        let place = self.due.iter().position(|(at, _)| *at <= now)?;
        Some(self.due.remove(place).1)
    }

    pub(crate) fn wake(&self, cx: &mut AdapterCx<'_>) {
        let next = self.due.iter().map(|(at, _)| *at).min();
        cx.wake(next.unwrap_or(0));
    }
}
